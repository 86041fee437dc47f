#pragma once
// The target of a request: RFC 3986 paths and the pairs of a query.

#include <string>
#include <string_view>

#include "base/error.h"
#include "serve/message.h"

namespace eidos::serve {

struct Target {
  std::string path;  ///< Decoded; no '.' or '..' step is resolved, none is a path of ours.
  Pairs query;       ///< Decoded; '+' is a space, as forms write it.
};

/// Invalid: no path, a broken escape, a control character or no UTF-8 once decoded, more than 1,000 pairs.
Result<Target> parse_target(std::string_view target);

}  // namespace eidos::serve
