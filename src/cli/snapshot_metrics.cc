#include "cli/snapshot_metrics.h"

#include <initializer_list>
#include <set>
#include <vector>

#include "base/text.h"
#include "model/verdict_names.h"
#include "model/version.h"

namespace eidos::cli {

namespace {

using model::CollectorOutcome;
using model::CollectorStatus;

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

// Families one after the other, as the format wants it: HELP, TYPE, then all samples.
class Exposition {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    head_ = cat("# HELP ", name, " ", help, "\n# TYPE ", name, " ", type, "\n");
    samples_.clear();
  }

  // A series that stands there keeps its first value: the format has no room for two.
  void sample(Labels labels, std::string_view value) {
    std::string series;
    for (const auto& [label, text] : labels)
      series += cat(series.empty() ? "{" : ",", label, "=\"", escaped(text), "\"");
    if (!series.empty()) series += '}';
    samples_.emplace(std::move(series), value);
  }
  void sample(Labels labels, std::int64_t value) { sample(labels, std::string_view(cat(value))); }

  void end() {
    if (samples_.empty()) return;
    out_ += head_;
    for (const auto& [series, value] : samples_) out_ += cat(name_, series, " ", value, "\n");
  }

  std::string take() { return std::move(out_); }

 private:
  std::string name_;
  std::string head_;
  std::map<std::string, std::string> samples_;
  std::string out_;
};

bool failed(std::string_view status) {
  return status == "denied" || status == "timed-out" || status == "failed";
}

std::string status_text(CollectorStatus status) {
  return data::write_value(status).string();
}

// "12ms" of a document → "0.012".
std::optional<std::string> seconds(std::string_view duration) {
  if (!duration.ends_with("ms")) return std::nullopt;
  auto number = to_int(duration.substr(0, duration.size() - 2));
  if (!number) return std::nullopt;
  return cat(static_cast<double>(*number) / 1000.0);
}

std::string reading(const model::Snapshot& snapshot, std::string_view type, std::string_view subtype,
                    std::string_view key) {
  const data::Value* found = model::find_reading(snapshot, type, subtype, key);
  return found == nullptr ? std::string() : found->scalar_text();
}

// The values of gpu.model and gpu.<n>.model.
std::set<std::string> gpu_models(const model::Snapshot& snapshot) {
  std::set<std::string> models;
  for (const model::Measurement& measurement : snapshot.measurements)
    for (const model::Subtype& group : measurement.subtypes)
      for (const data::Map::Entry& entry : group.data) {
        bool model = measurement.type == "GPU" && group.subtype == "smi" && entry.key.starts_with("gpu.") &&
                     entry.key.ends_with(".model");
        if (model && entry.value.is_scalar()) models.insert(entry.value.scalar_text());
      }
  return models;
}

class Metrics {
 public:
  explicit Metrics(const Readout& readout)
      : readout_(readout), snapshot_(readout.snapshot), node_(snapshot_.metadata.source_node) {}

  std::string text() && {
    gpus();
    cluster();
    collectors();
    constraints();
    out_.family("eidos_snapshot_timestamp_seconds", "gauge", "When this was read, in seconds since 1970.");
    out_.sample({{"node", node_}}, readout_.taken_at);
    out_.end();
    return out_.take();
  }

 private:
  void version(std::initializer_list<std::pair<std::string_view, std::string_view>> labels,
               std::string_view text) {
    auto number = version_number(text);
    out_.sample(labels, number ? cat(*number) : std::string("NaN"));
  }

  void gpus() {
    out_.family("eidos_gpu_driver_version", "gauge",
                "Version of the NVIDIA driver as major*10^6 + minor*10^3 + patch; NaN where that cannot be.");
    std::string driver = reading(snapshot_, "GPU", "smi", "driver");
    std::set<std::string> models = gpu_models(snapshot_);
    if (models.empty()) models.insert("");
    if (!driver.empty())
      for (const std::string& model : models)
        version({{"node", node_}, {"gpu_model", model}, {"version", driver}}, driver);
    out_.end();
    out_.family("eidos_gpus", "gauge", "GPUs that the driver knows.");
    auto count = to_int(reading(snapshot_, "GPU", "smi", "gpu-count"));
    if (count) out_.sample({{"node", node_}}, *count);
    out_.end();
  }

