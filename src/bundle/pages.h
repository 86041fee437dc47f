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

/// Shell commands in a fenced block.
std::string fenced(const std::vector<std::string>& commands);
/// "`a`, `b`"
std::string code_list(const std::vector<std::string>& names);

/// Commands that apply the CRDs charts carry in their crds/ folders: Helm never changes them.
std::vector<std::string> crds_commands(const Stack& stack);

}  // namespace eidos::bundle
