#pragma once
// Two trees of settings, place by place.

#include <functional>

#include "data/path.h"
#include "data/value.h"

namespace eidos::diff {

/// Called for each place where two trees differ; nullptr is "not there".
using OnDifference = std::function<void(const data::Path&, const data::Value* from, const data::Value* to)>;

/// Maps are compared key by key. Lists whose items are told apart by a `name`, `key` or `kind` are compared
/// item by item under that name, in any order; other lists are one place, and two that hold the same maps in
/// another order are equal. What one side lacks
/// is a place for each key of a map and each named item.
void compare_trees(const data::Value& from, const data::Value& to, const OnDifference& on_difference);

}  // namespace eidos::diff
