#pragma once
// The shell scripts of a bundle: a few assignments on top, made of names that were checked, then a body that
// is the same in every bundle. The bodies are the files of scripts/.

#include <string>
#include <string_view>
#include <vector>

#include "base/file_tree.h"
#include "bundle/stack.h"

namespace eidos::bundle {

namespace scripts {
extern const std::string_view common, levels, removal;
extern const std::string_view deploy_umbrella, undeploy_umbrella;
extern const std::string_view deploy_components, undeploy_components;
extern const std::string_view install_component, uninstall_component;
}  // namespace scripts

/// In single quotes, whatever it holds.
std::string shell_quoted(std::string_view text);

/// deploy.sh and undeploy.sh of an umbrella whose release is called `release`.
void add_umbrella_scripts(const Stack& stack, std::string_view release, FileTree& files);
/// deploy.sh and undeploy.sh over the component charts.
void add_stack_scripts(const Stack& stack, FileTree& files);
/// scripts/install.sh and scripts/uninstall.sh of one component chart.
void add_component_scripts(const Stack& stack, const Piece& piece, bool has_policy, FileTree& files);

}  // namespace eidos::bundle
