#include <algorithm>
#include <optional>

#include "base/text.h"
#include "data/document.h"
#include "data/patch.h"
#include "data/patch_cost.h"

namespace eidos::data {
namespace {

using Pointer = std::vector<std::string>;

Result<Pointer> parse_pointer(std::string_view text) {
  Pointer parts;
  if (text.empty()) return parts;
  if (text.front() != '/')
    return fail(ErrorKind::Invalid, cat("pointer ", quote(text), " does not begin with '/'"));
  for (std::string_view escaped : split(text.substr(1), '/')) {
    std::string part;
    for (std::size_t i = 0; i < escaped.size(); ++i) {
      char c = escaped[i];
      if (c == '~') {
        c = i + 1 < escaped.size() ? escaped[++i] : '~';
        if (c != '0' && c != '1')
          return fail(ErrorKind::Invalid,
                      cat("pointer ", quote(text), " has a '~' that is neither ~0 nor ~1"));
        c = c == '0' ? '~' : '/';
      }
      part += c;
    }
    parts.push_back(std::move(part));
  }
  if (parts.size() > static_cast<std::size_t>(kMaxDepth))
    return fail(ErrorKind::Invalid, cat("pointer ", quote(text), " has more than ", kMaxDepth, " parts"));
  return parts;
}

// RFC 6901: digits without a leading zero.
std::optional<std::size_t> parse_index(std::string_view text) {
  constexpr std::size_t kMaxDigits = 9;
  bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || text.size() > kMaxDigits || !digits || (text.size() > 1 && text.front() == '0'))
    return std::nullopt;
  return static_cast<std::size_t>(*to_int(text));
}

int levels(const Value& value) {
  int below = 0;
  if (value.is_list())
    for (const Value& item : value.list()) below = std::max(below, levels(item));
  if (value.is_map())
    for (const Map::Entry& entry : value.map()) below = std::max(below, levels(entry.value));
  return below + 1;
}

std::unexpected<Error> nowhere(std::string_view pointer) {
  return fail(ErrorKind::Invalid, cat("pointer ", quote(pointer), " leads nowhere"));
}

class PatchApplier {
 public:
  explicit PatchApplier(Value& root) : root_(root) {}

  Result<void> apply(const Value& operation) {
    if (!operation.is_map())
      return fail(ErrorKind::Invalid, cat("expected an operation, got ", describe(operation.type())));
    EIDOS_TRY(std::string op, text_of(operation, "op"));
    for (const auto& [name, run] : kOperations)
      if (op == name) return (this->*run)(operation);
    std::vector<std::string_view> known;
    for (const auto& [name, run] : kOperations) known.push_back(name);
    return fail(ErrorKind::Invalid,
                cat("op ", quote(op), " is none of ", join(known, ", "), did_you_mean(op, known)));
  }

 private:
  using Operation = Result<void> (PatchApplier::*)(const Value&);

  static Result<std::string> text_of(const Value& operation, std::string_view member) {
    const Value* there = operation.find(member);
    if (there != nullptr && there->is_string()) return there->string();
    return fail(ErrorKind::Invalid,
                there == nullptr ? cat("the operation has no ", quote(member))
                                 : cat(quote(member), " is ", describe(there->type()), ", not a string"));
  }

  static Result<const Value*> value_of(const Value& operation) {
    const Value* there = operation.find("value");
    if (there != nullptr) return there;
    return fail(ErrorKind::Invalid, "the operation has no 'value'");
  }

  Result<void> add(const Value& operation) {
    EIDOS_TRY(std::string path, text_of(operation, "path"));
    EIDOS_TRY(const Value* value, value_of(operation));
    EIDOS_CHECK(pay_copy(*value));
    return put(path, *value);
  }

  Result<void> remove(const Value& operation) {
    EIDOS_TRY(std::string path, text_of(operation, "path"));
    EIDOS_TRY(Value gone, take(path));
    return {};
  }

  Result<void> replace(const Value& operation) {
    EIDOS_TRY(std::string path, text_of(operation, "path"));
    EIDOS_TRY(const Value* value, value_of(operation));
    EIDOS_TRY(Value * there, find(path));
    EIDOS_CHECK(pay_copy(*value));
    EIDOS_CHECK(check_depth(path, *value));
    *there = *value;
    return {};
  }

  Result<void> move(const Value& operation) {
    EIDOS_TRY(std::string from, text_of(operation, "from"));
    EIDOS_TRY(std::string path, text_of(operation, "path"));
    if (path == from) {
      EIDOS_CHECK(find(from));
      return {};
    }
    if (path.starts_with(from + "/"))
      return fail(ErrorKind::Invalid, cat("cannot move ", quote(from), " into itself, ", quote(path)));
    EIDOS_TRY(Value value, take(from));
    return put(path, std::move(value));
  }

  Result<void> copy(const Value& operation) {
    EIDOS_TRY(std::string from, text_of(operation, "from"));
    EIDOS_TRY(std::string path, text_of(operation, "path"));
    EIDOS_TRY(Value * there, find(from));
    EIDOS_CHECK(pay_copy(*there));
    return put(path, Value(*there));
  }

  Result<void> test(const Value& operation) {
    EIDOS_TRY(std::string path, text_of(operation, "path"));
    EIDOS_TRY(const Value* value, value_of(operation));
    EIDOS_TRY(Value * there, find(path));
    if (same_value(*there, *value)) return {};
    return fail(ErrorKind::Invalid, cat("the test of ", quote(path), " fails"));
  }

  static constexpr std::pair<std::string_view, Operation> kOperations[] = {
      {"add", &PatchApplier::add},   {"remove", &PatchApplier::remove}, {"replace", &PatchApplier::replace},
      {"move", &PatchApplier::move}, {"copy", &PatchApplier::copy},     {"test", &PatchApplier::test}};

