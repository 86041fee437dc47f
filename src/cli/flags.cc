#include "cli/flags.h"

#include <algorithm>

#include "base/text.h"
#include "cli/duration.h"

namespace eidos::cli {

void Flags::add(Given given) {
  given_.push_back(std::move(given));
}

const Flag* Flags::find(std::string_view name) const {
  const Flag* found = nullptr;
  for (const Flag& flag : global_flags())
    if (flag.name == name) found = &flag;
  if (command_ != nullptr)
    for (const Flag& flag : command_->flags)
      if (flag.name == name) found = &flag;
  return found;
}

const Flag& Flags::known(std::string_view name) const {
  const Flag* found = find(name);
  EIDOS_ASSERT(found != nullptr);
  return *found;
}

bool Flags::knows(std::string_view name) const {
  return find(name) != nullptr;
}

const Given* Flags::strongest(std::string_view name) const {
  const Flag& flag = known(name);
  const Given* best = nullptr;
  for (const Given& given : given_)
    if (given.flag == &flag && (best == nullptr || given.origin >= best->origin)) best = &given;
  return best;
}

bool Flags::has(std::string_view name) const {
  return strongest(name) != nullptr;
}

bool Flags::has_from(std::string_view name, Origin origin) const {
  const Given* given = strongest(name);
  return given != nullptr && given->origin == origin;
}

std::string Flags::text(std::string_view name) const {
  const Given* given = strongest(name);
  return given == nullptr ? std::string() : given->value;
}

std::vector<std::string> Flags::all(std::string_view name) const {
  const Given* best = strongest(name);
  std::vector<std::string> values;
  for (const Given& given : given_)
    if (best != nullptr && given.flag == best->flag && given.origin == best->origin)
      values.push_back(given.value);
  return values;
}

bool Flags::on(std::string_view name, bool otherwise) const {
  const Given* given = strongest(name);
  return given == nullptr ? otherwise : given->value == "true";
}

std::int64_t Flags::count(std::string_view name) const {
  const Given* given = strongest(name);
  return given == nullptr ? 0 : to_int(given->value).value_or(0);
}

Milliseconds Flags::duration(std::string_view name, Milliseconds otherwise) const {
  const Given* given = strongest(name);
  if (given == nullptr) return otherwise;
  auto parsed = parse_duration(given->value);
  EIDOS_ASSERT(parsed.has_value());  // the parser let no other through
  return *parsed;
}

Result<std::int64_t> count_between(const Flags& flags, std::string_view name, std::int64_t otherwise,
                                   std::int64_t most) {
  const std::int64_t count = flags.has(name) ? flags.count(name) : otherwise;
  if (count >= 1 && count <= most) return count;
  return fail(ErrorKind::Invalid, cat("--", name, " must be 1 to ", most, "; got ", count));
}

}  // namespace eidos::cli
