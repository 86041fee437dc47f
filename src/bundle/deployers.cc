#include "base/text.h"
#include "bundle/argocd.h"
#include "bundle/component_charts.h"
#include "bundle/deployer.h"
#include "bundle/flux.h"
#include "bundle/helmfile.h"
#include "bundle/umbrella.h"

namespace eidos::bundle {
namespace {

constexpr Deployer kDeployers[] = {
    {.name = "helm",
     .layout = "umbrella",
     .name_space = kFallbackNamespace,
     .summary = "one Helm chart with a dependency per component",
     .render = render_umbrella},
    {.name = "helm",
     .layout = "component",
     .alias = "split",
     .name_space = kFallbackNamespace,
     .summary = "a Helm chart, a release and a namespace per component",
     .render = render_component_charts},
    {.name = "argocd",
     .name_space = "argocd",
     .summary = "an Argo CD Application per component",
     .takes_repo = true,
     .render = render_argocd},
    {.name = "flux",
     .name_space = "flux-system",
     .summary = "a Flux HelmRelease per component",
     .takes_repo = true,
     .render = render_flux},
    {.name = "helmfile",
     .name_space = kFallbackNamespace,
     .summary = "one helmfile with a release per component",
     .render = render_helmfile},
};

// Each once, in the order of the table.
std::vector<std::string_view> names_of(std::string_view Deployer::* member, std::string_view deployer) {
  std::vector<std::string_view> out;
  for (const Deployer& row : kDeployers)
    if ((deployer.empty() || row.name == deployer) && (out.empty() || out.back() != row.*member))
      out.push_back(row.*member);
  return out;
}

std::string listed(const std::vector<std::string_view>& names) {
  return join(std::span<const std::string_view>(names), ", ");
}

}  // namespace

std::span<const Deployer> deployers() {
  return kDeployers;
}

Result<const Deployer*> find_deployer(std::string_view name, std::string_view layout) {
  bool known = false;
  for (const Deployer& row : kDeployers) {
    known = known || row.name == name;
    if (row.name == name &&
        (layout.empty() || layout == row.layout || (!row.alias.empty() && layout == row.alias)))
      return &row;
  }
  if (!known) {
    std::vector<std::string_view> names = names_of(&Deployer::name, {});
    return fail(ErrorKind::Invalid, cat("unknown deployer ", quote(name), did_you_mean(name, names)), {},
                cat("deployers are ", listed(names)));
  }
  std::vector<std::string_view> layouts = names_of(&Deployer::layout, name);
  if (layouts.front().empty())
    return fail(ErrorKind::Invalid, cat("deployer ", quote(name), " has one layout, and no --layout"), {},
                "leave --layout out");
  return fail(
      ErrorKind::Invalid,
      cat("unknown layout ", quote(layout), " of deployer ", quote(name), did_you_mean(layout, layouts)), {},
      cat("layouts are ", listed(layouts)));
}

}  // namespace eidos::bundle
