// `eidos diff A B`: what changed between two snapshots, recipes or bundles.

#include "diff/diff.h"

#include "base/text.h"
#include "cli/bundle_input.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "data/document.h"
#include "data/patch.h"
#include "diff/change_fields.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kSnapshot = "Snapshot";
constexpr std::string_view kRecipe = "RecipeResult";
constexpr std::string_view kBundle = "Bundle";

struct Operand {
  std::string name;
  std::string_view kind;
  Document document;    ///< Of a file.
  diff::Bundle bundle;  ///< Of a directory or an archive.
};

Result<std::string_view> kind_of(const Document& document) {
  const data::Value* kind = document.root.find("kind");
  // What is no document at all is refused in the reader's words.
  if (kind == nullptr || !kind->is_string()) {
    EIDOS_CHECK(snapshot_of(document));
    return kSnapshot;
  }
  for (std::string_view known : {kSnapshot, kRecipe})
    if (lower(kind->string().substr(0, 1)) + kind->string().substr(1) ==
        lower(known.substr(0, 1)) + std::string(known.substr(1)))
      return known;
  return fail(
      ErrorKind::Invalid,
      cat("kind ", quote(kind->string()), " cannot be compared; it must be ", kSnapshot, " or ", kRecipe),
      document.sources.place(kind->mark()), "give two snapshots, two recipes or two bundles");
}

Result<Operand> read_operand(const std::string& source, const Flags& flags, Session& session) {
  Operand operand;
  operand.name = source;
  if (is_archive(source) || (source != "-" && is_directory(source, session.context))) {
    operand.kind = kBundle;
    EIDOS_TRY(operand.bundle, read_bundle(source, session.context));
    return operand;
  }
  EIDOS_TRY(operand.document, read_document(source, flags, session));
  operand.name = operand.document.name;
  EIDOS_TRY(operand.kind, kind_of(operand.document));
  return operand;
}

Result<void> check_kinds(const Operand& from, const Operand& to) {
  if ((from.kind == kSnapshot) == (to.kind == kSnapshot)) return {};
  auto told = [](const Operand& operand) { return cat(quote(operand.name), " is a ", operand.kind); };
  bool recipe_first = to.kind == kSnapshot;
  const Operand& recipe = recipe_first ? from : to;
  const Operand& snapshot = recipe_first ? to : from;
  std::string file = recipe.kind == kBundle ? cat(recipe.name, "/recipe.yaml") : recipe.name;
  return fail(ErrorKind::Invalid, cat(told(from), ", ", told(to), ": only two of one kind can be compared"),
              {}, cat("to hold one against the other: eidos validate -r ", file, " -s ", snapshot.name));
}

Result<model::RecipeResult> recipe_in(const Operand& operand) {
  if (operand.kind == kBundle) return operand.bundle.recipe;
  return recipe_of(operand.document);
}

Result<diff::DiffResult> compare(const Operand& from, const Operand& to, const diff::Ignore& ignore) {
  if (from.kind == kSnapshot) {
    EIDOS_TRY(model::Snapshot before, snapshot_of(from.document));
    EIDOS_TRY(model::Snapshot after, snapshot_of(to.document));
    return diff::diff(before, after, ignore);
  }
  if (from.kind == kBundle && to.kind == kBundle) return diff::diff(from.bundle, to.bundle, ignore);
  EIDOS_TRY(model::RecipeResult before, recipe_in(from));
  EIDOS_TRY(model::RecipeResult after, recipe_in(to));
  diff::DiffResult result = diff::diff(before, after, ignore);
  if (from.kind != to.kind)
    result.notes.push_back(
        "values and manifests are not compared: only one side is a bundle, and a recipe has none");
  return result;
}

Result<data::Value> patch_between(const Operand& from, const Operand& to) {
  for (const Operand* operand : {&from, &to})
    if (operand->kind == kBundle)
      return fail(ErrorKind::Invalid,
                  cat("a JSON Patch is for one document; ", quote(operand->name),
                      is_archive(operand->name) ? " is an archive" : " is a directory"),
                  {}, cat("give ", operand->name, "/recipe.yaml or another file of it"));
  return data::make_patch(from.document.root, to.document.root);
}

// A report on a terminal is for people; a file says by its name what it wants to hold.
bool wants_table(const Flags& flags) {
  if (flags.has("format")) return flags.text("format") == "table";
  std::string path = flags.text("output");
  return !path.ends_with(".json") && !path.ends_with(".yaml") && !path.ends_with(".yml");
}

Result<void> write(const diff::DiffResult& result, const Flags& flags, Session& session) {
  if (wants_table(flags))
    return write_output(diff::to_table(result, session.color_stdout && to_stdout(flags)), flags, session);
  return write_output(diff::to_document(result), format_of(flags), flags, session);
}

bool fails(const diff::Summary& summary, const Flags& flags) {
  if (flags.on("fail-on-change") && summary.changes > 0) return true;
  for (const auto& [name, impact] : data::Names<diff::Impact>::kTable)
    if (flags.text("fail-on") == name) return diff::has_changes(summary, impact);
  return false;
}

Result<void> check_arguments(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  if (arguments.size() < 2)
    return fail(ErrorKind::Usage,
                arguments.empty() ? "two documents to compare are missing" : "the second document is missing",
                {}, "write: eidos diff A B");
  if (arguments[0] == "-" && arguments[1] == "-")
    return fail(ErrorKind::Usage, "both documents cannot be '-'", {},
                "standard input holds one document; give a file for the other");
  if (invocation.flags.text("format") == "patch" && invocation.flags.has_from("ignore", Origin::CommandLine))
    return fail(ErrorKind::Usage, "--ignore and --format patch cannot both be given", {},
                "a patch makes B out of A, all of it");
  return {};
}

}  // namespace

Result<int> run_diff(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(check_arguments(invocation));
  EIDOS_CHECK(check_output(flags));
  EIDOS_TRY(diff::Ignore ignore, diff::Ignore::parse(flags.all("ignore")));
  EIDOS_TRY(Operand from, read_operand(invocation.arguments[0], flags, session));
  EIDOS_TRY(Operand to, read_operand(invocation.arguments[1], flags, session));
  EIDOS_CHECK(check_kinds(from, to));
  if (invocation.arguments[0] == invocation.arguments[1])
    session.context.log.warn(cat("both documents are ", quote(from.name), ": nothing can differ"));
  EIDOS_TRY(diff::DiffResult result,
            stage(session.context, "diff", [&] { return compare(from, to, ignore); }));
  result.from.source = from.name;
  result.from.kind = from.kind;
  result.to.source = to.name;
  result.to.kind = to.kind;
  if (flags.text("format") == "patch") {
    EIDOS_TRY(data::Value patch, patch_between(from, to));
    EIDOS_CHECK(write_output(data::to_json(patch), flags, session));
  } else {
    EIDOS_CHECK(write(result, flags, session));
  }
  return fails(result.summary, flags) ? kExitFindings : 0;
}

}  // namespace eidos::cli
