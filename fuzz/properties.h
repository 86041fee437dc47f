#pragma once
// What must hold for any input, shared by the fuzz targets.

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "data/document.h"

namespace eidos::fuzz {

/// The input as text.
inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// At most 2,000 bytes of valid UTF-8 without control characters, those from U+0080 on included.
void check_line(std::string_view line);

/// One clear line a terminal can show: not empty, valid UTF-8, no control characters, of the kind that says
/// the input is wrong, and of bounded length whatever the input was.
void check_error(const Error& error, ErrorKind kind = ErrorKind::Invalid);

/// What is written is read back as it was, in YAML, JSON and the compact form, and written alike again.
void check_round_trips(const data::Value& value);

/// Equal but for the spelling of numbers, which JSON may change: 0755 is 493 there, and .inf is text.
bool same_in_json(const data::Value& yaml, const data::Value& json);

}  // namespace eidos::fuzz
