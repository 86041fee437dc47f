#pragma once
// The form the embedded catalog has inside the binary: a Value with its marks, as bytes that decode without
// parsing.

#include <string>
#include <string_view>

#include "base/error.h"
#include "data/value.h"

namespace eidos::data {

/// Appends `value`: a type byte, line and column as varints, then the content. Mark files are not stored.
void append_compact(std::string& out, const Value& value);
/// Reads one value from the front of `bytes` and removes it; every mark gets `file`. Internal when the bytes
/// are not what append_compact made.
Result<Value> take_compact(std::string_view& bytes, std::uint32_t file);

/// LEB128, as used above; exposed for containers around it.
void append_varint(std::string& out, std::uint64_t number);
Result<std::uint64_t> take_varint(std::string_view& bytes);
void append_text(std::string& out, std::string_view text);
Result<std::string_view> take_text(std::string_view& bytes);

}  // namespace eidos::data
