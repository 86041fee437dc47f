#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "collect/collect.h"
#include "collect/gpu_smi.h"
#include "support/capture_log.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"
#include "support/fake_processes.h"

namespace eidos::collect {
namespace {

using model::CollectorStatus;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Made by hand; the names of the elements are nvidia-smi's.
std::string gpu(std::string_view model, std::string_view persistence = "Enabled") {
  return cat(R"(<gpu id="0000:01:00.0"><product_name>)", model, "</product_name>",
             "<product_architecture>Testing</product_architecture><persistence_mode>", persistence,
             "</persistence_mode><addressing_mode>None</addressing_mode>",
             "<display_mode>[N/A]</display_mode><vbios_version> 1.2.3 </vbios_version>",
             "<serial>1234567890</serial><uuid>GPU-0000-1111</uuid>",
             "<mig_mode><current_mig>N/A</current_mig><pending_mig>Disabled</pending_mig></mig_mode>",
             "<fb_memory_usage><total>1024 MiB</total><used>7 MiB</used></fb_memory_usage>",
             "<pci><pci_bus_id>0000:01:00.0</pci_bus_id><pci_gpu_link_info><link_widths>",
             "<current_link_width>8x</current_link_width></link_widths></pci_gpu_link_info></pci></gpu>\n");
}

std::string report(std::string_view gpus, std::string_view attached) {
  return cat(
      "<?xml version=\"1.0\" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM \"x.dtd\">\n<nvidia_smi_log>",
      "<timestamp>Mon</timestamp><driver_version>500.1</driver_version><cuda_version>12.8</cuda_version>",
      "<attached_gpus>", attached, "</attached_gpus>\n", gpus, "</nvidia_smi_log>\n");
}

std::string text_of(const data::Map& readings, std::string_view key) {
  const data::Value* value = readings.find(key);
  return value == nullptr ? "(none)" : value->scalar_text();
}

TEST(SmiReport, DescribesTheFirstAndEachGpu) {
  auto smi = parse_smi_xml(report(gpu("Tester 1") + gpu("Tester 1", "Disabled"), "2"));
  ASSERT_TRUE(smi) << smi.error().message;
  struct Case {
    const char* key;
    const char* want;
  };
  const Case kCases[] = {{"driver", "500.1"},
                         {"cuda-version", "12.8"},
                         {"gpu-count", "2"},
                         {"gpu.model", "Tester 1"},
                         {"gpu.product-architecture", "Testing"},
                         {"gpu.persistence-mode", "Enabled"},
                         {"gpu.addressing-mode", "None"},
                         {"gpu.vbios-version", "1.2.3"},
                         {"gpu.display-mode", "(none)"},          // [N/A]
                         {"gpu.gsp-firmware-version", "(none)"},  // not there
                         {"gpu.0.persistence-mode", "Enabled"},
                         {"gpu.1.persistence-mode", "Disabled"},
                         {"gpu.1.memory", "1024 MiB"},
                         {"gpu.1.pcie-width", "8x"},
                         {"gpu.1.pci-bus-id", "0000:01:00.0"},
                         {"gpu.1.mig-mode", "(none)"},
                         {"gpu.1.mig-mode-pending", "Disabled"},
                         {"gpu.2.model", "(none)"}};
  for (const Case& c : kCases) EXPECT_EQ(text_of(smi->readings, c.key), c.want) << c.key;
  EXPECT_TRUE(smi->readings.find("gpu-count")->is_number());
  EXPECT_TRUE(smi->readings.find("cuda-version")->is_string());
  EXPECT_THAT(smi->problems, IsEmpty());
  EXPECT_THAT(smi->notes, IsEmpty());
}

TEST(SmiReport, KeepsIdentitiesOut) {
  auto smi = parse_smi_xml(report(gpu("Tester 1"), "1"));
  ASSERT_TRUE(smi);
  for (const auto& entry : smi->readings) {
    EXPECT_THAT(entry.value.scalar_text(), Not(HasSubstr("1234567890"))) << entry.key;
    EXPECT_THAT(entry.value.scalar_text(), Not(HasSubstr("GPU-0000"))) << entry.key;
  }
}

TEST(SmiReport, NamesMixedModels) {
  auto smi = parse_smi_xml(report(gpu("B") + gpu("A") + gpu("B"), "3"));
  ASSERT_TRUE(smi);
  EXPECT_EQ(text_of(smi->readings, "gpu.model"), "B");
  EXPECT_EQ(text_of(smi->readings, "gpu.1.model"), "A");
  EXPECT_THAT(smi->notes, ElementsAre("the GPUs differ ('A', 'B'): gpu.model is the first one's"));
  EXPECT_THAT(smi->problems, IsEmpty());
}

TEST(SmiReport, CountsWhatItDescribes) {
  auto none = parse_smi_xml(report("", "0"));
  ASSERT_TRUE(none);
  EXPECT_EQ(text_of(none->readings, "gpu-count"), "0");
  EXPECT_EQ(none->readings.size(), 3U);

  auto lost = parse_smi_xml(report(gpu("A"), "2"));
  ASSERT_TRUE(lost);
  EXPECT_EQ(text_of(lost->readings, "gpu-count"), "1");
  EXPECT_THAT(lost->problems, ElementsAre("the driver counts 2 GPUs, the report describes 1"));

  auto unknown = parse_smi_xml(report(gpu("A"), "N/A"));
  ASSERT_TRUE(unknown);
  EXPECT_EQ(text_of(unknown->readings, "gpu-count"), "1");
  EXPECT_THAT(unknown->problems, IsEmpty());
}

TEST(SmiReport, RefusesWhatIsNoReport) {
  const std::string deep = cat(std::string(100'000, '<'), "a>");
  for (const std::string& text :
       {std::string(), std::string("No devices were found\n"), std::string("<html><gpu/></html>"),
        std::string("<nvidia_smi_log>"), std::string("<nvidia_smi_log><driver_version>5"), deep,
        std::string(17 * 1024 * 1024, ' ')}) {
    auto smi = parse_smi_xml(text);
    ASSERT_FALSE(smi) << text.substr(0, 60);
    EXPECT_EQ(smi.error().kind, ErrorKind::Invalid);
  }
}

// Whatever is said of a cut report was also said of the whole one.
TEST(SmiReport, SaysNothingWrongOfACutReport) {
  const std::string text = report(gpu("Tester 1") + gpu("Tester 2") + gpu("Tester 3"), "3");
  auto whole = parse_smi_xml(text);
  ASSERT_TRUE(whole);
  const std::size_t end = text.rfind("</nvidia_smi_log>") + std::string_view("</nvidia_smi_log>").size();
  std::size_t partial = 0;
  for (std::size_t cut = 0; cut < end; ++cut) {
    auto smi = parse_smi_xml(text.substr(0, cut));
    if (!smi) continue;
    ++partial;
    EXPECT_THAT(smi->problems, Not(IsEmpty())) << cut;
    for (const auto& entry : smi->readings)
      EXPECT_EQ(text_of(whole->readings, entry.key), entry.value.scalar_text()) << cut << " " << entry.key;
  }
  EXPECT_GT(partial, end / 2);
}

TEST(SmiReport, EscapesWhatADocumentCannotHold) {
  auto smi = parse_smi_xml(report(gpu("A &amp; B \xff") + gpu(std::string(1000, 'x')), "2"));
  ASSERT_TRUE(smi);
  EXPECT_EQ(text_of(smi->readings, "gpu.model"), "A & B \\xff");
  EXPECT_EQ(text_of(smi->readings, "gpu.1.model"), "(none)");
}

// ---- the collector -------------------------------------------------------------------------------

class GpuCollectorTest : public ::testing::Test {
 protected:
  model::CollectorOutcome run(Options options = {}) {
    options.filter = {"gpu"};
    options.parallel = 1;
    Context context{files_, clock_, processes_, log_, {}};
    auto collected = collect(context, options);
    EXPECT_TRUE(collected) << collected.error().message;
    if (!collected) return {};
    warnings_ = collected->warnings;
    count_ = "(none)";
    if (const auto* count = model::find_reading(collected->snapshot, "GPU", "smi", "gpu-count"))
      count_ = count->scalar_text();
    return collected->snapshot.collectors.at(0);
  }
  void put_device(const std::string& name, const std::string& vendor, const std::string& kind) {
    files_.put(cat("/sys/bus/pci/devices/", name, "/vendor"), vendor + "\n");
    files_.put(cat("/sys/bus/pci/devices/", name, "/class"), kind + "\n");
  }
  void put_driver() { files_.put("/proc/driver/nvidia/version", "NVRM version: ..."); }

  testing::FakeFiles files_;
  testing::FakeClock clock_;
  testing::FakeProcesses processes_;
  testing::CaptureLog log_;
  std::vector<std::string> warnings_;
  std::string count_;
};

TEST_F(GpuCollectorTest, RunsNvidiaSmi) {
  processes_.answer("nvidia-smi", {0, report(gpu("A"), "1"), ""});
  auto outcome = run();
  EXPECT_EQ(outcome.name, "gpu.smi");
  EXPECT_EQ(outcome.status, CollectorStatus::Ok);
  EXPECT_EQ(outcome.detail, "");
  EXPECT_EQ(count_, "1");
  EXPECT_THAT(warnings_, IsEmpty());
  ASSERT_EQ(processes_.commands().size(), 1U);
  EXPECT_THAT(processes_.commands()[0].argv, ElementsAre("nvidia-smi", "-q", "-x"));
  EXPECT_TRUE(processes_.commands()[0].limit.deadline());
}

TEST_F(GpuCollectorTest, RunsTheOneItIsGiven) {
  processes_.answer("/opt/smi", {0, report(gpu("A"), "1"), ""});
  EXPECT_EQ(run({.smi_path = "/opt/smi"}).status, CollectorStatus::Ok);
}

TEST_F(GpuCollectorTest, ReadsAReportInsteadOfRunningIt) {
  files_.put("smi.xml", report(gpu("A"), "1"));
  EXPECT_EQ(run({.smi_xml = "smi.xml"}).status, CollectorStatus::Ok);
  EXPECT_THAT(processes_.commands(), IsEmpty());
}

TEST_F(GpuCollectorTest, NoGpuIsAnAnswer) {
  put_device("0000:00:01.0", "0x8086", "0x030000");
  put_device("0000:00:02.0", "0x10de", "0x040300");  // the audio part of a GPU is none
  auto outcome = run();
  EXPECT_EQ(outcome.status, CollectorStatus::Absent);
  EXPECT_EQ(outcome.detail, "no NVIDIA GPU: none on the PCI bus, and no driver loaded");
  EXPECT_EQ(count_, "0");
  EXPECT_THAT(warnings_, ElementsAre("gpu.smi: " + outcome.detail));
}

TEST_F(GpuCollectorTest, NoDriverIsAnAnswerThatNamesTheFix) {
  put_device("0000:01:00.0", "0x10de", "0x030200");
  put_device("0000:02:00.0", "0x10de", "0x030000");
  for (bool installed : {false, true}) {
    if (installed) processes_.answer("nvidia-smi", {9, "NVIDIA-SMI has failed\n", ""});
    auto outcome = run();
    EXPECT_EQ(outcome.status, CollectorStatus::Absent);
    EXPECT_THAT(outcome.detail,
                AllOf(HasSubstr("2 NVIDIA GPUs on the PCI bus"), HasSubstr("driver is not loaded")));
    EXPECT_EQ(count_, "0");
    EXPECT_EQ(warnings_.size(), 1U);
  }
}

TEST_F(GpuCollectorTest, ADriverWithoutItsToolIsAFailure) {
  put_driver();
  put_device("0000:01:00.0", "0x10de", "0x030200");
  auto outcome = run();
  EXPECT_EQ(outcome.status, CollectorStatus::Failed);
  EXPECT_THAT(outcome.detail, AllOf(HasSubstr("nvidia-smi is not in PATH"), HasSubstr("--smi-path")));
  EXPECT_EQ(count_, "(none)");
}

TEST_F(GpuCollectorTest, TellsWhatWentWrong) {
  struct Case {
    const char* name;
    Result<Finished> answer;
    CollectorStatus want;
    const char* detail;
    const char* count;
  };
  const std::string good = report(gpu("A") + gpu("B"), "2");
  const Case kCases[] = {
      {"exit code", Finished{9, "", "boom\nmore\n"}, CollectorStatus::Failed,
       "nvidia-smi ended with exit code 9: 'boom'", "(none)"},
      {"says it on stdout", Finished{6, "No devices were found\n", ""}, CollectorStatus::Failed,
       "nvidia-smi ended with exit code 6: 'No devices were found'", "(none)"},
      {"exit code, whole report", Finished{14, good, ""}, CollectorStatus::Partial,
       "nvidia-smi ended with exit code 14", "2"},
      {"cut report", Finished{0, good.substr(0, good.size() / 2), ""}, CollectorStatus::Partial,
       "the report is broken or was cut: ", "2"},
      {"no report", Finished{0, "hello", ""}, CollectorStatus::Failed,
       "reading nvidia-smi's output: not a report of nvidia-smi -q -x", "(none)"},
      {"timeout", fail(ErrorKind::Timeout, "running 'nvidia-smi': timed out"), CollectorStatus::TimedOut,
       "running 'nvidia-smi': timed out", "(none)"},
      {"denied", fail(ErrorKind::Denied, "not executable"), CollectorStatus::Denied, "not executable",
       "(none)"},
  };
  put_driver();
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    if (c.answer)
      processes_.answer("nvidia-smi", *c.answer);
    else
      processes_.fail_on("nvidia-smi", c.answer.error());
    auto outcome = run();
    EXPECT_EQ(outcome.status, c.want);
    EXPECT_THAT(outcome.detail, ::testing::StartsWith(c.detail));
    EXPECT_EQ(count_, c.count);
    EXPECT_FALSE(warnings_.empty());
  }
}

TEST_F(GpuCollectorTest, APathThatWasGivenMustBeThere) {
  auto program = run({.smi_path = "/opt/smi"});
  EXPECT_EQ(program.status, CollectorStatus::Failed);
  EXPECT_THAT(program.detail, HasSubstr("/opt/smi"));
  auto file = run({.smi_xml = "/opt/smi.xml"});
  EXPECT_EQ(file.status, CollectorStatus::Failed);
  EXPECT_THAT(file.detail, HasSubstr("/opt/smi.xml"));
  EXPECT_EQ(count_, "(none)");
}

TEST_F(GpuCollectorTest, ADriverWithoutGpusIsSaid) {
  processes_.answer("nvidia-smi", {0, report("", "0"), ""});
  EXPECT_EQ(run().status, CollectorStatus::Ok);
  EXPECT_EQ(count_, "0");
  EXPECT_THAT(warnings_, ElementsAre("gpu.smi: the NVIDIA driver is loaded, but has no GPU"));
}

}  // namespace
}  // namespace eidos::collect
