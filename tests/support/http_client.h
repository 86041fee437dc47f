#pragma once
// A real HTTP client whose names all lead to this machine and whose environment is the test's.

#include <map>
#include <memory>
#include <string>

#include "base/files.h"
#include "net/client.h"

namespace eidos::testing {

struct TestClient {
  std::string ca_file = {};
  std::map<std::string, std::string> environment = {};

  std::unique_ptr<net::Transport> transport() const {
    static const std::unique_ptr<Files> files = real_files();
    net::HttpOptions options{.ca_file = ca_file, .user_agent = "eidos/test"};
    options.environment = [variables = environment](const char* name) {
      auto found = variables.find(name);
      return found == variables.end() ? std::string() : found->second;
    };
    options.lookup = [](const std::string&) { return std::vector<std::string>{"127.0.0.1"}; };
    return net::http_transport(*files, std::move(options));
  }

  Result<net::Response> get(const net::Request& request) const { return transport()->get(request); }
  Result<net::Response> fetch(const std::string& url) const { return get({.url = url}); }
};

}  // namespace eidos::testing
