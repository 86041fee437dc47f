#include "cli/resolution.h"

#include "base/text.h"
#include "cli/catalog_flags.h"
#include "cli/facts.h"
#include "recipe/criteria.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kResolving[] = {"service",  "accelerator", "intent",   "os",
                                           "platform", "nodes",       "criteria", "snapshot",
                                           "osv",      "kernel",      "k8s",      "strict"};

/// What the flags of one strength say. An empty value that was given means any.
model::Criteria stated(const Flags& flags, bool on_command_line) {
  auto counts = [&](std::string_view name) {
    return flags.has(name) && flags.has_from(name, Origin::CommandLine) == on_command_line;
  };
  model::Criteria criteria;
  for (const model::Dimension& dimension : model::kDimensions)
    if (counts(dimension.name)) {
      std::string value = flags.text(dimension.name);
      criteria.*dimension.member = trim(value).empty() ? "any" : value;
    }
  if (counts("nodes")) criteria.nodes = flags.count("nodes");
  return criteria;
}

/// What a snapshot shows, with a warning for what it leaves open that no flag states.
recipe::Detected detected(const Flags& flags, const model::Registry& registry,
                          const model::Snapshot& snapshot, Session& session) {
  recipe::Detected found = recipe::detect(registry, snapshot);
  for (const recipe::DetectionNote& note : found.notes)
    if (!flags.has(note.dimension)) session.context.log.warn(note.text);
  session.context.log.debug("detected", {{"criteria", recipe::describe(found.criteria)}});
  return found;
}

/// The document's own criteria: what it states, or what a snapshot showed.
Result<model::Criteria> documented(const model::Registry& registry, const Resolution& given,
                                   const recipe::Detected& shown) {
  if (!given.criteria) return shown.criteria;
  EIDOS_TRY(model::Criteria criteria, criteria_of(*given.criteria));
  auto valid = recipe::normalize(registry, criteria);
  if (!valid)
    return std::unexpected(std::move(valid).error().at(given.criteria->sources.place(criteria.mark)));
  return criteria;
}

/// Settings, then the document, then the command line: the last word wins.
Result<model::Criteria> wanted(const Flags& flags, const Resolution& given, const recipe::Detected& shown) {
  const model::Registry& registry = given.catalog->registry();
  EIDOS_TRY(model::Criteria document, documented(registry, given, shown));
  model::Criteria criteria = recipe::overlaid(stated(flags, false), document);
  criteria = recipe::overlaid(std::move(criteria), stated(flags, true));
  if (flags.has_from("nodes", Origin::CommandLine)) criteria.nodes = flags.count("nodes");
  return recipe::normalize(registry, criteria);
}

Result<std::optional<model::Snapshot>> snapshot_flag(const Flags& flags, Session& session) {
  if (!flags.has("snapshot")) return std::nullopt;
  EIDOS_TRY(Document document, read_document(flags.text("snapshot"), flags, session));
  EIDOS_TRY(model::Snapshot snapshot, snapshot_of(document));
  return snapshot;
}

/// Warnings on standard error; with --strict the ones about unused criteria are errors.
Result<void> report(const recipe::Resolved& resolved, bool strict, Session& session) {
  if (strict && !resolved.result.metadata.unused_criteria.empty())
    return fail(ErrorKind::Invalid, resolved.warnings.back(), {},
                "leave the unused criteria out, or drop --strict");
  for (const std::string& warning : resolved.warnings) session.context.log.warn(warning);
  return {};
}

}  // namespace

Result<Resolution> resolve(const Flags& flags, Session& session) {
  if (flags.has("criteria") && flags.has("snapshot"))
    return fail(ErrorKind::Usage, "--criteria and --snapshot cannot both be given", {},
                "give one; single flags override it");
  EIDOS_TRY(std::vector<Fact> facts, stated_facts(flags));
  Resolution out;
  EIDOS_TRY(out.catalog, load_catalog(flags, session));
  if (flags.has("criteria")) {
    EIDOS_TRY(out.criteria, read_document(flags.text("criteria"), flags, session));
  }
  EIDOS_TRY(out.snapshot, snapshot_flag(flags, session));
  recipe::Detected shown;
  if (out.snapshot) shown = detected(flags, out.catalog->registry(), *out.snapshot, session);
  EIDOS_TRY(model::Criteria criteria, wanted(flags, out, shown));
  EIDOS_TRY(recipe::Resolved resolved, stage(session.context, "recipe.resolve", [&] {
              return recipe::resolve(*out.catalog, criteria, out.snapshot ? &*out.snapshot : nullptr);
            }));
  resolved.result.metadata.version = session.world.build.version;
  resolved.result.metadata.detected = std::move(shown.values);
  bool strict = flags.on("strict");
  EIDOS_CHECK(report(resolved, strict, session));
  EIDOS_CHECK(check_facts(facts, resolved.result, strict, session.context.log));
  out.recipe = std::move(resolved.result);
  return out;
}

Result<void> check_not_resolving(const Flags& flags, std::string_view but) {
  for (std::string_view name : kResolving)
    if (name != but && flags.has_from(name, Origin::CommandLine))
      return fail(ErrorKind::Usage, cat("--recipe and --", name, " cannot both be given"), {},
                  "a recipe is resolved already; leave one of the two out");
  return {};
}

}  // namespace eidos::cli
