// `eidos catalog lint [DIR]`: what is wrong with a catalog, all of it.

#include <algorithm>

#include "base/text.h"
#include "catalog/lint.h"
#include "cli/catalog_flags.h"
#include "cli/catalog_render.h"
#include "cli/lint_report.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "recipe/combinations.h"

namespace eidos::cli {

namespace {

using catalog::Finding;

bool is_sarif(const Flags& flags) {
  if (flags.has("format")) return flags.text("format") == "sarif";
  return flags.text("output").ends_with(".sarif");
}

Result<void> write_findings(const std::vector<Finding>& findings, const Flags& flags, Session& session) {
  if (is_sarif(flags))
    return write_output(lint_sarif(findings, session.world.build), Format::Json, flags, session);
  Format format = format_of(flags, Format::Table);
  if (format != Format::Table) return write_output(lint_document(findings), format, flags, session);
  return write_output(lint_text(findings, session.color_stdout && to_stdout(flags)), flags, session);
}

Result<int> write_rules(const Flags& flags, Session& session) {
  Format format = format_of(flags, Format::Table);
  if (format == Format::Table && !is_sarif(flags))
    EIDOS_CHECK(write_output(rules_text(), flags, session));
  else
    EIDOS_CHECK(write_output(rules_document(), format, flags, session));
  return 0;
}

/// The directory to look at; empty: what --catalog says, else the embedded one.
Result<std::string> directory(const Invocation& invocation) {
  if (invocation.arguments.empty()) return std::string();
  const std::string& dir = invocation.arguments.front();
  if (dir.empty())
    return fail(ErrorKind::Invalid, "the directory is empty", {}, "leave it out for our own catalog");
  if (invocation.flags.has_from("catalog", Origin::CommandLine))
    return fail(ErrorKind::Usage,
                cat("two catalogs: ", quote(dir), " and --catalog ", quote(invocation.flags.text("catalog"))),
                {}, "give one");
  return dir;
}

/// What keeps the catalog from loading decides the code, as it does in every other command.
int code_of(const catalog::Inspected& inspected, const std::vector<Finding>& findings, bool strict) {
  if (!inspected.problems.empty()) {
    bool invalid = std::ranges::any_of(
        inspected.problems, [](const Error& problem) { return problem.kind == ErrorKind::Invalid; });
    return exit_code(invalid ? ErrorKind::Invalid : inspected.problems.front().kind);
  }
  LintCount total = count(findings);
  return total.errors > 0 || (strict && total.warnings > 0) ? kExitFindings : 0;
}

}  // namespace

Result<int> run_catalog_lint(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(check_output(flags));
  if (flags.on("rules")) return write_rules(flags, session);
  if (flags.has("helm") && !flags.on("render"))
    return fail(ErrorKind::Usage, "--helm says what to render with, but --render is not given", {},
                "add --render");
  EIDOS_TRY(std::string dir, directory(invocation));
  EIDOS_TRY(catalog::Inspected inspected, inspect_catalog(dir, flags, session));
  std::vector<Finding> findings = catalog::lint(inspected);
  // Half a catalog resolves to half a recipe: what is missing there is not the catalog's fault.
  if (inspected.problems.empty())
    for (const Error& problem : recipe::broken_combinations(inspected.loaded.catalog))
      findings.push_back(catalog::finding_of("broken-dependency", problem));
  if (flags.on("render") && inspected.problems.empty()) {
    std::string helm = flags.has("helm") ? flags.text("helm") : "helm";
    EIDOS_TRY(std::vector<Finding> refused, rendered(inspected.loaded.catalog, helm, session));
    std::ranges::move(refused, std::back_inserter(findings));
  }
  findings = catalog::settled(inspected.loaded.catalog, std::move(findings));
  EIDOS_CHECK(write_findings(findings, flags, session));
  return code_of(inspected, findings, flags.on("strict"));
}

}  // namespace eidos::cli
