#pragma once
// TOML 1.0 → Value, for the configurations of container runtimes. Reading only.

#include <string>
#include <string_view>

#include "data/value.h"

namespace eidos::data {

/// Keys come sorted, dates and times as their RFC 3339 text, numbers in decimal; marks are line and column.
/// Bounded: 1 MiB, depth 100, 10,000 dots outside of what the reader can tell to be none of a key. Invalid
/// for everything that is no TOML (among it duplicate keys and bad UTF-8), with `where` = "name:line:column".
Result<Value> parse_toml(std::string_view text, Sources& sources, std::string name);

}  // namespace eidos::data
