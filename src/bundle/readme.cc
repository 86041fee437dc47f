#include "bundle/readme.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"
#include "bundle/markdown.h"

namespace eidos::bundle {
namespace {

constexpr std::size_t kPathsInNote = 5;
// Tried with the values code of Helm 3.12, 3.13, 3.16, 3.18, 3.20 and 4.1; the sources of 3.17.0 and 3.17.1
// differ in it.
constexpr std::string_view kNullRule =
    "That deletes what the chart sets there. Use Helm 3.17.1 or later: up to 3.12 a plain 'helm install .' "
    "would not "
    "honour it without -f values.yaml, and from 3.13 to 3.17.0 -f values.yaml would not.";

std::string fenced(const std::vector<std::string>& commands) {
  return cat("```bash\n", join(commands, "\n"), "\n```\n");
}

std::string code_list(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += cat(out.empty() ? "" : ", ", md_code(name));
  return out;
}

// "x: a.b" for each null of the bundle.
std::vector<std::string> null_places(const Umbrella& umbrella) {
  std::vector<std::string> out;
  for (const Piece& piece : umbrella.pieces)
    for (const std::string& path : piece.part.nulls) out.push_back(cat(piece.name(), ": ", path));
  return out;
}

bool has_hooks(const Umbrella& umbrella) {
  return std::ranges::any_of(umbrella.pieces, [](const Piece& piece) {
    return std::ranges::any_of(piece.manifests, [](const Manifest& manifest) {
      return manifest.text.find("helm.sh/hook") != std::string::npos;
    });
  });
}

std::string namespace_note(const Umbrella& umbrella) {
  std::string others;
  for (const Piece& piece : umbrella.pieces) {
    const std::string& wanted = piece.part.ref->name_space;
    if (!wanted.empty() && wanted != umbrella.name_space)
      others += cat(others.empty() ? "" : ", ", piece.name(), " (", wanted, ")");
  }
  if (others.empty()) return {};
  return cat("One release has one namespace: everything goes to ", umbrella.name_space,
             ", although these components ask for another one: ", others, ".");
}

std::string null_note(const Umbrella& umbrella) {
  std::vector<std::string> places = null_places(umbrella);
  if (places.empty()) return {};
  std::size_t more = places.size() > kPathsInNote ? places.size() - kPathsInNote : 0;
  places.resize(places.size() - more);
  return cat("values.yaml holds null for ", join(places, ", "), more > 0 ? cat(" and ", more, " more") : "",
             ". ", kNullRule);
}

std::string target(const model::Criteria& criteria) {
  std::string out = "## Target\n\n| Criterion | Value |\n|---|---|\n";
  for (const model::Dimension& dimension : model::kDimensions) {
    const std::string& value = criteria.*dimension.member;
    out += cat("| ", dimension.name, " | ", value.empty() ? "any" : md_code(value), " |\n");
  }
  if (criteria.nodes > 0) out += cat("| nodes | `", criteria.nodes, "` |\n");
  return out;
}

std::string component_row(const Piece& piece) {
  const model::ComponentRef& ref = *piece.part.ref;
  std::string chart =
      piece.has_chart() ? cat(md_code(piece.chart()), " | ", md_code(ref.version), " | ", md_code(ref.source))
                        : std::string("manifests only |  | ");
  return cat("| ", md_code(ref.name), " | ", chart, " | ", md_code(ref.name_space), " |\n");
}

std::string components(const Umbrella& umbrella) {
  std::string out =
      cat("## Components\n\nIn deployment order. All of them go to the namespace of the release, ",
          md_code(umbrella.name_space), ".\n\n",
          "| Component | Chart | Version | Source | Namespace asked for |\n|---|---|---|---|---|\n");
  for (const Piece& piece : umbrella.pieces) out += component_row(piece);
  if (!umbrella.switched_off.empty()) out += cat("\nSwitched off: ", code_list(umbrella.switched_off), ".\n");
  if (!umbrella.not_chosen.empty())
    out += cat("\nOf the recipe, but not of this bundle: ", code_list(umbrella.not_chosen), ".\n");
  return out;
}

std::string constraints(const std::vector<model::Constraint>& constraints) {
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

std::string install(const Umbrella& umbrella, const Guide& guide) {
  std::string out =
      cat("## Install\n\nInside this directory. The chart dependencies are fetched into a copy, so that the "
          "bundle stays "
          "as its checksums.txt says.\n\n",
          fenced(guide.install),
          "\nOn a cluster that has the CRDs of the stack, `--dry-run=server` added to the last command shows "
          "what would "
          "happen.\n");
  for (const std::string& note : guide.notes) out += cat("\n", md_text(note), "\n");
  std::vector<std::string> nulls = null_places(umbrella);
  if (nulls.size() > kPathsInNote) {
    out += "\nAll values that are null:\n\n";
    for (const std::string& place : nulls) out += cat("- ", md_code(place), "\n");
  }
  return out;
}

std::string change(const Umbrella& umbrella) {
  return cat(
      "## Change values\n\n",
      "Make the bundle again with `--set component:path=value`, or lay a file of your own over it: `-f "
      "values.yaml -f mine.yaml`, each component's values under its name. `--set enabled.",
      umbrella.pieces.front().name(), "=false` leaves a component out at installation.\n");
}

std::string crds_command(const Piece& piece) {
  const model::ComponentRef& ref = *piece.part.ref;
  std::string chart = ref.source.starts_with("oci://")
                          ? cat("'", ref.source, "/", piece.chart(), "'")
                          : cat("'", piece.chart(), "' --repo '", ref.source, "'");
  return cat("helm show crds ", chart, " --version '", ref.version,
             "' | kubectl apply --server-side --force-conflicts -f -");
}

std::string upgrade(const Umbrella& umbrella, const Guide& guide) {
  std::string out = cat("## Upgrade\n\nThe commands of Install, from the newer bundle's directory:\n\n",
                        fenced(guide.install));
  std::vector<std::string> commands;
  for (const Piece& piece : umbrella.pieces)
    if (piece.has_chart()) commands.push_back(crds_command(piece));
  if (commands.empty()) return out;
  return cat(out,
             "\nHelm creates the CRDs of a chart once and never changes them afterwards. Before an upgrade "
             "that raises a "
             "chart's version, apply them; a chart that keeps its CRDs elsewhere prints nothing, and kubectl "
             "says so.\n\n",
             fenced(commands));
}

std::string uninstall(const Umbrella& umbrella) {
  return cat("## Uninstall\n\n",
             fenced({cat("helm uninstall ", kRelease, " --namespace ", umbrella.name_space, " --wait")}),
             "\nCRDs, persistent volume claims and the namespace stay",
             has_hooks(umbrella) ? ", and so do the objects that templates/ creates as Helm hooks" : "",
             ": deleting them deletes data, which is your decision.\n");
}

std::string troubleshooting(const Umbrella& umbrella) {
  std::string release = cat(kRelease, " --namespace ", umbrella.name_space);
  return cat(
      "## Troubleshooting\n\n", "- What happened to the release: `helm history ", release, "`\n",
      "- Pods that do not start: `kubectl get pods --namespace ", umbrella.name_space,
      " --field-selector=status.phase!=Running`, then `kubectl describe pod`\n",
      "- \"another operation is in progress\" after a broken run: `helm rollback ", release,
      "`, or `helm uninstall ", release, "` if nothing was ever deployed\n",
      "- \"no matches for kind\": a CRD is missing; apply those of the charts as under Upgrade, then install "
      "again\n",
      "- Files that were changed: `sha256sum --check --quiet checksums.txt`\n");
}

}  // namespace

Guide guide_for(const Umbrella& umbrella) {
  Guide guide;
  guide.install = {"work=$(mktemp -d)", "cp -R . \"$work\"", "helm dependency build \"$work\"",
                   cat("helm upgrade --install ", kRelease, " \"$work\" --namespace ", umbrella.name_space,
                       " --create-namespace -f values.yaml --wait --timeout 20m")};
  for (std::string note : {namespace_note(umbrella), null_note(umbrella)})
    if (!note.empty()) guide.notes.push_back(std::move(note));
  return guide;
}

std::string readme(const Umbrella& umbrella, const Guide& guide) {
  return cat("# ", umbrella.chart, " ", umbrella.version,
             "\n\nA Helm umbrella chart, made by eidos from `recipe.yaml`: one release that installs every "
             "component "
             "below with tested versions and values.\n\n",
             target(umbrella.recipe->criteria), "\n", components(umbrella), "\n",
             constraints(umbrella.recipe->constraints), install(umbrella, guide), "\n", change(umbrella),
             "\n", upgrade(umbrella, guide), "\n", uninstall(umbrella), "\n", troubleshooting(umbrella));
}

}  // namespace eidos::bundle
