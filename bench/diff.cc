// Comparing two documents of the size of a snapshot, 80 kB each: what one of a fleet costs against the first.
// Bytes are those of the second document, the one that is new each time.

#include "diff/diff.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <benchmark/benchmark.h>

#include "data/document.h"
#include "data/patch.h"
#include "snapshot_text.h"

namespace eidos::bench {
namespace {

struct Read {
  data::Value root;
  model::Snapshot snapshot;
};

Read read(std::string_view text) {
  data::Sources sources;
  auto root = data::parse(text, sources, "bench");
  EIDOS_ASSERT(root);
  data::Reading reading{sources};
  auto snapshot = model::read_snapshot(*root, reading);
  EIDOS_ASSERT(snapshot);
  return {*std::move(root), *std::move(snapshot)};
}

// Every tenth digit that ends a line is another one: as far apart as two machines of one kind.
std::string drifted(std::string text) {
  int seen = 0;
  for (std::size_t at = text.find("1\"\n"); at != std::string::npos; at = text.find("1\"\n", at + 1))
    if (++seen % 10 == 0) text[at] = '2';
  return text;
}

void processed(benchmark::State& state, std::string_view text) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void compare(benchmark::State& state, const std::string& from, const std::string& to) {
  Read first = read(from);
  Read second = read(to);
  auto ignore = diff::Ignore::parse({});
  std::int64_t changes = 0;
  for (auto _ : state) {
    diff::DiffResult result = diff::diff(first.snapshot, second.snapshot, *ignore);
    changes = result.summary.changes;
    benchmark::DoNotOptimize(result);
  }
  state.counters["changes"] = static_cast<double>(changes);
  processed(state, to);
}

void read_and_compare(benchmark::State& state, const std::string& from, const std::string& to) {
  Read first = read(from);
  auto ignore = diff::Ignore::parse({});
  for (auto _ : state) {
    Read second = read(to);
    diff::DiffResult result = diff::diff(first.snapshot, second.snapshot, *ignore);
    benchmark::DoNotOptimize(result);
  }
  processed(state, to);
}

void only_read(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    Read document = read(text);
    benchmark::DoNotOptimize(document);
  }
  processed(state, text);
}

void patch(benchmark::State& state, const std::string& from, const std::string& to) {
  Read first = read(from);
  Read second = read(to);
  for (auto _ : state) {
    data::Value made = data::make_patch(first.root, second.root);
    benchmark::DoNotOptimize(made);
  }
  processed(state, to);
}

void add(const std::string& name, const std::string& from, const std::string& to) {
  auto named = [&](const char* what) { return name + "/" + what; };
  std::string json = data::to_json(read(to).root);
  benchmark::RegisterBenchmark(named("diff").c_str(), compare, from, to);
  benchmark::RegisterBenchmark(named("diff_with_itself").c_str(), compare, from, from);
  benchmark::RegisterBenchmark(named("patch").c_str(), patch, from, to);
  benchmark::RegisterBenchmark(named("read_yaml_alone").c_str(), only_read, to);
  benchmark::RegisterBenchmark(named("read_yaml_and_diff").c_str(), read_and_compare, from, to);
  benchmark::RegisterBenchmark(named("read_json_and_diff").c_str(), read_and_compare, from, json);
}

// A thousand machines of one kind, each held against the first: bytes and time of the whole fleet, read as
// YAML.
void read_and_compare_fleet(benchmark::State& state) {
  constexpr int kMachines = 1000;
  std::vector<std::string> texts;
  std::int64_t bytes = 0;
  for (int i = 0; i < kMachines; ++i) {
    std::string text = drifted(snapshot_text());
    text.replace(text.find("node-1"), 6, cat("node-", i));
    bytes += static_cast<std::int64_t>(text.size());
    texts.push_back(std::move(text));
  }
  Read first = read(snapshot_text());
  auto ignore = diff::Ignore::parse({});
  for (auto _ : state) {
    std::int64_t changes = 0;
    for (const std::string& text : texts) {
      Read other = read(text);
      changes += diff::diff(first.snapshot, other.snapshot, *ignore).summary.changes;
    }
    benchmark::DoNotOptimize(changes);
  }
  state.SetBytesProcessed(state.iterations() * bytes);
}

std::string bytes_at(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>(in), {}};
}

// Registered before main() of benchmark_main runs.
const bool kRegistered = [] {
  add("snapshot", snapshot_text(), drifted(snapshot_text()));
  benchmark::RegisterBenchmark("fleet_of_1000/read_yaml_and_diff", read_and_compare_fleet);
  const char* corpus = std::getenv("EIDOS_CORPUS");
  std::filesystem::path folder = std::filesystem::path(corpus == nullptr ? "" : corpus) / "snapshots";
  std::string h100 = bytes_at(folder / "h100.yaml");
  std::string gb200 = bytes_at(folder / "gb200.yaml");
  if (!h100.empty() && !gb200.empty()) add("corpus_h100_gb200", h100, gb200);
  return true;
}();

}  // namespace
}  // namespace eidos::bench
