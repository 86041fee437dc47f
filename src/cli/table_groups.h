#pragma once
// The groups the command table is put together from, in the order help lists them; one file each.

#include <span>

#include "cli/command.h"

namespace eidos::cli {

std::span<const Command> fact_commands();
std::span<const Command> recipe_commands();
/// What may follow `eidos recipe`.
std::span<const Command> recipe_subcommands();
std::span<const Command> recommend_commands();
std::span<const Command> bundle_commands();
std::span<const Command> catalog_commands();
std::span<const Command> about_commands();

}  // namespace eidos::cli
