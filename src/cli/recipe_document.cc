// `eidos recipe lint`, `recipe upgrade` and `recipe lock`: a recipe as a document.

#include <algorithm>

#include "base/text.h"
#include "catalog/check.h"
#include "cli/catalog_flags.h"
#include "cli/findings.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "cli/schemas.h"
#include "data/document.h"
#include "data/schema.h"
#include "model/upgrade.h"
#include "recipe/charts.h"
#include "recipe/lint.h"
#include "recipe/resolve.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kRecipeKind = "RecipeResult";

Result<std::string> the_file(const Invocation& invocation) {
  if (!invocation.arguments.empty()) return invocation.arguments.front();
  return fail(ErrorKind::Usage, "name the file", {},
              cat("for example: eidos ", invocation.command->name, " recipe.yaml"));
}

/// Which file a changed document goes to: --output, the source itself with --in-place, or neither.
Result<void> check_target(const std::string& source, const Flags& flags) {
  if (!flags.on("in-place")) return check_output(flags);
  if (flags.has("output"))
    return fail(ErrorKind::Usage, "--in-place and --output cannot both be given", {}, "give one");
  if (source == "-" || has_scheme(source))
    return fail(ErrorKind::Usage, cat(shown_source(source), " cannot be changed in place"), {},
                "give --output");
  return {};
}

/// Nothing is written where nothing changes: the file keeps its time.
Result<void> write_changed(std::string_view text, const std::string& before, const std::string& source,
                           const Flags& flags, Session& session) {
  if (!flags.on("in-place")) return write_output(text, flags, session);
  if (text == before) return {};
  return session.context.files.write(source, text, 0644);
}

/// A document that cannot be read is a finding, not an error: that is what was asked.
Result<std::vector<Finding>> lint(const Document& document, const catalog::Catalog& catalog) {
  EIDOS_TRY(data::Schema schema, data::Schema::read(schema_of(kRecipeKind), data::Sources()));
  std::vector<Finding> findings;
  for (data::Violation& violation : schema.check(document.root))
    findings.push_back(
        {document.sources.place(violation.at), std::move(violation.path), std::move(violation.what), {}});
  if (!findings.empty()) return findings;
  auto recipe = recipe_of(document);
  if (!recipe) return findings_of(recipe.error());
  std::vector<Error> problems = recipe::lint(catalog, *recipe, document.root, document.sources);
  if (problems.empty()) return findings;
  return findings_of(together(catalog::sorted_problems(std::move(problems))));
}

Result<recipe::ChartIndex> chart_index(const std::string& text, const Flags& flags, Session& session) {
  std::size_t equals = text.find('=');
  bool named = equals != std::string::npos && text.find('/') > equals;
  std::string source = named ? text.substr(equals + 1) : text;
  EIDOS_TRY(Document document, read_document(source, flags, session));
  return recipe::ChartIndex{std::move(document.name), named ? text.substr(0, equals) : std::string(),
                            std::move(document.sources), std::move(document.root)};
}

}  // namespace

Result<int> run_recipe_lint(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_TRY(std::string source, the_file(invocation));
  EIDOS_CHECK(check_output(flags));
  EIDOS_TRY(const catalog::Catalog* catalog, load_catalog(flags, session));
  Document document;
  document.name = shown_source(source);
  EIDOS_TRY(document.text, read_source(source, flags, session));
  Checked checked{document.name, std::string(kRecipeKind), {}};
  auto root = data::parse(document.text, document.sources, document.name);
  if (root) {
    document.root = *std::move(root);
    EIDOS_TRY(checked.findings, lint(document, *catalog));
  } else {
    checked.findings = findings_of(root.error());
  }
  return report_findings({std::move(checked)}, flags, session);
}

Result<int> run_recipe_upgrade(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_TRY(std::string source, the_file(invocation));
  EIDOS_CHECK(check_target(source, flags));
  EIDOS_TRY(std::string text, read_source(source, flags, session));
  EIDOS_TRY(std::string now, model::upgraded(text, shown_source(source)));
  EIDOS_CHECK(write_changed(now, text, source, flags, session));
  return 0;
}

Result<int> run_recipe_lock(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_TRY(std::string source, the_file(invocation));
  EIDOS_CHECK(check_target(source, flags));
  std::vector<recipe::ChartIndex> indexes;
  for (const std::string& text : flags.all("index")) {
    EIDOS_TRY(recipe::ChartIndex index, chart_index(text, flags, session));
    indexes.push_back(std::move(index));
  }
  EIDOS_TRY(Document document, read_document(source, flags, session));
  EIDOS_TRY(model::RecipeResult recipe, recipe_of(document));
  EIDOS_TRY(std::vector<std::string> without, recipe::lock_charts(recipe, indexes));
  if (!without.empty()) session.context.log.warn(cat("no index has ", join(without, ", "), "; not locked"));
  bool json = data::format_of(document.text) == data::Format::Json;
  Format format = format_of(flags, json ? Format::Json : Format::Yaml);
  std::string text = data::to_text(recipe::to_document(recipe),
                                   format == Format::Json ? data::Format::Json : data::Format::Yaml);
  EIDOS_CHECK(write_changed(text, document.text, source, flags, session));
  return 0;
}

}  // namespace eidos::cli
