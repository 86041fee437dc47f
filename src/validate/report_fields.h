#pragma once
// Field tables of a report (kind ValidationResult). Order here is the order written.

#include "data/fields.h"
#include "model/verdict_names.h"
#include "validate/validate.h"

namespace eidos::data {

template <>
struct Names<validate::Severity> {
  using E = validate::Severity;
  static constexpr std::pair<std::string_view, E> kTable[] = {{"error", E::Error}, {"warning", E::Warning}};
};
template <>
struct Names<validate::Status> {
  using E = validate::Status;
  static constexpr std::pair<std::string_view, E> kTable[] = {
      {"pass", E::Pass}, {"fail", E::Fail}, {"partial", E::Partial}};
};
template <>
struct Fields<validate::Row> {
  static constexpr std::string_view kTitle = "ValidationRow";
  static constexpr auto table() {
    using T = validate::Row;
    return std::tuple{
        field("name", &T::name, "Path of a reading, or a check of the cluster", kRequired | kAlways),
        field("phase", &T::phase, "readiness, deployment, performance or conformance", kAlways),
        field("expected", &T::expected, "Expression of the constraint", kAlways),
        field("actual", &T::actual, "What the snapshot says", kAlways),
        field("verdict", &T::verdict, "How it ended", kRequired | kAlways),
        field("severity", &T::severity, "A warning fails nothing", kAlways),
        field("cause", &T::cause, "Why it is unknown"),
        field("reason", &T::reason, "Why it did not pass"),
        field("remediation", &T::remediation, "What to do about it")};
  }
};
template <>
struct Fields<validate::Summary> {
  static constexpr std::string_view kTitle = "ValidationSummary";
  static constexpr auto table() {
    using T = validate::Summary;
    return std::tuple{field("total", &T::total, "Rows", kAlways),
                      field("passed", &T::passed, "Held", kAlways),
                      field("failed", &T::failed, "Did not hold, warnings not counted", kAlways),
                      field("skipped", &T::skipped, "Not executed, each with its reason", kAlways),
                      field("unknown", &T::unknown, "Could not be told, each with its cause", kAlways),
                      field("warnings", &T::warnings, "Did not hold, of severity warning", kAlways),
                      field("status", &T::status, "pass only when all was executed and nothing failed",
                            kRequired | kAlways)};
  }
};
template <>
struct Fields<validate::Report> {
  static constexpr std::string_view kTitle = "ValidationResult";
  static constexpr auto table() {
    using T = validate::Report;
    return std::tuple{field("kind", &T::kind, "ValidationResult", kAlways),
                      field("apiVersion", &T::api_version, "eidos.nvidia.com/v1alpha1", kAlways),
                      field("summary", &T::summary, "Counts and status", kRequired | kAlways),
                      field("results", &T::results, "One row a check", kRequired | kAlways)};
  }
};

}  // namespace eidos::data
