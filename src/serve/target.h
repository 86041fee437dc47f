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

/// In absolute form, too ("http://host/path", RFC 9112, 3.2.2): which host it names makes no difference.
/// Invalid: no path, a user in the host, a broken escape, a control character or no UTF-8 once decoded, more
/// than 1,000 pairs.
Result<Target> parse_target(std::string_view target);

/// Whether this can be the value of a Host header: a name or an address, with a port or without; or empty.
bool is_host(std::string_view value);

}  // namespace eidos::serve
