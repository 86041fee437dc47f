// A real report of nvidia-smi, and three real snapshots through the secret filter.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "collect/gpu_smi.h"
#include "data/document.h"
#include "model/secrets.h"
#include "support/corpus.h"
#include "support/temp_dir.h"

namespace eidos::collect {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string text_of(const data::Map& readings, std::string_view key) {
  const data::Value* value = readings.find(key);
  return value == nullptr ? "(none)" : value->scalar_text();
}

TEST(CorpusCollect, ReadsEightH100) {
  EIDOS_NEEDS_CORPUS(corpus);
  auto smi = parse_smi_xml(testing::bytes_at(corpus / "gpu/nvidia-smi-8xh100.xml"));
  ASSERT_TRUE(smi) << smi.error().message;
  EXPECT_EQ(smi->gpus, 8);
  EXPECT_THAT(smi->problems, IsEmpty());
  EXPECT_THAT(smi->notes, IsEmpty());
  struct Case {
    const char* key;
    const char* want;
  };
  const Case kCases[] = {
      {"driver", "570.86.15"},
      {"cuda-version", "12.8"},
      {"gpu-count", "8"},
      {"gpu.model", "NVIDIA H100 80GB HBM3"},
      {"gpu.product-architecture", "Hopper"},
      {"gpu.display-mode", "Enabled"},
      {"gpu.display-active", "Disabled"},
      {"gpu.persistence-mode", "Disabled"},
      {"gpu.addressing-mode", "None"},
      {"gpu.vbios-version", "96.00.A5.00.01"},
      {"gpu.gsp-firmware-version", "570.86.15"},
      {"gpu.0.pci-bus-id", "00000000:04:00.0"},
      {"gpu.2.pci-bus-id", "00000000:0B:00.0"},
      {"gpu.7.pci-bus-id", "00000000:8C:00.0"},
      {"gpu.3.memory", "81559 MiB"},
      {"gpu.3.bar1-memory", "131072 MiB"},
      {"gpu.3.ecc-mode", "Enabled"},
      {"gpu.3.mig-mode", "Disabled"},
      {"gpu.3.power-limit", "700.00 W"},
      {"gpu.3.pcie-gen-max", "4"},
      {"gpu.3.pcie-gen-max-device", "5"},
      {"gpu.3.pcie-width", "16x"},
      {"gpu.3.clock-sm-max", "1980 MHz"},
      {"gpu.3.clock-memory-max", "2619 MHz"},
      {"gpu.3.fabric-state", "Completed"},
      {"gpu.8.model", "(none)"},
  };
  for (const Case& c : kCases) EXPECT_EQ(text_of(smi->readings, c.key), c.want) << c.key;
  for (const auto& entry : smi->readings) {
    EXPECT_THAT(entry.value.scalar_text(), Not(HasSubstr("GPU-"))) << entry.key;
    EXPECT_NE(entry.value.scalar_text(), "N/A") << entry.key;
  }
}

// Cut at every kilobyte: refused, or a part of the truth that says it is one.
TEST(CorpusCollect, SurvivesACutReport) {
  EIDOS_NEEDS_CORPUS(corpus);
  const std::string text = testing::bytes_at(corpus / "gpu/nvidia-smi-8xh100.xml");
  auto whole = parse_smi_xml(text);
  ASSERT_TRUE(whole);
  constexpr std::size_t kStep = 1024;
  std::int64_t most = 0;
  for (std::size_t cut = 0; cut + kStep < text.size(); cut += kStep) {
    auto smi = parse_smi_xml(text.substr(0, cut));
    if (!smi) {
      EXPECT_LE(cut, kStep) << smi.error().message;
      continue;
    }
    EXPECT_THAT(smi->problems, Not(IsEmpty())) << cut;
    EXPECT_EQ(text_of(smi->readings, "driver"), "570.86.15") << cut;
    for (const auto& entry : smi->readings)
      EXPECT_EQ(text_of(whole->readings, entry.key), entry.value.scalar_text()) << cut << " " << entry.key;
    most = std::max(most, smi->gpus);
  }
  EXPECT_EQ(most, 7);
}

TEST(CorpusCollect, TakesNothingInRealSnapshotsForASecret) {
  EIDOS_NEEDS_CORPUS(corpus);
  for (const char* name : {"h100", "gb200", "b200"}) {
    data::Sources sources;
    auto value =
        data::parse_yaml(testing::bytes_at(corpus / cat("snapshots/", name, ".yaml")), sources, name);
    ASSERT_TRUE(value) << value.error().message;
    data::Reading reading{sources};
    auto snapshot = model::read_snapshot(*value, reading);
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    const data::Value before = data::write_value(snapshot->measurements);
    model::Redactor redactor;
    redactor.redact(*snapshot);
    EXPECT_EQ(redactor.count(), 0) << name;
    EXPECT_EQ(data::write_value(snapshot->measurements), before) << name;
  }
}

// What was read is written as it was: keys, values, types and spelling, in YAML and in JSON.
TEST(CorpusCollect, ReadingAndWritingRealSnapshotsLosesNothing) {
  EIDOS_NEEDS_CORPUS(corpus);
  for (const char* name : {"h100", "gb200", "b200"}) {
    data::Sources sources;
    auto original =
        data::parse_yaml(testing::bytes_at(corpus / cat("snapshots/", name, ".yaml")), sources, name);
    ASSERT_TRUE(original) << original.error().message;
    data::Reading reading{sources};
    auto snapshot = model::read_snapshot(*original, reading);
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    const data::Value written = data::write_value(*snapshot);
    ASSERT_NE(written.find("measurements"), nullptr);
    EXPECT_EQ(*written.find("measurements"), *original->find("measurements")) << name;
    EXPECT_GT(data::count_nodes(written), 1500U) << name;
    for (const data::Map::Entry& entry : original->find("metadata")->map()) {
      const bool renamed = entry.key == "source" || entry.key == "snapshot-version";
      const std::string key = !renamed ? entry.key : entry.key == "source" ? "source-node" : "version";
      const data::Value* now = written.find("metadata")->find(key);
      ASSERT_NE(now, nullptr) << name << " " << key;
      EXPECT_EQ(*now, entry.value) << name << " " << key;
    }
    auto yaml = data::parse_yaml(data::to_yaml(written), sources, "yaml");
    ASSERT_TRUE(yaml) << yaml.error().message;
    EXPECT_EQ(*yaml, written) << name;
    auto json = data::parse_json(data::to_json(written), sources, "json");
    ASSERT_TRUE(json) << json.error().message;
    EXPECT_EQ(*json, written) << name;
  }
}

}  // namespace
}  // namespace eidos::collect
