#pragma once
// Which representation a caller wants (RFC 9110, 12.5).

#include <string>
#include <string_view>
#include <vector>

namespace eidos::serve {

/// Media types of an Accept header in the caller's order of liking, without parameters, lower case; those
/// with q=0 left out. None for an empty header, which means all.
std::vector<std::string> accepted(std::string_view header);

enum class Form : std::uint8_t { Json, Yaml, Html, Other, None };

/// The first of what is liked that `offered` ("application/json, text/html") has; None when it has none. The
/// older media types with a version in them are JSON; version 1 is all there is.
Form chosen(std::string_view accept, std::string_view offered);

/// Whether an Accept-Encoding allows gzip.
bool takes_gzip(std::string_view accept_encoding);

}  // namespace eidos::serve
