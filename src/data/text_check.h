#pragma once
// What every reader asks of its text first, and positions in it.

#include <string_view>

#include "base/error.h"
#include "data/value.h"

namespace eidos::data {

/// The text without its BOM. Invalid, with the place, when it is over kMaxTextBytes, holds a NUL, or is not
/// UTF-8.
Result<std::string_view> checked_text(std::string_view text, std::uint32_t file, const Sources& sources);

/// Line and column (characters) of the byte at `offset`.
Mark mark_at(std::string_view text, std::size_t offset, std::uint32_t file);

}  // namespace eidos::data
