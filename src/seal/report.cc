// What verify found: for people, and as a document.

#include <set>
#include <utility>

#include "base/table.h"
#include "base/text.h"
#include "seal/report_fields.h"

namespace eidos::seal {

namespace {

constexpr std::size_t kDigestShown = 19;  // "sha256:" and twelve digits

constexpr std::string_view kChecked =
    "Checked: every file listed in checksums.txt is there with the SHA-256 listed, there is no other file, "
    "nothing "
    "is a link, *.sh files that start with #! are executable and no others. Not checked: who wrote it "
    "(nothing is "
    "signed), other mode bits, owners, times, empty directories.";

constexpr Explanation kExplanations[] = {
    {Rule::Missing, "checksums.txt lists it, and it is not there",
     "write the bundle again; a copy may have been cut short"},
    {Rule::Changed, "its bytes are not those that were written",
     "write the bundle again; a change belongs into the recipe or a flag, so that the next run has it, too"},
    {Rule::Extra,
     "it was not written with the bundle, and tools that read the directory would take it for part of it",
     "move it out; if it is yours, keep it beside the bundle"},
    {Rule::Linked, "what it leads to can change without anybody touching the bundle",
     "write the bundle again"},
    {Rule::Special, "a device, a pipe or a socket is no part of a bundle", "remove it"},
    {Rule::Mode, "a script that starts with #! must be executable, and nothing else may be",
     "chmod +x the script or chmod -x the file; file systems without modes lose this"},
    {Rule::Duplicate, "which of the two a tool unpacks is up to the tool",
     "do not use this archive; write it again"},
    {Rule::Path, "unpacked, it would land elsewhere", "do not unpack this archive; write it again"},
    {Rule::Oversized, "it is larger than anything eidos writes, and was not read", "write the bundle again"},
    {Rule::Unreadable, "it could not be read, so nothing can be said about it",
     "mend its permissions, or run verify as a user who may read it"},
    {Rule::Leftover, "a run that writes here was interrupted, or is at work",
     "wait for it; else the next eidos bundle into this directory removes it"},
    {Rule::AddedByHelm, "helm dependency build adds these; where they came from is not known here",
     "nothing; --strict makes it a finding, deleting it makes it go"},
    {Rule::NotChecked, "it belongs beside the bundle and was not looked into",
     "nothing; --strict makes it a finding"},
};

std::string word(Rule rule) {
  return data::write_value(rule).string();
}

std::string cell(std::string_view text) {
  if (text.empty()) return "-";
  return harmless(text.starts_with("sha256:") ? text.substr(0, kDigestShown) : text);
}

std::string counted(std::int64_t count, std::string_view what) {
  return cat(count, " ", what, count == 1 ? "" : "s");
}

std::string summary_line(const Report& report, bool color) {
  const Summary& sum = report.summary;
  const bool ok = sum.status == Status::Ok;
  std::string status = painted(ok ? "ok" : "failed", !color ? Paint::None : ok ? Paint::Good : Paint::Bad);
  std::string notes = sum.notes == 0 ? "" : cat(", ", counted(sum.notes, "note"));
  if (ok)
    return cat(status, ": ", counted(sum.files, "file"), ", ", byte_count(sum.bytes), " as listed", notes,
               "; unsigned, so who wrote them cannot be told");
  return cat(status, ": ", counted(sum.findings, "finding"), notes, " in ",
             counted(sum.files, "listed file"));
}

std::set<Rule> rules_in(const Report& report) {
  std::set<Rule> rules;
  for (const Finding& finding : report.findings) rules.insert(finding.rule);
  return rules;
}

std::string explanations(const Report& report) {
  std::string text = cat("\n", kChecked, "\n");
  for (Rule rule : rules_in(report)) {
    const Explanation why = explain(rule);
    text += cat("\n", word(rule), ": ", why.means, ".\n  fix: ", why.fix, ".\n");
  }
  return text;
}

}  // namespace

Explanation explain(Rule rule) {
  for (const Explanation& one : kExplanations)
    if (one.rule == rule) return one;
  std::unreachable();
}

std::string_view what_is_checked() {
  return kChecked;
}

std::string to_table(const Report& report, bool color, bool explained) {
  Table table({"PATH", "RULE", "EXPECTED", "ACTUAL"});
  for (const Finding& finding : report.findings) {
    const bool note = finding.weight == Weight::Note;
    table.add_row({harmless(finding.path),
                   {word(finding.rule), note ? Paint::Faint : Paint::Bad},
                   cell(finding.expected),
                   cell(finding.actual)});
  }
  std::string rows = report.findings.empty() ? "" : cat(table.render({.color = color}), "\n");
  return cat(rows, summary_line(report, color), "\n", explained ? explanations(report) : "");
}

data::Value to_document(const Report& report, bool explained) {
  data::Value document = data::write_value(report);
  if (!explained) return document;
  data::Map rules;
  for (Rule rule : rules_in(report)) {
    const Explanation why = explain(rule);
    data::Map one;
    one.set("means", why.means);
    one.set("fix", why.fix);
    rules.set(word(rule), data::Value(std::move(one)));
  }
  data::Map map = document.map();
  map.set("checked", kChecked);
  map.set("rules", data::Value(std::move(rules)));
  return data::Value(std::move(map));
}

}  // namespace eidos::seal
