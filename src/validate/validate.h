#pragma once
// Recipe × snapshot → report. Findings are data: a failed constraint is a row, never an error.
// Pure: the same recipe and snapshot give the same report; no clock, no cluster.

#include <cstdint>
#include <string>
#include <vector>

#include "data/value.h"
#include "model/constraint.h"
#include "model/recipe.h"
#include "model/snapshot.h"

namespace eidos::validate {

enum class Severity : std::uint8_t {
  Error,
  Warning,  ///< A failure counts as a warning and fails nothing; an unknown stays an unknown.
};

struct Row {
  std::string name;
  std::string phase;  ///< "readiness" for the recipe's top-level constraints.
  std::string expected;
  std::string actual;
  model::Verdict verdict = model::Verdict::Unknown;
  Severity severity = Severity::Error;
  model::Cause cause = model::Cause::None;
  std::string reason;
  std::string remediation;
  bool operator==(const Row&) const = default;
};

/// Fail: something failed. Pass: something was executed, and nothing failed, is unknown or was skipped.
/// Partial: everything else, a report without an executed check included.
enum class Status : std::uint8_t { Pass, Fail, Partial };

/// total = passed + failed + skipped + unknown + warnings.
struct Summary {
  std::int64_t total = 0;
  std::int64_t passed = 0;
  std::int64_t failed = 0;  ///< Without those that count as warnings.
  std::int64_t skipped = 0;
  std::int64_t unknown = 0;
  std::int64_t warnings = 0;
  Status status = Status::Partial;
  bool operator==(const Summary&) const = default;
};

/// kind ValidationResult.
struct Report {
  std::string kind = "ValidationResult";
  std::string api_version;
  Summary summary;
  std::vector<Row> results;
  bool operator==(const Report&) const = default;
};

/// One row for every constraint and every check the recipe names, in its order: readiness (the top-level
/// constraints), deployment, performance, conformance. What can only be seen in the cluster is a skipped row
/// with that reason. Invalid, with all problems together, when a path, expression or severity cannot be read.
Result<Report> validate(const model::RecipeResult& recipe, const model::Snapshot& snapshot);

Summary summarize(const std::vector<Row>& rows);

enum class Unknowns : std::uint8_t { Fail, Allow };
/// Whether the command should exit with kExitFindings: something failed or, unless allowed, is unknown.
bool has_findings(const Summary& summary, Unknowns unknowns);

/// Keys in the order of report_fields.h.
data::Value to_document(const Report& report);

/// NAME EXPECTED ACTUAL VERDICT REASON, one row a check; the remediation of what did not pass stands under
/// its row; the last line is the summary. With `color`, verdicts and status carry terminal codes.
std::string to_table(const Report& report, bool color);

/// "fail: executed 3 of 5; 2 passed, 1 failed, 2 skipped".
std::string summary_line(const Summary& summary);

}  // namespace eidos::validate
