#include "validate/validate.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "model/document.h"

namespace eidos::validate {
namespace {

using model::Verdict;

constexpr std::string_view kReadiness = "readiness";
constexpr std::string_view kInCluster = "runs in the cluster; a snapshot does not tell";

// What is measured in the cluster, "nccl-all-reduce-bw", names no type of a snapshot.
bool is_snapshot_path(std::string_view name) {
  std::string_view type = name.substr(0, name.find('.'));
  return std::ranges::find(model::kMeasurementTypes, type) != std::end(model::kMeasurementTypes);
}

Result<Severity> parse_severity(std::string_view text) {
  constexpr std::string_view kKnown[] = {"error", "warning"};
  if (text.empty() || text == kKnown[0]) return Severity::Error;
  if (text == kKnown[1]) return Severity::Warning;
  return fail(ErrorKind::Invalid, cat("severity ", quote(text), " must be one of: ", join(kKnown, ", "),
                                      did_you_mean(text, kKnown)));
}

// A type in the wrong spelling would otherwise pass for something of the cluster's.
std::string in_cluster_reason(std::string_view name) {
  if (name.find('.') == std::string_view::npos) return std::string(kInCluster);
  return cat(kInCluster, did_you_mean(name.substr(0, name.find('.')), model::kMeasurementTypes));
}

class Builder {
 public:
  Builder(const model::RecipeResult& recipe, const model::Snapshot& snapshot)
      : recipe_(recipe), snapshot_(snapshot) {}

  Result<Report> build() {
    for (const model::Constraint& constraint : recipe_.constraints)
      add(kReadiness, constraint.name, check(constraint));
    add_phase(kReadiness, recipe_.validation.readiness);
    add_phase("deployment", recipe_.validation.deployment);
    add_phase("performance", recipe_.validation.performance);
    add_phase("conformance", recipe_.validation.conformance);
    if (!problems_.empty()) return std::unexpected(together(std::move(problems_)));
    Report report;
    report.api_version = model::kApiVersion;
    report.summary = summarize(rows_);
    report.results = std::move(rows_);
    return report;
  }

 private:
  static Row row_of(const model::Constraint& constraint, Severity severity) {
    Row row;
    row.name = constraint.name;
    row.expected = constraint.value;
    row.severity = severity;
    row.remediation = constraint.remediation;
    return row;
  }

  Result<Row> check(const model::Constraint& constraint) const {
    EIDOS_TRY(Severity severity, parse_severity(constraint.severity));
    EIDOS_TRY(model::Check found, model::check_constraint(constraint, snapshot_));
    Row row = row_of(constraint, severity);
    row.actual = std::move(found.actual);
    row.verdict = found.verdict;
    row.cause = found.cause;
    row.reason = std::move(found.reason);
    return row;
  }

  static Result<Row> defer(const model::Constraint& constraint) {
    EIDOS_TRY(Severity severity, parse_severity(constraint.severity));
    EIDOS_CHECK(model::parse_expression(constraint.value));
    Row row = row_of(constraint, severity);
    row.verdict = Verdict::Skipped;
    row.reason = in_cluster_reason(constraint.name);
    return row;
  }

  void add_phase(std::string_view phase, const std::optional<model::ValidationPhase>& given) {
    if (!given) return;
    for (const model::Constraint& constraint : given->constraints)
      if (phase != kReadiness ||
          std::ranges::find(recipe_.constraints, constraint) == recipe_.constraints.end())
        add(phase, constraint.name,
            is_snapshot_path(constraint.name) ? check(constraint) : defer(constraint));
    for (const std::string& name : given->checks)
      if (std::ranges::find(given->constraints, name, &model::Constraint::name) == given->constraints.end())
        add(phase, name,
            Row{.name = name,
                .phase = {},
                .expected = {},
                .actual = {},
                .verdict = Verdict::Skipped,
                .reason = std::string(kInCluster),
                .remediation = {}});
  }

  void add(std::string_view phase, std::string_view name, Result<Row> row) {
    if (!row) {
      problems_.push_back(std::move(row).error().within(cat("constraint ", quote(name))));
      return;
    }
    row->phase = phase;
    rows_.push_back(*std::move(row));
  }

  const model::RecipeResult& recipe_;
  const model::Snapshot& snapshot_;
  std::vector<Row> rows_;
  std::vector<Error> problems_;
};

}  // namespace

Result<Report> validate(const model::RecipeResult& recipe, const model::Snapshot& snapshot) {
  return Builder(recipe, snapshot).build();
}

Summary summarize(const std::vector<Row>& rows) {
  Summary sum;
  sum.total = static_cast<std::int64_t>(rows.size());
  for (const Row& row : rows) switch (row.verdict) {
      case Verdict::Passed: ++sum.passed; break;
      case Verdict::Failed: ++(row.severity == Severity::Warning ? sum.warnings : sum.failed); break;
      case Verdict::Skipped: ++sum.skipped; break;
      case Verdict::Unknown: ++sum.unknown; break;
    }
  bool all_executed = sum.total > 0 && sum.skipped == 0 && sum.unknown == 0;
  sum.status = sum.failed > 0 ? Status::Fail : all_executed ? Status::Pass : Status::Partial;
  return sum;
}

bool has_findings(const Summary& summary, Unknowns unknowns) {
  return summary.failed > 0 || (unknowns == Unknowns::Fail && summary.unknown > 0);
}

}  // namespace eidos::validate
