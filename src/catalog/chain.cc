#include "catalog/chain.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace eidos::catalog {

Result<std::vector<const model::Overlay*>> chain(const Catalog& catalog, const model::Overlay& overlay) {
  std::vector<const model::Overlay*> up;
  const model::Overlay* at = &overlay;
  for (;;) {
    // More steps than there are overlays: the last one was met before. Looking back at each step instead
    // would make long chains slow.
    if (up.size() > catalog.overlays().size() + 1) {
      auto first = std::find(up.rbegin() + 1, up.rend(), up.back());
      std::string cycle = up.back()->metadata.name;
      for (auto seen = first.base(); seen != up.end(); ++seen) cycle += cat(" → ", (*seen)->metadata.name);
      return fail(ErrorKind::Invalid, cat("inheritance cycle: ", cycle),
                  catalog.sources().place(overlay.spec.mark), "give one of them another base");
    }
    up.push_back(at);
    if (at->metadata.name == kRoot) break;
    std::string_view base = at->spec.base.empty() ? kRoot : std::string_view(at->spec.base);
    const model::Overlay* parent = catalog.overlay(base);
    if (parent == nullptr) {
      std::vector<std::string_view> names;
      for (const auto& [name, other] : catalog.overlays()) names.push_back(name);
      return fail(ErrorKind::Invalid,
                  cat("overlay ", quote(at->metadata.name), " has base ", quote(base),
                      ", which is no overlay of this catalog", did_you_mean(base, names)),
                  catalog.sources().place(at->spec.mark));
    }
    at = parent;
  }
  std::ranges::reverse(up);
  return up;
}

namespace {

using Edges = std::map<std::string_view, std::set<std::string_view>>;

// Any cycle among what Kahn's algorithm could not place: follow the smallest open dependency until a name
// repeats.
std::string find_cycle(const Edges& open) {
  std::vector<std::string_view> path{open.begin()->first};
  for (;;) {
    std::string_view next;
    for (std::string_view dependency : open.at(path.back())) {
      if (!open.contains(dependency)) continue;
      next = dependency;
      break;
    }
    bool closed = std::ranges::find(path, next) != path.end();
    path.push_back(next);
    if (!closed) continue;
    return join(std::vector<std::string_view>(std::ranges::find(path, next), path.end()), " → ");
  }
}

}  // namespace

Result<std::vector<std::string>> order(const std::vector<model::ComponentRef>& components) {
  Edges open;
  for (const model::ComponentRef& component : components) open[component.name];
  std::vector<Error> problems;
  for (const model::ComponentRef& component : components) {
    for (const std::string& dependency : component.dependency_refs) {
      if (open.contains(dependency))
        open[component.name].insert(dependency);
      else
        problems.push_back(Error{ErrorKind::Invalid,
                                 cat("component ", quote(component.name), " depends on ", quote(dependency),
                                     ", which is not in the recipe"),
                                 {},
                                 {}});
    }
  }
  if (!problems.empty()) return std::unexpected(together(std::move(problems)));
  std::vector<std::string> done;
  std::set<std::string_view> ready;
  std::map<std::string_view, std::vector<std::string_view>> dependants;
  std::map<std::string_view, std::size_t> waiting;
  for (const auto& [name, dependencies] : open) {
    waiting[name] = dependencies.size();
    if (dependencies.empty()) ready.insert(name);
    for (std::string_view dependency : dependencies) dependants[dependency].push_back(name);
  }
  while (!ready.empty()) {
    std::string_view name = *ready.begin();
    ready.erase(ready.begin());
    done.emplace_back(name);
    for (std::string_view dependant : dependants[name])
      if (--waiting[dependant] == 0) ready.insert(dependant);
  }
  if (done.size() == open.size()) return done;
  for (const std::string& name : done) open.erase(name);
  return fail(ErrorKind::Invalid, cat("dependency cycle: ", find_cycle(open)), {},
              "drop one of these dependencyRefs");
}

}  // namespace eidos::catalog
