#include "trace/traceparent.h"

#include <cstdint>
#include <span>

#include "base/text.h"

namespace eidos::trace {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr unsigned char kSampled = 1;  // the flag of level 1

// Reads two lower-case digits a byte; no capital letters (section 3.2.2).
bool read_hex(std::string_view text, std::span<unsigned char> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t high = kDigits.find(text[2 * i]);
    const std::size_t low = kDigits.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    out[i] = static_cast<unsigned char>(high << 4U | low);
  }
  return true;
}

}  // namespace

// version "-" trace-id "-" parent-id "-" flags
std::optional<Parent> parse_traceparent(std::string_view header) {
  constexpr std::size_t kLength = 55;
  if (header.size() < kLength || header[2] != '-' || header[35] != '-' || header[52] != '-')
    return std::nullopt;
  unsigned char version = 0;
  unsigned char flags = 0;
  Parent out;
  if (!read_hex(header, {&version, 1}) || !read_hex(header.substr(3), out.trace) ||
      !read_hex(header.substr(36), out.span) || !read_hex(header.substr(53), {&flags, 1}))
    return std::nullopt;
  constexpr unsigned char kNoVersion = 0xFF;
  const bool longer = header.size() > kLength;
  if (version == kNoVersion || (longer && (version == 0 || header[kLength] != '-'))) return std::nullopt;
  if (out.trace == TraceId{} || out.span == SpanId{}) return std::nullopt;
  out.sampled = (flags & kSampled) != 0;
  return out;
}

std::string traceparent(const Parent& parent) {
  return cat("00-", hex_of(parent.trace), "-", hex_of(parent.span), parent.sampled ? "-01" : "-00");
}

// The last 56 bits are the random ones (level 2 of Trace Context; OpenTelemetry's consistent sampling).
bool is_chosen(const TraceId& trace, double ratio) {
  constexpr std::size_t kRandomBytes = 7;
  std::uint64_t random = 0;
  for (const unsigned char byte : std::span(trace).last(kRandomBytes)) random = random << 8U | byte;
  constexpr double kAll = static_cast<double>(std::uint64_t{1} << 56U);
  return static_cast<double>(random) >= (1 - ratio) * kAll;
}

}  // namespace eidos::trace
