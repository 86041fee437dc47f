#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "collect/collect.h"
#include "collect/gpu_keys.h"
#include "collect/gpu_smi.h"
#include "collect/nvml_answer.h"
#include "data/document.h"
#include "model/document.h"
#include "support/canaries.h"
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
  EXPECT_THAT(smi->notes, ElementsAre(HasSubstr("persistence-mode ('Enabled' on 0; 'Disabled' on 1)")));
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
  EXPECT_THAT(smi->notes,
              ElementsAre("the GPUs differ in model ('B' on 0, 2; 'A' on 1): gpu.* is the first one's"));
  EXPECT_EQ(text_of(smi->context, "gpu.model"), "the GPUs differ: 'B' on 0, 2; 'A' on 1");
  EXPECT_THAT(smi->problems, IsEmpty());
}

TEST(SmiReport, ALostGpuIsNamedAndNotCounted) {
  auto smi = parse_smi_xml(report(gpu("A") + gpu("[GPU is lost]") + gpu("A"), "3"));
  ASSERT_TRUE(smi);
  EXPECT_EQ(text_of(smi->readings, "gpu-count"), "2");
  EXPECT_EQ(text_of(smi->readings, "gpu.1.model"), "(none)");
  EXPECT_EQ(text_of(smi->readings, "gpu.2.model"), "A");
  EXPECT_THAT(smi->problems, ElementsAre("GPU 1 at '0000:01:00.0' does not answer the driver: GPU is lost"));
}

TEST(SmiReport, NoAnswerAnywhereIsNoReading) {
  for (const char* nothing :
       {"[N/A]", "N/A", "[Not Supported]", "Requested functionality has been deprecated"}) {
    std::string text = cat("<gpu id='x'>");
    for (const Fact& fact : facts())
      if (!fact.element.empty() && fact.element.find('/') == std::string_view::npos)
        text += cat("<", fact.element, ">", nothing, "</", fact.element, ">");
    auto smi = parse_smi_xml(
        report(text + "<mig_mode><current_mig>" + nothing + "</current_mig></mig_mode></gpu>", "1"));
    ASSERT_TRUE(smi);
    EXPECT_EQ(text_of(smi->readings, "gpu-count"), "1");
    EXPECT_EQ(smi->readings.size(), 3U) << nothing;
    EXPECT_THAT(smi->problems, IsEmpty());
  }
}

TEST(SmiReport, ReadsDriversBefore530) {
  auto smi =
      parse_smi_xml(report("<gpu><product_name>A</product_name><power_readings><enforced_power_limit>300.00 W"
                           "</enforced_power_limit></power_readings></gpu>",
                           "1"));
  ASSERT_TRUE(smi);
  EXPECT_EQ(text_of(smi->readings, "gpu.0.power-limit"), "300.00 W");
}

TEST(SmiReport, SaysWhatWaitsOrFails) {
  auto one = [](std::string_view inner) {
    return cat("<gpu><product_name>A</product_name>", inner, "</gpu>");
  };
  struct Case {
    const char* inner;
    const char* note;
  };
  const Case kCases[] = {
      {"<mig_mode><current_mig>Disabled</current_mig><pending_mig>Enabled</pending_mig></mig_mode>",
       "MIG changes with the next reset"},
      {"<mig_mode><current_mig>Enabled</current_mig><pending_mig>Enabled</pending_mig></mig_mode>",
       "there is no MIG device"},
      {"<ecc_mode><current_ecc>Disabled</current_ecc><pending_ecc>Enabled</pending_ecc></ecc_mode>",
       "ECC changes with the next reset"},
      {"<remapped_rows><remapped_row_pending>Yes</remapped_row_pending></remapped_rows>",
       "wait to be remapped"},
      {"<remapped_rows><remapped_row_failure>Yes</remapped_row_failure></remapped_rows>",
       "due for replacement"},
      {"<fabric><state>In Progress</state></fabric>", "nvidia-fabricmanager"},
      {"<fabric><state>Completed</state><status>Insufficient Resources</status></fabric>", "fabric failed"},
  };
  for (const Case& c : kCases) {
    auto smi = parse_smi_xml(report(one(c.inner) + one(c.inner), "2"));
    ASSERT_TRUE(smi);
    EXPECT_THAT(smi->notes, ElementsAre(AllOf(::testing::StartsWith("GPU 0-1: "), HasSubstr(c.note))));
    EXPECT_EQ(smi->context.size(), 2U);
  }
  auto mig = parse_smi_xml(report(one("<mig_mode><current_mig>Enabled</current_mig></"
                                      "mig_mode><mig_devices><mig_device/><mig_device/></mig_devices>"),
                                  "1"));
  ASSERT_TRUE(mig);
  EXPECT_EQ(text_of(mig->readings, "gpu.0.mig-device-count"), "2");
  EXPECT_THAT(mig->notes, IsEmpty());
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
    options.filter = {"gpu.smi"};
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
  void put_driver() {
    files_.put("/proc/driver/nvidia/version", "NVRM version: ...");
    files_.put("/dev/nvidiactl", "");
  }

  testing::FakeFiles files_;
  testing::FakeClock clock_;
  testing::FakeProcesses processes_;
  testing::CaptureLog log_;
  std::vector<std::string> warnings_;
  std::string count_;
};

