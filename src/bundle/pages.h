#pragma once
// Sections that the README of every deployer has, in Markdown.

#include <string>
#include <string_view>
#include <vector>

#include "bundle/stack.h"

namespace eidos::bundle {

/// "## Target": the criteria as a table.
std::string target_section(const Stack& stack);
/// "## Components": a table in deployment order; `about` is a sentence on where they go.
std::string components_section(const Stack& stack, std::string_view about);
/// "## Constraints", or "" for a recipe without any.
std::string constraints_section(const Stack& stack);

/// "## Before you install": is it unchanged, which cluster is it for, what was warned of.
std::string before_section(const Stack& stack);
/// "## Change values": the commands that make this bundle again, with its deployer; `by_hand` is a paragraph
/// more, or "".
std::string change_section(const Stack& stack, std::string_view by_hand);

/// Shell commands in a fenced block.
std::string fenced(const std::vector<std::string>& commands);
/// "`a`, `b`"
std::string code_list(const std::vector<std::string>& names);

/// "gpu-operator: driver.version" for each value that is null.
std::vector<std::string> null_places(const Stack& stack);
/// What a null means and which Helm honours it; "" without any.
std::string null_note(const Stack& stack);
/// The same as a list, where the note had to leave some out; else "".
std::string null_list(const Stack& stack);

/// "- level 0: `a`, `b`", a line per level.
std::string levels_list(const Stack& stack);
/// "## Remove", by undeploy.sh.
std::string remove_section(const Stack& stack);

/// Names of the components whose manifests are Helm hooks.
std::vector<std::string> hook_components(const Stack& stack);

/// Commands that apply the CRDs charts carry in their crds/ folders: Helm never changes them.
std::vector<std::string> crds_commands(const Stack& stack);

}  // namespace eidos::bundle
