#pragma once
// The groups the command table is put together from, in the order help lists them. A program that has some
// of them only holds no code of the others.

#include <span>

#include "cli/command.h"

namespace eidos::cli {

std::span<const Command> snapshot_commands();
/// Those that compare and change documents of any stage.
std::span<const Command> document_commands();
std::span<const Command> agent_commands();
std::span<const Command> fleet_commands();
std::span<const Command> recipe_commands();
/// What may follow `eidos recipe`.
std::span<const Command> recipe_subcommands();
std::span<const Command> recommend_commands();
std::span<const Command> bundle_commands();
std::span<const Command> catalog_commands();
std::span<const Command> about_commands();

}  // namespace eidos::cli