TEST_F(GpuCollectorTest, RunsNvidiaSmi) {
  put_driver();
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
    EXPECT_THAT(processes_.commands(), IsEmpty());  // which could load the module
  }
}

TEST_F(GpuCollectorTest, GpusBoundElsewhereAreSaidToBe) {
  for (const char* driver : {"vfio-pci", "nouveau"}) {
    put_device("0000:01:00.0", "0x10de", "0x030200");
    files_.put("/sys/bus/pci/devices/0000:01:00.0/uevent", cat("DRIVER=", driver, "\n"));
    auto outcome = run();
    EXPECT_EQ(outcome.status, CollectorStatus::Absent);
    EXPECT_THAT(outcome.detail, HasSubstr(cat("1 NVIDIA GPU on the PCI bus, bound to ", driver)));
  }
}

TEST_F(GpuCollectorTest, ADriverBelowAnotherMachinesRootIsNotAsked) {
  files_.put("/proc/sys/kernel/random/boot_id", "here");
  files_.put("/r/proc/sys/kernel/random/boot_id", "there");
  files_.put("/r/proc/driver/nvidia/version", "NVRM version: ...");
  auto outcome = run({.root = "/r", .nvml_probe = {"probe"}});
  EXPECT_EQ(outcome.status, CollectorStatus::Absent);
  EXPECT_THAT(outcome.detail, HasSubstr("--smi-xml"));
  EXPECT_THAT(processes_.commands(), IsEmpty());
  EXPECT_EQ(count_, "(none)");
}

TEST_F(GpuCollectorTest, ADriverWithoutDeviceNodesIsAFailureThatNamesThem) {
  files_.put("/proc/driver/nvidia/version", "NVRM version: ...");
  put_device("0000:01:00.0", "0x10de", "0x030200");
  processes_.answer("nvidia-smi", {9, "NVIDIA-SMI has failed\n", ""});
  auto outcome = run();
  EXPECT_EQ(outcome.status, CollectorStatus::Failed);
  EXPECT_THAT(outcome.detail, HasSubstr("/dev/nvidiactl"));
}

TEST_F(GpuCollectorTest, DoesNotRepeatASecret) {
  put_driver();
  processes_.answer("nvidia-smi", {9, "", "password=hunter2hunter2\n"});
  EXPECT_THAT(run().detail, Not(HasSubstr("hunter2")));
}

// Wherever a text of the machine or of its driver gets in.
TEST_F(GpuCollectorTest, LetsNoCanaryOut) {
  auto look = [&](const std::string& how, Options options) {
    options.filter = {"gpu"};
    Context context{files_, clock_, processes_, log_, {}};
    auto collected = collect(context, options);
    ASSERT_TRUE(collected) << how;
    std::string text = data::to_json(data::write_value(collected->snapshot));
    for (const std::string& warning : collected->warnings) text += warning + "\n";
    EXPECT_EQ(testing::canary_found(text), "") << how;
  };
  put_driver();
  put_device("0000:01:00.0", "0x10de", "0x030200");
  for (const testing::Planted& planted : testing::canary_words()) {
    std::string escaped;
    for (char c : planted.value) escaped += c == '&' ? std::string("&amp;") : std::string(1, c);
    files_.put("/sys/bus/pci/devices/0000:01:00.0/uevent", cat("DRIVER=", planted.value, "\n"));
    files_.put("/proc/driver/nvidia/gpus/0000:01:00.0/information", cat("Model: \t ", planted.value, "\n"));
    processes_.answer("nvidia-smi", {14, report(gpu("A") + gpu(escaped, escaped), "2"), planted.value});
    look(cat(planted.how, " in the report"), {});
    processes_.answer("nvidia-smi", {9, "", planted.value});
    look(cat(planted.how, " in nvidia-smi's words"), {});
    data::Map facts;
    for (const char* fact : {"model", "pci-bus-id", "vbios-version"})
      facts.set(fact, data::Value(planted.value));
    nvml::Answer answer;
    answer.driver = planted.value;
    answer.count = 3;
    answer.failures = {{planted.value, 999}};
    answer.devices = {{0, facts, {}}, {1, facts, {{"handle", 15}}}, {2, {}, {}}};
    processes_.answer("probe", {0, nvml::write_answer(answer), planted.value});
    look(cat(planted.how, " in NVML's answer"), {.nvml_probe = {"probe"}});
    answer.devices = {{0, {}, {{planted.value, 999}}}};
    processes_.answer("probe", {0, nvml::write_answer(answer), ""});
    look(cat(planted.how, " in the name of what failed"), {.nvml_probe = {"probe"}});
    processes_.answer("probe", {1, "", planted.value});
    look(cat(planted.how, " in the words of who asks NVML"), {.nvml_probe = {"probe"}});
    nvml::Answer refused;
    refused.library_problem = planted.value;
    processes_.answer("probe", {0, nvml::write_answer(refused), ""});
    look(cat(planted.how, " in the loader's words"), {.nvml_probe = {"probe"}});
  }
}

