#pragma once
// One request and one answer, as the handlers see them: no socket, no library.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eidos::serve {

/// Name and value, in the order they came.
using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;  ///< "GET"
  std::string target;  ///< Path and query as they were sent.
  Pairs headers = {};  ///< Names in lower case.
  std::string body = {};
  std::string client = {};       ///< Address of whoever asks, or of the proxy in front.
  std::string certificate = {};  ///< The common name of whoever showed one; it was verified.

  /// The value of a header; empty when there is none. The first, when there are several.
  std::string_view header(std::string_view lower_name) const {
    for (const auto& [name, value] : headers)
      if (name == lower_name) return value;
    return {};
  }
  /// The last, when there are several: what the nearest proxy added.
  std::string_view last_header(std::string_view lower_name) const {
    std::string_view out;
    for (const auto& [name, value] : headers)
      if (name == lower_name) out = value;
    return out;
  }
};

/// Why something is no request, or is not taken as one.
struct Refusal {
  int status = 400;
  std::string_view code = "INVALID_REQUEST";
  std::string_view message = "this is no HTTP request";
  std::string_view hint = {};
};

struct Answer {
  int status = 200;
  Pairs headers = {};
  std::shared_ptr<const std::string> body = {};  ///< Shared, since many may get the same. Null: none.
  std::string_view route = {};                   ///< The template it came from, for metrics and logs.
  std::string user = {};                         ///< Who asked, when somebody had to say so.
  bool close = false;                            ///< Nothing more is read from this connection.
};

}  // namespace eidos::serve
