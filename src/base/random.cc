#include "base/random.h"

#include <algorithm>
#include <array>

#include <sys/random.h>

#include "base/error.h"

namespace eidos {

void random_bytes(std::span<unsigned char> out) {
  constexpr std::size_t kStore = 256;  // getrandom(2) gives so much whole
  static thread_local std::array<unsigned char, kStore> store;
  static thread_local std::size_t used = kStore;
  EIDOS_ASSERT(out.size() <= kStore);
  if (used + out.size() > kStore) {
    EIDOS_ASSERT(::getrandom(store.data(), kStore, 0) == static_cast<ssize_t>(kStore));
    used = 0;
  }
  std::copy_n(store.begin() + static_cast<std::ptrdiff_t>(used), out.size(), out.begin());
  used += out.size();
}

}  // namespace eidos
