#include "diff/crds.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::diff {

namespace {

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

}  // namespace

bool is_crd_component(std::string_view name) {
  return name.ends_with("-crds") || name.ends_with("-crd");
}

bool defines_crds(const Bundle& bundle, std::string_view component) {
  return std::ranges::any_of(bundle.manifests, [&](const auto& manifest) {
    return manifest.first.starts_with(cat(component, "/")) && declares_crd(manifest.second);
  });
}

}  // namespace eidos::diff
