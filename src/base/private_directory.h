#pragma once
// Files that only their owner may see: what other users put in their place is not read.

#include <string>
#include <string_view>

#include "base/error.h"

namespace eidos {

/// The bytes of file `name` in `directory`. NotFound: no such directory or file. Denied: the directory or the
/// file belongs to somebody else, or others have rights on it. Invalid: no regular file (links are not
/// followed), more than `max_bytes`.
Result<std::string> read_private(const std::string& directory, const std::string& name,
                                 std::int64_t max_bytes);

/// Puts `bytes` there with mode 0600, whole or not at all; makes the directory with mode 0700 in a parent
/// that exists. Errors as above.
Result<void> write_private(const std::string& directory, const std::string& name, std::string_view bytes);

}  // namespace eidos
