#include "cli/snapshot_metrics.h"

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eidos::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

model::Subtype group(std::string name, std::initializer_list<std::pair<const char*, data::Value>> readings) {
  model::Subtype out{std::move(name), {}, {}, {}};
  for (const auto& [key, value] : readings) out.data.set(key, value);
  return out;
}

model::Snapshot snapshot() {
  model::Snapshot out;
  out.metadata.source_node = "gpu-7";
  out.measurements = {{"GPU",
                       {group("smi", {{"driver", "570.86.16"},
                                      {"gpu-count", 2},
                                      {"gpu.model", "NVIDIA H100"},
                                      {"gpu.0.model", "NVIDIA H100"},
                                      {"gpu.1.model", "NVIDIA \"X\\Y\"\nZ"}})},
                       {}},
                      {"K8s", {group("server", {{"version", "v1.33.5-eks-3025e55"}})}, {}}};
  out.collectors = {{"gpu.smi", model::CollectorStatus::Ok, "12ms", ""},
                    {"os.grub", model::CollectorStatus::Denied, "0ms", "no"}};
  return out;
}

validate::Row row(std::string name, std::string phase, std::string expected, model::Verdict verdict) {
  validate::Row out;
  out.name = std::move(name);
  out.phase = std::move(phase);
  out.expected = std::move(expected);
  out.verdict = verdict;
  return out;
}

std::string metrics(const model::Snapshot& from, const validate::Report* report = nullptr) {
  CollectorRuns runs;
  count_runs(from, runs);
  return to_metrics({from, runs, 1767376873, report});
}

TEST(SnapshotMetrics, AreWhatPrometheusReads) {
  EXPECT_EQ(
      metrics(snapshot()),
      R"(# HELP eidos_gpu_driver_version Version of the NVIDIA driver as major*10^6 + minor*10^3 + patch; NaN where that cannot be.
# TYPE eidos_gpu_driver_version gauge
eidos_gpu_driver_version{node="gpu-7",gpu_model="NVIDIA H100",version="570.86.16"} 570086016
eidos_gpu_driver_version{node="gpu-7",gpu_model="NVIDIA \"X\\Y\"\nZ",version="570.86.16"} 570086016
# HELP eidos_gpus GPUs that the driver knows.
# TYPE eidos_gpus gauge
eidos_gpus{node="gpu-7"} 2
# HELP eidos_k8s_version Version of the Kubernetes API server as major*10^6 + minor*10^3 + patch.
# TYPE eidos_k8s_version gauge
eidos_k8s_version{node="gpu-7",version="v1.33.5-eks-3025e55"} 1033005
# HELP eidos_collector_runs_total Runs of a collector since this process started, by how they ended.
# TYPE eidos_collector_runs_total counter
eidos_collector_runs_total{collector="gpu.smi",status="ok"} 1
eidos_collector_runs_total{collector="os.grub",status="denied"} 1
# HELP eidos_collector_errors_total Runs of a collector that were denied, timed out or failed.
# TYPE eidos_collector_errors_total counter
eidos_collector_errors_total{collector="gpu.smi"} 0
eidos_collector_errors_total{collector="os.grub"} 1
# HELP eidos_collector_duration_seconds How long a collector's last run took.
# TYPE eidos_collector_duration_seconds gauge
eidos_collector_duration_seconds{collector="gpu.smi"} 0.012
eidos_collector_duration_seconds{collector="os.grub"} 0
# HELP eidos_snapshot_timestamp_seconds When this was read, in seconds since 1970.
# TYPE eidos_snapshot_timestamp_seconds gauge
eidos_snapshot_timestamp_seconds{node="gpu-7"} 1767376873
)");
}

TEST(SnapshotMetrics, SayNothingOfWhatIsNotThere) {
  model::Snapshot empty;
  std::string text = metrics(empty);
  EXPECT_THAT(text, Not(HasSubstr("gpu")));
  EXPECT_THAT(text, Not(HasSubstr("k8s")));
  EXPECT_THAT(text, HasSubstr("eidos_snapshot_timestamp_seconds{node=\"\"} 1767376873\n"));
}

TEST(SnapshotMetrics, CountsRunsAndErrorsOverTime) {
  CollectorRuns runs;
  model::Snapshot one = snapshot();
  count_runs(one, runs);
  one.collectors[1].status = model::CollectorStatus::Ok;
  count_runs(one, runs);
  count_runs(one, runs);
  std::string text = to_metrics({one, runs, 0, nullptr});
  EXPECT_THAT(text, HasSubstr("eidos_collector_runs_total{collector=\"os.grub\",status=\"denied\"} 1\n"
                              "eidos_collector_runs_total{collector=\"os.grub\",status=\"ok\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("eidos_collector_errors_total{collector=\"os.grub\"} 1\n"));
}

TEST(SnapshotMetrics, TellHowConstraintsHold) {
  validate::Report report;
  report.results = {row("a", "readiness", ">= 1", model::Verdict::Passed),
                    row("b", "readiness", "x", model::Verdict::Failed),
                    row("b", "readiness", "x", model::Verdict::Failed),
                    row("c", "conformance", "", model::Verdict::Skipped)};
  std::string text = metrics(snapshot(), &report);
  EXPECT_THAT(
      text,
      HasSubstr(
          "eidos_constraint_passed{node=\"gpu-7\",phase=\"readiness\",constraint=\"a\",expected=\">= 1\"} 1\n"
          "eidos_constraint_passed{node=\"gpu-7\",phase=\"readiness\",constraint=\"b\",expected=\"x\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("eidos_constraints{node=\"gpu-7\",verdict=\"failed\"} 2\n"
                              "eidos_constraints{node=\"gpu-7\",verdict=\"passed\"} 1\n"
                              "eidos_constraints{node=\"gpu-7\",verdict=\"skipped\"} 1\n"
                              "eidos_constraints{node=\"gpu-7\",verdict=\"unknown\"} 0\n"));
}

TEST(VersionNumber, IsEqualOnlyForEqualVersions) {
  struct Case {
    const char* text;
    std::optional<std::int64_t> want;
  };
  const Case kCases[] = {{"570.86.16", 570086016},
                         {"535.104", 535104000},
                         {"v1.33.5", 1033005},
                         {"1", 1000000},
                         {"1.2.3.0", 1002003},
                         {"1.999.999", 1999999},
                         {"0.0.0", 0},
                         {"1.1000.0", std::nullopt},
                         {"1.0.1000", std::nullopt},
                         {"1.2.3.4", std::nullopt},
                         {"", std::nullopt},
                         {"N/A", std::nullopt},
                         {"-1.0", std::nullopt},
                         {"999999999999", std::nullopt}};
  for (const Case& c : kCases) EXPECT_EQ(version_number(c.text), c.want) << c.text;
  model::Snapshot odd = snapshot();
  odd.measurements[1].subtypes[0].data.set("version", data::Value("v1.33.5000"));
  EXPECT_THAT(metrics(odd), HasSubstr("eidos_k8s_version{node=\"gpu-7\",version=\"v1.33.5000\"} NaN\n"));
}

}  // namespace
}  // namespace eidos::cli
