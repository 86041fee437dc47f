#pragma once
// Random bytes for names: ids of requests, traces and spans. Not for secrets that live long.

#include <cstddef>
#include <span>

namespace eidos {

/// Fills `out`, of at most 256 bytes, from getrandom(2), which is asked once for many names.
void random_bytes(std::span<unsigned char> out);

}  // namespace eidos
