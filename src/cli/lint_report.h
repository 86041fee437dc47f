#pragma once
// Findings of `eidos catalog lint` for people and for machines.

#include <string>
#include <vector>

#include "base/build_info.h"
#include "catalog/lint.h"
#include "data/value.h"

namespace eidos::cli {

struct LintCount {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t allowed = 0;
};
LintCount count(const std::vector<catalog::Finding>& findings);

/// "file:line:column: error: message [rule]" and the fix below; allowed ones are only counted, in the last
/// line.
std::string lint_text(const std::vector<catalog::Finding>& findings, bool color);
/// findings[] and summary.
data::Value lint_document(const std::vector<catalog::Finding>& findings);
/// SARIF 2.1.0; allowed findings are suppressed results.
data::Value lint_sarif(const std::vector<catalog::Finding>& findings, const BuildInfo& build);

std::string rules_text();
data::Value rules_document();

}  // namespace eidos::cli
