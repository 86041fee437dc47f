#pragma once
// Base64 (RFC 4648 section 4).

#include <optional>
#include <string>
#include <string_view>

namespace eidos {

std::string to_base64(std::string_view bytes);
/// Strict, but that line ends and blanks may stand anywhere, as people wrap it; nullopt for anything else.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace eidos
