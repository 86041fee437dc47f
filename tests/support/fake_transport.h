#pragma once
// A Transport that answers from a table and writes down what it was asked.

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "net/client.h"

namespace eidos::testing {

/// FakeTransport net{{"https://h/a.yaml", "kind: Snapshot\n"}}; what is not in the table is NotFound.
class FakeTransport final : public net::Transport {
 public:
  FakeTransport() = default;
  FakeTransport(std::initializer_list<std::pair<const std::string, std::string>> documents)
      : documents(documents) {}

  Result<net::Response> get(const net::Request& request) override {
    asked.push_back(request.url);
    EIDOS_CHECK(request.limit.check(cat("fetching ", quote(request.url))));
    if (auto fault = faults.find(request.url); fault != faults.end()) return std::unexpected(fault->second);
    auto found = documents.find(request.url);
    if (found == documents.end())
      return fail(ErrorKind::NotFound, cat("fetching ", quote(request.url), ": there is no such document"));
    if (static_cast<std::int64_t>(found->second.size()) > request.max_body)
      return fail(ErrorKind::Invalid, cat("fetching ", quote(request.url), ": the document is larger than ",
                                          request.max_body, " bytes"));
    return net::Response{found->second, {}, request.url};
  }

  std::map<std::string, std::string> documents;
  std::map<std::string, Error> faults;  ///< By URL; goes before a document.
  std::vector<std::string> asked;
};

}  // namespace eidos::testing
