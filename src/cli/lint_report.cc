#include "cli/lint_report.h"

#include "base/table.h"
#include "base/text.h"

namespace eidos::cli {

namespace {

using catalog::Finding;
using catalog::Rule;
using catalog::Severity;

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::Error: return "error";
    case Severity::Warning: return "warning";
  }
  std::unreachable();
}

std::string place_of(const Finding& finding) {
  return finding.line == 0 ? finding.file : cat(finding.file, ":", finding.line, ":", finding.column);
}

std::string counted(std::size_t number, std::string_view what) {
  return cat(number, " ", what, number == 1 ? "" : "s");
}

/// A path as SARIF wants it: a relative URI reference, or file:// for an absolute one.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = path.starts_with('/') ? "file://" : "";
  for (char c : path) {
    auto byte = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string_view::npos)
      out += c;
    else
      out += cat('%', kHex[byte >> 4], kHex[byte & 15]);
  }
  return out;
}

data::Map text_of(std::string_view text) {
  data::Map map;
  map.set("text", text);
  return map;
}

data::Map sarif_location(const Finding& finding) {
  data::Map artifact;
  artifact.set("uri", uri_of(finding.file));
  data::Map physical;
  physical.set("artifactLocation", std::move(artifact));
  if (finding.line != 0) {
    data::Map region;
    region.set("startLine", static_cast<std::int64_t>(finding.line));
    region.set("startColumn", static_cast<std::int64_t>(finding.column));
    physical.set("region", std::move(region));
  }
  data::Map location;
  location.set("physicalLocation", std::move(physical));
  return location;
}

data::Value sarif_result(const Finding& finding) {
  data::Map result;
  result.set("ruleId", finding.rule->id);
  result.set("ruleIndex", static_cast<std::int64_t>(finding.rule - catalog::lint_rules().data()));
  result.set("level", name_of(finding.rule->severity));
  result.set("message",
             text_of(finding.fix.empty() ? finding.message : cat(finding.message, "; ", finding.fix)));
  result.set("locations", data::List{data::Value(sarif_location(finding))});
  if (finding.allowed) {
    data::Map suppression;
    suppression.set("kind", "inSource");
    suppression.set("justification", finding.reason);
    result.set("suppressions", data::List{data::Value(std::move(suppression))});
  }
  return data::Value(std::move(result));
}

data::Value sarif_rule(const Rule& rule) {
  data::Map level;
  level.set("level", name_of(rule.severity));
  data::Map out;
  out.set("id", rule.id);
  out.set("shortDescription", text_of(rule.about));
  out.set("defaultConfiguration", std::move(level));
  return data::Value(std::move(out));
}

}  // namespace

LintCount count(const std::vector<Finding>& findings) {
  LintCount out;
  for (const Finding& finding : findings) {
    if (finding.allowed)
      ++out.allowed;
    else if (finding.rule->severity == Severity::Error)
      ++out.errors;
    else
      ++out.warnings;
  }
  return out;
}

std::string lint_text(const std::vector<Finding>& findings, bool color) {
  std::string out;
  for (const Finding& finding : findings) {
    if (finding.allowed) continue;
    std::string severity(name_of(finding.rule->severity));
    bool error = finding.rule->severity == Severity::Error;
    if (color) severity = painted(severity, error ? Paint::Bad : Paint::Caution);
    out += cat(harmless(place_of(finding)), ": ", severity, ": ", harmless(finding.message), " [",
               finding.rule->id, "]\n");
    if (!finding.fix.empty()) out += cat("    ", harmless(finding.fix), "\n");
  }
  LintCount total = count(findings);
  return cat(out, counted(total.errors, "error"), ", ", counted(total.warnings, "warning"), ", ",
             total.allowed, " allowed\n");
}

data::Value lint_document(const std::vector<Finding>& findings) {
  data::List list;
  for (const Finding& finding : findings) {
    data::Map one;
    one.set("rule", finding.rule->id);
    one.set("severity", name_of(finding.rule->severity));
    one.set("file", finding.file);
    if (finding.line != 0) {
      one.set("line", static_cast<std::int64_t>(finding.line));
      one.set("column", static_cast<std::int64_t>(finding.column));
    }
    one.set("message", finding.message);
    if (!finding.fix.empty()) one.set("fix", finding.fix);
    if (finding.allowed) one.set("allowed", finding.reason);
    list.emplace_back(std::move(one));
  }
  LintCount total = count(findings);
  data::Map summary;
  summary.set("errors", static_cast<std::int64_t>(total.errors));
  summary.set("warnings", static_cast<std::int64_t>(total.warnings));
  summary.set("allowed", static_cast<std::int64_t>(total.allowed));
  data::Map out;
  out.set("findings", std::move(list));
  out.set("summary", std::move(summary));
  return data::Value(std::move(out));
}

data::Value lint_sarif(const std::vector<Finding>& findings, const BuildInfo& build) {
  data::List rules;
  for (const Rule& rule : catalog::lint_rules()) rules.push_back(sarif_rule(rule));
  data::Map driver;
  driver.set("name", "eidos");
  driver.set("version", build.version);
  driver.set("rules", std::move(rules));
  data::Map tool;
  tool.set("driver", std::move(driver));
  data::List results;
  for (const Finding& finding : findings) results.push_back(sarif_result(finding));
  data::Map run;
  run.set("tool", std::move(tool));
  run.set("columnKind", "unicodeCodePoints");
  run.set("results", std::move(results));
  data::Map out;
  out.set("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  out.set("version", "2.1.0");
  out.set("runs", data::List{data::Value(std::move(run))});
  return data::Value(std::move(out));
}

std::string rules_text() {
  Table table({"RULE", "SEVERITY", "FINDS"});
  for (const Rule& rule : catalog::lint_rules())
    table.add_row({std::string(rule.id), std::string(name_of(rule.severity)), std::string(rule.about)});
  return table.render({});
}

data::Value rules_document() {
  data::List list;
  for (const Rule& rule : catalog::lint_rules()) {
    data::Map one;
    one.set("rule", rule.id);
    one.set("severity", name_of(rule.severity));
    one.set("about", rule.about);
    one.set("allowable", rule.allowable);
    list.emplace_back(std::move(one));
  }
  return data::Value(std::move(list));
}

}  // namespace eidos::cli
