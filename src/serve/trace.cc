#include "serve/trace.h"

#include <array>

#include "base/random.h"
#include "base/text.h"

namespace eidos::serve {

namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool is_uuid(std::string_view text) {
  constexpr std::size_t kLength = 36;
  if (text.size() != kLength) return false;
  for (std::size_t i = 0; i < kLength; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

std::string new_uuid() {
  std::array<unsigned char, 16> bytes{};
  random_bytes(bytes);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);  // version 4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);  // variant
  std::string out = hex_of(bytes);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) out.insert(dash, 1, '-');
  return out;
}

}  // namespace

std::string request_id(std::string_view given) {
  std::string id = lower(given.substr(0, 64));
  return is_uuid(id) ? id : new_uuid();
}

}  // namespace eidos::serve
