#pragma once
// SHA-256 (FIPS 180-4), by OpenSSL.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace eidos {

/// 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace eidos
