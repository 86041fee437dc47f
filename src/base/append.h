#pragma once
// Files that grow line by line while others read them, and files that have had their day.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace eidos {

/// Puts `bytes` behind what `path` holds, all of them or none: what a full disk took is cut off again. A new
/// file gets `mode` whatever the umask; behind a last line without an end, one is put first. Links, named
/// descriptors and devices as with Files::write. For one writer at a time: with two, lines stay whole, but a
/// full disk may leave part of one.
Result<void> append_file(const std::string& path, std::string_view bytes, std::uint32_t mode);

/// Removes a regular file. Invalid: anything else, a link too. NotFound: nothing is there.
Result<void> remove_file(const std::string& path);

}  // namespace eidos
