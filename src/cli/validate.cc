// `eidos validate`: recipe × snapshot → report.

#include "validate/validate.h"

#include "base/text.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/runs.h"

namespace eidos::cli {

namespace {

bool fails(const validate::Report& report, const Flags& flags) {
  auto unknowns = flags.on("allow-unknown") ? validate::Unknowns::Allow : validate::Unknowns::Fail;
  return flags.on("fail-on-error", true) && validate::has_findings(report.summary, unknowns);
}

}  // namespace

Result<int> run_validate(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  if (flags.has("schema")) return check_documents(invocation, session);
  if (!invocation.arguments.empty())
    return fail(ErrorKind::Usage, cat("unexpected argument ", quote(invocation.arguments.front())), {},
                "documents are checked with --schema v1alpha1");
  EIDOS_CHECK(check_output(flags));
  EIDOS_CHECK(check_one_stdin(flags, {"recipe", "snapshot"}));
  EIDOS_TRY(Document recipe_document, read_document(flags.text("recipe"), flags, session));
  EIDOS_TRY(model::RecipeResult recipe, recipe_of(recipe_document));
  EIDOS_TRY(Document snapshot_document, read_document(flags.text("snapshot"), flags, session));
  EIDOS_TRY(model::Snapshot snapshot, snapshot_of(snapshot_document));
  EIDOS_TRY(validate::Report report,
            stage(session.context, "validate", [&] { return validate::validate(recipe, snapshot); }));
  Format format = format_of(flags);
  if (format == Format::Table)
    EIDOS_CHECK(
        write_output(validate::to_table(report, session.color_stdout && to_stdout(flags)), flags, session));
  else
    EIDOS_CHECK(write_output(validate::to_document(report), format, flags, session));
  int code = fails(report, flags) ? kExitFindings : 0;
  keep(session.world, std::move(recipe_document), std::move(recipe), std::move(snapshot_document),
       std::move(snapshot), std::move(report));
  return code;
}

}  // namespace eidos::cli
