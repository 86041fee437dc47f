#include "bundle/flux.h"

#include "base/text.h"
#include "bundle/manifests.h"
#include "bundle/markdown.h"
#include "bundle/names.h"
#include "bundle/objects.h"
#include "bundle/observer.h"
#include "bundle/pages.h"
#include "data/document.h"

namespace eidos::bundle {
namespace {

// The APIs of Flux 2.3 and later (OCIRepository v1: 2.6).
constexpr std::string_view kSourceApi = "source.toolkit.fluxcd.io/v1";
constexpr std::string_view kHelmApi = "helm.toolkit.fluxcd.io/v2";
constexpr std::string_view kKustomizeApi = "kustomize.toolkit.fluxcd.io/v1";
constexpr std::string_view kChartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
constexpr std::string_view kRepository = "eidos-bundle";  ///< The GitRepository of this bundle.
constexpr std::string_view kInterval = "10m";
constexpr std::string_view kSourceInterval = "1h";

// Flux' own examples start every path with "./".
std::string flux_path(const Stack& stack, std::string_view path = {}) {
  std::string inside = path_in_repo(*stack.options, path);
  return inside == "." ? "./" : cat("./", inside);
}

data::Map chart_source(const Stack& stack, const Piece& piece) {
  if (is_oci(piece)) {
    data::Map out = object(stack, kSourceApi, "OCIRepository", piece.name(), stack.name_space);
    out.set("spec", fields({{"interval", kSourceInterval},
                            {"url", oci_chart(piece)},
                            {"ref", fields({{"tag", piece.part.ref->version}})},
                            {"layerSelector", fields({{"mediaType", kChartLayer}, {"operation", "copy"}})}}));
    return out;
  }
  data::Map out = object(stack, kSourceApi, "HelmRepository", piece.name(), stack.name_space);
  out.set("spec", fields({{"interval", kSourceInterval}, {"url", bare_source(piece)}}));
  return out;
}

data::List depends_on(const Stack& stack, const std::vector<std::string>& names) {
  data::List out;
  for (const std::string& name : names)
    out.emplace_back(fields({{"name", name}, {"namespace", stack.name_space}}));
  return out;
}

// Everything of a HelmRelease but where its chart and values come from.
data::Map release(const Stack& stack, const Piece& piece, const std::string& name,
                  const std::vector<std::string>& after, std::string_view chart_key, data::Value chart) {
  data::Map out = object(stack, kHelmApi, "HelmRelease", name, stack.name_space);
  data::Map spec = fields({{"interval", kInterval},
                           {"timeout", "20m"},
                           {"releaseName", name},
                           {"targetNamespace", namespace_of(piece, kFallbackNamespace)}});
  spec.set(chart_key, std::move(chart));
  if (!after.empty()) spec.set("dependsOn", depends_on(stack, after));
  data::Map retries = fields({{"retries", 3}});
  spec.set("install",
           fields({{"createNamespace", true}, {"crds", "CreateReplace"}, {"remediation", retries}}));
  spec.set("upgrade", fields({{"crds", "CreateReplace"}, {"remediation", retries}}));
  spec.set("driftDetection", fields({{"mode", "enabled"}}));
  out.set("spec", std::move(spec));
  return out;
}

std::string values_map_name(const Piece& piece) {
  return cat(piece.name(), "-values");
}

std::vector<std::string> dependencies(const Stack& stack, const Piece& piece) {
  std::vector<std::string> out;
  for (const Piece* other : waits_for(stack, piece)) out.push_back(last_release(*other));
  return out;
}

data::Map chart_release(const Stack& stack, const Piece& piece) {
  data::Map source =
      fields({{"kind", is_oci(piece) ? "OCIRepository" : "HelmRepository"}, {"name", piece.name()}});
  data::Map spec = fields({{"chart", piece.chart()},
                           {"version", piece.part.ref->version},
                           {"interval", kSourceInterval},
                           {"sourceRef", source}});
  data::Map out = is_oci(piece)
                      ? release(stack, piece, piece.name(), dependencies(stack, piece), "chartRef", source)
                      : release(stack, piece, piece.name(), dependencies(stack, piece), "chart",
                                fields({{"spec", std::move(spec)}}));
  data::Map& into = out.find("spec")->map();
  // An API object may lose a null on its way through the server; a text in a ConfigMap keeps it.
  if (piece.part.nulls.empty())
    into.set("values", piece.part.values);
  else
    into.set("valuesFrom", data::List{fields({{"kind", "ConfigMap"}, {"name", values_map_name(piece)}})});
  return out;
}

data::Map manifests_release(const Stack& stack, const Piece& piece) {
  bool beside_chart = piece.has_chart();
  std::vector<std::string> after =
      beside_chart ? std::vector<std::string>{piece.name()} : dependencies(stack, piece);
  data::Map spec = fields({{"chart", flux_path(stack, cat(piece.name(), "/manifests"))},
                           {"interval", kInterval},
                           {"reconcileStrategy", "Revision"},
                           {"sourceRef", fields({{"kind", "GitRepository"}, {"name", kRepository}})}});
  return release(stack, piece, beside_chart ? manifests_name(piece) : piece.name(), after, "chart",
                 fields({{"spec", std::move(spec)}}));
}

// GitRepository tells commits, full names, tags and branches apart; --repo-revision is one word.
data::Map reference(const std::string& revision) {
  constexpr std::size_t kCommit = 40;
  bool hex = revision.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (hex && revision.size() == kCommit) return fields({{"commit", revision}});
  if (revision.starts_with("refs/")) return fields({{"name", revision}});
  bool version = is_semver(revision) || (revision.starts_with('v') && is_semver(revision.substr(1)));
  return fields({{version ? "tag" : "branch", revision}});
}

Result<void> check_revision(const Options& options) {
  if (options.repo.empty() || options.repo_revision != "HEAD") return {};
  return fail(ErrorKind::Invalid, "Flux cannot follow HEAD of a repository", {},
              "name the branch, tag or commit: --repo-revision main");
}

data::Map git_repository(const Stack& stack) {
  data::Map out = object(stack, kSourceApi, "GitRepository", kRepository, stack.name_space);
  out.set("spec", fields({{"interval", kInterval},
                          {"url", repo_url(*stack.options)},
                          {"ref", reference(stack.options->repo_revision)}}));
  return out;
}

data::Map kustomization(const Stack& stack) {
  data::Map out = object(stack, kKustomizeApi, "Kustomization", stack.name, stack.name_space);
  out.set("spec", fields({{"interval", kInterval},
                          {"path", flux_path(stack)},
                          {"prune", true},
                          {"sourceRef", fields({{"kind", "GitRepository"}, {"name", kRepository}})}}));
  return out;
}

std::string documents(const std::vector<data::Map>& all) {
  std::string out;
  for (const data::Map& one : all) out += cat(out.empty() ? "" : "---\n", data::to_yaml(one));
  return out;
}

Result<void> add_component(const Stack& stack, const Piece& piece, FileTree& files, data::List& resources) {
  std::vector<data::Map> objects;
  if (piece.has_chart()) {
    objects.push_back(chart_source(stack, piece));
    if (!piece.part.nulls.empty()) {
      data::Map values = object(stack, "v1", "ConfigMap", values_map_name(piece), stack.name_space);
      values.set("data", fields({{"values.yaml", values_text(piece)}}));
      objects.push_back(std::move(values));
    }
    objects.push_back(chart_release(stack, piece));
  }
  if (!piece.manifests.empty()) {
    objects.push_back(manifests_release(stack, piece));
    EIDOS_CHECK(add_manifest_chart(stack, piece, cat(piece.name(), "/manifests/"), files));
  }
  std::string path = cat(piece.name(), "/release.yaml");
  files.emplace(path, File{documents(objects)});
  resources.emplace_back(std::move(path));
  return {};
}

struct Guide {
  std::vector<std::string> install;
  std::vector<std::string> notes;
};

Guide guide_for(const Stack& stack) {
  Guide guide;
  if (stack.options->repo.empty()) {
    guide.install.emplace_back("kubectl apply -k .");
    guide.notes.emplace_back(
        "kubectl apply -k . again brings a newer bundle; with --repo, Flux reads it from Git itself.");
  } else {
    guide.install.emplace_back("kubectl apply -f flux-system.yaml");
    guide.notes.push_back(
        cat("Push this directory to ", stack.options->repo, ", revision ", stack.options->repo_revision,
            stack.options->repo_path.empty() ? "" : cat(", folder ", stack.options->repo_path),
            ", before you apply flux-system.yaml. A private repository needs spec.secretRef in it."));
  }
  return guide;
}

std::string readme(const Stack& stack, const Guide& guide) {
  std::string in = cat("--namespace ", stack.name_space);
  std::string out =
      cat("# ", stack.name, " ", stack.version,
          "\n\nFlux HelmReleases, made by eidos from `recipe.yaml`: one for each component, waiting for "
          "those it depends on. They need Flux 2.6 or later.\n\n",
          target_section(stack), "\n",
          components_section(stack, "Each is installed into the namespace it names."), "\n",
          constraints_section(stack), before_section(stack),
          "## Install\n\nThe objects of Flux go to the namespace ", md_code(stack.name_space),
          ", where Flux has to run.");
  for (const std::string& note : guide.notes) out += cat(" ", md_text(note));
  out += cat("\n\n", fenced(guide.install));
  out += cat("\n## Check\n\n", fenced({cat("flux get helmreleases ", in)}), "\nDone when all are ready.\n");
  out += cat("\n", change_section(stack, ""), "\n## Upgrade and roll back\n\nMake the bundle again and ",
             stack.options->repo.empty() ? "apply it again" : "push it to the same place", ". To roll back, ",
             stack.options->repo.empty()
                 ? "apply the older one. A component that the other bundle lacks stays: remove it as below.\n"
                 : "revert the commit. A component that leaves the bundle is uninstalled.\n");
  std::vector<std::string> commands;
  if (stack.options->repo.empty()) {
    for (auto piece = stack.pieces.rbegin(); piece != stack.pieces.rend(); ++piece) {
      if (piece->has_chart() && !piece->manifests.empty())
        commands.push_back(cat("flux delete helmrelease ", manifests_name(*piece), " ", in, " --silent"));
      commands.push_back(cat("flux delete helmrelease ", piece->name(), " ", in, " --silent"));
    }
    commands.emplace_back("kubectl delete -k . --ignore-not-found");
  } else {
    commands.emplace_back("kubectl delete -f flux-system.yaml");
  }
  return cat(
      out, "\n## Remove\n\nDeleting a HelmRelease uninstalls its release.\n\n", fenced(commands),
      "\nCRDs, persistent volume claims and namespaces stay: deleting them deletes data, which is your "
      "decision.\n\n## Troubleshooting\n\n- Why a release is not ready: `flux events ",
      in, " --for HelmRelease/NAME`\n- Try again now: `flux reconcile helmrelease NAME ", in,
      " --force`\n- Files that were changed: `sha256sum --check --quiet checksums.txt`, or `eidos verify "
      ".`\n");
}

}  // namespace

Result<Bundle> render_flux(const Stack& stack) {
  EIDOS_CHECK(check_repo(*stack.options));
  EIDOS_CHECK(check_revision(*stack.options));
  EIDOS_CHECK(check_release_names(stack));
  EIDOS_CHECK(need_repo_for_manifests(stack, "Flux has to read from Git"));
  Bundle out;
  data::List resources;
  for (const Piece& piece : stack.pieces)
    EIDOS_CHECK(observed(stack.options->observer, piece.name(),
                         [&] { return add_component(stack, piece, out.files, resources); }));
  data::Map list = fields({{"apiVersion", "kustomize.config.k8s.io/v1beta1"},
                           {"kind", "Kustomization"},
                           {"resources", std::move(resources)}});
  out.files.emplace("kustomization.yaml", File{data::to_yaml(list)});
  if (!stack.options->repo.empty())
    out.files.emplace("flux-system.yaml", File{documents({git_repository(stack), kustomization(stack)})});
  Guide guide = guide_for(stack);
  out.files.emplace("recipe.yaml", File{std::string(stack.recipe_text)});
  out.files.emplace("README.md", File{readme(stack, guide)});
  out.deployment = {"flux-helmreleases", std::move(guide.install), std::move(guide.notes)};
  return out;
}

}  // namespace eidos::bundle
