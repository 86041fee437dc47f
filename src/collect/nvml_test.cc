// The questions, the document that carries the answers, and what is made of it; with calls of the test's own
// instead of a library. The library, the process and its deadline: tests/e2e/gpu.py.

#include "collect/nvml.h"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "collect/nvml_answer.h"
#include "collect/nvml_ask.h"
#include "collect/nvml_codes.h"

namespace eidos::collect::nvml {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What the fake driver below answers; calls are plain functions, so this is where they look.
struct Script {
  unsigned count = 2;
  Code code = kSuccess;    // of every call about a device
  Code handle = kSuccess;  // of the handle of device 1
  Code start = kSuccess;
  Code start_without_gpus = kSuccess;
  Code stop = kSuccess;
  bool endless = false;  // texts fill the buffer, without an end
  int asked = 0;
};
Script script;

Code answer() {
  ++script.asked;
  return script.code;
}

Code put(std::string_view text, char* out, std::size_t size) {
  std::memset(out, '\xfe', script.endless ? size : 0);
  if (script.endless) return answer();
  std::memcpy(out, text.data(), text.size());
  out[text.size()] = '\0';
  return answer();
}

Device device_of(unsigned index) {
  static char places[8];
  return &places[index];
}

Calls fake_calls() {
  Calls calls;
  calls.init = [] { return script.start; };
  calls.init_with_flags = [](unsigned) { return script.start_without_gpus; };
  calls.shutdown = [] { return script.stop; };
  calls.driver_version = [](char* out, unsigned size) { return put("570.86.15", out, size), kSuccess; };
  calls.cuda_version = [](int* out) { return *out = 12080, kSuccess; };
  calls.count = [](unsigned* out) { return *out = script.count, kSuccess; };
  calls.handle_by_index = [](unsigned index, Device* out) {
    *out = device_of(index % 8);
    return index == 1 ? script.handle : kSuccess;
  };
  calls.name = [](Device, char* out, unsigned size) { return put("Tester", out, size); };
  calls.uuid = [](Device, char* out, unsigned size) { return put("GPU-1", out, size); };
  calls.gsp_firmware_version = [](Device, char* out) { return put("570.1", out, 64); };
  calls.ecc_mode = [](Device, unsigned* now, unsigned* pending) { return *now = 1, *pending = 0, answer(); };
  calls.memory_v1 = [](Device, Memory* out) { return out->total = 81559ULL << 20U, answer(); };
  calls.power_limit = [](Device, unsigned* out) { return *out = 350050, answer(); };
  calls.max_clock = [](Device, unsigned clock, unsigned* out) { return *out = 1000 + clock, answer(); };
  calls.pcie_width = [](Device, unsigned* out) { return *out = 8, answer(); };
  return calls;
}

std::string text_of(const data::Map& map, std::string_view key) {
  const data::Value* value = map.find(key);
  return value == nullptr ? "(none)" : value->scalar_text();
}

class NvmlTest : public ::testing::Test {
 protected:
  void SetUp() override { script = {}; }

