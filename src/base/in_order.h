#pragma once
// Many like pieces of work on all cores, their results one after the other.

#include <algorithm>
#include <cstddef>
#include <deque>
#include <future>
#include <thread>
#include <utility>

#include "base/error.h"

namespace eidos {

/// `take(make(i))` for i from 0 to `count` - 1, in that order and on this thread; `make` runs on others, a
/// few pieces ahead and several at once, or here where there is no thread to be had. The first error of
/// `take` ends it, after the work that was begun.
template <class Make, class Take>
Result<void> in_order(std::size_t count, Make make, Take take) {
  const std::size_t ahead = 2 * std::max(1U, std::thread::hardware_concurrency());
  std::deque<std::future<decltype(make(count))>> coming;
  std::size_t begun = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (; begun < count && coming.size() < ahead; ++begun)
      coming.push_back(std::async(std::launch::async | std::launch::deferred, make, begun));
    auto made = coming.front().get();
    coming.pop_front();
    EIDOS_CHECK(take(std::move(made)));
  }
  return {};
}

}  // namespace eidos
