#pragma once
// Where a command's document goes: a file, whole or not at all, a ConfigMap, or standard output.

#include <string>
#include <string_view>

#include "cli/flags.h"
#include "cli/world.h"
#include "data/value.h"

namespace eidos::cli {

enum class Format : std::uint8_t { Yaml, Json, Table, Prometheus };

/// --format, else the suffix of --output (.json, .yaml, .yml), else `otherwise`.
Format format_of(const Flags& flags, Format otherwise = Format::Yaml);

/// Looks at --output before any work is done: Invalid for a relative path that leads out of the working
/// directory without --allow-outside, for a URL, and for a ConfigMap whose name is none or that is to hold a
/// table.
Result<void> check_output(const Flags& flags);

/// True when --output is absent or "-".
bool to_stdout(const Flags& flags);

/// Puts `text` on standard output, for commands without --output; the exit code is 0.
Result<int> print(std::string_view text, World& world);

/// `document` as YAML, or as JSON.
std::string document_text(const data::Value& document, Format format);

/// Puts `text` into the file `path`, whole or not at all, with mode 0644 when it is new; "-" and "" are
/// standard output.
Result<void> write_to(const std::string& path, std::string_view text, Session& session);
/// Puts `text` where --output says; a ConfigMap takes documents only.
Result<void> write_output(std::string_view text, const Flags& flags, Session& session);
/// The same for a document, as YAML or JSON.
Result<void> write_output(const data::Value& document, Format format, const Flags& flags, Session& session);

}  // namespace eidos::cli
