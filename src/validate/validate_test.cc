#include "validate/validate.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "model/document.h"
#include "model/recipe_fields.h"
#include "validate/report_fields.h"

namespace eidos::validate {
namespace {

using model::Verdict;

model::RecipeResult recipe_of(std::string_view yaml) {
  data::Sources sources;
  auto root = data::parse(cat("kind: RecipeResult\napiVersion: eidos.nvidia.com/v1alpha1\nmetadata: {}\n"
                              "componentRefs: []\n",
                              yaml),
                          sources, "r.yaml");
  EXPECT_TRUE(root) << root.error().message;
  data::Reading reading{sources};
  auto recipe = model::read_document<model::RecipeResult>(*root, "RecipeResult", reading);
  EXPECT_TRUE(recipe) << recipe.error().message;
  return *std::move(recipe);
}

model::Snapshot machine() {
  data::Sources sources;
  auto root = data::parse(R"(
kind: Snapshot
apiVersion: eidos.nvidia.com/v1alpha1
metadata: {}
measurements:
- type: K8s
  subtypes: [{subtype: server, data: {version: v1.31.2-eks-1}}]
- type: OS
  subtypes: [{subtype: release, data: {ID: ubuntu, VERSION_ID: 24.04, EMPTY: ""}}]
collectors:
- {name: gpu, status: denied, detail: no access to /dev/nvidiactl}
)",
                          sources, "s.yaml");
  EXPECT_TRUE(root) << root.error().message;
  data::Reading reading{sources};
  auto snapshot = model::read_snapshot(*root, reading);
  EXPECT_TRUE(snapshot) << snapshot.error().message;
  return *std::move(snapshot);
}

constexpr std::string_view kMixed = R"(
constraints:
- {name: K8s.server.version, value: '>= 1.32.4', remediation: upgrade the control plane}
- {name: OS.release.ID, value: ubuntu}
- {name: OS.release.VERSION_ID, value: '>= 26.04', severity: warning}
- {name: GPU.smi.driver, value: '>= 570', remediation: run as root}
validation:
  readiness:
    constraints:
    - {name: OS.release.ID, value: ubuntu}
    - {name: OS.release.ID, value: '!= rhel'}
  deployment:
    constraints:
    - {name: Deployment.gpu-operator.version, value: '>= v24.6.0'}
    - {name: K8s.server.version, value: '>= 1.30'}
    checks: [operator-health]
  performance:
    constraints:
    - {name: nccl-all-reduce-bw, value: '>= 300'}
    checks: [nccl-all-reduce-bw]
)";

std::string outline(const Report& report) {
  std::string out;
  for (const Row& row : report.results)
    out += cat(row.phase, " ", row.name, " ", data::write_value(row.verdict).string(), "\n");
  return out;
}

TEST(Validate, EveryConstraintAndCheckIsARow) {
  auto report = validate(recipe_of(kMixed), machine());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(outline(*report),
            "readiness K8s.server.version failed\n"
            "readiness OS.release.ID passed\n"
            "readiness OS.release.VERSION_ID failed\n"
            "readiness GPU.smi.driver unknown\n"
            "readiness OS.release.ID passed\n"
            "deployment Deployment.gpu-operator.version skipped\n"
            "deployment K8s.server.version passed\n"
            "deployment operator-health skipped\n"
            "performance nccl-all-reduce-bw skipped\n");
  EXPECT_EQ(report->summary, (Summary{.total = 9,
                                      .passed = 3,
                                      .failed = 1,
                                      .skipped = 3,
                                      .unknown = 1,
                                      .warnings = 1,
                                      .status = Status::Fail}));
  EXPECT_EQ(report->results[0].reason, "expected >= 1.32.4, got v1.31.2-eks-1");
  EXPECT_EQ(report->results[0].remediation, "upgrade the control plane");
  EXPECT_EQ(report->results[3].cause, model::Cause::Denied);
  EXPECT_EQ(report->results[5].reason, "runs in the cluster; a snapshot does not tell");
}

TEST(Validate, AMisspeltTypeInAPhaseIsPointedAt) {
  auto report = validate(
      recipe_of("validation: {deployment: {constraints: [{name: k8s.server.version, value: '>= 1'}]}}"),
      machine());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->results[0].verdict, Verdict::Skipped);
  EXPECT_EQ(report->results[0].reason, "runs in the cluster; a snapshot does not tell; did you mean 'K8s'?");
}

TEST(Validate, WhatCannotBeReadIsAnErrorAllAtOnce) {
  auto report = validate(recipe_of(R"(
constraints:
- {name: K8s.server.version, value: '=> 1.32.4'}
- {name: OS.release.ID, value: ubuntu}
- {name: nccl-all-reduce-bw, value: '>= 300'}
- {name: OS.release.ID, value: rhel, severity: warn}
validation: {performance: {constraints: [{name: nccl-all-reduce-bw, value: '~ 300'}]}}
)"),
                         machine());
  ASSERT_FALSE(report);
  std::vector<std::string> messages = {report.error().message};
  for (const Error& other : report.error().others) messages.push_back(other.message);
  EXPECT_EQ(
      join(messages, "\n"),
      "constraint 'K8s.server.version': expression '=> 1.32.4': '=>' is no operator\n"
      "constraint 'nccl-all-reduce-bw': path 'nccl-all-reduce-bw': type 'nccl-all-reduce-bw' is none of "
      "K8s, OS, SystemD, GPU, NodeTopology\n"
      "constraint 'OS.release.ID': severity 'warn' must be one of: error, warning\n"
      "constraint 'nccl-all-reduce-bw': expression '~ 300': '~' is no operator");
  EXPECT_EQ(report.error().kind, ErrorKind::Invalid);
}

