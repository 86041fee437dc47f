#pragma once
// What is wrong with documents: a list for people, one a line, or a document.

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/world.h"
#include "data/value.h"

namespace eidos::cli {

struct Finding {
  std::string where;  ///< "recipe.yaml:12:3"
  std::string path;   ///< "componentRefs[3].name"; empty for the document itself.
  std::string what;
  std::string fix;  ///< Or empty.
};

struct Checked {
  std::string name;  ///< As messages show the document.
  std::string kind;  ///< As it says itself, or empty.
  std::vector<Finding> findings;
};

/// Every problem of an error as findings.
std::vector<Finding> findings_of(const Error& error);

/// Writes them where --output says: text unless --format is yaml or json. The exit code: 9 when there is a
/// finding, else 0.
Result<int> report_findings(const std::vector<Checked>& documents, const Flags& flags, Session& session);

}  // namespace eidos::cli
