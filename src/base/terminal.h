#pragma once
// What is at the other end of standard output.

#include <cstddef>

namespace eidos {

/// How wide the terminal on standard output is; 0 when there is none, or it does not say.
std::size_t terminal_columns();

}  // namespace eidos
