#pragma once
// gzip (RFC 1952) in memory.

#include <string>
#include <string_view>

#include "base/error.h"

namespace eidos::kube {

/// The same bytes for the same text, whenever and wherever it is done.
std::string gzip(std::string_view text);
/// Invalid: broken, cut, something behind it, or more than `most` bytes in it.
Result<std::string> gunzip(std::string_view bytes, std::size_t most);

}  // namespace eidos::kube
