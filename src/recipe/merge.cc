#include "recipe/merge.h"

#include <algorithm>

namespace eidos::recipe {
namespace {

/// The entry of `name` in a list sorted by name, inserted when it is not there.
template <class T>
T& sorted_slot(std::vector<T>& list, const std::string& name) {
  auto at = std::ranges::lower_bound(list, name, {}, &T::name);
  if (at == list.end() || at->name != name) {
    at = list.insert(at, T{});
    at->name = name;
  }
  return *at;
}

void replace(std::string& base, const std::string& over) {
  if (!over.empty()) base = over;
}

template <class T>
void replace(std::vector<T>& base, const std::vector<T>& over) {
  if (!over.empty()) base = over;
}

void apply_component(model::ComponentRef& base, const model::ComponentRef& over) {
  using Ref = model::ComponentRef;
  constexpr std::string Ref::* kScalars[] = {&Ref::name_space, &Ref::chart,       &Ref::type,
                                             &Ref::source,     &Ref::version,     &Ref::tag,
                                             &Ref::path,       &Ref::values_file, &Ref::health_check_asserts};
  for (auto scalar : kScalars) replace(base.*scalar, over.*scalar);
  data::Value merged{std::move(base.overrides)};
  data::merge(merged, data::Value(over.overrides));
  base.overrides = std::move(merged.map());
  replace(base.patches, over.patches);
  replace(base.dependency_refs, over.dependency_refs);
  replace(base.expected_resources, over.expected_resources);
  for (const std::string& file : over.manifest_files)
    if (std::ranges::find(base.manifest_files, file) == base.manifest_files.end())
      base.manifest_files.push_back(file);
  base.cleanup = base.cleanup || over.cleanup;
  base.mark = over.mark;
}

std::string last_segment(const std::string& chart) {
  return chart.substr(chart.rfind('/') + 1);  // npos + 1 == 0: the whole
}

void fill(std::string& field, const std::string& value) {
  if (field.empty()) field = value;
}

}  // namespace

void apply(Merged& base, const model::OverlaySpec& over) {
  for (const model::Constraint& constraint : over.constraints)
    sorted_slot(base.constraints, constraint.name) = constraint;
  for (const model::ComponentRef& component : over.component_refs)
    apply_component(sorted_slot(base.components, component.name), component);
  using V = model::Validation;
  for (auto phase : {&V::readiness, &V::deployment, &V::performance, &V::conformance})
    if (over.validation.*phase) base.validation.*phase = over.validation.*phase;
}

void fill_from_registry(model::ComponentRef& ref, const model::Component& entry) {
  bool kustomize = entry.kustomize && !entry.kustomize->default_source.empty();
  fill(ref.type, kustomize ? "Kustomize" : "Helm");
  if (ref.type == "Kustomize") {
    if (!entry.kustomize) return;
    fill(ref.source, entry.kustomize->default_source);
    fill(ref.path, entry.kustomize->default_path);
    fill(ref.tag, entry.kustomize->default_tag);
    return;
  }
  if (entry.helm) {
    fill(ref.source, entry.helm->default_repository);
    fill(ref.version, entry.helm->default_version);
    fill(ref.name_space, entry.helm->default_namespace);
    fill(ref.chart, last_segment(entry.helm->default_chart));
  }
  if (entry.manifest) fill(ref.name_space, entry.manifest->default_namespace);
}

}  // namespace eidos::recipe