  void cluster() {
    out_.family("eidos_k8s_version", "gauge",
                "Version of the Kubernetes API server as major*10^6 + minor*10^3 + patch.");
    std::string server = reading(snapshot_, "K8s", "server", "version");
    if (!server.empty()) version({{"node", node_}, {"version", server}}, server);
    out_.end();
  }

  void collectors() {
    out_.family("eidos_collector_runs_total", "counter",
                "Runs of a collector since this process started, by how they ended.");
    std::map<std::string, std::int64_t> errors;
    for (const auto& [run, times] : readout_.runs) {
      out_.sample({{"collector", run.first}, {"status", run.second}}, times);
      errors[run.first] += failed(run.second) ? times : 0;
    }
    out_.end();
    out_.family("eidos_collector_errors_total", "counter",
                "Runs of a collector that were denied, timed out or failed.");
    for (const auto& [collector, times] : errors) out_.sample({{"collector", collector}}, times);
    out_.end();
    out_.family("eidos_collector_duration_seconds", "gauge", "How long a collector's last run took.");
    for (const CollectorOutcome& outcome : snapshot_.collectors)
      if (auto took = seconds(outcome.duration)) out_.sample({{"collector", outcome.name}}, *took);
    out_.end();
  }

  void constraints() {
    if (readout_.report == nullptr) return;
    out_.family(
        "eidos_constraint_passed", "gauge",
        "1 where a constraint of the recipe holds, 0 where it does not; absent where nobody can tell.");
    std::map<model::Verdict, std::int64_t> verdicts;
    for (const auto& [name, verdict] : data::Names<model::Verdict>::kTable) verdicts[verdict] = 0;
    for (const validate::Row& row : readout_.report->results) {
      ++verdicts[row.verdict];
      bool told = row.verdict == model::Verdict::Passed || row.verdict == model::Verdict::Failed;
      if (told)
        out_.sample(
            {{"node", node_}, {"phase", row.phase}, {"constraint", row.name}, {"expected", row.expected}},
            std::int64_t{row.verdict == model::Verdict::Passed});
    }
    out_.end();
    out_.family("eidos_constraints", "gauge", "Constraints and checks of the recipe, by verdict.");
    for (const auto& [verdict, count] : verdicts)
      out_.sample({{"node", node_}, {"verdict", data::write_value(verdict).string()}}, count);
    out_.end();
  }

  const Readout& readout_;
  const model::Snapshot& snapshot_;
  const std::string& node_;
  Exposition out_;
};

}  // namespace

void count_runs(const model::Snapshot& snapshot, CollectorRuns& runs) {
  for (const CollectorOutcome& outcome : snapshot.collectors)
    ++runs[{outcome.name, status_text(outcome.status)}];
}

std::string to_metrics(const Readout& readout) {
  return Metrics(readout).text();
}

std::optional<std::int64_t> version_number(std::string_view text) {
  constexpr std::uint64_t kPart = 1000;
  constexpr std::uint64_t kMostMajor = 1'000'000'000;
  auto version = model::parse_version(text);
  if (!version) return std::nullopt;
  std::vector<std::uint64_t> parts = version->parts;
  while (parts.size() > 3 && parts.back() == 0) parts.pop_back();
  if (parts.size() > 3 || parts[0] > kMostMajor) return std::nullopt;
  parts.resize(3);
  if (parts[1] >= kPart || parts[2] >= kPart) return std::nullopt;
  return static_cast<std::int64_t>((parts[0] * kPart + parts[1]) * kPart + parts[2]);
}

}  // namespace eidos::cli
