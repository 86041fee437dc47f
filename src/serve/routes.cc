#include "serve/routes.h"

#include "base/text.h"

namespace eidos::serve {

namespace {

constexpr std::string_view kRecipe[] = {"service", "accelerator", "intent", "os",       "platform", "nodes",
                                        "osv",     "kernel",      "k8s",    "settings", "context",  "strict"};
constexpr std::string_view kQuery[] = {"service", "accelerator", "intent", "os",     "platform", "nodes",
                                       "osv",     "kernel",      "k8s",    "strict", "selector"};
constexpr std::string_view kExplain[] = {"service",
                                         "accelerator",
                                         "intent",
                                         "os",
                                         "platform",
                                         "nodes",
                                         "set",
                                         "set-string",
                                         "set-json",
                                         "system-node-selector",
                                         "system-node-toleration",
                                         "accelerated-node-selector",
                                         "accelerated-node-toleration",
                                         "workload-selector",
                                         "workload-gate"};
constexpr std::string_view kBundle[] = {"deployer",
                                        "layout",
                                        "repo",
                                        "repo-revision",
                                        "repo-path",
                                        "namespace",
                                        "component",
                                        "bundlers",
                                        "set",
                                        "set-string",
                                        "set-json",
                                        "system-node-selector",
                                        "system-node-toleration",
                                        "accelerated-node-selector",
                                        "accelerated-node-toleration",
                                        "workload-selector",
                                        "workload-gate",
                                        "nodes",
                                        "strict-values",
                                        "allow-missing-dependency",
                                        "allow-catalog-mismatch"};
constexpr std::string_view kDiff[] = {"ignore"};
constexpr std::string_view kCatalog[] = {"service", "accelerator", "intent", "os", "platform", "all"};

constexpr std::string_view kArchives = "application/zip, application/gzip";
constexpr std::string_view kJson = "application/json";

constexpr Route kRoutes[] = {
    {"/v1/recipe",
     kGet | kPost,
     kKept,
     "recipe",
     kRecipe,
     "Resolve a recipe from criteria, or from what a snapshot shows",
     {"RecipeCriteria, Snapshot", "what the recipe is for; parameters override it"},
     "application/json, application/yaml",
     answer_recipe},
    {"/v1/query",
     kGet | kPost,
     kKept,
     "query",
     kQuery,
     "Look up values of a resolved recipe by path",
     {"RecipeCriteria, Snapshot, RecipeResult", "what to look into; {criteria, selector} will do, too"},
     "application/json, application/yaml",
     answer_query},
    {"/v1/explain",
     kGet,
     kKept,
     "explain",
     kExplain,
     "Say which overlay, file and line each value comes from",
     {},
     "application/json, application/yaml",
     answer_explain},
    {"/v1/bundle",
     kPost,
     kPlain,
     "bundle",
     kBundle,
     "Render a recipe into what Helm, Argo CD, Flux or helmfile deploys",
     {"RecipeResult", "the recipe"},
     kArchives,
     answer_bundle},
    {"/v1/validate",
     kPost,
     kPlain,
     "validate",
     {},
     "Hold a recipe against a snapshot",
     {"{recipe, snapshot}", "a RecipeResult and a Snapshot"},
     "application/json, application/yaml",
     answer_validate},
    {"/v1/diff",
     kPost,
     kPlain,
     "diff",
     kDiff,
     "Say what changed between two snapshots or recipes",
     {"{from, to}", "two documents of one kind"},
     "application/json, application/yaml",
     answer_diff},
    {"/v1/catalog",
     kGet,
     kKept,
     "catalog list",
     kCatalog,
     "List what can be asked for",
     {},
     "application/json, application/yaml",
     answer_catalog},
    {"/v1/catalog/components/{name}",
     kGet,
     kKept,
     {},
     {},
     "Describe a component of the catalog",
     {},
     "application/json, application/yaml",
     answer_component},
    {"/v1/schema/{kind}",
     kGet,
     kKept,
     {},
     {},
     "The JSON Schema of a kind of document",
     {},
     "application/json, application/yaml",
     answer_schema},
    {"/openapi.json", kGet, kKept, {}, {}, "This description", {}, kJson, answer_openapi},
    {"/openapi.yaml", kGet, kKept, {}, {}, "This description", {}, "application/yaml", answer_openapi},
    {"/health", kGet, kUnlimited, {}, {}, "Whether the process lives", {}, kJson, answer_health},
    {"/ready",
     kGet,
     kUnlimited,
     {},
     {},
     "Whether it takes requests: it resolved a recipe, and is not about to end",
     {},
     kJson,
     answer_ready},
    {"/metrics", kGet, kUnlimited, {}, {}, "Metrics for Prometheus", {}, "text/plain", answer_metrics},
    {"/",
     kGet,
     kPlain,
     {},
     {},
     "The web page, or a list of routes",
     {},
     "text/html, application/json",
     answer_root},
    {"/page/{file}",
     kGet,
     kKept,
     {},
     {},
     "A file of the web page",
     {},
     "text/css, text/javascript, image/svg+xml",
     answer_page},
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

const Route* find_route(std::string_view path, std::string& rest) {
  for (const Route& route : kRoutes) {
    const std::size_t open = route.path.find('{');
    if (open == std::string_view::npos) {
      if (path == route.path) return &route;
      continue;
    }
    if (!path.starts_with(route.path.substr(0, open))) continue;
    rest = path.substr(open);
    if (!rest.empty() && rest.find('/') == std::string::npos) return &route;
  }
  return nullptr;
}

std::string allowed_methods(const Route& route) {
  std::string out;
  if ((route.methods & kGet) != 0) out = "GET, HEAD";
  if ((route.methods & kPost) != 0) out += cat(out.empty() ? "" : ", ", "POST");
  return cat(out, ", OPTIONS");
}

}  // namespace eidos::serve
