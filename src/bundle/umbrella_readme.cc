#include "bundle/umbrella_readme.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"
#include "bundle/markdown.h"
#include "bundle/pages.h"

namespace eidos::bundle {
namespace {

constexpr std::size_t kPathsInNote = 5;
// Tried with the values code of Helm 3.12, 3.13, 3.16, 3.18, 3.20 and 4.1; the sources of 3.17.0 and 3.17.1
// differ in it.
constexpr std::string_view kNullRule =
    "That deletes what the chart sets there. Use Helm 3.17.1 or later: up to 3.12 a plain 'helm install .' "
    "would not "
    "honour it without -f values.yaml, and from 3.13 to 3.17.0 -f values.yaml would not.";

// "x: a.b" for each null of the bundle.
std::vector<std::string> null_places(const Stack& stack) {
  std::vector<std::string> out;
  for (const Piece& piece : stack.pieces)
    for (const std::string& path : piece.part.nulls) out.push_back(cat(piece.name(), ": ", path));
  return out;
}

bool has_hooks(const Stack& stack) {
  return std::ranges::any_of(stack.pieces, [](const Piece& piece) {
    return std::ranges::any_of(piece.manifests, [](const Manifest& manifest) {
      return manifest.text.find("helm.sh/hook") != std::string::npos;
    });
  });
}

std::string namespace_note(const Stack& stack) {
  std::string others;
  for (const Piece& piece : stack.pieces) {
    const std::string& wanted = piece.part.ref->name_space;
    if (!wanted.empty() && wanted != stack.name_space)
      others += cat(others.empty() ? "" : ", ", piece.name(), " (", wanted, ")");
  }
  if (others.empty()) return {};
  return cat("One release has one namespace: everything goes to ", stack.name_space,
             ", although these components ask for another one: ", others, ".");
}

std::string null_note(const Stack& stack) {
  std::vector<std::string> places = null_places(stack);
  if (places.empty()) return {};
  std::size_t more = places.size() > kPathsInNote ? places.size() - kPathsInNote : 0;
  places.resize(places.size() - more);
  return cat("values.yaml holds null for ", join(places, ", "), more > 0 ? cat(" and ", more, " more") : "",
             ". ", kNullRule);
}

std::string install(const Stack& stack, const Guide& guide) {
  std::string out =
      cat("## Install\n\nInside this directory. The chart dependencies are fetched into a copy, so that the "
          "bundle stays "
          "as its checksums.txt says.\n\n",
          fenced(guide.install),
          "\nOn a cluster that has the CRDs of the stack, `--dry-run=server` added to the last command shows "
          "what would "
          "happen.\n");
  for (const std::string& note : guide.notes) out += cat("\n", md_text(note), "\n");
  std::vector<std::string> nulls = null_places(stack);
  if (nulls.size() > kPathsInNote) {
    out += "\nAll values that are null:\n\n";
    for (const std::string& place : nulls) out += cat("- ", md_code(place), "\n");
  }
  return out;
}

std::string change(const Stack& stack) {
  return cat(
      "## Change values\n\n",
      "Make the bundle again with `--set component:path=value`, or lay a file of your own over it: `-f "
      "values.yaml -f mine.yaml`, each component's values under its name. `--set enabled.",
      stack.pieces.front().name(), "=false` leaves a component out at installation.\n");
}

std::string upgrade(const Stack& stack, const Guide& guide) {
  std::string out = cat("## Upgrade\n\nThe commands of Install, from the newer bundle's directory:\n\n",
                        fenced(guide.install));
  std::vector<std::string> commands = crds_commands(stack);
  if (commands.empty()) return out;
  return cat(out,
             "\nHelm creates the CRDs of a chart once and never changes them afterwards. Before an upgrade "
             "that raises a "
             "chart's version, apply them; a chart that keeps its CRDs elsewhere prints nothing, and kubectl "
             "says so.\n\n",
             fenced(commands));
}

std::string uninstall(const Stack& stack) {
  return cat("## Uninstall\n\n",
             fenced({cat("helm uninstall ", kRelease, " --namespace ", stack.name_space, " --wait")}),
             "\nCRDs, persistent volume claims and the namespace stay",
             has_hooks(stack) ? ", and so do the objects that templates/ creates as Helm hooks" : "",
             ": deleting them deletes data, which is your decision.\n");
}

std::string troubleshooting(const Stack& stack) {
  std::string release = cat(kRelease, " --namespace ", stack.name_space);
  return cat(
      "## Troubleshooting\n\n", "- What happened to the release: `helm history ", release, "`\n",
      "- Pods that do not start: `kubectl get pods --namespace ", stack.name_space,
      " --field-selector=status.phase!=Running`, then `kubectl describe pod`\n",
      "- \"another operation is in progress\" after a broken run: `helm rollback ", release,
      "`, or `helm uninstall ", release, "` if nothing was ever deployed\n",
      "- \"no matches for kind\": a CRD is missing; apply those of the charts as under Upgrade, then install "
      "again\n",
      "- Files that were changed: `sha256sum --check --quiet checksums.txt`\n");
}

}  // namespace

Guide guide_for(const Stack& stack) {
  Guide guide;
  guide.install = {"work=$(mktemp -d)", "cp -R . \"$work\"", "helm dependency build \"$work\"",
                   cat("helm upgrade --install ", kRelease, " \"$work\" --namespace ", stack.name_space,
                       " --create-namespace -f values.yaml --wait --timeout 20m")};
  guide.null_note = null_note(stack);
  for (std::string note : {namespace_note(stack), guide.null_note})
    if (!note.empty()) guide.notes.push_back(std::move(note));
  return guide;
}

std::string umbrella_readme(const Stack& stack, const Guide& guide) {
  return cat("# ", stack.name, " ", stack.version,
             "\n\nA Helm umbrella chart, made by eidos from `recipe.yaml`: one release that installs every "
             "component "
             "below with tested versions and values.\n\n",
             target_section(stack), "\n",
             components_section(stack, cat("All of them go to the namespace of the release, ",
                                           md_code(stack.name_space), ".")),
             "\n", constraints_section(stack), install(stack, guide), "\n", change(stack), "\n",
             upgrade(stack, guide), "\n", uninstall(stack), "\n", troubleshooting(stack));
}

}  // namespace eidos::bundle
