#include "diff/tree.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "data/patch.h"

namespace eidos::diff {

namespace {

using data::List;
using data::Value;

constexpr std::string_view kNames[] = {"name", "key", "kind"};
constexpr std::size_t kMaxNamedItems = 10'000;

using Named = std::map<std::string_view, const Value*>;

std::optional<Named> named(const List& list, std::string_view name) {
  Named items;
  for (const Value& item : list) {
    const Value* key = item.find(name);
    if (key == nullptr || !key->is_string() || !items.emplace(key->string(), &item).second)
      return std::nullopt;
  }
  return items;
}

bool holds_maps(const List& list) {
  return std::ranges::all_of(list, [](const Value& item) { return item.is_map(); });
}

class TreeComparison {
 public:
  explicit TreeComparison(const OnDifference& on_difference) : on_difference_(on_difference) {}

  void compare(const Value& from, const Value& to) {
    if (from == to) return;
    if (from.is_map() && to.is_map()) return compare_maps(from.map(), to.map());
    if (from.is_list() && to.is_list() && compare_named(from.list(), to.list())) return;
    if (from.is_list() && to.is_list() && same_in_any_order(from.list(), to.list())) return;
    on_difference_(path_, &from, &to);
  }

 private:
  void compare_maps(const data::Map& from, const data::Map& to) {
    for (const data::Map::Entry& entry : from) at(entry.key, &entry.value, to.find(entry.key));
    for (const data::Map::Entry& entry : to)
      if (!from.contains(entry.key)) at(entry.key, nullptr, &entry.value);
  }

  bool compare_named(const List& from, const List& to) {
    if (from.empty() || to.empty() || std::max(from.size(), to.size()) > kMaxNamedItems) return false;
    for (std::string_view name : kNames) {
      auto before = named(from, name);
      auto after = before ? named(to, name) : std::nullopt;
      if (!after) continue;
      for (const auto& [key, item] : *before) {
        auto there = after->find(key);
        at(key, item, there == after->end() ? nullptr : there->second);
      }
      for (const auto& [key, item] : *after)
        if (!before->contains(key)) at(key, nullptr, item);
      return true;
    }
    return false;
  }

  static bool same_in_any_order(const List& from, const List& to) {
    constexpr std::size_t kMaxItems = 1000;  // each is held against each
    if (from.size() != to.size() || from.size() > kMaxItems || !holds_maps(from)) return false;
    return std::ranges::is_permutation(from, to, data::same_value);
  }

  void at(std::string_view key, const Value* from, const Value* to) {
    path_.emplace_back(std::string(key));
    if (from == nullptr || to == nullptr)
      one_sided(from, to);
    else
      compare(*from, *to);
    path_.pop_back();
  }

  // "driver.version" says more than a whole map under "driver", and so does one item of a list.
  void one_sided(const Value* from, const Value* to) {
    const Value& there = from == nullptr ? *to : *from;
    auto below = [&](std::string_view key, const Value& value, bool deeper) {
      path_.emplace_back(std::string(key));
      const Value* before = from == nullptr ? nullptr : &value;
      const Value* after = to == nullptr ? nullptr : &value;
      deeper ? one_sided(before, after) : on_difference_(path_, before, after);
      path_.pop_back();
    };
    if (there.is_map() && !there.map().empty()) {
      for (const data::Map::Entry& entry : there.map()) below(entry.key, entry.value, true);
      return;
    }
    for (std::string_view name : kNames) {
      auto items = there.is_list() && !there.list().empty() ? named(there.list(), name) : std::nullopt;
      if (!items) continue;
      for (const auto& [key, item] : *items) below(key, *item, false);
      return;
    }
    on_difference_(path_, from, to);
  }

  const OnDifference& on_difference_;
  data::Path path_;
};

}  // namespace

void compare_trees(const Value& from, const Value& to, const OnDifference& on_difference) {
  TreeComparison(on_difference).compare(from, to);
}

}  // namespace eidos::diff