  Result<Value*> find(std::string_view pointer) {
    EIDOS_TRY(Pointer parts, parse_pointer(pointer));
    return walk(parts, parts.size(), pointer);
  }

  Result<Value*> walk(const Pointer& parts, std::size_t count, std::string_view pointer) {
    Value* at = &root_;
    for (std::size_t i = 0; i < count; ++i) {
      Value* next = nullptr;
      if (at->is_map()) next = at->map().find(parts[i]);
      if (at->is_list())
        if (auto index = parse_index(parts[i]); index && *index < at->list().size())
          next = &at->list()[*index];
      if (next == nullptr) return nowhere(pointer);
      at = next;
    }
    return at;
  }

  Result<void> put(std::string_view pointer, Value value) {
    EIDOS_CHECK(check_depth(pointer, value));
    EIDOS_TRY(Pointer parts, parse_pointer(pointer));
    if (parts.empty()) {
      root_ = std::move(value);
      return {};
    }
    EIDOS_TRY(Value * parent, walk(parts, parts.size() - 1, pointer));
    const std::string& last = parts.back();
    if (parent->is_map()) {
      EIDOS_CHECK(pay_shifts(insert_cost(parent->map().size())));
      parent->map().set(last, std::move(value));
      return {};
    }
    if (!parent->is_list()) return nowhere(pointer);
    List& list = parent->list();
    auto index = last == "-" ? std::optional(list.size()) : parse_index(last);
    if (!index || *index > list.size()) return nowhere(pointer);
    EIDOS_CHECK(pay_shifts(list.size() - *index));
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
    return {};
  }

  Result<Value> take(std::string_view pointer) {
    EIDOS_TRY(Pointer parts, parse_pointer(pointer));
    EIDOS_TRY(Value * there, walk(parts, parts.size(), pointer));
    if (parts.empty()) return std::exchange(*there, Value());
    EIDOS_TRY(Value * parent, walk(parts, parts.size() - 1, pointer));
    Value taken = std::move(*there);
    if (parent->is_map()) {
      EIDOS_CHECK(pay_shifts(erase_cost(parent->map().size())));
      parent->map().erase(parts.back());
      return taken;
    }
    List& list = parent->list();
    std::size_t index = *parse_index(parts.back());
    EIDOS_CHECK(pay_shifts(list.size() - index));
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(index));
    return taken;
  }

  static Result<void> check_depth(std::string_view pointer, const Value& value) {
    auto above = static_cast<int>(std::ranges::count(pointer, '/'));
    if (above + levels(value) - 1 <= kMaxDepth) return {};
    return fail(ErrorKind::Invalid,
                cat("pointer ", quote(pointer), ": the document would be nested deeper than ", kMaxDepth));
  }

  Result<void> pay_copy(const Value& value) {
    bytes_ += weight(value, kMaxPatchBytes);
    if (bytes_ <= kMaxPatchBytes) return {};
    return fail(ErrorKind::Invalid, cat("the patch adds more than ", kMaxPatchBytes >> 20, " MiB"));
  }

  Result<void> pay_shifts(std::size_t shifts) {
    shifts_ += shifts;
    if (shifts_ <= kMaxPatchShifts) return {};
    return fail(ErrorKind::Invalid, "the patch moves too many items");
  }

  Value& root_;
  std::size_t bytes_ = 0;
  std::size_t shifts_ = 0;
};

bool same_number(const Number& a, const Number& b) {
  if (a == b) return true;
  auto whole_a = to_int64(a);
  auto whole_b = to_int64(b);
  if (whole_a && whole_b) return *whole_a == *whole_b;
  auto big_a = to_uint64(a);
  auto big_b = to_uint64(b);
  if (big_a && big_b) return *big_a == *big_b;
  auto real_a = to_double(a);
  auto real_b = to_double(b);
  return real_a && real_b && *real_a == *real_b;
}

}  // namespace

std::size_t weight(const Value& value, std::size_t most) {
  constexpr std::size_t kNodeBytes = 64;
  std::size_t sum = kNodeBytes;
  if (value.is_string()) sum += value.string().size();
  if (value.is_number()) sum += value.number().text.size();
  if (value.is_list())
    for (const Value& item : value.list()) {
      if (sum > most) break;
      sum += weight(item, most);
    }
  if (value.is_map())
    for (const Map::Entry& entry : value.map()) {
      if (sum > most) break;
      sum += entry.key.size() + weight(entry.value, most);
    }
  return sum;
}

bool same_value(const Value& a, const Value& b) {
  if (a.type() != b.type()) return false;
  if (a.is_number()) return same_number(a.number(), b.number());
  if (a.is_list()) return std::ranges::equal(a.list(), b.list(), same_value);
  if (!a.is_map()) return a == b;
  if (a.map().size() != b.map().size()) return false;
  return std::ranges::all_of(a.map(), [&](const Map::Entry& entry) {
    const Value* there = b.map().find(entry.key);
    return there != nullptr && same_value(entry.value, *there);
  });
}

Result<void> apply_patch(Value& root, const Value& patch) {
  if (!patch.is_list())
    return fail(ErrorKind::Invalid, cat("a patch is a list of operations, not ", describe(patch.type())));
  Value work = root;
  PatchApplier applier(work);
  for (std::size_t i = 0; i < patch.list().size(); ++i)
    if (auto done = applier.apply(patch.list()[i]); !done)
      return std::unexpected(std::move(done).error().within(cat("patch[", i, "]")));
  root = std::move(work);
  return {};
}

}  // namespace eidos::data
