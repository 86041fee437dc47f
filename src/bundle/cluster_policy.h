#pragma once
// What the GPU Operator's chart makes of its values: the object that tells the operator what to run.

#include <string>

#include "bundle/stack.h"

namespace eidos::bundle {

/// True for a component that installs the gpu-operator chart.
bool has_cluster_policy(const Piece& piece);

/// The ClusterPolicy with the fields that the bundle's values set. What they leave to the chart's own values
/// is not in it: applied server-side, those fields stay as the chart wrote them.
std::string cluster_policy(const Stack& stack, const Piece& piece);

}  // namespace eidos::bundle
