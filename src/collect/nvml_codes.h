#pragma once
// Private to this room: what nvmlReturn_t means ("Device Enums" of the NVML API Reference Guide), and what
// would mend it.

#include <string>

#include "base/error.h"

namespace eidos::collect::nvml {

/// "the GPU has fallen off the bus"; "error 77" for a code that is not in the table.
std::string code_text(std::int64_t code);
/// Denied for a lack of permission, else Unavailable; with the fix where there is one.
Error code_error(std::int64_t code, std::string_view what);
/// The fix alone; may be empty.
std::string_view code_fix(std::int64_t code);

}  // namespace eidos::collect::nvml
