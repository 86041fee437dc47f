#include "catalog/usage.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "catalog/chain.h"

namespace eidos::catalog {

namespace {

bool names_file(const model::ComponentRef& ref, std::string_view path) {
  return ref.values_file == path || std::ranges::find(ref.manifest_files, path) != ref.manifest_files.end();
}

}  // namespace

std::vector<std::string> children_of(const Catalog& catalog, std::string_view overlay) {
  std::vector<std::string> names;
  for (const auto& [name, child] : catalog.overlays()) {
    std::string_view base = child.spec.base.empty() ? kRoot : std::string_view(child.spec.base);
    if (base == overlay && name != kRoot) names.push_back(name);
  }
  return names;
}

std::vector<std::string> overlays_naming(const Catalog& catalog, std::string_view component) {
  std::vector<std::string> names;
  for (const auto& [name, overlay] : catalog.overlays())
    if (std::ranges::find(overlay.spec.component_refs, component, &model::ComponentRef::name) !=
        overlay.spec.component_refs.end())
      names.push_back(name);
  return names;
}

std::vector<std::string> users_of_file(const Catalog& catalog, std::string_view path) {
  std::set<std::string> users;
  for (const auto& [name, overlay] : catalog.overlays())
    for (const model::ComponentRef& ref : overlay.spec.component_refs) {
      if (names_file(ref, path)) users.insert(cat("overlay ", name));
      // Whatever values file is named, the component's values.yaml lies below it.
      if (!ref.values_file.empty() && path == cat("components/", ref.name, "/values.yaml"))
        users.insert(cat("component ", ref.name));
    }
  for (const model::Component& component : catalog.registry().components)
    if (component.health_check.assert_file == path) users.insert(cat("component ", component.name));
  return {users.begin(), users.end()};
}

std::vector<std::string> files_of(const Catalog& catalog, std::string_view component) {
  std::string below = cat("components/", component, "/");
  std::vector<std::string> paths;
  for (auto at = catalog.files().lower_bound(below); at != catalog.files().end(); ++at) {
    if (!at->first.starts_with(below)) break;
    paths.push_back(at->first);
  }
  return paths;
}

std::string path_of(const Catalog& catalog, const data::Mark& mark) {
  for (const auto& [path, file] : catalog.files())
    if (file.source == mark.file) return path;
  return {};
}

}  // namespace eidos::catalog
