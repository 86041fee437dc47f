#pragma once
// Errors on the wire: RFC 9457 problem details, with the codes that users of the older service know.

#include <string>
#include <string_view>

#include "base/error.h"
#include "serve/message.h"

namespace eidos::serve {

/// HTTP status of an error kind: Invalid and Usage 400, NotFound 404, Denied 403, RateLimited 429,
/// Unavailable 503, Timeout 504, the rest 500.
int status_of(ErrorKind kind);

struct ProblemContext {
  std::string_view request_id;
  std::string_view timestamp;  ///< RFC 3339.
};

/// Every problem of an error at once, each with its field. What is Internal says no more than that: its
/// message may name what is of no caller's business.
Answer problem(const Error& error, const ProblemContext& context);
/// The same with a status that no error kind has: 405, 413, 431.
Answer problem(int status, std::string_view code, const Error& error, const ProblemContext& context);

}  // namespace eidos::serve
