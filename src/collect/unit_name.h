#pragma once
// Private to this room: the names of systemd's units, by the rules of systemd.unit(5).

#include <string>
#include <string_view>

#include "base/error.h"

namespace eidos::collect {

/// Invalid for what names no unit: another character than ASCII letters, digits and ":-_.\@", no type or one
/// that is not there, no name before it or before an '@', over 255 bytes, or a template without its instance,
/// which never runs. The hint has a nearer name where there is one.
Result<void> check_unit_name(std::string_view name);

/// "org.freedesktop.systemd1.Service" for a service: where the properties of its type are. The name must be
/// valid.
std::string unit_interface(std::string_view name);

/// The object of a unit on the bus: "/org/freedesktop/systemd1/unit/a_2eservice" (sd_bus_path_encode(3)).
std::string unit_path(std::string_view name);

}  // namespace eidos::collect
