#include "serve/trace.h"

#include <algorithm>
#include <array>

#include <sys/random.h>

#include "base/error.h"
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

// One system call for sixteen of them. A request id is a name, no secret.
void fill(std::array<unsigned char, 16>& out) {
  constexpr std::size_t kStore = 256;  // getrandom(2) gives so much whole
  static thread_local std::array<unsigned char, kStore> store;
  static thread_local std::size_t used = kStore;
  if (used + out.size() > kStore) {
    EIDOS_ASSERT(::getrandom(store.data(), kStore, 0) == static_cast<ssize_t>(kStore));
    used = 0;
  }
  std::copy_n(store.begin() + static_cast<std::ptrdiff_t>(used), out.size(), out.begin());
  used += out.size();
}

std::string new_uuid() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, 16> bytes{};
  fill(bytes);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);  // version 4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);  // variant
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += kDigits[bytes[i] >> 4];
    out += kDigits[bytes[i] & 0x0F];
  }
  return out;
}

}  // namespace

std::string request_id(std::string_view given) {
  std::string id = lower(given.substr(0, 64));
  return is_uuid(id) ? id : new_uuid();
}

std::string_view trace_id(std::string_view traceparent) {
  constexpr std::size_t kLength = 55;
  constexpr std::size_t kTrace = 32;
  if (traceparent.size() != kLength || !traceparent.starts_with("00-") || traceparent[35] != '-') return {};
  const std::string_view id = traceparent.substr(3, kTrace);
  const bool zero = id.find_first_not_of('0') == std::string_view::npos;
  return std::ranges::all_of(id, is_hex) && !zero ? id : std::string_view();
}

}  // namespace eidos::serve
