#pragma once
// Manual pages in roff, made from the table.

#include <string>

#include "cli/command.h"

namespace eidos::cli {

/// eidos(1)
std::string program_page();
/// eidos-recipe(1)
std::string command_page(const Command& command);

}  // namespace eidos::cli
