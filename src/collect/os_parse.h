#pragma once
// The texts of the operating system, read: pure, any bytes may come in, linear in their length.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/value.h"

namespace eidos::collect {

/// os-release(5): NAME=value lines in shell quoting, comments, the last of equal names. Lines that are none
/// of these are passed over, as systemd does.
data::Map parse_os_release(std::string_view text);

/// /proc/cmdline as the kernel cuts it (lib/cmdline.c): words between blanks, '"' keeps blanks together, no
/// escapes. Everything from a lone "--" on belongs to init and is left out. A bare word has the value "";
/// a repeated name has all its values, joined with commas.
data::Map parse_cmdline(std::string_view text);

/// How many words stand behind the lone "--".
std::size_t init_arguments(std::string_view text);

/// /proc/modules: the first word of each line → true.
data::Map parse_modules(std::string_view text);

/// The words of one line of /proc/modules, as far as there are any.
struct ModuleLine {
  std::string_view name;
  std::string_view size;
  std::string_view refcount;  ///< Empty for "-": it cannot be unloaded.
  std::string_view used_by;   ///< "nvidia_uvm,nvidia_modeset"; empty for none.
  std::string_view state;     ///< Live, Loading or Unloading.
};
std::vector<ModuleLine> parse_module_lines(std::string_view text);

using SysctlReadings = std::vector<std::pair<std::string, std::string>>;
/// One file of /proc/sys as readings. Blanks around the value go, tabs inside stay. Lines that all start with
/// a different word and have more behind it are a table: `path/word` → the rest ("transports" of sunrpc).
SysctlReadings sysctl_readings(std::string_view path, std::string_view bytes);

/// Why a path below /proc/sys ("kernel/random/uuid") is not read, or "" when it is. A directory stands for
/// all below it.
std::string_view sysctl_skip_reason(std::string_view path);

}  // namespace eidos::collect
