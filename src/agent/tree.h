#pragma once
// Kubernetes objects as values, written with little noise.

#include <initializer_list>
#include <string_view>
#include <utility>

#include "data/value.h"

namespace eidos::agent {

/// A map of these fields, in this order.
inline data::Map fields(std::initializer_list<std::pair<std::string_view, data::Value>> given) {
  data::Map map;
  for (const auto& [key, value] : given) map.set(key, value);
  return map;
}

/// A list of one kind of thing.
template <class Items>
data::List list_of(const Items& items) {
  data::List out;
  for (const auto& item : items) out.emplace_back(item);
  return out;
}

}  // namespace eidos::agent
