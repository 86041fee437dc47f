// Every row of the corpus' expected/constraints.json gives the verdict that stands there.

#include <iostream>

#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "model/constraint.h"
#include "model/verdict_names.h"
#include "support/corpus.h"
#include "support/temp_dir.h"

namespace eidos::model {
namespace {

std::string_view verdict_of(const std::string& expression, const std::string& actual) {
  auto parsed = parse_expression(expression);
  if (!parsed) return "invalid";
  switch (check_value(*parsed, actual).verdict) {
    case Verdict::Passed: return "passed";
    case Verdict::Failed: return "failed";
    case Verdict::Skipped: return "skipped";
    case Verdict::Unknown: return "unknown";
  }
  std::unreachable();
}

TEST(CorpusConstraints, EveryRowGivesItsVerdict) {
  EIDOS_NEEDS_CORPUS(corpus);
  data::Sources sources;
  auto rows = data::parse_json(testing::bytes_at(corpus / "expected/constraints.json"), sources, "rows");
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_TRUE(rows->is_list());
  std::size_t run = 0;
  for (const data::Value& row : rows->list()) {
    auto text_at = [&](std::string_view key) { return row.find(key)->scalar_text(); };
    EXPECT_EQ(verdict_of(text_at("value"), text_at("actual")), text_at("verdict"))
        << quote(text_at("value")) << " against " << quote(text_at("actual"));
    ++run;
  }
  std::cout << "corpus constraints: cases run " << run << ", cases there " << rows->list().size() << "\n";
  EXPECT_GT(run, 0U);
}

Snapshot snapshot_at(const std::filesystem::path& file) {
  data::Sources sources;
  auto root = data::parse(testing::bytes_at(file), sources, file.filename());
  EXPECT_TRUE(root) << root.error().message;
  data::Reading reading{sources};
  auto snapshot = read_snapshot(*root, reading);
  EXPECT_TRUE(snapshot) << snapshot.error().message;
  return snapshot ? *std::move(snapshot) : Snapshot{};
}

TEST(CorpusConstraints, AwkwardReadingsKeepTheirTextOnTheWayThroughASnapshot) {
  EIDOS_NEEDS_CORPUS(corpus);
  Snapshot snapshot = snapshot_at(corpus / "snapshots/versions.yaml");
  ASSERT_EQ(snapshot.measurements.size(), 1U);
  std::size_t run = 0;
  for (const data::Map::Entry& entry : snapshot.measurements[0].subtypes[0].data)
    for (const char* expression :
         {">= 1.30", "< 24.4", "== 24.4", "24.04", "!= 1.2.3", "> 580", "<= 6.8.0"}) {
      Constraint constraint{.name = cat("K8s.server.", entry.key), .value = expression};
      auto got = check_constraint(constraint, snapshot);
      ASSERT_TRUE(got) << entry.key;
      Check want = check_value(*parse_expression(expression), entry.value.scalar_text());
      EXPECT_EQ(got->verdict, want.verdict) << entry.key;
      EXPECT_EQ(got->actual, entry.value.scalar_text());
      ++run;
    }
  std::cout << "corpus versions: cases run " << run << "\n";
}

TEST(CorpusConstraints, RealClustersAnswerWhatTheOverlaysAsk) {
  EIDOS_NEEDS_CORPUS(corpus);
  struct Case {
    const char* name;
    const char* value;
    const char* verdicts;  // h100, gb200, b200
  };
  const Case cases[] = {
      {"K8s.server.version", ">= 1.32.4", "failed passed passed"},
      {"K8s.server.version", ">= 1.30", "passed passed passed"},
      {"OS.release.ID", "ubuntu", "passed passed passed"},
      {"OS.release.VERSION_ID", "24.04", "passed passed passed"},
      {"OS.sysctl./proc/sys/kernel/osrelease", ">= 6.8", "passed passed passed"},
      {"SystemD.containerd.service.ActiveState", "active", "passed passed passed"},
      {"GPU.smi.driver-version", ">= 570", "passed passed unknown"},
      {"GPU.smi.gpu-count", ">= 8", "passed failed failed"},
      {"NodeTopology.summary.node-count", ">= 1", "unknown unknown unknown"},
  };
  std::vector<Snapshot> snapshots;
  for (const char* file : {"h100", "gb200", "b200"})
    snapshots.push_back(snapshot_at(corpus / cat("snapshots/", file, ".yaml")));
  for (const Case& c : cases) {
    std::vector<std::string> verdicts;
    for (const Snapshot& snapshot : snapshots) {
      auto got = check_constraint({.name = c.name, .value = c.value}, snapshot);
      ASSERT_TRUE(got) << got.error().message;
      verdicts.push_back(data::write_value(got->verdict).string());
    }
    EXPECT_EQ(join(verdicts, " "), c.verdicts) << c.name;
  }
}

}  // namespace
}  // namespace eidos::model
