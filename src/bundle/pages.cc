#include "bundle/pages.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"
#include "bundle/manifests.h"
#include "bundle/markdown.h"
#include "bundle/scripts.h"

namespace eidos::bundle {
namespace {

constexpr std::size_t kPathsInNote = 5;
// Tried with the values code of Helm 3.12, 3.13, 3.16, 3.18, 3.20, 4.1 and 4.3; the sources of 3.17.0
// and 3.17.1 differ in it.
constexpr std::string_view kNullRule =
    "That deletes what the chart sets there, if -f values.yaml is given: a plain 'helm install .' of "
    "Helm 4.3, or of Helm up to 3.12, would not honour it. From Helm 3.13 to 3.17.0, -f values.yaml would "
    "not either: use another one.";

std::string component_row(const Piece& piece) {
  const model::ComponentRef& ref = *piece.part.ref;
  std::string chart =
      piece.has_chart() ? cat(md_code(piece.chart()), " | ", md_code(ref.version), " | ", md_code(ref.source))
                        : std::string("manifests only |  | ");
  return cat("| ", md_code(ref.name), " | ", chart, " | ", md_code(ref.name_space), " |\n");
}

// What has to be said again to get the same kind of bundle.
std::string same_bundle_flags(const Stack& stack) {
  const Options& options = *stack.options;
  std::string out;
  auto flag = [&](std::string_view name, const std::string& value, std::string_view usual) {
    if (value != usual) out += cat(" ", name, " ", shell_quoted(value));
  };
  const Options usual;
  flag("--deployer", options.deployer, usual.deployer);
  flag("--layout", options.layout, usual.layout);
  flag("--namespace", options.name_space, usual.name_space);
  flag("--repo", options.repo, usual.repo);
  flag("--repo-revision", options.repo_revision, usual.repo_revision);
  flag("--repo-path", options.repo_path, usual.repo_path);
  if (!options.components.empty())
    for (const Piece& piece : stack.pieces) flag("--component", piece.name(), {});
  for (const std::string& name : stack.switched_off) flag("--set", cat(name, ":enabled=false"), {});
  if (options.allow_missing_dependency) out += " --allow-missing-dependency";
  return out;
}

std::string crds_command(const Piece& piece) {
  const model::ComponentRef& ref = *piece.part.ref;
  std::string chart = ref.source.starts_with("oci://")
                          ? cat("'", ref.source, "/", piece.chart(), "'")
                          : cat("'", piece.chart(), "' --repo '", ref.source, "'");
  return cat("helm show crds ", chart, " --version '", ref.version,
             "' | kubectl apply --server-side --force-conflicts -f -");
}

}  // namespace

std::string target_section(const Stack& stack) {
  const model::Criteria& criteria = stack.recipe->criteria;
  std::string out = "## Target\n\n| Criterion | Value |\n|---|---|\n";
  for (const model::Dimension& dimension : model::kDimensions) {
    const std::string& value = criteria.*dimension.member;
    out += cat("| ", dimension.name, " | ", value.empty() ? "any" : md_code(value), " |\n");
  }
  if (criteria.nodes > 0) out += cat("| nodes | `", criteria.nodes, "` |\n");
  return out;
}

std::string components_section(const Stack& stack, std::string_view about) {
  std::string out =
      cat("## Components\n\nIn deployment order. ", about, "\n\n",
          "| Component | Chart | Version | Source | Namespace asked for |\n|---|---|---|---|---|\n");
  for (const Piece& piece : stack.pieces) out += component_row(piece);
  if (!stack.switched_off.empty()) out += cat("\nSwitched off: ", code_list(stack.switched_off), ".\n");
  if (!stack.not_chosen.empty())
    out += cat("\nOf the recipe, but not of this bundle: ", code_list(stack.not_chosen), ".\n");
  return out;
}

std::string constraints_section(const Stack& stack) {
  const std::vector<model::Constraint>& constraints = stack.recipe->constraints;
  if (constraints.empty()) return {};
  std::string out =
      "## Constraints\n\nWhat the cluster must fulfil; `eidos validate` checks it against a snapshot.\n\n"
      "| Path | Must be | If not |\n|---|---|---|\n";
  for (const model::Constraint& constraint : constraints) {
    std::string unit = constraint.unit.empty() ? "" : cat(" ", md_text(constraint.unit));
    std::string both = constraint.severity.empty() || constraint.remediation.empty() ? "" : ": ";
    out += cat("| ", md_code(constraint.name), " | ", md_code(constraint.value), unit, " | ",
               md_text(constraint.severity), both, md_text(constraint.remediation), " |\n");
  }
  return out + "\n";
}

std::string before_section(const Stack& stack) {
  std::string out = cat(
      "## Before you install\n\nNo file of the bundle was changed if the first command prints nothing; "
      "`eidos verify .` sees added files, too. The second names the cluster that all of this is done to.\n\n",
      fenced({"sha256sum --check --quiet checksums.txt", "kubectl config current-context"}), "\n");
  if (stack.warnings.empty()) return out;
  out += "Whoever made it was warned:\n\n";
  for (const std::string& warning : stack.warnings) out += cat("- ", md_text(warning), "\n");
  return out + "\n";
}

std::string change_section(const Stack& stack, std::string_view by_hand) {
  const std::string again = cat("eidos bundle -r recipe.yaml", same_bundle_flags(stack));
  return cat(
      "## Change values\n\nMake the bundle again with eidos, the tool that made this one. The first command "
      "shows what would change, the second writes it beside this directory:\n\n",
      fenced({cat(again, " --diff . --set COMPONENT:PATH=VALUE"),
              cat(again, " -o ../NEW --allow-outside --set COMPONENT:PATH=VALUE")}),
      "\nValues and nodes that were given by flags are in this bundle, but the flags are not: give them "
      "again, too.\n",
      by_hand.empty() ? "" : "\n", by_hand);
}

std::string fenced(const std::vector<std::string>& commands) {
  return cat("```bash\n", join(commands, "\n"), "\n```\n");
}

std::string code_list(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += cat(out.empty() ? "" : ", ", md_code(name));
  return out;
}

std::vector<std::string> null_places(const Stack& stack) {
  std::vector<std::string> out;
  for (const Piece& piece : stack.pieces)
    for (const std::string& path : piece.part.nulls) out.push_back(cat(piece.name(), ": ", path));
  return out;
}

std::string null_note(const Stack& stack) {
  std::vector<std::string> places = null_places(stack);
  if (places.empty()) return {};
  std::size_t more = places.size() > kPathsInNote ? places.size() - kPathsInNote : 0;
  places.resize(places.size() - more);
  return cat("values.yaml holds null for ", join(places, ", "), more > 0 ? cat(" and ", more, " more") : "",
             ". ", kNullRule);
}

std::string null_list(const Stack& stack) {
  std::vector<std::string> nulls = null_places(stack);
  if (nulls.size() <= kPathsInNote) return {};
  std::string out = "\nAll values that are null:\n\n";
  for (const std::string& place : nulls) out += cat("- ", md_code(place), "\n");
  return out;
}

std::string levels_list(const Stack& stack) {
  std::string out;
  for (int level = 0; level < level_count(stack); ++level) {
    std::vector<std::string> names;
    for (const Piece& piece : stack.pieces)
      if (piece.level == level) names.push_back(piece.name());
    out += cat("- level ", level, ": ", code_list(names), "\n");
  }
  return out;
}

std::string remove_section(const Stack& stack) {
  std::vector<std::string> hooks = hook_components(stack);
  std::string also = hooks.empty() ? ""
                                   : cat(" It first deletes the objects that ", code_list(hooks),
                                         " made as Helm hooks: `helm uninstall` alone leaves them, and their "
                                         "operators would be gone.");
  return cat(
      "## Remove\n\n", fenced({"./undeploy.sh"}),
      "\nIt shows what it is about to remove and asks; `--yes` does not ask, `--dry-run` only shows.", also,
      "\n\nCRDs, persistent volume claims and namespaces stay, and no finalizer is touched: deleting them "
      "deletes data, which is your decision.\n");
}

std::vector<std::string> hook_components(const Stack& stack) {
  std::vector<std::string> out;
  for (const Piece& piece : stack.pieces)
    if (std::ranges::any_of(piece.manifests, makes_hooks)) out.push_back(piece.name());
  return out;
}

std::vector<std::string> crds_commands(const Stack& stack) {
  std::vector<std::string> out;
  for (const Piece& piece : stack.pieces)
    if (piece.has_chart()) out.push_back(crds_command(piece));
  return out;
}

}  // namespace eidos::bundle