  // Through the document, as it is between the two processes.
  static DriverView view(const Answer& given) {
    auto read = read_answer(write_answer(given));
    EXPECT_TRUE(read) << read.error().message;
    auto out = view_of(read.value_or(Answer()));
    EXPECT_TRUE(out) << out.error().message;
    return out.value_or(DriverView());
  }
};

TEST_F(NvmlTest, AsksEachGpuWhatTheDriverKnows) {
  DriverView got = view(ask(fake_calls(), false));
  EXPECT_EQ(got.driver, "570.86.15");
  EXPECT_EQ(got.cuda, "12.8");
  EXPECT_EQ(got.count, 2);
  EXPECT_THAT(got.problems, IsEmpty());
  ASSERT_EQ(got.gpus.size(), 2U);
  struct Case {
    const char* fact;
    const char* want;
  };
  const Case kCases[] = {{"model", "Tester"},
                         {"gsp-firmware-version", "570.1"},
                         {"ecc-mode", "Enabled"},
                         {"ecc-mode-pending", "Disabled"},
                         {"memory", "81559 MiB"},
                         {"power-limit", "350.05 W"},
                         {"clock-graphics-max", "1000 MHz"},
                         {"clock-memory-max", "1002 MHz"},
                         {"pcie-width", "8x"},
                         {"uuid", "(none)"},      // not asked for
                         {"mig-mode", "(none)"},  // no such call
                         {"nvlink-count", "(none)"}};
  for (const Case& c : kCases) EXPECT_EQ(text_of(got.gpus[1].facts, c.fact), c.want) << c.fact;
  EXPECT_EQ(text_of(view(ask(fake_calls(), true)).gpus[0].facts, "uuid"), "GPU-1");
}

TEST_F(NvmlTest, ADriverWithNothingButTheCountIsAnswered) {
  Calls calls;
  calls.init = [] { return kSuccess; };
  calls.count = fake_calls().count;
  calls.handle_by_index = fake_calls().handle_by_index;
  DriverView got = view(ask(calls, true));
  EXPECT_EQ(got.count, 2);
  EXPECT_EQ(got.gpus.size(), 2U);
  EXPECT_THAT(got.problems, IsEmpty());
}

TEST_F(NvmlTest, TellsAMissingAnswerFromAFailure) {
  struct Case {
    Code code;
    bool problem;
  };
  const Case kCases[] = {{3, false}, {13, false}, {21, false}, {25, false}, {26, false},
                         {1, true},  {2, true},   {4, true},   {7, true},   {10, true},
                         {16, true}, {17, true},  {20, true},  {77, true},  {999, true}};
  for (const Case& c : kCases) {
    script.code = c.code;
    DriverView got = view(ask(fake_calls(), false));
    EXPECT_EQ(got.count, 2) << c.code;
    EXPECT_EQ(!got.problems.empty(), c.problem) << c.code;
    for (const DriverGpu& gpu : got.gpus) EXPECT_TRUE(gpu.facts.empty()) << c.code;
    for (const std::string& problem : got.problems)
      EXPECT_THAT(problem, AllOf(HasSubstr("GPU 0-1: no "), HasSubstr(cat(c.code))));
  }
}

TEST_F(NvmlTest, ALostGpuIsNamedAndNotCounted) {
  script.handle = kGpuIsLost;
  DriverView got = view(ask(fake_calls(), false));
  EXPECT_EQ(got.count, 1);
  ASSERT_EQ(got.gpus.size(), 1U);
  EXPECT_THAT(got.problems, ElementsAre(AllOf(HasSubstr("GPU 1 does not answer"),
                                              HasSubstr("fallen off the bus"), HasSubstr("Xid 79"))));
}

TEST_F(NvmlTest, AGpuThatIsLostMeanwhileIsAskedNoFurther) {
  script.code = kGpuIsLost;
  DriverView got = view(ask(fake_calls(), false));
  EXPECT_EQ(got.count, 0);
  EXPECT_THAT(got.gpus, IsEmpty());
  EXPECT_EQ(script.asked, 1 + 2);  // the driver's version, and one question to each
}

TEST_F(NvmlTest, AStartThatFailsIsAnError) {
  struct Case {
    Code start;
    Code without_gpus;
    std::optional<ErrorKind> want;
    const char* hint;
  };
  const Case kCases[] = {{9, 9, ErrorKind::Unavailable, "modprobe nvidia"},
                         {4, 4, ErrorKind::Denied, "run as root"},
                         {17, 17, ErrorKind::Denied, "/dev/nvidia*"},
                         {18, 18, ErrorKind::Unavailable, "reboot"},
                         {12345, 1, ErrorKind::Unavailable, ""},
                         {28, 0, std::nullopt, ""}};
  for (const Case& c : kCases) {
    script.start = c.start;
    script.start_without_gpus = c.without_gpus;
    auto got = view_of(ask(fake_calls(), false));
    ASSERT_EQ(got.has_value(), !c.want) << c.start;
    if (got) continue;
    EXPECT_EQ(got.error().kind, *c.want) << c.start;
    EXPECT_THAT(got.error().hint, HasSubstr(c.hint)) << c.start;
    EXPECT_THAT(got.error().message, HasSubstr(code_text(c.start)));
  }
}

TEST_F(NvmlTest, AShutdownThatFailsIsSaid) {
  script.stop = 999;
  EXPECT_THAT(view(ask(fake_calls(), false)).problems, ElementsAre(HasSubstr("NVML: shutdown: ")));
}

TEST_F(NvmlTest, TextsWithoutAnEndEndWithTheirBuffer) {
  script.endless = true;
  DriverView got = view(ask(fake_calls(), true));
  ASSERT_EQ(got.gpus.size(), 2U);
  for (const data::Map::Entry& entry : got.gpus[0].facts)
    EXPECT_LE(entry.value.scalar_text().size(), 1024U) << entry.key;
  EXPECT_THAT(text_of(got.gpus[0].facts, "model"), ::testing::StartsWith("\\xfe\\xfe"));
}

TEST_F(NvmlTest, ACountPastBeliefIsBounded) {
  script.count = 10'000;
  DriverView got = view(ask(fake_calls(), false));
  EXPECT_EQ(got.count, 10'000);
  EXPECT_EQ(std::ssize(got.gpus), kMostDevices);
  EXPECT_THAT(got.problems, ElementsAre(HasSubstr("counts 10000 GPUs")));
}

TEST_F(NvmlTest, ReadsNoOtherDocument) {
  const std::string kTexts[] = {
      "",
      "hello",
      "[]",
      "{}",
      "null",
      R"({"count":-1})",
      R"({"count":1,"more":2})",
      R"({"count":1,"devices":[{"index":0,"facts":{"colour":"red"}}]})",
      R"({"count":1,"devices":[{"index":0,"facts":{"model":7}}]})",
      R"({"count":1,"devices":[{"index":0,"facts":{"nvlink-count":-7}}]})",
      R"({"count":1,"devices":[{"index":0,"facts":{"model":["x"]}}]})",
      R"({"count":2,"devices":[{"index":0},{"index":0}]})",
      R"({"count":2,"devices":[{"index":256}]})",
      R"({"count":1,"devices":{"index":0}})",
      cat(R"({"count":1,"driver":")", std::string(5000, 'x'), R"("})"),
      cat(R"({"no-library":")", std::string(5000, 'x'), R"("})"),
      R"({"count":1)",
  };
  for (const std::string& text : kTexts) {
    auto got = read_answer(text);
    ASSERT_FALSE(got) << text.substr(0, 80);
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
    EXPECT_THAT(got.error().message, HasSubstr("what NVML answered cannot be read"));
  }
}

TEST(NvmlLibrary, ThatIsNotThereOrIsAnother) {
  auto none = read_answer(nvml_document({.library = "/nowhere/libnvidia-ml.so.1"}));
  ASSERT_TRUE(none);
  EXPECT_THAT(none->no_library, HasSubstr("/nowhere/libnvidia-ml.so.1"));
  EXPECT_EQ(view_of(*none).error().kind, ErrorKind::NotFound);
  auto other = read_answer(nvml_document({.library = "libm.so.6"}));
  ASSERT_TRUE(other);
  EXPECT_THAT(other->library_problem, HasSubstr("no nvmlInit_v2"));
  auto text = read_answer(nvml_document({.library = "/proc/self/cmdline"}));
  ASSERT_TRUE(text);
  EXPECT_NE(text->library_problem, "");
  EXPECT_EQ(view_of(*text).error().kind, ErrorKind::Unavailable);
}

}  // namespace
}  // namespace eidos::collect::nvml
