#pragma once
// Which components of a bundle are known to install CustomResourceDefinitions. What a chart brings along is
// not in a bundle: not being known says nothing.

#include <string_view>

#include "diff/diff.h"

namespace eidos::diff {

/// By its name: a component called "…-crds" is there for nothing else.
bool is_crd_component(std::string_view name);
/// Its values in the bundle switch CRDs on: installCRDs: true, crds: {enabled: true}.
bool switches_crds_on(const Bundle& bundle, std::string_view component);
/// A manifest of its own in the bundle is of kind CustomResourceDefinition.
bool defines_crds(const Bundle& bundle, std::string_view component);

}  // namespace eidos::diff
