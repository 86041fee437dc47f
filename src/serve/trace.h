#pragma once
// The name of one request.

#include <string>
#include <string_view>

namespace eidos::serve {

/// `given` when it is a UUID (RFC 9562, any version), in lower case; else a new random one.
std::string request_id(std::string_view given);

}  // namespace eidos::serve
