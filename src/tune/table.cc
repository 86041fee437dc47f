// Recommendations for people.

#include "base/table.h"

#include "base/text.h"
#include "data/fields.h"
#include "tune/recommend.h"

namespace eidos::tune {
namespace {

constexpr std::size_t kNoteWidth = 76;

Paint paint_of(model::Priority priority) {
  switch (priority) {
    case model::Priority::High: return Paint::Bad;
    case model::Priority::Medium: return Paint::Caution;
    case model::Priority::Low: return Paint::None;
  }
  std::unreachable();
}

/// Lines of at most kNoteWidth columns, broken at blanks.
void add_wrapped(Table& table, std::string_view text) {
  std::string line;
  for (std::string_view word : split(text, ' ')) {
    if (!line.empty() && display_width(line) + 1 + display_width(word) > kNoteWidth) {
      table.add_note(line);
      line.clear();
    }
    line += cat(line.empty() ? "" : " ", word);
  }
  if (!line.empty()) table.add_note(line);
}

std::string head(const Recommendations& document) {
  Table table({"SNAPSHOT", document.snapshot.node.empty() ? "unnamed" : harmless(document.snapshot.node)});
  table.add_row({"taken", document.snapshot.timestamp});
  table.add_row({"for", document.metadata.criteria});
  return table.render({});
}

std::string closing(const Recommendations& document) {
  std::size_t changes = document.recommendations.size();
  std::size_t unknown = document.metadata.not_compared.size();
  return cat(changes == 0 ? "nothing to change" : cat(changes, changes == 1 ? " change" : " changes"),
             unknown == 0 ? "" : cat(", ", unknown, " not compared"), "\n");
}

}  // namespace

std::string to_table(const Recommendations& document, bool color) {
  std::string out = head(document);
  if (!document.recommendations.empty()) {
    Table table({"PRIORITY", "CATEGORY", "PARAMETER", "CURRENT", "RECOMMENDED"});
    for (const Recommendation& one : document.recommendations) {
      std::string priority = data::write_value(one.priority).string();
      table.add_row({{priority, paint_of(one.priority)},
                     one.category,
                     one.parameter,
                     one.current_value,
                     one.recommended_value});
      add_wrapped(table, one.reason);
    }
    out += cat("\n", table.render({.header = true, .color = color}));
  }
  if (!document.metadata.not_compared.empty()) {
    Table table({"NOT COMPARED", "CATEGORY", "RECOMMENDED", "BECAUSE"});
    for (const NotCompared& one : document.metadata.not_compared)
      table.add_row({one.parameter, one.category, one.recommended_value, one.reason});
    out += cat("\n", table.render({.header = true, .color = color}));
  }
  return cat(out, "\n", closing(document));
}

}  // namespace eidos::tune
