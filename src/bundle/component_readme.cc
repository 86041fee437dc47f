#include "bundle/component_readme.h"

#include "base/text.h"
#include "bundle/markdown.h"
#include "bundle/objects.h"
#include "bundle/pages.h"

namespace eidos::bundle {
namespace {

constexpr std::string_view kHooks =
    " are Helm hooks: each upgrade deletes their objects and makes them anew.\n";

std::string hooks_paragraph(const Stack& stack) {
  std::vector<std::string> hooks = hook_components(stack);
  return hooks.empty() ? "" : cat("\nThe manifests of ", code_list(hooks), kHooks);
}

std::string all_releases(std::string_view command, const Stack& stack) {
  std::vector<std::string> lines;
  for (const Piece& piece : stack.pieces)
    lines.push_back(cat(command, " ", piece.name(), " --namespace ", namespace_of(piece, stack.name_space)));
  return fenced(lines);
}

std::string by_hand(const Piece& piece, const std::string& name_space) {
  std::vector<std::string> lines = {"work=$(mktemp -d)", "cp -R . \"$work\""};
  if (piece.has_chart()) lines.emplace_back("helm dependency build \"$work\"");
  lines.push_back(cat("helm upgrade --install ", piece.name(), " \"$work\" --namespace ", name_space,
                      " --create-namespace -f values.yaml --wait --timeout 20m"));
  return fenced(lines);
}

std::string chart_line(const Piece& piece) {
  if (!piece.has_chart()) return "It has no chart of its own: templates/ holds all there is.\n";
  return cat("Chart ", md_code(piece.chart()), " ", md_code(piece.part.ref->version), " of ",
             md_code(piece.part.ref->source), ".\n");
}

}  // namespace

std::string components_readme(const Stack& stack, const Deployment& deployment) {
  std::string out =
      cat("# ", stack.name, " ", stack.version,
          "\n\nHelm charts, made by eidos from `recipe.yaml`: one folder, one release and one namespace for "
          "each component, "
          "with tested versions and values.\n\n",
          target_section(stack), "\n",
          components_section(
              stack, cat("Each goes to the namespace it asks for, else to ", md_code(stack.name_space), ".")),
          "\n", constraints_section(stack), before_section(stack),
          "## Install\n\nWith Helm, kubectl and bash, inside this directory:\n\n", fenced(deployment.steps),
          "\n`./deploy.sh --dry-run` shows the commands and runs none that changes something, "
          "`--kube-context NAME` goes on "
          "only if that is the current context, and `--help` lists the rest. Each component is installed and "
          "waited for by "
          "its own scripts/install.sh, which works on a copy of its folder; a level starts when the one "
          "before is done:\n\n",
          levels_list(stack),
          "\nA second run is an upgrade of each; a run that failed goes on with the same command. One "
          "component: "
          "`./deploy.sh --only NAME`.\n",
          hooks_paragraph(stack));
  for (const std::string& note : deployment.notes) out += cat("\n", md_text(note), "\n");
  return cat(
      out, null_list(stack), "\n## Check\n\n", all_releases("helm status", stack),
      "\nDone when each is `deployed`: Helm waited for its pods.\n\n", change_section(stack, ""),
      "\n## Upgrade and roll "
      "back\n\nTo upgrade, `./deploy.sh` from the newer bundle's directory. To roll back, `./deploy.sh` from "
      "the "
      "older one's, or `helm rollback NAME --namespace NAMESPACE --wait` for one component; CRDs are not "
      "rolled "
      "back. A component that the "
      "newer "
      "bundle lacks stays installed: remove it with `./undeploy.sh --only NAME` from the older bundle.\n\n",
      remove_section(stack),
      "\n## Troubleshooting\n\n- What happened to a component: `helm history NAME --namespace NAMESPACE`\n- "
      "\"another operation is in progress\" after a run that was killed: `./deploy.sh --unlock`\n- Files "
      "that "
      "were changed: `sha256sum --check --quiet checksums.txt`, or `eidos verify .`\n");
}

std::string component_readme(const Stack& alone, bool has_policy) {
  const Piece& piece = alone.pieces.front();
  std::string name_space = namespace_of(piece, alone.name_space);
  std::string out = cat("# ", piece.name(), "\n\nA Helm chart, made by eidos. ", chart_line(piece),
                        "Its values stand under ", md_code(piece.name()),
                        " in values.yaml.\n\n## Install and upgrade\n\n", fenced({"scripts/install.sh"}),
                        "\n`--help` lists its options. By hand:\n\n", by_hand(piece, name_space),
                        "\nOn a cluster that has the CRDs of the stack, `--dry-run=server` added to the last "
                        "command shows what would "
                        "happen.\n",
                        hooks_paragraph(alone));
  if (std::string note = null_note(alone); !note.empty())
    out += cat("\n", md_text(note), "\n", null_list(alone));
  if (has_policy)
    out +=
        cat("\n## ClusterPolicy\n\nmanifests/clusterpolicy.yaml is what values.yaml makes of the "
            "ClusterPolicy, for "
            "review and for GitOps. The chart creates that object itself; `scripts/install.sh "
            "--apply-policy` applies "
            "the file afterwards, server-side, so that a field somebody else changed is a conflict and not "
            "overwritten.\n");
  return cat(out, "\n## Check\n\n", fenced({cat("helm status ", piece.name(), " --namespace ", name_space)}),
             "\n## Roll back\n\n", fenced({cat("helm rollback ", piece.name(), " --namespace ", name_space)}),
             "\n## Remove\n\n", fenced({"scripts/uninstall.sh"}),
             "\nCRDs, persistent volume claims and the namespace stay.\n");
}

}  // namespace eidos::bundle