// ---- NVML first ----------------------------------------------------------------------------------

constexpr const char* kAnswer =
    R"({"driver":"570.1","cuda":"12.8","count":1,"devices":[{"index":0,"facts":{"model":"N"}}]})";

TEST_F(GpuCollectorTest, AsksNvmlFirstAndOnly) {
  put_driver();
  processes_.answer("probe", {0, kAnswer, "noise"});
  processes_.answer("nvidia-smi", {0, report(gpu("A"), "1"), ""});
  auto outcome = run({.nvml_probe = {"probe", "ask"}, .gpu_identities = true});
  EXPECT_EQ(outcome.status, CollectorStatus::Ok);
  EXPECT_EQ(outcome.detail, "");
  EXPECT_EQ(count_, "1");
  ASSERT_EQ(processes_.commands().size(), 1U);
  EXPECT_THAT(processes_.commands()[0].argv, ElementsAre("probe", "ask", "--identities"));
  EXPECT_TRUE(processes_.commands()[0].limit.deadline());
}

TEST_F(GpuCollectorTest, FallsBackToNvidiaSmiAndSaysWhy) {
  struct Case {
    const char* name;
    Result<Finished> answer;
    const char* detail;
  };
  const Case kCases[] = {
      {"no library", Finished{0, R"({"no-library":"no library x"})", ""}, "through nvidia-smi: no library x"},
      {"broken library", Finished{0, R"({"library-problem":"wrong ELF class"})", ""}, "wrong ELF class"},
      {"does not start", Finished{0, R"({"count":0,"failures":[{"what":"start","code":18}]})", ""},
       "different driver versions"},
      {"crash", Finished{139, "", ""}, "crashed the process that asked it: signal 11"},
      {"exit code", Finished{8, "", "oh\n"}, "exit code 8: 'oh'"},
      {"no document", Finished{0, "hello", ""}, "cannot be read"},
      {"no program", fail(ErrorKind::NotFound, "no program 'probe'"), "no program 'probe'"},
      {"too much", fail(ErrorKind::Invalid, "wrote more than"), "wrote more than"},
  };
  put_driver();
  processes_.answer("nvidia-smi", {0, report(gpu("A"), "1"), ""});
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    if (c.answer)
      processes_.answer("probe", *c.answer);
    else
      processes_.fail_on("probe", c.answer.error());
    auto outcome = run({.nvml_probe = {"probe"}});
    EXPECT_EQ(outcome.status, CollectorStatus::Ok);
    EXPECT_THAT(outcome.detail, AllOf(::testing::StartsWith("through nvidia-smi: "), HasSubstr(c.detail)));
    EXPECT_EQ(count_, "1");
  }
}

TEST_F(GpuCollectorTest, ADriverThatHangsIsAskedOnce) {
  put_driver();
  processes_.fail_on("probe", {ErrorKind::Timeout, "running 'probe': timed out", {}, {}});
  processes_.answer("nvidia-smi", {0, report(gpu("A"), "1"), ""});
  auto outcome = run({.nvml_probe = {"probe"}});
  EXPECT_EQ(outcome.status, CollectorStatus::TimedOut);
  EXPECT_THAT(outcome.detail, HasSubstr("the driver hangs"));
  EXPECT_EQ(processes_.commands().size(), 1U);
}

TEST_F(GpuCollectorTest, WhereNeitherAnswersNvmlsReasonIsTold) {
  put_driver();
  processes_.answer("probe", {0, R"({"count":0,"failures":[{"what":"start","code":4}]})", ""});
  EXPECT_EQ(run({.nvml_probe = {"probe"}}).status, CollectorStatus::Denied);
  processes_.answer("probe", {0, R"({"no-library":"no library x"})", ""});
  auto outcome = run({.nvml_probe = {"probe"}});
  EXPECT_EQ(outcome.status, CollectorStatus::Failed);
  EXPECT_THAT(outcome.detail, HasSubstr("nvidia-smi is not in PATH"));
}

TEST_F(GpuCollectorTest, ALibraryThatWasGivenIsTheOnlyOneAsked) {
  processes_.answer("probe", {0, R"({"no-library":"no library x"})", ""});
  processes_.answer("nvidia-smi", {0, report(gpu("A"), "1"), ""});
  auto outcome = run({.nvml_probe = {"probe"}, .nvml_path = "/x/lib.so"});
  EXPECT_EQ(outcome.status, CollectorStatus::Failed);
  EXPECT_EQ(outcome.detail, "no library x");
  EXPECT_THAT(processes_.commands().at(0).argv, ElementsAre("probe", "--library=/x/lib.so"));
  EXPECT_EQ(processes_.commands().size(), 1U);
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
  put_driver();
  processes_.answer("nvidia-smi", {0, report("", "0"), ""});
  EXPECT_EQ(run().status, CollectorStatus::Absent);
  EXPECT_EQ(count_, "0");
  EXPECT_THAT(warnings_, ElementsAre("gpu.smi: the NVIDIA driver is loaded, but has no GPU"));
}

}  // namespace
}  // namespace eidos::collect
