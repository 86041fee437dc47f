#include "bundle/helmfile.h"

#include <map>

#include "base/text.h"
#include "bundle/manifests.h"
#include "bundle/markdown.h"
#include "bundle/objects.h"
#include "bundle/observer.h"
#include "bundle/pages.h"
#include "data/document.h"

namespace eidos::bundle {
namespace {

constexpr int kTimeoutSeconds = 1200;

/// Repositories by address, each named after the first component that uses it.
using Repositories = std::map<std::string, std::string, std::less<>>;

std::string release_id(const Stack& stack, const Piece& piece, const std::string& name) {
  return cat(namespace_of(piece, stack.name_space), "/", name);
}

data::Map release(const Stack& stack, const Piece& piece, const std::string& name, const std::string& chart,
                  data::List needs) {
  data::Map out =
      fields({{"name", name}, {"namespace", namespace_of(piece, stack.name_space)}, {"chart", chart}});
  if (!needs.empty()) out.set("needs", std::move(needs));
  return out;
}

data::List needs_of(const Stack& stack, const Piece& piece) {
  data::List out;
  for (const Piece* other : waits_for(stack, piece))
    out.emplace_back(release_id(stack, *other, last_release(*other)));
  return out;
}

data::Map chart_release(const Stack& stack, const Piece& piece, const Repositories& repositories) {
  const std::string& repository = repositories.find(bare_source(piece))->second;
  data::Map out =
      release(stack, piece, piece.name(), cat(repository, "/", piece.chart()), needs_of(stack, piece));
  out.set("version", piece.part.ref->version);
  out.set("values", data::List{cat(piece.name(), "/values.yaml")});
  return out;
}

// Their kinds may be known only once the release before has brought its CRDs: no check ahead of time.
data::Map manifests_release(const Stack& stack, const Piece& piece) {
  data::List needs =
      piece.has_chart() ? data::List{release_id(stack, piece, piece.name())} : needs_of(stack, piece);
  data::Map out =
      release(stack, piece, last_release(piece), cat("./", piece.name(), "/manifests"), std::move(needs));
  out.set("disableValidationOnInstall", true);
  return out;
}

data::List repository_list(const Stack& stack, Repositories& named) {
  data::List out;
  for (const Piece& piece : stack.pieces) {
    if (!piece.has_chart() || !named.emplace(bare_source(piece), piece.name()).second) continue;
    data::Map one = fields({{"name", piece.name()}, {"url", bare_source(piece)}});
    if (is_oci(piece)) one.set("oci", true);
    out.emplace_back(std::move(one));
  }
  return out;
}

std::string helmfile_yaml(const Stack& stack) {
  Repositories named;
  data::List repositories = repository_list(stack, named);
  data::List releases;
  for (const Piece& piece : stack.pieces) {
    if (piece.has_chart()) releases.emplace_back(chart_release(stack, piece, named));
    if (!piece.manifests.empty()) releases.emplace_back(manifests_release(stack, piece));
  }
  data::Map out;
  out.set("helmDefaults", fields({{"createNamespace", true}, {"wait", true}, {"timeout", kTimeoutSeconds}}));
  if (!repositories.empty()) out.set("repositories", std::move(repositories));
  out.set("releases", std::move(releases));
  return data::to_yaml(out);
}

Result<void> add_component(const Stack& stack, const Piece& piece, FileTree& files) {
  if (piece.has_chart()) files.emplace(cat(piece.name(), "/values.yaml"), File{values_text(piece)});
  if (piece.manifests.empty()) return {};
  return add_manifest_chart(stack, piece, cat(piece.name(), "/manifests/"), files);
}

std::string readme(const Stack& stack, const std::vector<std::string>& install,
                   const std::vector<std::string>& notes) {
  std::string out =
      cat("# ", stack.name, " ", stack.version,
          "\n\nA helmfile, made by eidos from `recipe.yaml`: a release for each component, in the order of "
          "their dependencies.\n\n",
          target_section(stack), "\n",
          components_section(stack, "Each is installed into the namespace it names."), "\n",
          constraints_section(stack), before_section(stack),
          "## Install\n\nWith helmfile 1.0 or later and Helm, inside this "
          "directory.\n\n",
          fenced(install));
  for (const std::string& note : notes) out += cat("\n", md_text(note), "\n");
  return cat(
      out, "\n## Check\n\n", fenced({"helmfile status"}),
      "\nDone when every release is `deployed`: Helm waited for its pods.\n\n", change_section(stack, ""),
      "\n## Upgrade and roll back\n\nMake the bundle again and run the command of Install from its "
      "directory; `helmfile "
      "diff` (with the helm-diff plugin) shows the change before. Helm does not change the CRDs of a chart "
      "once they "
      "are there. Before an upgrade that raises a chart's version, apply them:\n\n",
      fenced(crds_commands(stack)),
      "\nTo roll one release back: `helm rollback NAME --namespace NAMESPACE`; to roll all back, run the "
      "command of "
      "Install in the older bundle's directory. A component that the other bundle lacks stays installed: "
      "`helm "
      "uninstall NAME --namespace NAMESPACE` removes it.\n\n## Remove\n\n",
      fenced({"helmfile destroy"}),
      "\nCRDs, persistent volume claims and namespaces stay: deleting them deletes data, which is your "
      "decision.\n\n## Troubleshooting\n\n- One component alone: `helmfile sync --selector name=NAME`\n- "
      "\"another "
      "operation is in progress\" after a broken run: `helm rollback NAME --namespace NAMESPACE`\n- Files "
      "that were "
      "changed: `sha256sum --check --quiet checksums.txt`, or `eidos verify .`\n");
}

}  // namespace

Result<Bundle> render_helmfile(const Stack& stack) {
  EIDOS_CHECK(check_release_names(stack));
  Bundle out;
  out.files.emplace("helmfile.yaml", File{helmfile_yaml(stack)});
  for (const Piece& piece : stack.pieces)
    EIDOS_CHECK(observed(stack.options->observer, piece.name(),
                         [&] { return add_component(stack, piece, out.files); }));
  std::vector<std::string> install = {"helmfile sync"};
  std::vector<std::string> notes = {
      "Use sync for the first installation: apply compares with the cluster first, and kinds whose CRDs a "
      "chart of this "
      "bundle brings are not known there yet."};
  out.files.emplace("recipe.yaml", File{std::string(stack.recipe_text)});
  out.files.emplace("README.md", File{readme(stack, install, notes)});
  out.deployment = {"helmfile", std::move(install), std::move(notes)};
  return out;
}

}  // namespace eidos::bundle
