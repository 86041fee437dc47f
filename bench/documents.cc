// Reading and writing documents of the size of a snapshot, beside what the parsers underneath take when
// nothing is made of what they read.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <benchmark/benchmark.h>
#include <rapidjson/reader.h>
#include <yaml.h>

#include "data/document.h"
#include "snapshot_text.h"

namespace eidos::bench {
namespace {

data::Value parsed(std::string_view text) {
  data::Sources sources;
  auto value = data::parse(text, sources, "bench");
  EIDOS_ASSERT(value);
  return *std::move(value);
}

void processed(benchmark::State& state, std::string_view text) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void read_document(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    data::Sources sources;
    auto value = data::parse(text, sources, "bench");
    benchmark::DoNotOptimize(value);
  }
  processed(state, text);
}

void write_document(benchmark::State& state, const data::Value& value, data::Format format) {
  std::string text;
  for (auto _ : state) {
    text = data::to_text(value, format);
    benchmark::DoNotOptimize(text);
  }
  processed(state, text);
}

void libyaml_alone(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    yaml_parser_t parser;
    EIDOS_ASSERT(yaml_parser_initialize(&parser) == 1);
    yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    for (bool more = true; more;) {
      yaml_event_t event;
      EIDOS_ASSERT(yaml_parser_parse(&parser, &event) == 1);
      more = event.type != YAML_STREAM_END_EVENT;
      yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
  }
  processed(state, text);
}

void rapidjson_alone(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    rapidjson::StringStream stream(text.c_str());
    rapidjson::BaseReaderHandler<> handler;
    rapidjson::Reader reader;
    auto done = reader.Parse<rapidjson::kParseNumbersAsStringsFlag>(stream, handler);
    benchmark::DoNotOptimize(done);
  }
  processed(state, text);
}

void add(const std::string& name, const std::string& yaml) {
  auto named = [&](const char* what) { return name + "/" + what; };
  data::Value value = parsed(yaml);
  std::string json = data::to_json(value);
  benchmark::RegisterBenchmark(named("read_yaml").c_str(), read_document, yaml);
  benchmark::RegisterBenchmark(named("read_yaml_libyaml_alone").c_str(), libyaml_alone, yaml);
  benchmark::RegisterBenchmark(named("write_yaml").c_str(), write_document, value, data::Format::Yaml);
  benchmark::RegisterBenchmark(named("read_json").c_str(), read_document, json);
  benchmark::RegisterBenchmark(named("read_json_rapidjson_alone").c_str(), rapidjson_alone, json);
  benchmark::RegisterBenchmark(named("write_json").c_str(), write_document, value, data::Format::Json);
}

// Registered before main() of benchmark_main runs.
const bool kRegistered = [] {
  add("snapshot", snapshot_text());
  const char* corpus = std::getenv("EIDOS_CORPUS");
  std::filesystem::path h100 = std::filesystem::path(corpus == nullptr ? "" : corpus) / "snapshots/h100.yaml";
  if (std::ifstream in{h100, std::ios::binary}) add("corpus_h100", {std::istreambuf_iterator<char>(in), {}});
  return true;
}();

}  // namespace
}  // namespace eidos::bench
