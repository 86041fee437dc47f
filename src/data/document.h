#pragma once
// Text ↔ Value: YAML and JSON in and out, and the rule that content, not the file name, decides which it is.
//
// Reading is bounded: 16 MiB, depth 100, 100,000 alias expansions, 1,000,000 values, the last three and the
// text counted with aliases expanded. One document per source; an empty one reads as null. Text must be valid
// UTF-8 without NUL; a BOM and CRLF are accepted. Duplicate keys are an error that names both places. Every
// error is Invalid with `where` = "name:line:column".

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "data/value.h"

namespace eidos::data {

constexpr std::size_t kMaxTextBytes = std::size_t{16} * 1024 * 1024;
constexpr int kMaxDepth = 100;
constexpr std::size_t kMaxAliases = 100'000;
constexpr std::size_t kMaxNodes = 1'000'000;

enum class Format : std::uint8_t { Yaml, Json };

/// Json when the first byte after BOM and blanks is '{' or '[', else Yaml.
Format format_of(std::string_view text);

/// YAML 1.2 core schema as the Kubernetes ecosystem reads it (go.yaml.in/yaml v3): yes/no/on/off and dates
/// are strings, as is a number too large for any type; numbers keep their source text; anchors, aliases and
/// `<<` work; tags other than the core ones are refused.
Result<Value> parse_yaml(std::string_view text, Sources& sources, std::string name);
/// RFC 8259, strictly: no comments, no trailing bytes, no lone surrogates.
Result<Value> parse_json(std::string_view text, Sources& sources, std::string name);
/// format_of decides.
Result<Value> parse(std::string_view text, Sources& sources, std::string name);

/// Block YAML, two blanks a level, that a YAML 1.1 and a 1.2 reader both read back as the same value. Strings
/// that either would take for something else are quoted; numbers are written as they were read. Ends with a
/// newline.
std::string to_yaml(const Value& value);
/// Two blanks a level; `<`, `>` and `&` stay as they are, what a YAML reader or a terminal would take for
/// something else (U+0085, U+202E, ...) is escaped. A number that JSON cannot spell (0755, 1_000, .5)
/// is converted to the same number in JSON's spelling; infinities and NaN, which JSON lacks, become their
/// YAML text. Ends with a newline.
std::string to_json(const Value& value);
/// JSON on one line, without a newline at the end.
std::string to_compact_json(const Value& value);
std::string to_text(const Value& value, Format format);

/// True when a plain (unquoted) YAML scalar with this text reads as a number.
bool is_yaml_number(std::string_view text);

}  // namespace eidos::data
