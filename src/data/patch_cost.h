#pragma once
// What the steps of a patch cost, counted alike by who makes one and who applies one: what is made can be
// applied.

#include "data/value.h"

namespace eidos::data {

/// Entries touched when one of `size` is erased from a map, which makes its index anew.
constexpr std::size_t erase_cost(std::size_t size) {
  return 4 * size;
}
/// Index positions moved along when an entry is put into a map of `size`.
constexpr std::size_t insert_cost(std::size_t size) {
  return size / 16 + 1;
}

/// Bytes a copy of `value` takes, 64 a node and its text; stops counting above `most`.
std::size_t weight(const Value& value, std::size_t most);

}  // namespace eidos::data
