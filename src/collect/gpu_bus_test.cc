#include "collect/gpu_bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "support/fake_files.h"
#include "support/fake_processes.h"

namespace eidos::collect {
namespace {

using ::testing::HasSubstr;

TEST(GpuBus, ReadsTheVersionOfTheModule) {
  struct Case {
    const char* text;
    const char* version;
    const char* flavor;
  };
  const Case kCases[] = {
      {"NVRM version: NVIDIA UNIX x86_64 Kernel Module  515.65.01  Wed Mar 16 11:24:05 UTC 2022\nGCC "
       "version: 12.2.0",
       "515.65.01", "proprietary"},
      {"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build  (root@10.0.0.1)  "
       "Thu",
       "570.86.15", "open"},
      {"NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  540.4.0  Release Build", "540.4.0", "open"},
      {"NVRM version: ...", "", "proprietary"},
      {"NVRM version:", "", "proprietary"},
      {"something 1.2.3", "", ""},
      {"", "", ""},
  };
  for (const Case& c : kCases) {
    Bus bus;
    read_driver_version(c.text, bus);
    EXPECT_EQ(bus.driver_flavor, c.flavor) << c.text;
    EXPECT_EQ(bus.driver_version, c.version) << c.text;
  }
}

TEST(GpuBus, ReadsWhatTheDriverListsAndNoIdentity) {
  BusGpu gpu;
  EXPECT_EQ(read_gpu_information("Model: \t\t NVIDIA A10G\nIRQ:   \t\t 42\nGPU UUID: \t GPU-8252\n"
                                 "Bus Location: \t 0000:00:1e.0\nDevice Minor: \t 3\nGPU Excluded:\t Yes\n",
                                 gpu),
            3);
  EXPECT_EQ(gpu.model, "NVIDIA A10G");
  EXPECT_TRUE(gpu.excluded);
  BusGpu none;
  EXPECT_EQ(read_gpu_information("Device Minor: \t 99999999999999999999\nGarbage\n:::\n", none), -1);
  EXPECT_FALSE(none.excluded);
}

TEST(GpuBus, SpellsBusIdsOneWay) {
  struct Case {
    const char* text;
    const char* want;
  };
  const Case kCases[] = {{"00000000:8C:00.0", "0000:8c:00.0"},
                         {"0000:8c:00.0", "0000:8c:00.0"},
                         {"00010008:01:00.0", "10008:01:00.0"},
                         {"8C:00.0", "8c:00.0"},
                         {"", ""},
                         {":", ":"},
                         {"password=x", ""},
                         {"0000:8c:00.0\x1b[31m", ""}};
  for (const Case& c : kCases) EXPECT_EQ(plain_bus_id(c.text), c.want) << c.text;
}

TEST(GpuBus, SaysWhyTheDriverHasNotGotAGpu) {
  struct Case {
    BusGpu gpu;
    const char* want;
  };
  const Case kCases[] = {
      {{.driver = "nvidia", .answers = false, .listed = true}, "fallen off the bus"},
      {{.driver = ""}, "no driver is bound"},
      {{.driver = "nouveau"}, "keep nouveau from loading"},
      {{.driver = "vfio-pci"}, "bound to vfio-pci, for virtual machines"},
      {{.driver = "nvgrace_gpu_vfio_pci"}, "bound to nvgrace_gpu_vfio_pci, for virtual machines"},
      {{.driver = "pci-stub"}, "bound to pci-stub, not to nvidia"},
      {{.driver = "nvidia", .listed = true, .excluded = true}, "NVreg_ExcludedGpus"},
      {{.driver = "nvidia"}, "a container sees only the GPUs it was given"},
      {{.driver = "nvidia", .listed = true, .has_node = false}, "device node"},
  };
  for (const Case& c : kCases) EXPECT_THAT(reason(c.gpu), HasSubstr(c.want));
  EXPECT_EQ(reason({.driver = "nvidia", .listed = true}), "");
}

class BusTest : public ::testing::Test {
 protected:
  Bus look(Options options = {}) {
    Source source{files_, processes_, options, {}};
    auto bus = look_at_bus(source);
    EXPECT_TRUE(bus) << bus.error().message;
    return bus.value_or(Bus());
  }
  void put(const std::string& id, std::string_view name, const std::string& text) {
    files_.put(cat("/sys/bus/pci/devices/", id, "/", name), text + "\n");
  }

