// The facts of a machine beyond os_test.cc: processors, memory, PCI, kernel, limits, modules in detail.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "collect/collect.h"
#include "collect/gather.h"
#include "collect/os_hardware.h"
#include "support/capture_log.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"
#include "support/fake_processes.h"

namespace eidos::collect {
namespace {

using model::CollectorStatus;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs(const data::Map& map) {
  Pairs out;
  for (const auto& entry : map) out.emplace_back(entry.key, entry.value.scalar_text());
  return out;
}

// One collector over a machine of fake files; what it found, and how it ended.
class OsFacts : public ::testing::Test {
 protected:
  Pairs run(const std::string& name, Options options = {}) {
    Context context{files_, clock_, processes_, log_, {}};
    options.filter = {name};
    options.parallel = 1;
    auto collected = collect(context, options);
    EXPECT_TRUE(collected) << collected.error().message;
    if (!collected) return {};
    outcome_ = collected->snapshot.collectors[0];
    warnings_ = collected->warnings;
    if (collected->snapshot.measurements.empty()) return {};
    return pairs(collected->snapshot.measurements[0].subtypes[0].data);
  }
  void put(const std::string& directory, const Pairs& files) {
    for (const auto& [name, bytes] : files) files_.put(cat(directory, "/", name), bytes + "\n");
  }

