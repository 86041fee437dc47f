#include <algorithm>
#include <utility>

#include "base/table.h"
#include "base/text.h"
#include "data/document.h"
#include "diff/change_fields.h"
#include "diff/diff.h"

namespace eidos::diff {

namespace {

using data::Value;

constexpr std::size_t kWidth = 100;
constexpr std::size_t kLeastValue = 20;
constexpr std::size_t kDetail = 9;  // "  (newer)"
constexpr std::size_t kMostNames = 12;
constexpr std::size_t kFewNames = 2;  // as many rows say more than a list
constexpr std::string_view kIndent = "  ";

template <class E>
std::string word(E value) {
  return data::write_value(value).string();
}

Paint paint_of(Impact impact) {
  switch (impact) {
    case Impact::Breaking: return Paint::Bad;
    case Impact::Performance: return Paint::Caution;
    case Impact::Cosmetic: return Paint::Faint;
  }
  std::unreachable();
}

std::string text_of(const Value& value) {
  if (!value.is_scalar()) return data::to_compact_json(value);
  if (value.is_null()) return "null";
  std::string text = value.scalar_text();
  return text.empty() ? "''" : text;
}

bool inside_character(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

// At most `most` bytes of `text` from `start` on, whole characters, with "…" where something is left out.
std::string excerpt(std::string_view text, std::size_t start, std::size_t most) {
  start = std::min(start, text.size());
  while (inside_character(text, start)) ++start;
  std::size_t end = text.size() - start <= most ? text.size() : start + most;
  while (inside_character(text, end)) --end;
  return cat(start > 0 ? "…" : "", text.substr(start, end - start), end < text.size() ? "…" : "");
}

// Both cut so that the first difference shows.
std::string arrow(const Change& change, std::size_t most) {
  std::string from = text_of(change.from);
  std::string to = text_of(change.to);
  if (change.how == How::Added) return cat("added: ", excerpt(to, 0, most));
  if (change.how == How::Removed) return cat("removed: ", excerpt(from, 0, most));
  std::size_t start = 0;
  if (from.size() + to.size() <= 2 * most) return cat(from, " → ", to);
  if (std::max(from.size(), to.size()) > most) {
    auto common = static_cast<std::size_t>(std::ranges::mismatch(from, to).in1 - from.begin());
    if (common > most / 2) start = common - most / 4;
  }
  return cat(excerpt(from, start, most), " → ", excerpt(to, start, most));
}

bool is_set_change(const Change& change) {
  return change.detail.starts_with("gained ") || change.detail.starts_with("lost ");
}

bool is_whole_group(const Change& change) {
  return change.key.empty();
}

std::string what_of(const Change& change, std::size_t most) {
  if (is_set_change(change)) return excerpt(change.detail, 0, 2 * most + kDetail);
  if (is_whole_group(change)) {
    bool shows_value = change.from.is_string() || change.to.is_string();
    std::string value =
        shows_value ? cat(" ", change.how == How::Added ? change.to.string() : change.from.string()) : "";
    return cat(word(change.how), value, change.detail.empty() ? "" : cat(", ", change.detail));
  }
  std::string detail = change.detail.empty() ? "" : cat("  (", excerpt(change.detail, 0, most), ")");
  return cat(arrow(change, most), detail);
}

// What only one side has and nothing depends on: its names are enough.
bool is_listed(const Change& change) {
  return change.impact == Impact::Cosmetic && !change.key.empty() &&
         (change.how == How::Added || change.how == How::Removed);
}

std::string names_line(const std::vector<std::string>& names, std::string_view side) {
  std::vector<std::string> shown(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMostNames)));
  std::string more = names.size() > shown.size() ? cat(", and ", names.size() - shown.size(), " more") : "";
  return cat(names.size(), " only in the ", side, ": ", join(shown, ", "), more);
}

std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::string line(indent, ' ');
  for (std::string_view part : split(text, ' ')) {
    bool first = line.size() == indent;
    if (!first && line.size() + 1 + part.size() > kWidth) {
      out += cat(line, "\n");
      line = std::string(indent + kIndent.size(), ' ');
      first = true;
    }
    line += cat(first ? "" : " ", part);
  }
  return cat(out, line, "\n");
}

class GroupReport {
 public:
  GroupReport(std::span<const Change> changes, bool color) : changes_(changes), color_(color) {}

