#include "cli/snapshot_table.h"

#include <algorithm>

#include "base/table.h"
#include "base/text.h"

namespace eidos::cli {

namespace {

constexpr std::size_t kNarrowest = 40;  // below, nothing is legible: lines are wider than the terminal
constexpr std::size_t kGap = 2;
constexpr std::string_view kEllipsis = "…";

// The longest front of `text` that is at most `columns` wide.
std::string_view front(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  std::size_t width = 0;
  while (at < text.size()) {
    std::size_t next = at;
    next_code_point(text, next);
    width += display_width(text.substr(at, next - at));
    if (width > columns) break;
    at = next;
  }
  return text.substr(0, at);
}

std::string cut(const std::string& text, std::size_t columns) {
  if (display_width(text) <= columns) return text;
  return cat(front(text, columns - 1), kEllipsis);
}

// Lines of at most `columns`, broken at blanks where there are any.
std::vector<std::string> folded(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  while (display_width(text) > columns) {
    std::string_view line = front(text, columns);
    std::size_t blank = line.rfind(' ');
    if (blank != std::string_view::npos && blank > 0) line = line.substr(0, blank);
    lines.emplace_back(line);
    text.remove_prefix(line.size());
    text = trim(text);
  }
  lines.emplace_back(text);
  return lines;
}

std::string collectors_table(const model::Snapshot& snapshot, std::size_t columns) {
  std::size_t name = std::string_view("COLLECTOR").size();
  std::size_t status = std::string_view("STATUS").size();
  for (const model::CollectorOutcome& outcome : snapshot.collectors) {
    name = std::max(name, display_width(outcome.name));
    status = std::max(status, data::write_value(outcome.status).string().size());
  }
  const std::size_t taken = name + status + 2 * kGap;
  Table table({"COLLECTOR", "STATUS", "DETAIL"});
  for (const model::CollectorOutcome& outcome : snapshot.collectors) {
    std::vector<std::string> detail = {harmless(outcome.detail)};
    if (columns > 0) detail = folded(detail[0], std::max(columns, taken + kNarrowest / 2) - taken);
    table.add_row({outcome.name, data::write_value(outcome.status).string(), detail[0]});
    for (std::size_t i = 1; i < detail.size(); ++i) table.add_row({"", "", detail[i]});
  }
  return table.render({});
}

std::string shown(const data::Value& value) {
  return harmless(value.is_scalar() ? value.scalar_text() : std::string(kEllipsis));
}

std::string readings_table(const model::Subtype& group, std::size_t columns) {
  std::size_t key = 0;
  for (const data::Map::Entry& entry : group.data) key = std::max(key, display_width(harmless(entry.key)));
  const std::size_t taken = kGap + key + kGap;
  Table table({"", "", ""});
  for (const data::Map::Entry& entry : group.data) {
    std::string value = shown(entry.value);
    if (columns > 0) value = cut(value, std::max(columns, taken + kNarrowest / 2) - taken);
    table.add_row({"", entry.key, value});
  }
  return table.render({.header = false});
}

}  // namespace

std::string snapshot_table(const model::Snapshot& snapshot, std::size_t columns) {
  if (columns > 0) columns = std::max(columns, kNarrowest);
  std::string out = collectors_table(snapshot, columns);
  for (const model::Measurement& measurement : snapshot.measurements)
    for (const model::Subtype& group : measurement.subtypes)
      out += cat("\n", harmless(measurement.type), ".", harmless(group.subtype), "\n",
                 readings_table(group, columns));
  return out;
}

std::string preview_table(const std::vector<collect::Preview>& rows) {
  Table table({"COLLECTOR", "TYPE", "READS", "BRINGS"});
  for (const collect::Preview& row : rows)
    table.add_row(
        {std::string(row.collector), std::string(row.type), std::string(row.sources), std::string(row.keys)});
  return table.render({});
}

data::Value preview_document(const std::vector<collect::Preview>& rows) {
  data::List list;
  for (const collect::Preview& row : rows) {
    data::Map map;
    map.set("name", data::Value(row.collector));
    map.set("type", data::Value(row.type));
    map.set("reads", data::Value(row.sources));
    map.set("brings", data::Value(row.keys));
    list.emplace_back(std::move(map));
  }
  data::Map out;
  out.set("collectors", data::Value(std::move(list)));
  return data::Value(std::move(out));
}

}  // namespace eidos::cli
