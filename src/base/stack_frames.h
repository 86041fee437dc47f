#pragma once
// Private to this room: a program's stack by its frame pointers, as x86-64 and AArch64 keep them alike: at
// the pointer the caller's, above it the address the function returns to.

#include <cstddef>
#include <cstdint>

namespace eidos {

struct Frame {
  std::uintptr_t next = 0;
  std::uintptr_t returns_to = 0;
};

/// Return addresses from `frame` outwards into `out`, at most `most`; how many. `read(address, frame)`
/// fetches a frame and says whether it could: code without frame pointers leaves anything in the register.
template <class Read>
std::size_t walk_frames(std::uintptr_t frame, std::uintptr_t* out, std::size_t most, const Read& read) {
  constexpr std::uintptr_t kLargestFrame = std::uintptr_t{1} << 20;
  constexpr std::uintptr_t kLowest = 4096;  // nothing is mapped below
  std::size_t count = 0;
  while (count < most && frame % sizeof frame == 0) {
    Frame here;
    if (!read(frame, here) || here.returns_to < kLowest) break;
    out[count++] = here.returns_to;
    if (here.next <= frame || here.next - frame > kLargestFrame) break;
    frame = here.next;
  }
  return count;
}

}  // namespace eidos
