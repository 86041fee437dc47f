#pragma once
// Looking a catalog over: what stops it from loading, and what loads but is hardly meant. Pure; findings are
// data. A finding that is known and meant is acknowledged in the file itself:
//
//   # lint: allow version-drift the charts of this release stay at 0.9.0
//   version: 0.9.0
//
// covers the line below (or the line it ends), and all that is indented deeper.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace eidos::catalog {

enum class Severity : std::uint8_t { Error, Warning };

struct Rule {
  std::string_view id;  ///< Stable: people write it into their files.
  Severity severity = Severity::Error;
  std::string_view about;  ///< One line, no full stop.
  bool allowable = true;   ///< False: the catalog does not load with it, so nothing can excuse it.
};

struct Finding {
  const Rule* rule = nullptr;
  std::string file;          ///< As messages name it: "catalog/overlays/eks.yaml", "DIR/registry.yaml".
  std::uint32_t line = 0;    ///< 0: the whole file.
  std::uint32_t column = 0;  ///< 0 when line is.
  std::string message;
  std::string fix;
  std::string reason;  ///< Why it is allowed; empty unless an allow comment covers it.
  bool allowed = false;
};

/// In the order `catalog lint --rules` lists them.
std::span<const Rule> lint_rules();
/// nullptr when there is none of that id.
const Rule* find_rule(std::string_view id);

/// The finding of `rule`, which must be one, at the place of an error ("file:line:column" in its `where`).
Finding finding_of(std::string_view rule, const Error& error);

/// The problems of loading, each under its rule, and what else can be told without resolving anything. Not
/// sorted.
std::vector<Finding> lint(const Inspected& inspected);

/// Marks what the catalog's allow comments cover, adds a finding for each comment that covers nothing or
/// cannot be read, and sorts by file, line, column, rule and message.
std::vector<Finding> settled(const Catalog& catalog, std::vector<Finding> findings);

/// What stands in the comment at the head of a file, without its licence: one paragraph a line. "" when there
/// is none.
std::string description_of(std::string_view text);

}  // namespace eidos::catalog
