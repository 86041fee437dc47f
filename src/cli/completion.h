#pragma once
// Completion scripts, made from the table: commands, flags, and the values of flags.

#include <string>
#include <string_view>

namespace eidos::cli {

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace eidos::cli