TEST(Validate, StatusAndExitFollowTheRows) {
  struct Case {
    std::vector<std::pair<Verdict, Severity>> rows;
    Status status;
    bool findings;
    bool findings_with_unknown_allowed;
  };
  const auto error = Severity::Error;
  const auto warning = Severity::Warning;
  const Case cases[] = {
      {{}, Status::Partial, false, false},
      {{{Verdict::Passed, error}}, Status::Pass, false, false},
      {{{Verdict::Failed, warning}}, Status::Pass, false, false},
      {{{Verdict::Passed, error}, {Verdict::Failed, error}}, Status::Fail, true, true},
      {{{Verdict::Skipped, error}}, Status::Partial, false, false},
      {{{Verdict::Passed, error}, {Verdict::Skipped, error}}, Status::Partial, false, false},
      {{{Verdict::Passed, error}, {Verdict::Unknown, error}}, Status::Partial, true, false},
      {{{Verdict::Unknown, warning}}, Status::Partial, true, false},
      {{{Verdict::Failed, error}, {Verdict::Unknown, error}}, Status::Fail, true, true},
  };
  for (const Case& c : cases) {
    std::vector<Row> rows;
    for (const auto& [verdict, severity] : c.rows) {
      Row& row = rows.emplace_back();
      row.verdict = verdict;
      row.severity = severity;
    }
    Summary sum = summarize(rows);
    EXPECT_EQ(sum.status, c.status) << rows.size();
    EXPECT_EQ(sum.total, sum.passed + sum.failed + sum.skipped + sum.unknown + sum.warnings);
    EXPECT_EQ(has_findings(sum, Unknowns::Fail), c.findings);
    EXPECT_EQ(has_findings(sum, Unknowns::Allow), c.findings_with_unknown_allowed);
  }
}

TEST(Report, AsATableForPeople) {
  auto report = validate(recipe_of(kMixed), machine());
  ASSERT_TRUE(report);
  EXPECT_EQ(to_table(*report, false),
            R"(NAME                             EXPECTED    ACTUAL         VERDICT  REASON
K8s.server.version               >= 1.32.4   v1.31.2-eks-1  failed   expected >= 1.32.4, got v1.31.2-eks-1
    fix: upgrade the control plane
OS.release.ID                    ubuntu      ubuntu         passed
OS.release.VERSION_ID            >= 26.04    24.04          warning  expected >= 26.04, got 24.04
GPU.smi.driver                   >= 570      -              unknown  denied: the collector gpu was denied: no access to /dev/nvidiactl
    fix: run as root
OS.release.ID                    != rhel     ubuntu         passed
Deployment.gpu-operator.version  >= v24.6.0  -              skipped  runs in the cluster; a snapshot does not tell
K8s.server.version               >= 1.30     v1.31.2-eks-1  passed
operator-health                  -           -              skipped  runs in the cluster; a snapshot does not tell
nccl-all-reduce-bw               >= 300      -              skipped  runs in the cluster; a snapshot does not tell

fail: executed 5 of 9; 3 passed, 1 failed, 1 unknown, 1 warning, 3 skipped
)");
  EXPECT_NE(to_table(*report, true).find("\x1b[31mfailed\x1b[0m"), std::string::npos);
  EXPECT_NE(to_table(*report, true).find("\x1b[31mfail\x1b[0m: executed"), std::string::npos);
}

TEST(Report, EmptyAndLongReadingsStayReadable) {
  Report report;
  report.results = {{.name = "a",
                     .phase = {},
                     .expected = "x",
                     .actual = {},
                     .verdict = Verdict::Failed,
                     .reason = "expected x, got ''",
                     .remediation = {}},
                    {.name = "b",
                     .phase = {},
                     .expected = {},
                     .actual = std::string(59, 'a') + "éé",
                     .verdict = Verdict::Passed,
                     .reason = {},
                     .remediation = {}}};
  report.summary = summarize(report.results);
  std::string table = to_table(report, false);
  EXPECT_NE(table.find("''"), std::string::npos);
  EXPECT_NE(table.find(std::string(59, 'a') + "…"), std::string::npos) << table;
  EXPECT_EQ(to_table(Report{}, false), "partial: the recipe names no constraint and no check\n");
}

TEST(Report, TheDocumentReadsBackEqual) {
  auto report = validate(recipe_of(kMixed), machine());
  ASSERT_TRUE(report);
  for (data::Format format : {data::Format::Yaml, data::Format::Json}) {
    data::Sources sources;
    auto root = data::parse(data::to_text(to_document(*report), format), sources, "report");
    ASSERT_TRUE(root);
    data::Reading reading{sources};
    auto back = model::read_document<Report>(*root, "ValidationResult", reading);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, *report);
  }
  EXPECT_TRUE(data::to_yaml(to_document(*report)).starts_with(R"(kind: ValidationResult
apiVersion: eidos.nvidia.com/v1alpha1
summary:
  total: 9
  passed: 3
  failed: 1
  skipped: 3
  unknown: 1
  warnings: 1
  status: fail
results:
)")) << data::to_yaml(to_document(*report));
}

}  // namespace
}  // namespace eidos::validate
