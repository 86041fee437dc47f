#pragma once
// eidosd from its arguments to its end.

#include <string>
#include <vector>

namespace eidos::serve {

/// The exit code: 0 after an end in order, else by the kind of error (base/error.h).
int run_program(const std::vector<std::string>& arguments);

}  // namespace eidos::serve
