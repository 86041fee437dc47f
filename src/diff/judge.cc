// Two values at one place: whether they are the same, and what the difference amounts to.

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"
#include "data/document.h"
#include "data/patch.h"
#include "diff/meaning.h"
#include "model/decimal.h"
#include "model/version.h"

namespace eidos::diff {

namespace {

using data::Value;

// A version has digits in front and is not a bare number.
std::optional<model::Version> version_of(std::string_view text) {
  auto version = model::parse_version(text);
  if (!version || version->parts.empty()) return std::nullopt;
  return *std::move(version);
}

// "v1.2.3" and "1.2.3" are one version; "v1" may be a name.
std::string_view without_v(std::string_view text) {
  bool version = text.starts_with('v') && text.find('.') != std::string_view::npos && version_of(text);
  return version ? text.substr(1) : text;
}

std::string squeezed(std::string_view text) {
  std::string out;
  for (char c : trim(text)) {
    bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank)
      out += c;
    else if (out.back() != ' ')
      out += ' ';
  }
  return out;
}

bool has_leading_zero(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of("+-"), text.size()));
  return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

// 8 and 8.0, 450 GB/s and 450.0 GB/s. Not 1.30 and 1.3, which may be versions, nor 0755 and 755.
bool same_amount(std::string_view a, std::string_view b) {
  if (has_leading_zero(a) || has_leading_zero(b)) return false;
  auto first = model::parse_amount(a);
  auto second = model::parse_amount(b);
  if (!first || !second) return false;
  bool number = !first->unit.empty() || (first->fraction.empty() && second->fraction.empty());
  return number && model::compare(*first, *second) == std::strong_ordering::equal;
}

bool same_text(std::string_view a, std::string_view b) {
  if (a == b) return true;
  std::string from = squeezed(a);
  std::string to = squeezed(b);
  return from == to || without_v(from) == without_v(to) || same_amount(from, to);
}

std::vector<std::string> items_of(const Value& value) {
  std::vector<std::string> items;
  if (value.is_list()) {
    for (const Value& item : value.list())
      items.push_back(item.is_scalar() ? item.scalar_text() : data::to_compact_json(item));
  } else if (value.is_scalar()) {
    std::string text = squeezed(value.scalar_text());
    std::string_view inner = text;
    if (inner.starts_with('[') && inner.ends_with(']')) inner = inner.substr(1, inner.size() - 2);
    char separator = inner.find(',') != std::string_view::npos ? ',' : ' ';
    for (std::string_view item : split(inner, separator))
      if (!trim(item).empty()) items.emplace_back(trim(item));
  }
  std::ranges::sort(items);
  return items;
}

int first_difference(const model::Version& a, const model::Version& b) {
  std::size_t count = std::max(a.parts.size(), b.parts.size());
  auto part = [](const model::Version& version, std::size_t i) {
    return i < version.parts.size() ? version.parts[i] : 0;
  };
  for (std::size_t i = 0; i < count; ++i)
    if (part(a, i) != part(b, i))
      return part(a, i) < part(b, i) ? static_cast<int>(i) + 1 : -static_cast<int>(i) - 1;
  return 0;
}

Verdict judge_version(const Value& from, const Value& to, const Meaning& meaning) {
  const Impacts& impacts = meaning.impacts;
  if (!from.is_scalar() || !to.is_scalar()) return {impacts.major, {}};
  auto a = version_of(trim(from.scalar_text()));
  auto b = version_of(trim(to.scalar_text()));
  if (!a || !b) return {impacts.major, {}};
  int place = first_difference(*a, *b);
  if (place == 0) return {impacts.patch, {}};
  // Below 1.0 the second part is what the first is above.
  bool major = std::abs(place) == 1 || (std::abs(place) == 2 && a->parts[0] == 0) ||
               (place < 0 && meaning.older_breaks);
  Impact impact = major ? impacts.major : std::abs(place) == 2 ? impacts.minor : impacts.patch;
  return {impact, place > 0 ? "newer" : "older"};
}

std::string gains_and_losses(const Value& from, const Value& to) {
  std::vector<std::string> before = items_of(from);
  std::vector<std::string> after = items_of(to);
  std::vector<std::string> gained;
  std::vector<std::string> lost;
  std::ranges::set_difference(after, before, std::back_inserter(gained));
  std::ranges::set_difference(before, after, std::back_inserter(lost));
  std::vector<std::string> parts;
  if (!gained.empty()) parts.push_back(cat("gained ", join(gained, ", ")));
  if (!lost.empty()) parts.push_back(cat("lost ", join(lost, ", ")));
  return join(parts, "; ");
}

bool is_plain_list(const Value& value) {
  return value.is_list() &&
         std::ranges::all_of(value.list(), [](const Value& item) { return item.is_scalar(); });
}

}  // namespace

// systemd writes each command as [path [arguments] flag and seven numbers]: when it started and ended, its
// process id, how it ended. The numbers go; what is not of that form stays as it is.
std::string without_runs(std::string_view text) {
  constexpr int kNumbers = 7;
  std::string out;
  int depth = 0;
  for (char c : text) {
    if (c == '[') ++depth;
    if (c == ']' && depth == 2) {
      std::size_t end = out.size();
      int numbers = 0;
      while (numbers < kNumbers) {
        std::size_t digits = out.find_last_not_of("0123456789", end - 1);
        if (digits == std::string::npos || digits + 1 == end || out[digits] != ' ') break;
        end = digits;
        ++numbers;
      }
      if (numbers == kNumbers) out.resize(end);
    }
    if (c == ']') --depth;
    out += c;
  }
  return out;
}

bool same(const Value& from, const Value& to, Shape shape) {
  if (data::same_value(from, to)) return true;
  if (shape == Shape::Set) return items_of(from) == items_of(to);
  // Null is "not there" or a deletion; neither reads like any text.
  if (!from.is_scalar() || !to.is_scalar() || from.is_null() || to.is_null()) return false;
  std::string a = from.scalar_text();
  std::string b = to.scalar_text();
  if (shape == Shape::Commands) return without_runs(a) == without_runs(b);
  return same_text(a, b);
}

Verdict judge(const Value& from, const Value& to, How how, const Meaning& meaning) {
  const Impacts& impacts = meaning.impacts;
  if (how == How::Added) return {impacts.added, {}};
  if (how == How::Removed) return {impacts.removed, {}};
  if (meaning.shape == Shape::Set && (items_of(from).size() > 1 || items_of(to).size() > 1))
    return {impacts.minor, gains_and_losses(from, to)};
  if (impacts.is_version()) return judge_version(from, to, meaning);
  if (is_plain_list(from) && is_plain_list(to))
    return {impacts.major, items_of(from) == items_of(to) ? "in another order" : gains_and_losses(from, to)};
  return {impacts.major, {}};
}

}  // namespace eidos::diff
