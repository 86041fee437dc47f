// `eidos explain`: where the values of a recipe come from.

#include <algorithm>

#include "base/text.h"
#include "bundle/flag_writes.h"
#include "cli/bundle_options.h"
#include "cli/criteria_writes.h"
#include "cli/explain_text.h"
#include "cli/output.h"
#include "cli/recipe_input.h"
#include "cli/runs.h"
#include "data/patch.h"
#include "model/document.h"

namespace eidos::cli {

namespace {

/// Everything that a history can point into, alive together.
struct Case {
  bundle::Options options;
  std::vector<Document> values_files;  ///< Those of the options.
  RecipeInput input;
  data::Sources settings;
  std::vector<recipe::Write> writes;
  std::vector<recipe::Write> flag_writes;  ///< The last of `writes`.
  data::Value document;

  std::vector<Explained> explain(const std::vector<recipe::Match>& matches) const {
    std::vector<recipe::ValueReason> reasons =
        recipe::value_reasons(*input.catalog, input.recipe, document, writes, matches);
    std::vector<Explained> out;
    for (std::size_t i = 0; i < matches.size(); ++i) out.push_back({matches[i].path, std::move(reasons[i])});
    return out;
  }
};

/// What is asked: the whole recipe, or what a path leads to.
struct Question {
  std::optional<data::Selector> selector;
  std::optional<Format> document;  ///< Absent: in words.
};

/// --json and -t, else the suffix of --output.
std::optional<Format> document_format(const Flags& flags) {
  std::string format = flags.on("json") ? "json" : flags.text("format");
  if (format == "text") return std::nullopt;
  if (format == "json") return Format::Json;
  std::string path = flags.text("output");
  bool named = path.ends_with(".json") || path.ends_with(".yaml") || path.ends_with(".yml");
  return format == "yaml" || named ? std::optional(format_of(flags)) : std::nullopt;
}

Result<Question> question_of(const Invocation& invocation) {
  const Flags& flags = invocation.flags;
  Question out;
  std::string format = flags.text("format");
  if (flags.on("json") && !format.empty() && format != "json")
    return fail(ErrorKind::Usage, cat("--json and -t ", format, " cannot both be given"), {},
                "give one of the two");
  out.document = document_format(flags);
  if (invocation.arguments.empty()) return out;
  auto selector = data::parse_selector(invocation.arguments.front());
  if (!selector) return std::unexpected(std::move(selector).error());
  out.selector = *std::move(selector);
  return out;
}

bool changes_values(const bundle::Options& options) {
  const bundle::SchedulingFlags& flags = options.scheduling;
  using S = bundle::SchedulingFlags;
  constexpr std::vector<std::string> S::* kLists[] = {&S::system_node_selector, &S::system_node_toleration,
                                                      &S::accelerated_node_selector,
                                                      &S::accelerated_node_toleration, &S::workload_selector};
  bool scheduled = std::ranges::any_of(kLists, [&](auto list) { return !(flags.*list).empty(); });
  return scheduled || !flags.workload_gate.empty() || flags.nodes != 0 || !options.sets.empty() ||
         !options.values_files.empty();
}

Result<void> add_flag_writes(Case& out, Session& session) {
  if (!changes_values(out.options)) return {};
  std::vector<recipe::Text> texts;
  for (const Document& document : out.values_files) texts.push_back({&document.sources, document.text});
  std::vector<std::string> warnings;
  EIDOS_TRY(out.flag_writes,
            bundle::flag_writes(*out.input.catalog, out.input.recipe, out.options, texts, warnings));
  // what the bundle would lack is its own business
  for (const std::string& warning : warnings) session.context.log.debug(warning);
  EIDOS_CHECK(bundle::lay(out.flag_writes, out.document));
  out.writes.insert(out.writes.end(), out.flag_writes.begin(), out.flag_writes.end());
  return {};
}

/// Positions of the components whose values are looked at.
std::vector<std::size_t> looked_at(const Case& made, const Question& question) {
  bool everything = question.document || changes_values(made.options);
  if (!question.selector && !everything) return {};
  return recipe::reached_values(made.input.recipe,
                                std::vector<data::Selector>{question.selector.value_or(data::Selector())});
}

Result<void> fill(Case& out, const Question& question, const Flags& flags, Session& session) {
  EIDOS_TRY(out.options, bundle_options(flags, session, out.values_files));
  EIDOS_TRY(out.input, recipe_input(flags, session, "nodes"));
  const RecipeInput& input = out.input;
  if (!input.document) out.options.scheduling.nodes = 0;  // a criterion, then
  std::vector<std::size_t> positions = looked_at(out, question);
  EIDOS_CHECK(check_catalog(input, positions, flags, session));
  EIDOS_TRY(out.document, recipe::hydrated_document(*input.catalog, input.recipe, positions));
  recipe::Text text;
  if (input.document) text = {&input.document->sources, input.document->text};
  EIDOS_TRY(out.writes, recipe::recipe_writes(*input.catalog, input.recipe,
                                              input.document ? &input.document->root : nullptr, text));
  if (input.resolution)
    for (recipe::Write& write : criteria_writes(flags, *input.resolution, out.settings))
      out.writes.push_back(std::move(write));
  return add_flag_writes(out, session);
}

/// A map is its leaves; a list is a value, and has leaves.
std::vector<recipe::Match> asked(const std::vector<recipe::Match>& matches) {
  std::vector<recipe::Match> out;
  for (const recipe::Match& match : matches) {
    bool whole = match.value->is_list() && !match.value->list().empty();
    if (whole) out.push_back(match);
    for (recipe::Match& leaf : recipe::leaves(match)) out.push_back(std::move(leaf));
  }
  return out;
}

Result<std::string> answer_on(const Case& made, const data::Selector& selector) {
  EIDOS_TRY(std::vector<recipe::Match> matches, recipe::select(made.document, selector));
  bool one =
      matches.size() == 1 && (!matches.front().value->is_map() || matches.front().value->map().empty());
  if (one) return history_text(made.explain(matches).front());
  std::vector<recipe::Match> leaves;
  for (const recipe::Match& match : matches)
    for (recipe::Match& leaf : recipe::leaves(match)) leaves.push_back(std::move(leaf));
  return values_table(made.explain(leaves));
}

std::vector<recipe::Match> at_paths(const Case& made, const std::vector<data::Path>& paths) {
  std::vector<recipe::Match> out;
  for (const data::Path& path : paths)
    if (const data::Value* value = data::find(made.document, path))
      for (recipe::Match& leaf : recipe::leaves({path, value})) out.push_back(std::move(leaf));
  return out;
}

std::string overview(const Case& made) {
  recipe::Explanation explanation;
  explanation.overlays = recipe::overlay_reasons(*made.input.catalog, made.input.recipe);
  explanation.deployment_order = recipe::order_reasons(made.input.recipe);
  std::vector<data::Path> flagged;
  for (const recipe::Write& write : made.flag_writes)
    if (std::ranges::find(flagged, write.at) == flagged.end()) flagged.push_back(write.at);
  return overview_text(explanation, made.explain(at_paths(made, {{std::string("criteria")}})),
                       made.explain(at_paths(made, flagged)));
}

Result<data::Value> document_of(const Case& made, const Question& question) {
  recipe::Explanation out;
  out.kind = "Explanation";
  out.api_version = model::kApiVersion;
  out.criteria = made.input.recipe.criteria;
  if (!question.selector) {
    out.overlays = recipe::overlay_reasons(*made.input.catalog, made.input.recipe);
    out.deployment_order = recipe::order_reasons(made.input.recipe);
  }
  EIDOS_TRY(std::vector<recipe::Match> matches,
            recipe::select(made.document, question.selector.value_or(data::Selector())));
  for (Explained& one : made.explain(asked(matches)))
    out.values[data::to_pointer(one.path)] = std::move(one.reason);
  return recipe::to_document(out);
}

}  // namespace

Result<int> run_explain(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(check_output(flags));
  EIDOS_CHECK(check_one_stdin(flags, {"recipe", "criteria", "snapshot", "values-file"}));
  EIDOS_TRY(Question question, question_of(invocation));
  Case made;
  EIDOS_CHECK(fill(made, question, flags, session));
  if (question.document) {
    EIDOS_TRY(data::Value document, document_of(made, question));
    EIDOS_CHECK(write_output(document, *question.document, flags, session));
    return 0;
  }
  if (!question.selector) {
    EIDOS_CHECK(write_output(overview(made), flags, session));
    return 0;
  }
  EIDOS_TRY(std::string text, answer_on(made, *question.selector));
  EIDOS_CHECK(write_output(text, flags, session));
  return 0;
}

}  // namespace eidos::cli
