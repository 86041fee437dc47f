#include <algorithm>
#include <map>
#include <optional>

#include "base/text.h"
#include "data/document.h"
#include "data/patch.h"
#include "data/patch_cost.h"

namespace eidos::data {
namespace {

// Above this a list is compared by position, and a map with many keys gone is replaced whole.
constexpr std::size_t kMaxKeyedItems = 1000;
constexpr std::size_t kMaxShiftsAtOnce = std::size_t{1} << 20;
constexpr std::string_view kIdentities[] = {"type", "subtype", "name", "key"};

using Keys = std::vector<std::string_view>;

// The value of `identity` in every item, when all have one of their own.
std::optional<Keys> keys_of(const List& list, std::string_view identity) {
  Keys keys;
  for (const Value& item : list) {
    const Value* key = item.find(identity);
    if (key == nullptr || !key->is_string()) return std::nullopt;
    keys.push_back(key->string());
  }
  Keys sorted = keys;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) return std::nullopt;
  return keys;
}

class PatchMaker {
 public:
  Value make(const Value& from, const Value& to) {
    change(from, to);
    if (!affordable_) {
      operations_.clear();
      affordable_ = true;
      add_operation("replace", &to);
    }
    return Value(std::move(operations_));
  }

 private:
  void change(const Value& from, const Value& to) {
    if (!affordable_) return;
    if (from.is_map() && to.is_map()) return change_map(from.map(), to);
    if (from.is_list() && to.is_list()) return change_list(from.list(), to);
    if (!(from == to)) add_operation("replace", &to);
  }

  void change_map(const Map& from, const Value& whole) {
    const Map& to = whole.map();
    auto gone = std::ranges::count_if(from, [&](const Map::Entry& entry) { return !to.contains(entry.key); });
    auto common = from.size() - static_cast<std::size_t>(gone);
    std::size_t shifts = static_cast<std::size_t>(gone) * erase_cost(from.size()) +
                         (to.size() - common) * insert_cost(to.size());
    if (shifts > kMaxShiftsAtOnce) return add_operation("replace", &whole);
    spend(shifts);
    for (const Map::Entry& entry : from)
      if (!to.contains(entry.key)) at(entry.key, [&] { add_operation("remove", nullptr); });
    for (const Map::Entry& entry : to) {
      const Value* before = from.find(entry.key);
      at(entry.key, [&] {
        if (before != nullptr)
          change(*before, entry.value);
        else
          add_operation("add", &entry.value);
      });
    }
  }

  void change_list(const List& from, const Value& whole) {
    const List& to = whole.list();
    if (std::max(from.size(), to.size()) <= kMaxKeyedItems && !from.empty() && !to.empty()) {
      for (std::string_view identity : kIdentities) {
        auto before = keys_of(from, identity);
        auto after = before ? keys_of(to, identity) : std::nullopt;
        if (after) return change_keyed(from, to, *before, *after);
      }
    }
    change_by_position(from, whole);
  }

  void change_keyed(const List& from, const List& to, Keys& now, const Keys& wanted) {
    std::map<std::string_view, const Value*> before;
    for (std::size_t i = 0; i < from.size(); ++i) before[now[i]] = &from[i];
    for (std::size_t i = now.size(); i-- > 0;) {
      if (std::ranges::find(wanted, now[i]) != wanted.end()) continue;
      spend(now.size() - i);
      at(i, [&] { add_operation("remove", nullptr); });
      now.erase(now.begin() + static_cast<std::ptrdiff_t>(i));
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) bring_in_place(i, wanted[i], to[i], now);
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (auto known = before.find(wanted[i]); known != before.end())
        at(i, [&] { change(*known->second, to[i]); });
  }

  // Items in front of `i` are in place already.
  void bring_in_place(std::size_t i, std::string_view key, const Value& item, Keys& now) {
    if (i < now.size() && now[i] == key) return;
    auto place = now.begin() + static_cast<std::ptrdiff_t>(i);
    auto later = std::find(place, now.end(), key);
    spend(2 * (now.size() - i) + 1);
    if (later == now.end()) {
      at(i, [&] { add_operation("add", &item); });
      now.insert(place, key);
      return;
    }
    Path source = path_;
    source.emplace_back(static_cast<std::size_t>(later - now.begin()));
    at(i, [&] { add_operation("move", nullptr, to_pointer(source)); });
    std::rotate(place, later, later + 1);
  }

  void change_by_position(const List& from, const Value& whole) {
    const List& to = whole.list();
    std::size_t shorter = std::min(from.size(), to.size());
    std::size_t front = 0;
    while (front < shorter && from[front] == to[front]) ++front;
    std::size_t back = 0;
    while (back < shorter - front && from[from.size() - 1 - back] == to[to.size() - 1 - back]) ++back;
    std::size_t steps = std::max(from.size(), to.size()) - shorter;
    if (steps * (back + steps) > kMaxShiftsAtOnce) return add_operation("replace", &whole);
    spend(steps * (back + steps));
    for (std::size_t i = front; i < shorter - back; ++i) at(i, [&] { change(from[i], to[i]); });
    for (std::size_t i = from.size() - back; i > to.size() - back; --i)
      at(i - 1, [&] { add_operation("remove", nullptr); });
    for (std::size_t i = from.size() - back; i < to.size() - back; ++i)
      at(i, [&] { add_operation("add", &to[i]); });
  }

  template <class Part, class Body>
  void at(const Part& part, Body body) {
    path_.emplace_back(part);
    body();
    path_.pop_back();
  }

  void add_operation(std::string_view name, const Value* value, std::string_view source = {}) {
    if (!affordable_) return;
    std::string pointer = to_pointer(path_);
    pointers_ += pointer.size() + source.size();
    if (value != nullptr) bytes_ += weight(*value, kMaxPatchBytes);
    if (pointers_ > kMaxTextBytes || bytes_ > kMaxPatchBytes / 2) affordable_ = false;
    Map operation;
    operation.set("op", name);
    if (!source.empty()) operation.set("from", source);
    operation.set("path", std::move(pointer));
    if (value != nullptr) operation.set("value", *value);
    operations_.emplace_back(std::move(operation));
  }

  void spend(std::size_t shifts) {
    shifts_ += shifts;
    if (shifts_ > kMaxPatchShifts / 2) affordable_ = false;
  }

  Path path_;
  List operations_;
  std::size_t pointers_ = 0;
  std::size_t bytes_ = 0;
  std::size_t shifts_ = 0;
  bool affordable_ = true;
};

}  // namespace

std::string to_pointer(const Path& path) {
  std::string out;
  for (const PathPart& part : path) {
    out += '/';
    if (const auto* index = std::get_if<std::size_t>(&part)) {
      out += cat(*index);
      continue;
    }
    for (char c : std::get<std::string>(part)) {
      if (c == '~')
        out += "~0";
      else if (c == '/')
        out += "~1";
      else
        out += c;
    }
  }
  return out;
}

Value make_patch(const Value& from, const Value& to) {
  return PatchMaker().make(from, to);
}

}  // namespace eidos::data
