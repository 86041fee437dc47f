#include "bundle/argocd.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "bundle/manifests.h"
#include "bundle/markdown.h"
#include "bundle/objects.h"
#include "bundle/observer.h"
#include "bundle/pages.h"
#include "data/document.h"

namespace eidos::bundle {
namespace {

// Application and its spec: Argo CD's "Application Specification Reference".
constexpr std::string_view kApi = "argoproj.io/v1alpha1";
constexpr std::string_view kHere = "https://kubernetes.default.svc";
constexpr std::string_view kParent = "nvidia-stack";  // the older tool's name

// Argo CD judges no Application's health by itself, so a wave would not wait for the one before. A child
// counts only once it is synced, too: one with a missing resource may call itself healthy.
constexpr std::string_view kHealth =
    "local health = {status = \"Progressing\", message = \"waiting for the first sync\"}\n"
    "if obj.status ~= nil and obj.status.health ~= nil and obj.status.sync ~= nil then\n"
    "  health.status = obj.status.health.status\n"
    "  health.message = obj.status.health.message\n"
    "  if health.status == \"Healthy\" and obj.status.sync.status ~= \"Synced\" then\n"
    "    health.status = \"Progressing\"\n"
    "    health.message = \"healthy, but not synced yet\"\n"
    "  end\n"
    "end\n"
    "return health\n";

data::Value sync_policy() {
  data::Map backoff = fields({{"duration", "10s"}, {"factor", 2}, {"maxDuration", "5m"}});
  return fields({{"automated", fields({{"prune", true}, {"selfHeal", true}})},
                 {"syncOptions", data::List{"CreateNamespace=true", "ServerSideApply=true"}},
                 {"retry", fields({{"limit", 10}, {"backoff", backoff}})}});
}

data::Value chart_source(const Piece& piece) {
  data::Map helm = fields({{"releaseName", piece.name()}});
  // An API object may lose a null on its way through the server; a text keeps it.
  if (piece.part.nulls.empty())
    helm.set("valuesObject", piece.part.values);
  else
    helm.set("values", values_text(piece));
  return fields({{"repoURL", bare_source(piece)},
                 {"chart", piece.chart()},
                 {"targetRevision", piece.part.ref->version},
                 {"helm", helm}});
}

data::Value manifests_source(const Stack& stack, const Piece& piece) {
  return fields(
      {{"repoURL", stack.options->repo},
       {"path", path_in_repo(*stack.options, cat(piece.name(), "/manifests"))},
       {"targetRevision", stack.options->repo_revision},
       {"helm", fields({{"releaseName", piece.has_chart() ? manifests_name(piece) : piece.name()}})}});
}

data::Map application(const Stack& stack, const Piece& piece) {
  data::Map out = object(stack, kApi, "Application", piece.name(), stack.name_space);
  out.find("metadata")
      ->map()
      .set("annotations", fields({{"argocd.argoproj.io/sync-wave", cat(piece.level)}}));
  data::Map spec = fields({{"project", "default"}});
  if (piece.has_chart() && !piece.manifests.empty())
    spec.set("sources", data::List{chart_source(piece), manifests_source(stack, piece)});
  else
    spec.set("source", piece.has_chart() ? chart_source(piece) : manifests_source(stack, piece));
  spec.set("destination",
           fields({{"server", kHere}, {"namespace", namespace_of(piece, kFallbackNamespace)}}));
  spec.set("syncPolicy", sync_policy());
  out.set("spec", std::move(spec));
  return out;
}

data::Map app_of_apps(const Stack& stack) {
  data::Map out = object(stack, kApi, "Application", kParent, stack.name_space);
  data::Map source = fields({{"repoURL", stack.options->repo},
                             {"path", path_in_repo(*stack.options)},
                             {"targetRevision", stack.options->repo_revision},
                             {"directory", fields({{"recurse", true}, {"include", "*/application.yaml"}})}});
  out.set("spec",
          fields({{"project", "default"},
                  {"source", source},
                  {"destination", fields({{"server", kHere}, {"namespace", stack.name_space}})},
                  {"syncPolicy", fields({{"automated", fields({{"prune", true}, {"selfHeal", true}})}})}}));
  return out;
}

data::Map health_patch(const Stack& stack) {
  data::Map out;
  out.set("data", fields({{"resource.customizations.health.argoproj.io_Application", kHealth}}));
  return fields({{"apiVersion", "v1"},
                 {"kind", "ConfigMap"},
                 {"metadata", fields({{"name", "argocd-cm"}, {"namespace", stack.name_space}})},
                 {"data", *out.find("data")}});
}

struct Guide {
  std::vector<std::string> install;
  std::vector<std::string> notes;
};

Guide guide_for(const Stack& stack) {
  std::string in = cat("--namespace ", stack.name_space);
  Guide guide;
  guide.install.push_back(
      cat("kubectl patch configmap argocd-cm ", in, " --type merge --patch-file argocd-cm.patch.yaml"));
  if (stack.options->repo.empty()) {
    guide.install.emplace_back("kubectl apply -f applications.yaml");
    guide.notes.emplace_back(
        "applications.yaml has no order: sync waves count only inside an app-of-apps, which needs --repo. "
        "Components that need others retry until those are there.");
  } else {
    guide.install.emplace_back("kubectl apply -f app-of-apps.yaml");
    guide.notes.push_back(
        cat("Push this directory to ", stack.options->repo, ", revision ", stack.options->repo_revision,
            stack.options->repo_path.empty() ? "" : cat(", folder ", stack.options->repo_path),
            ", before you apply app-of-apps.yaml."));
    guide.notes.emplace_back(
        "argocd-cm.patch.yaml makes Argo CD wait for the Applications of a wave before it starts the next "
        "one; "
        "without it they all start at once.");
  }
  return guide;
}

// Argo CD's "App Deletion": with this finalizer, what an Application installed goes with it.
constexpr std::string_view kCascade =
    R"({"metadata":{"finalizers":["resources-finalizer.argocd.argoproj.io"]}})";

std::string upgrade(const Stack& stack) {
  constexpr std::string_view kTitle = "## Upgrade and roll back\n\nMake the bundle again and ";
  if (stack.options->repo.empty())
    return cat(kTitle,
               "apply applications.yaml again; Argo CD does the rest. To roll back, apply the older "
               "applications.yaml. A component that the other bundle lacks stays: remove it as below.\n");
  return cat(
      kTitle,
      "push it to the same place; Argo CD does the rest. To roll back, revert the commit. A component that "
      "leaves the bundle loses its Application, and what it had installed stays. To have that removed, too, "
      "before you push:\n\n",
      fenced({cat("kubectl patch application NAME --namespace ", stack.name_space, " --type merge --patch '",
                  kCascade, "'")}));
}

std::string readme(const Stack& stack, const Guide& guide) {
  std::string in = cat("--namespace ", stack.name_space);
  std::string parent = stack.options->repo.empty() ? "applications.yaml" : "app-of-apps.yaml";
  std::string out =
      cat("# ", stack.name, " ", stack.version,
          "\n\nArgo CD Applications, made by eidos from `recipe.yaml`: one for each component, with its "
          "values inside.\n\n",
          target_section(stack), "\n",
          components_section(stack,
                             "Each goes to the namespace it names; its sync wave is its level in "
                             "the order of dependencies."),
          "\n", constraints_section(stack), before_section(stack),
          "## Install\n\nArgo CD runs in the namespace ", md_code(stack.name_space), ".",
          stack.options->repo.empty() ? "" : cat(" ", md_text(guide.notes.front())), "\n\n",
          fenced(guide.install));
  for (const std::string& note : std::span(guide.notes).subspan(stack.options->repo.empty() ? 0 : 1))
    out += cat("\n", md_text(note), "\n");
  out += cat("\n## Check\n\n",
             fenced({cat("kubectl get applications ", in, " -l app.kubernetes.io/part-of=", stack.name)}),
             "\nDone when all are `Synced` and `Healthy`.\n");
  out += cat("\n", change_section(stack, ""), "\n", upgrade(stack));
  out += cat("\n## Remove\n\n`kubectl delete -f ", parent,
             "` leaves everything that is installed running. To remove the components as well, the last wave "
             "first:\n\n");
  std::vector<std::string> commands;
  if (!stack.options->repo.empty()) commands.push_back(cat("kubectl delete -f ", parent));
  for (auto piece = stack.pieces.rbegin(); piece != stack.pieces.rend(); ++piece)
    commands.push_back(cat("argocd app delete ", piece->name(), " --cascade --wait --yes"));
  return cat(
      out, fenced(commands),
      "\nCRDs, persistent volume claims and namespaces may stay: deleting them deletes data, which is your "
      "decision.\n\n## Troubleshooting\n\n- Why an Application is not healthy: `kubectl describe application "
      "NAME ",
      in,
      "`\n- What differs: `argocd app diff NAME`\n- Files that were changed: `sha256sum --check --quiet "
      "checksums.txt`, or `eidos verify .`\n");
}

Result<data::Map> add_component(const Stack& stack, const Piece& piece, FileTree& files) {
  data::Map out = application(stack, piece);
  files.emplace(cat(piece.name(), "/application.yaml"), File{data::to_yaml(out)});
  if (!piece.manifests.empty())
    EIDOS_CHECK(add_manifest_chart(stack, piece, cat(piece.name(), "/manifests/"), files));
  return out;
}

}  // namespace

Result<Bundle> render_argocd(const Stack& stack) {
  EIDOS_CHECK(check_repo(*stack.options));
  EIDOS_CHECK(check_release_names(stack));
  EIDOS_CHECK(need_repo_for_manifests(stack, "Argo CD has to read from Git"));
  if (std::ranges::find(stack.pieces, kParent, &Piece::name) != stack.pieces.end())
    return fail(ErrorKind::Invalid,
                cat("component ", quote(kParent), " has the name of the Application above all"), {},
                "name the component otherwise");
  Bundle out;
  Guide guide = guide_for(stack);
  data::List items;
  for (const Piece& piece : stack.pieces) {
    EIDOS_TRY(data::Map one, observed(stack.options->observer, piece.name(),
                                      [&] { return add_component(stack, piece, out.files); }));
    items.emplace_back(std::move(one));
  }
  if (stack.options->repo.empty()) {
    data::Map list = fields({{"apiVersion", "v1"}, {"kind", "List"}, {"items", std::move(items)}});
    out.files.emplace("applications.yaml", File{data::to_yaml(list)});
    out.warnings.push_back(guide.notes.front());
  } else {
    out.files.emplace("app-of-apps.yaml", File{data::to_yaml(app_of_apps(stack))});
  }
  out.files.emplace("argocd-cm.patch.yaml", File{data::to_yaml(health_patch(stack))});
  out.files.emplace("recipe.yaml", File{std::string(stack.recipe_text)});
  out.files.emplace("README.md", File{readme(stack, guide)});
  out.deployment = {"argocd-applications", std::move(guide.install), std::move(guide.notes)};
  return out;
}

}  // namespace eidos::bundle
