#pragma once
// Older spellings of a document's header in place of which today's are written, every other byte kept.

#include <string>
#include <string_view>

#include "base/error.h"

namespace eidos::model {

/// `text` with kind and apiVersion as eidos writes them; the same bytes when they are already. Comments,
/// order and quotes stay. Invalid: not a document of ours, or a header that cannot be replaced where it
/// stands (behind an anchor or alias, with escapes). `name` is for messages.
Result<std::string> upgraded(std::string_view text, const std::string& name);

}  // namespace eidos::model
