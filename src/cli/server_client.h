#pragma once
// One request to a service, with token, pinned certificate and patience.

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/flags.h"
#include "cli/world.h"

namespace eidos::cli {

struct ServerRequest {
  std::string method = "GET";
  std::string target = {};  ///< "/v1/recipe?service=eks", below the path of --server.
  std::string accept = {};
  std::string body = {};        ///< JSON or YAML, as its first byte says.
  std::int64_t most_bytes = 0;  ///< Of the answer.
  bool keep = false;            ///< Keep the answer, and ask for it by its ETag.
};

/// The body of a 200, of the type asked for. Refusals (application/problem+json) become errors in the
/// service's own words. 429, and 503 with a Retry-After: waits as that says, at least twice as long each
/// time, five times at most.
Result<std::string> ask_server(const ServerRequest& request, const Flags& flags, Session& session);

/// "a=b&c=d", percent-encoded.
std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace eidos::cli
