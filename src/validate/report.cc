#include <utility>

#include "base/table.h"
#include "base/text.h"
#include "validate/report_fields.h"

namespace eidos::validate {
namespace {

using model::Verdict;

constexpr std::size_t kWidestValue = 60;

Paint paint_of(const Row& row) {
  switch (row.verdict) {
    case Verdict::Passed: return Paint::Good;
    case Verdict::Failed: return row.severity == Severity::Warning ? Paint::Caution : Paint::Bad;
    case Verdict::Skipped: return Paint::Faint;
    case Verdict::Unknown: return Paint::Caution;
  }
  std::unreachable();
}

Paint paint_of(Status status) {
  switch (status) {
    case Status::Pass: return Paint::Good;
    case Status::Fail: return Paint::Bad;
    case Status::Partial: return Paint::Caution;
  }
  std::unreachable();
}

template <class E>
std::string word(E value) {
  return data::write_value(value).string();
}

std::string verdict_word(const Row& row) {
  bool warning = row.verdict == Verdict::Failed && row.severity == Severity::Warning;
  return warning ? "warning" : word(row.verdict);
}

std::string cell(std::string_view text) {
  if (text.size() <= kWidestValue) return std::string(text);
  std::size_t end = kWidestValue;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // whole characters only
  return cat(text.substr(0, end), "…");
}

// "-" where there is no reading; an empty reading is one.
std::string actual_cell(const Row& row) {
  if (!row.actual.empty()) return cell(row.actual);
  bool read = row.verdict == Verdict::Passed || row.verdict == Verdict::Failed;
  return read || row.cause == model::Cause::Unparsable ? "''" : "-";
}

std::string reason_cell(const Row& row) {
  return row.cause == model::Cause::None ? row.reason : cat(word(row.cause), ": ", row.reason);
}

std::string counts(const Summary& sum) {
  const std::pair<std::int64_t, std::string_view> kinds[] = {{sum.passed, "passed"},
                                                             {sum.failed, "failed"},
                                                             {sum.unknown, "unknown"},
                                                             {sum.warnings, "warnings"},
                                                             {sum.skipped, "skipped"}};
  std::vector<std::string> parts;
  for (const auto& [count, kind] : kinds)
    if (count > 0) parts.push_back(cat(count, " ", count == 1 && kind == "warnings" ? "warning" : kind));
  return join(parts, ", ");
}

std::string summary_line(const Summary& sum, bool color) {
  std::string status = painted(word(sum.status), color ? paint_of(sum.status) : Paint::None);
  if (sum.total == 0) return cat(status, ": the recipe names no constraint and no check");
  std::int64_t executed = sum.total - sum.skipped - sum.unknown;
  return cat(status, ": executed ", executed, " of ", sum.total, "; ", counts(sum));
}

}  // namespace

data::Value to_document(const Report& report) {
  return data::write_value(report);
}

std::string to_table(const Report& report, bool color) {
  Table table({"NAME", "EXPECTED", "ACTUAL", "VERDICT", "REASON"});
  for (const Row& row : report.results) {
    table.add_row({row.name,
                   row.expected.empty() ? "-" : cell(row.expected),
                   actual_cell(row),
                   {verdict_word(row), paint_of(row)},
                   reason_cell(row)});
    bool wanting = row.verdict == Verdict::Failed || row.verdict == Verdict::Unknown;
    if (wanting && !row.remediation.empty()) table.add_note(cat("fix: ", row.remediation));
  }
  std::string rows = report.results.empty() ? "" : cat(table.render({.color = color}), "\n");
  return cat(rows, summary_line(report.summary, color), "\n");
}

std::string summary_line(const Summary& summary) {
  return summary_line(summary, false);
}

}  // namespace eidos::validate