  testing::FakeFiles files_;
  testing::FakeClock clock_;
  testing::FakeProcesses processes_;
  testing::CaptureLog log_;
  model::CollectorOutcome outcome_;
  std::vector<std::string> warnings_;
};

TEST(NumberList, IsTheKernels) {
  struct Case {
    const char* text;
    std::optional<std::vector<int>> want;
  };
  const Case kCases[] = {{"0", {{0}}},
                         {"0-3", {{0, 1, 2, 3}}},
                         {"0-1,8,10-11\n", {{0, 1, 8, 10, 11}}},
                         {"", {{}}},
                         {"3-1", std::nullopt},
                         {"0-", std::nullopt},
                         {"a", std::nullopt},
                         {"-1", std::nullopt},
                         {"0,,1", std::nullopt},
                         {"0-99999999", std::nullopt},
                         {"0-60000,0-60000", std::nullopt}};
  for (const Case& c : kCases) EXPECT_EQ(parse_number_list(c.text), c.want) << c.text;
}

TEST(Chosen, IsTheWordInBrackets) {
  EXPECT_EQ(chosen("always [madvise] never"), "madvise");
  EXPECT_EQ(chosen("[none] integrity confidentiality"), "none");
  EXPECT_EQ(chosen("1"), "1");
  EXPECT_EQ(chosen("]a["), "]a[");
}

TEST_F(OsFacts, CpuCountsGroupsOnce) {
  files_.put(
      "/proc/cpuinfo",
      "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel\t\t: 143\nmodel name\t: Xeon\ncpu MHz\t: 2000.1\n"
      "microcode\t: 0x2b\n\nprocessor\t: 1\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon\nmicrocode\t: "
      "0x2c\n");
  const std::string cpus = "/sys/devices/system/cpu";
  put(cpus, {{"online", "0-7"},
             {"offline", ""},
             {"isolated", "2-3"},
             {"smt/control", "on"},
             {"vulnerabilities/meltdown", "Not affected"}});
  for (int cpu = 0; cpu < 8; ++cpu)
    put(cat(cpus, "/cpu", cpu, "/topology"), {{"package_cpus_list", cpu < 4 ? "0-3" : "4-7"},
                                              {"core_cpus_list", cat(cpu / 2 * 2, "-", cpu / 2 * 2 + 1)}});
  put(cat(cpus, "/cpufreq/policy0"), {{"scaling_governor", "performance"}, {"cpuinfo_max_freq", "3800000"}});
  put(cat(cpus, "/cpufreq/policy1"), {{"scaling_governor", "powersave"}, {"cpuinfo_max_freq", "3800000"}});
  EXPECT_THAT(
      run("os.cpu"),
      ElementsAre(Pair("cores", "4"), Pair("governor", "performance, powersave"), Pair("isolated", "2-3"),
                  Pair("max-frequency-khz", "3800000"), Pair("microcode", "0x2b, 0x2c"),
                  Pair("model", "Xeon"), Pair("model-id", "143"), Pair("online", "0-7"), Pair("smt", "on"),
                  Pair("sockets", "2"), Pair("threads", "8"), Pair("vendor", "GenuineIntel"),
                  Pair("vulnerability.meltdown", "Not affected")));
  EXPECT_EQ(outcome_.status, CollectorStatus::Ok);
}

TEST_F(OsFacts, CpuOfArmHasAName) {
  files_.put("/proc/cpuinfo",
             "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd4f\nCPU variant\t: 0x0\n");
  EXPECT_THAT(run("os.cpu"), ElementsAre(Pair("implementer", "0x41"), Pair("model", "Neoverse-V2"),
                                         Pair("part", "0xd4f"), Pair("variant", "0x0")));
}

TEST_F(OsFacts, CpuSaysWhatItCouldNotRead) {
  put("/sys/devices/system/cpu", {{"online", "all of them"}});
  files_.fail_on("/proc/cpuinfo", {ErrorKind::Denied, "no", {}, {}});
  EXPECT_THAT(run("os.cpu"), ElementsAre(Pair("online", "all of them")));
  EXPECT_EQ(outcome_.status, CollectorStatus::Partial);
  EXPECT_EQ(outcome_.detail, "2 files could not be read: /proc/cpuinfo, /sys/devices/system/cpu/online");
}

TEST_F(OsFacts, MemoryHasSizesAndNoCounters) {
  files_.put("/proc/meminfo",
             "MemTotal:       24684092 kB\nMemFree:        21419872 kB\nSwapTotal:             0 kB\n"
             "HugePages_Free:        7\nHugepagesize:       2048 kB\n");
  put("/sys/kernel/mm/hugepages/hugepages-2048kB",
      {{"nr_hugepages", "128"}, {"free_hugepages", "3"}, {"nr_overcommit_hugepages", "0"}});
  put("/sys/kernel/mm/hugepages/hugepages-1048576kB", {{"nr_hugepages", "0"}});
  put("/sys/kernel/mm/transparent_hugepage",
      {{"enabled", "always [madvise] never"}, {"defrag", "always defer [madvise] never"}});
  EXPECT_THAT(
      run("os.memory"),
      ElementsAre(Pair("hugepage-size", "2048 kB"), Pair("hugepages-1048576kB", "0"),
                  Pair("hugepages-2048kB", "128"), Pair("hugepages-2048kB.overcommit", "0"),
                  Pair("swap-total", "0 kB"), Pair("total", "24684092 kB"),
                  Pair("transparent-hugepages", "madvise"), Pair("transparent-hugepages.defrag", "madvise")));
}

TEST_F(OsFacts, NumaListsEachNode) {
  const std::string nodes = "/sys/devices/system/node";
  put(nodes, {{"online", "0-1"}, {"has_cpu", "0"}, {"has_memory", "0-1"}});
  put(nodes + "/node0", {{"cpulist", "0-71"},
                         {"distance", "10 40"},
                         {"meminfo", "Node 0 MemTotal:       1000 kB\nNode 0 MemFree: 1 kB"},
                         {"hugepages/hugepages-2048kB/nr_hugepages", "4"}});
  put(nodes + "/node10", {{"cpulist", ""}, {"distance", "40 10"}, {"meminfo", "Node 10 MemTotal: 2000 kB"}});
  put(nodes + "/nodes", {{"cpulist", "no node"}});
  EXPECT_THAT(run("os.numa"),
              ElementsAre(Pair("has-cpu", "0"), Pair("has-memory", "0-1"), Pair("node0.cpus", "0-71"),
                          Pair("node0.distances", "10 40"), Pair("node0.hugepages-2048kB", "4"),
                          Pair("node0.memory", "1000 kB"), Pair("node10.distances", "40 10"),
                          Pair("node10.memory", "2000 kB"), Pair("nodes", "2"), Pair("online", "0-1")));
}

TEST_F(OsFacts, PciListsWhatAClusterIsBuiltOf) {
  const std::string bus = "/sys/bus/pci/devices/";
  put(bus + "0000:04:00.0",
      {{"uevent", "DRIVER=nvidia\nPCI_CLASS=30200\nPCI_ID=10DE:2330\nPCI_SUBSYS_ID=10DE:16C1"},
       {"numa_node", "0"},
       {"current_link_speed", "2.5 GT/s PCIe"},
       {"max_link_speed", "32.0 GT/s PCIe"},
       {"current_link_width", "8"},
       {"max_link_width", "16"}});
  put(bus + "0000:05:00.0", {{"uevent", "DRIVER=mlx5_core\nPCI_CLASS=20700\nPCI_ID=15B3:1021"},
                             {"current_link_speed", "32.0 GT/s PCIe"},
                             {"sriov_numvfs", "1"}});
  put(bus + "0000:05:00.1", {{"uevent", "PCI_CLASS=20700\nPCI_ID=15B3:101E"}, {"physfn/vendor", "0x15b3"}});
  put(bus + "0000:00:05.0", {{"uevent", "PCI_CLASS=20000\nPCI_ID=1D0F:EC20"}});
  put(bus + "0000:00:06.0", {{"uevent", "PCI_CLASS=20000\nPCI_ID=1D0F:EFA2"}});
  put("/sys/kernel/iommu_groups/17", {{"devices/0000:04:00.0/vendor", "0x10de"}, {"type", "identity"}});
  put("/sys/class/iommu", {{"dmar0/x", ""}, {"dmar1/x", ""}});
  EXPECT_THAT(
      run("os.pci"),
      ElementsAre(Pair("0000:00:06.0.class", "020000"), Pair("0000:00:06.0.driver", "none"),
                  Pair("0000:00:06.0.id", "1d0f:efa2"), Pair("0000:04:00.0.class", "030200"),
                  Pair("0000:04:00.0.driver", "nvidia"), Pair("0000:04:00.0.id", "10de:2330"),
                  Pair("0000:04:00.0.iommu-group", "17"), Pair("0000:04:00.0.iommu-type", "identity"),
                  Pair("0000:04:00.0.link-speed-max", "32.0 GT/s PCIe"), Pair("0000:04:00.0.link-width", "8"),
                  Pair("0000:04:00.0.link-width-max", "16"), Pair("0000:04:00.0.numa-node", "0"),
                  Pair("0000:04:00.0.subsystem", "10de:16c1"), Pair("0000:05:00.0.class", "020700"),
                  Pair("0000:05:00.0.driver", "mlx5_core"), Pair("0000:05:00.0.id", "15b3:1021"),
                  Pair("0000:05:00.0.link-speed", "32.0 GT/s PCIe"), Pair("0000:05:00.0.sriov-vfs", "1"),
                  Pair("efa-devices", "1"), Pair("iommu-units", "2"), Pair("mellanox-devices", "1"),
                  Pair("nvidia-devices", "1")));
}

TEST(PciUevent, IsReadOrRefused) {
  for (const char* text : {"", "PCI_ID", "PCI_ID=", "PCI_ID=:", "PCI_ID=10DE:", "PCI_ID=:2330", "pci_id=1:2"})
    EXPECT_FALSE(parse_pci_uevent(text)) << text;
  auto identity = parse_pci_uevent("PCI_ID=10DE:2330\nPCI_CLASS=30200\n");
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->vendor, "10de");
  EXPECT_EQ(identity->type, "030200");
  EXPECT_EQ(identity->driver, "");
}

TEST(Taints, HaveNames) {
  EXPECT_THAT(taint_names(0), IsEmpty());
  EXPECT_THAT(taint_names(12289), ElementsAre("proprietary-module", "out-of-tree-module", "unsigned-module"));
  EXPECT_THAT(taint_names(std::uint64_t{1} << 63), ElementsAre("bit-63"));
}

TEST_F(OsFacts, KernelSaysHowFarItIsToBeTrusted) {
  put("/proc/sys/kernel",
      {{"osrelease", "6.8.0"}, {"version", "#1 SMP"}, {"tainted", "4097"}, {"arch", "x86_64"}});
  put("/sys/kernel/security", {{"lockdown", "none [integrity] confidentiality"}, {"lsm", "lockdown,yama"}});
  put("/sys/fs/cgroup", {{"cgroup.controllers", "cpuset cpu io memory"}});
  files_.put("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
             std::string("\x06\x00\x00\x00\x01", 5));
  files_.put("/sys/firmware/efi/efivars/MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23",
             std::string("\x06\x00\x00\x00\x01", 5));
  EXPECT_THAT(
      run("os.kernel"),
      ElementsAre(Pair("architecture", "x86_64"), Pair("cgroup-controllers", "cpuset cpu io memory"),
                  Pair("cgroup-version", "2"), Pair("efi", "true"), Pair("lockdown", "integrity"),
                  Pair("release", "6.8.0"), Pair("secure-boot", "true"),
                  Pair("secure-boot.shim-validates", "false"), Pair("security-modules", "lockdown,yama"),
                  Pair("tainted", "4097"), Pair("taints", "proprietary-module,out-of-tree-module"),
                  Pair("version", "#1 SMP")));
}

TEST_F(OsFacts, KernelDoesNotGuess) {
  put("/proc/sys/kernel", {{"osrelease", "6.8.0"}, {"tainted", "-1"}});
  files_.put("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", "long enough?");
  EXPECT_THAT(run("os.kernel"), ElementsAre(Pair("efi", "true"), Pair("release", "6.8.0")));
  EXPECT_EQ(outcome_.status, CollectorStatus::Partial);
  EXPECT_THAT(outcome_.detail, HasSubstr("/proc/sys/kernel/tainted, /sys/firmware/efi/efivars/SecureBoot-"));
}

TEST(ProcessLimits, AreCutByTheirHeading) {
  EXPECT_THAT(
      pairs(parse_process_limits(
          "Limit                     Soft Limit           Hard Limit           Units     \n"
          "Max cpu time              unlimited            unlimited            seconds   \n"
          "Max open files            1024                 524288               files     \n"
          "Max nice priority         0                    0                    \n"
          "short\n")),
      ElementsAre(Pair("init.max-cpu-time.soft", "unlimited"), Pair("init.max-cpu-time.hard", "unlimited"),
                  Pair("init.max-open-files.soft", "1024"), Pair("init.max-open-files.hard", "524288"),
                  Pair("init.max-nice-priority.soft", "0"), Pair("init.max-nice-priority.hard", "0")));
  EXPECT_THAT(pairs(parse_process_limits("")), IsEmpty());
  EXPECT_THAT(pairs(parse_process_limits("Hard Limit Soft Limit\nx 1 2 3 4 5 6 7 8 9 0 1 2 3\n")), IsEmpty());
}

TEST_F(OsFacts, LimitsOfLoginsAndServices) {
  files_.put(
      "/etc/security/limits.conf",
      "# comment\n*  soft  memlock  65536 # behind\n@hpc - nofile 1048576\nshort line\n* soft a b c\n");
  files_.put("/etc/security/limits.d/10.conf", "*\tsoft\tMEMLOCK\tunlimited\n");
  files_.put("/etc/security/limits.d/readme", "* soft core 1\n");
  files_.put("/etc/systemd/system.conf",
             "[Manager]\n#DefaultLimitCORE=1\nDefaultLimitNOFILE=1024:524288\nLogLevel=info\n[Other]"
             "\nDefaultLimitRSS=1\n");
  files_.put("/usr/lib/systemd/system.conf", "[Manager]\nDefaultLimitAS=1\n");
  files_.put("/etc/systemd/system.conf.d/b.conf", "[Manager]\nDefaultLimitMEMLOCK=infinity\n");
  files_.put("/usr/lib/systemd/system.conf.d/b.conf", "[Manager]\nDefaultLimitMEMLOCK=8M\n");
  files_.put("/usr/lib/systemd/system.conf.d/a.conf",
             "[Manager]\nDefaultTasksMax=15%\nDefaultLimitNOFILE=\n");
  files_.put("/proc/sys/fs/nr_open", "1048576\n");
  EXPECT_THAT(
      run("os.limits"),
      ElementsAre(Pair("nr-open", "1048576"), Pair("pam.*.soft.memlock", "unlimited"),
                  Pair("pam.@hpc.hard.nofile", "1048576"), Pair("pam.@hpc.soft.nofile", "1048576"),
                  Pair("systemd.DefaultLimitMEMLOCK", "infinity"), Pair("systemd.DefaultTasksMax", "15%")));
}

TEST_F(OsFacts, ModulesInDetailOnlyWhenAsked) {
  files_.put("/proc/modules", "nvidia 54480896 44 nvidia_uvm, Live 0x0 (PO)\n../x 1 0 - Live 0x0\n");
  put("/sys/module/nvidia", {{"version", "570.133.20"},
                             {"taint", "PO"},
                             {"parameters/NVreg_EnableGpuFirmware", "18"},
                             {"parameters/NVreg_Password", "hunter2"}});
  files_.fail_on("/sys/module/nvidia/parameters/NVreg_EnableGpuFirmware", {ErrorKind::Denied, "no", {}, {}});
  files_.put("/sys/x/version", "never read");
  EXPECT_THAT(run("os.kmod"), ElementsAre(Pair("../x", "true"), Pair("nvidia", "true")));
  EXPECT_THAT(
      run("os.kmod", {.detail = true}),
      ElementsAre(Pair("../x", "true"), Pair("../x.refcount", "0"), Pair("../x.size", "1"),
                  Pair("../x.state", "Live"), Pair("nvidia", "true"),
                  Pair("nvidia.parameter.NVreg_Password", "<redacted:1>"), Pair("nvidia.refcount", "44"),
                  Pair("nvidia.size", "54480896"), Pair("nvidia.state", "Live"), Pair("nvidia.taint", "PO"),
                  Pair("nvidia.used-by", "nvidia_uvm"), Pair("nvidia.version", "570.133.20")));
  EXPECT_EQ(outcome_.status, CollectorStatus::Partial);
  EXPECT_THAT(outcome_.detail, HasSubstr("NVreg_EnableGpuFirmware"));
}

TEST_F(OsFacts, EndWhenTheirTimeIsUp) {
  put("/sys/devices/system/cpu", {{"online", "0"}});
  files_.fail_on("/sys/devices/system/cpu/online", {ErrorKind::Timeout, "too slow", {}, {}});
  EXPECT_THAT(run("os.cpu"), IsEmpty());
  EXPECT_EQ(outcome_.status, CollectorStatus::TimedOut);
}

// Two snapshots of this very machine: sizes and settings, nothing that counts.
TEST(OnThisMachine, FactsStayWhatTheyAre) {
  auto files = real_files();
  testing::FakeClock clock;
  testing::FakeProcesses processes;
  testing::CaptureLog log;
  Context context{*files, clock, processes, log, {}};
  Options options;
  options.filter = {"os.cpu", "os.memory", "os.numa", "os.pci", "os.kernel", "os.limits", "os.runtime"};
  auto first = collect(context, options);
  auto second = collect(context, options);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(data::write_value(first->snapshot.measurements),
            data::write_value(second->snapshot.measurements));
  EXPECT_NE(model::find_reading(first->snapshot, "OS", "memory", "total"), nullptr);
  EXPECT_NE(model::find_reading(first->snapshot, "OS", "kernel", "release"), nullptr);
}

}  // namespace
}  // namespace eidos::collect