  testing::FakeFiles files_;
  testing::FakeProcesses processes_;
};

TEST_F(BusTest, FindsGpusAndSwitchesAmongOtherDevices) {
  put("0000:00:01.0", "vendor", "0x8086");
  put("0000:00:01.0", "class", "0x030000");
  put("0000:04:00.0", "vendor", "0x10de");
  put("0000:04:00.0", "class", "0x030200");
  put("0000:04:00.0", "device", "0x2330");
  put("0000:04:00.0", "uevent", "DRIVER=nvidia\nPCI_CLASS=30200");
  put("0000:04:00.0", "numa_node", "1");
  put("0000:04:00.1", "vendor", "0x10de");  // the audio part of one
  put("0000:04:00.1", "class", "0x040300");
  put("0000:05:00.0", "vendor", "0x10de");
  put("0000:05:00.0", "class", "0x068000");
  files_.put("/proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  5.1\n");
  files_.put("/proc/driver/nvidia/gpus/0000:04:00.0/information", "Model: T\nDevice Minor: 0\n");
  files_.put("/dev/nvidiactl", "");
  Bus bus = look();
  EXPECT_TRUE(bus.there);
  EXPECT_TRUE(bus.driver_loaded);
  EXPECT_TRUE(bus.control_node);
  EXPECT_EQ(bus.driver_version, "5.1");
  EXPECT_EQ(bus.switches, 1);
  ASSERT_EQ(bus.gpus.size(), 1U);
  const BusGpu& gpu = bus.gpus[0];
  EXPECT_EQ(gpu.id, "0000:04:00.0");
  EXPECT_EQ(gpu.device_id, "0x2330");
  EXPECT_EQ(gpu.driver, "nvidia");
  EXPECT_EQ(gpu.model, "T");
  EXPECT_EQ(gpu.numa_node, 1);
  EXPECT_TRUE(gpu.listed);
  EXPECT_FALSE(gpu.has_node);  // no /dev/nvidia0
}

TEST_F(BusTest, KnowsADeviceThatReadsNothingButOnesFromOneThatSleeps) {
  put("0000:04:00.0", "vendor", "0x10de");
  put("0000:04:00.0", "class", "0x030200");
  put("0000:04:00.0", "current_link_width", "63");
  EXPECT_FALSE(look().gpus.at(0).answers);
  put("0000:04:00.0", "power/runtime_status", "active");
  EXPECT_FALSE(look().gpus.at(0).answers);
  put("0000:04:00.0", "power/runtime_status", "suspended");
  EXPECT_TRUE(look().gpus.at(0).answers);
}

TEST_F(BusTest, ABusThatIsNotThereIsNone) {
  EXPECT_FALSE(look().there);
  files_.fail_on("/sys/bus/pci/devices", {ErrorKind::Denied, "no", {}, {}});
  Options options;
  EXPECT_FALSE(look_at_bus(Source{files_, processes_, options, {}}));
}

TEST_F(BusTest, ARootIsThisMachineWhenItBootedWithIt) {
  struct Case {
    const char* root;
    const char* there;
    bool want;
  };
  const Case kCases[] = {
      {"", "", true}, {"/", "", true}, {"/host", "a", true}, {"/host", "b", false}, {"/host", "", false}};
  for (const Case& c : kCases) {
    testing::FakeFiles files;
    files.put("/proc/sys/kernel/random/boot_id", "a");
    if (*c.there != '\0') files.put("/host/proc/sys/kernel/random/boot_id", c.there);
    Options options{.root = c.root};
    EXPECT_EQ(root_is_this_machine(Source{files, processes_, options, {}}), c.want) << c.root << c.there;
  }
}

}  // namespace
}  // namespace eidos::collect
