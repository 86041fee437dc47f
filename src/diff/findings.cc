#include "diff/findings.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "base/text.h"
#include "model/document.h"

namespace eidos::diff {

namespace {

using data::Value;

// "<redacted:3>": the number counts secrets within one document and says nothing across two.
constexpr std::string_view kTokenStart = "<redacted:";

bool is_token(const Value& value) {
  return value.is_string() && value.string().starts_with(kTokenStart) &&
         value.string().find('>') == value.string().size() - 1;
}

std::string without_numbers(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t token = text.find(kTokenStart, at);
    if (token == std::string_view::npos) return out += text.substr(at);
    std::size_t end = text.find_first_not_of("0123456789", token + kTokenStart.size());
    out += text.substr(at, token + kTokenStart.size() - at);
    at = end == std::string_view::npos ? text.size() : end;
  }
  return out;
}

}  // namespace

bool Findings::is_withheld(const Value& from, const Value& to) const {
  if (is_token(from) || is_token(to)) return true;
  if (!from.is_string() || !to.is_string()) return false;
  if (from.string().find(kTokenStart) == std::string::npos) return false;
  return without_numbers(from.string()) == without_numbers(to.string());
}

void Findings::compare(Place place, const Value* from, const Value* to, const Meaning& meaning) {
  EIDOS_ASSERT(from != nullptr || to != nullptr);
  static const Value kNothing;
  const Value& before = from == nullptr ? kNothing : *from;
  const Value& after = to == nullptr ? kNothing : *to;
  if (from != nullptr && to != nullptr) {
    if (before == after) return;
    if (same(before, after, meaning.shape)) return add_not_counted();
  }
  if (!meaning.counts) return add_not_counted();
  How how = from == nullptr ? How::Added : to == nullptr ? How::Removed : How::Changed;
  add(std::move(place), {.how = how, .from = before, .to = after}, meaning);
}

void Findings::add(Place place, Change change, const Meaning& meaning) {
  if (ignore_.covers(place.flat.empty() ? place.path : place.flat)) {
    ++summary_.ignored;
    return;
  }
  if (change.how == How::Changed && is_withheld(change.from, change.to)) {
    ++summary_.withheld;
    return;
  }
  Verdict verdict = judge(change.from, change.to, change.how, meaning);
  if (meaning.shape == Shape::Commands)
    for (Value* value : {&change.from, &change.to})
      if (value->is_string()) *value = Value(without_runs(value->string()));
  change.impact = verdict.impact;
  change.reason = meaning.reason;
  if (change.detail.empty()) change.detail = verdict.detail;
  hide_secrets(place, change);
  change.group = std::move(place.group);
  change.path = std::move(place.path);
  change.key = std::move(place.key);
  changes_.push_back(std::move(change));
}

// Most changes hold no secret, and looking is cheaper than redacting.
void Findings::hide_secrets(Place& place, Change& change) {
  bool named_so = model::is_secret_key(place.key);
  auto may_hold = [&](const Value& value) {
    return named_so || !value.is_scalar() || model::looks_secret_value(value.scalar_text());
  };
  if (may_hold(change.from) || may_hold(change.to)) {
    std::int64_t hidden = redactor_.count();
    for (Value* value : {&change.from, &change.to}) {
      data::Map entry;
      entry.set(place.key, std::move(*value));
      Value shown(std::move(entry));
      redactor_.redact(shown);
      *value = std::move(shown.map().begin()->value);
    }
    if (redactor_.count() != hidden && !change.detail.empty()) change.detail = "secret";
  }
  if (!model::looks_secret_value(place.key)) return;
  place.key = "<redacted>";
  place.path = cat(place.group, ".", place.key);
}

DiffResult Findings::result(Side from, Side to) && {
  std::map<std::string_view, std::size_t> groups;
  for (const Change& change : changes_) groups.emplace(change.group, groups.size());
  std::vector<std::size_t> order(changes_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t at) {
    const Change& change = changes_[at];
    return std::tuple(groups.at(change.group), change.impact, std::string_view(change.path));
  });
  DiffResult result;
  result.api_version = model::kApiVersion;
  result.from = std::move(from);
  result.to = std::move(to);
  for (std::size_t at : order) {
    std::int64_t* const counts[] = {&summary_.breaking, &summary_.performance, &summary_.cosmetic};
    ++*counts[static_cast<std::size_t>(changes_[at].impact)];
    result.changes.push_back(std::move(changes_[at]));
  }
  summary_.changes = static_cast<std::int64_t>(result.changes.size());
  result.summary = summary_;
  result.notes = std::move(notes_);
  return result;
}

}  // namespace eidos::diff
