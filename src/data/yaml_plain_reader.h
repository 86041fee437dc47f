#pragma once
// Private to this room: the everyday part of YAML, read several times as fast as all of it. Snapshots and
// recipes are written in nothing else: block maps and lists, scalars of one line, ASCII.

#include <optional>
#include <string_view>

#include "data/value.h"

namespace eidos::data {

/// What libyaml would make of `text`, values and marks alike; nullopt for whatever is not surely everyday
/// YAML, errors too, which are libyaml's to tell. `text` has passed checked_text().
std::optional<Value> read_plain_yaml(std::string_view text, std::uint32_t file);

/// The value of a scalar without quotes.
Value resolve_plain(std::string_view text);
/// Whether a scalar without quotes is null.
bool is_yaml_null(std::string_view text);

/// All of YAML, through libyaml.
Result<Value> read_full_yaml(std::string_view text, std::uint32_t file, const Sources& sources);

}  // namespace eidos::data
