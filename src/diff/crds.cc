#include "diff/crds.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::diff {

namespace {

constexpr std::string_view kSwitches[] = {"enabled", "install", "create"};

// Manifests are Helm templates, so they are read line by line.
bool declares_crd(std::string_view text) {
  return std::ranges::any_of(split(text, '\n'), [](std::string_view line) {
    if (!line.starts_with("kind:")) return false;
    std::string_view kind = trim(line.substr(line.find(':') + 1));
    kind = trim(kind.substr(0, kind.find(" #")));
    if (kind.size() > 1 && (kind.front() == '"' || kind.front() == '\''))
      kind = kind.substr(1, kind.size() - 2);
    return kind == "CustomResourceDefinition";
  });
}

bool is_true(const data::Value& value) {
  return value.is_bool() && value.boolean();
}

// A subchart's switches stand below its name.
bool switches_on(const data::Map& values) {
  return std::ranges::any_of(values, [](const data::Map::Entry& entry) {
    bool named = lower(entry.key).find("crd") != std::string::npos;
    if (!entry.value.is_map()) return named && is_true(entry.value);
    if (!named) return switches_on(entry.value.map());
    return std::ranges::any_of(kSwitches, [&](std::string_view name) {
      const data::Value* there = entry.value.find(name);
      return there != nullptr && is_true(*there);
    });
  });
}

}  // namespace

bool is_crd_component(std::string_view name) {
  return name.ends_with("-crds") || name.ends_with("-crd");
}

bool switches_crds_on(const Bundle& bundle, std::string_view component) {
  const data::Value* values = bundle.values.find(component);
  return values != nullptr && values->is_map() && switches_on(values->map());
}

bool defines_crds(const Bundle& bundle, std::string_view component) {
  return std::ranges::any_of(bundle.manifests, [&](const auto& manifest) {
    return manifest.first.starts_with(cat(component, "/")) && declares_crd(manifest.second);
  });
}

}  // namespace eidos::diff
