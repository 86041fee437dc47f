#include "bundle/umbrella_readme.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"
#include "bundle/markdown.h"
#include "bundle/pages.h"
#include "bundle/size_guard.h"

namespace eidos::bundle {
namespace {

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

std::vector<std::string> by_hand(const Stack& stack) {
  return {"work=$(mktemp -d)", "cp -R . \"$work\"", "helm dependency build \"$work\"",
          cat("helm upgrade --install ", kRelease, " \"$work\" --namespace ", stack.name_space,
              " --create-namespace -f values.yaml --wait --timeout 20m")};
}

std::string hooks_paragraph(const Stack& stack) {
  std::vector<std::string> hooks = hook_components(stack);
  if (hooks.empty()) return {};
  return cat("\nThe manifests of ", code_list(hooks),
             " are Helm hooks: each upgrade deletes their objects and makes them anew. deploy.sh has that "
             "happen once in "
             "a run, not once a level.\n");
}

std::string install(const Stack& stack, const Guide& guide) {
  std::string out =
      cat("## Install\n\nWith Helm, kubectl and bash, inside this directory:\n\n", fenced(guide.install),
          "\n`./deploy.sh --dry-run` shows the commands and runs none that changes something, "
          "`--kube-context NAME` goes on "
          "only if that is the current context, and `--help` lists the rest. It works on a copy of this "
          "directory: fetches "
          "the charts, applies their CRDs, then runs one `helm upgrade --install --wait` per level:\n\n",
          levels_list(stack),
          "\nA component that is on stays on: a second run is an upgrade that switches nothing off, and a "
          "run that "
          "failed goes on with "
          "the same command.\n",
          hooks_paragraph(stack));
  for (const std::string& note : guide.notes) out += cat("\n", md_text(note), "\n");
  return cat(out, null_list(stack), "\nBy hand, all levels at once:\n\n", fenced(by_hand(stack)),
             "\nOn a cluster that has the CRDs of the stack, `--dry-run=server` added to the last command "
             "shows what "
             "would happen.\n");
}

std::string check(const Stack& stack) {
  return cat("## Check\n\n",
             fenced({cat("helm status ", kRelease, " --namespace ", stack.name_space),
                     cat("kubectl get pods --namespace ", stack.name_space)}),
             "\nDone when the release is `deployed` and every pod is `Running` or `Completed`.\n");
}

std::string change(const Stack& stack) {
  return change_section(stack, cat("By hand, with the commands of Install: lay a file of your own over it, "
                                   "`-f values.yaml -f mine.yaml`, "
                                   "each component's values under its name; `--set enabled.",
                                   stack.pieces.front().name(), "=false` leaves a component out.\n"));
}

std::string upgrade(const Stack& stack) {
  std::string in = cat(kRelease, " --namespace ", stack.name_space);
  std::string out =
      cat("## Upgrade and roll back\n\nTo upgrade, `./deploy.sh` from the newer bundle's directory; to roll "
          "back, "
          "`./deploy.sh` from the older one's. If the release has a component that the bundle lacks, it says "
          "so and "
          "stops; with `--allow-removal` Helm removes that component.\n\nWithout the older bundle: a run of "
          "deploy.sh "
          "makes a revision for each level that it changes, so look for the last one from before:\n\n",
          fenced({cat("helm history ", in),
                  cat("helm rollback ", kRelease, " REVISION --namespace ", stack.name_space, " --wait")}),
          "\nCRDs are not rolled back.\n");
  std::vector<std::string> commands = crds_commands(stack);
  if (commands.empty()) return out;
  return cat(out,
             "\nHelm creates the CRDs of a chart once and never changes them; deploy.sh applies them each "
             "time. By hand, "
             "before an upgrade that raises a chart's version (a chart that keeps its CRDs elsewhere prints "
             "nothing, and "
             "kubectl says so):\n\n",
             fenced(commands));
}

std::string troubleshooting(const Stack& stack) {
  std::string release = cat(kRelease, " --namespace ", stack.name_space);
  return cat(
      "## Troubleshooting\n\n", "- What happened to the release: `helm history ", release, "`\n",
      "- Pods that do not start: `kubectl get pods --namespace ", stack.name_space,
      " --field-selector=status.phase!=Running`, then `kubectl describe pod`\n",
      "- \"another operation is in progress\" after a run that was killed: `./deploy.sh --unlock`\n",
      "- \"no matches for kind\": a CRD is missing; apply those of the charts as under Upgrade, then install "
      "again\n",
      "- Files that were changed: `sha256sum --check --quiet checksums.txt`, or `eidos verify .`\n");
}

}  // namespace

Guide guide_for(const Stack& stack) {
  Guide guide;
  guide.install = {"./deploy.sh"};
  guide.null_note = null_note(stack);
  for (std::string note : {namespace_note(stack), guide.null_note, size_note(stack)})
    if (!note.empty()) guide.notes.push_back(std::move(note));
  return guide;
}

std::string umbrella_readme(const Stack& stack, const Guide& guide) {
  return cat(
      "# ", stack.name, " ", stack.version,
      "\n\nA Helm umbrella chart, made by eidos from `recipe.yaml`: one release that installs every "
      "component "
      "below with tested versions and values.\n\n",
      target_section(stack), "\n",
      components_section(
          stack, cat("All of them go to the namespace of the release, ", md_code(stack.name_space), ".")),
      "\n", constraints_section(stack), before_section(stack), install(stack, guide), "\n", check(stack),
      "\n", change(stack), "\n", upgrade(stack), "\n", remove_section(stack), "\n", troubleshooting(stack));
}

}  // namespace eidos::bundle