  std::string render() const {
    std::string out =
        cat(harmless(changes_.front().group), changes_.front().crds ? "  (installs CRDs)" : "", "\n");
    std::vector<std::string> gone = listed(How::Removed);
    std::vector<std::string> come = listed(How::Added);
    Table table({"", "", "", ""});
    std::size_t rows = 0;
    for (const Change& change : changes_) {
      const std::vector<std::string>& names = change.how == How::Added ? come : gone;
      if (is_listed(change) && names.size() > kFewNames) continue;
      table.add_row(
          {"", {word(change.impact), paint_of(change.impact)}, change.key, what_of(change, value_width())});
      ++rows;
    }
    if (rows > 0) out += table.render({.header = false, .color = color_});
    if (gone.size() > kFewNames) out += list_line(gone, "first");
    if (come.size() > kFewNames) out += list_line(come, "second");
    return out;
  }

 private:
  std::vector<std::string> listed(How how) const {
    std::vector<std::string> names;
    for (const Change& change : changes_)
      if (is_listed(change) && change.how == how) names.push_back(change.key);
    return names;
  }

  std::size_t value_width() const {
    std::size_t key = 0;
    for (const Change& change : changes_)
      key = std::max(key, std::min<std::size_t>(change.key.size(), kWidth / 2));
    constexpr std::size_t kAround = 24;  // indent, class, gaps and arrow
    std::size_t left = kWidth > key + kAround + kDetail ? (kWidth - key - kAround - kDetail) / 2 : 0;
    return std::max(left, kLeastValue);
  }

  std::string list_line(const std::vector<std::string>& names, std::string_view side) const {
    std::string label = word(Impact::Cosmetic);
    std::string text = wrapped(cat(label, "     ", harmless(names_line(names, side))), kIndent.size());
    if (color_) text.replace(text.find(label), label.size(), painted(label, paint_of(Impact::Cosmetic)));
    return text;
  }

  std::span<const Change> changes_;
  bool color_;
};

std::string sides(const DiffResult& result) {
  Table table({"", "", "", ""});
  for (const auto& [name, side] : {std::pair{"from", &result.from}, std::pair{"to", &result.to}}) {
    std::vector<std::string> about;
    if (!side->node.empty()) about.push_back(side->node);
    if (!side->timestamp.empty()) about.push_back(side->timestamp);
    if (!side->version.empty()) about.push_back(cat("made by ", side->version));
    table.add_row({name, side->source, side->kind, join(about, ", ")});
  }
  return table.render({.header = false});
}

std::string plural(std::int64_t count, std::string_view word) {
  return cat(count, " ", word, count == 1 ? "" : "s");
}

}  // namespace

bool has_changes(const Summary& summary, Impact least) {
  std::int64_t count = summary.breaking;
  if (least != Impact::Breaking) count += summary.performance;
  if (least == Impact::Cosmetic) count += summary.cosmetic;
  return count > 0;
}

Value to_document(const DiffResult& result) {
  return data::write_value(result);
}

std::string summary_line(const Summary& sum) {
  std::string line = "no changes";
  if (sum.changes > 0)
    line = cat(plural(sum.changes, "change"), ": ", sum.breaking, " breaking, ", sum.performance,
               " performance, ", sum.cosmetic, " cosmetic");
  if (sum.not_counted > 0)
    line += cat("; ", plural(sum.not_counted, "difference"),
                " not counted (timestamps, counters, order, spelling)");
  if (sum.ignored > 0) line += cat("; ", sum.ignored, " ignored");
  if (sum.withheld > 0) line += cat("; ", sum.withheld, " redacted, so not comparable");
  return line;
}

std::string to_table(const DiffResult& result, bool color) {
  std::string out = cat(sides(result), "\n");
  std::span<const Change> rest = result.changes;
  while (!rest.empty()) {
    auto end =
        std::ranges::find_if(rest, [&](const Change& change) { return change.group != rest.front().group; });
    auto count = static_cast<std::size_t>(end - rest.begin());
    out += cat(GroupReport(rest.first(count), color).render(), "\n");
    rest = rest.subspan(count);
  }
  for (const std::string& note : result.notes) out += wrapped(cat("note: ", harmless(note)), 0);
  if (!result.notes.empty()) out += "\n";
  return cat(out, summary_line(result.summary), "\n");
}

}  // namespace eidos::diff
