#include "collect/collect.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "collect/collector.h"
#include "data/document.h"
#include "support/capture_log.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"
#include "support/fake_processes.h"
#include "support/temp_dir.h"

namespace eidos::collect {
namespace {

using model::CollectorStatus;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kCanary = "Canary4711Sings";

// A small machine in a directory, read by the real file seam.
class CollectTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_.put("usr/lib/os-release", "ID=ubuntu\nVERSION_ID=\"24.04\"\n");
    std::filesystem::create_directories(root_ / "etc");
    std::filesystem::create_symlink("../usr/lib/os-release", root_ / "etc/os-release");
    root_.put("proc/cmdline", cat("console=ttyS0 root=/dev/sda1 password=", kCanary, " quiet\n"));
    root_.put("proc/modules", "nvidia 1 0 - Live 0x0\nip_tables 1 0 - Live 0x0\n");
    root_.put("proc/sys/kernel/hostname", "gpu-node-7\n");
    root_.put("proc/sys/kernel/osrelease", "6.8.0-1024-aws\n");
    root_.put("proc/sys/kernel/random/uuid", std::string(kCanary));
    root_.put("proc/sys/vendor/api_token", std::string(kCanary));
    root_.put("proc/sys/vendor/proxy", cat("http://me:", kCanary, "@h:1\n"));
    xml_ = root_.put("smi.xml",
                     "<nvidia_smi_log><driver_version>500.1</driver_version><attached_gpus>1</attached_gpus>"
                     "<gpu><product_name>Tester</product_name><serial>4711</serial></gpu></nvidia_smi_log>");
  }

  Options options() const { return {.root = root_.path(), .smi_xml = xml_, .version = "1.2.3"}; }

  Result<Collected> run(const Options& options, const Limit& limit = {}) {
    Context context{*files_, clock_, processes_, log_, limit};
    return collect(context, options);
  }

  testing::TempDir root_;
  std::string xml_;
  std::unique_ptr<Files> files_ = real_files();
  testing::FakeClock clock_;
  testing::FakeProcesses processes_;
  testing::CaptureLog log_;
};

TEST_F(CollectTest, MakesOneSortedDocument) {
  auto collected = run(options());
  ASSERT_TRUE(collected) << collected.error().message;
  EXPECT_EQ(data::to_yaml(data::write_value(collected->snapshot)),
            R"(kind: Snapshot
apiVersion: eidos.nvidia.com/v1alpha1
metadata:
  timestamp: "2026-01-02T18:01:13Z"
  version: "1.2.3"
  source-node: gpu-node-7
  redactions: 4
measurements:
  - type: GPU
    subtypes:
      - subtype: smi
        data:
          driver: "500.1"
          gpu-count: 1
          gpu.0.model: Tester
          gpu.model: Tester
  - type: OS
    subtypes:
      - subtype: grub
        data:
          console: ttyS0
          quiet: ""
      - subtype: kernel
        data:
          release: 6.8.0-1024-aws
      - subtype: kmod
        data:
          ip_tables: true
          nvidia: true
      - subtype: release
        data:
          ID: ubuntu
          VERSION_ID: "24.04"
      - subtype: sysctl
        data:
          /proc/sys/kernel/hostname: gpu-node-7
          /proc/sys/kernel/osrelease: 6.8.0-1024-aws
          /proc/sys/vendor/api_token: <redacted:1>
          /proc/sys/vendor/proxy: <redacted:2>
collectors:
  - name: gpu.hardware
    status: absent
    duration: 0ms
    detail: "no PCI bus: /sys/bus/pci/devices is not there"
  - name: gpu.smi
    status: ok
    duration: 0ms
  - name: k8s.crd
    status: absent
    duration: 0ms
    detail: "no cluster: there is no kubeconfig, and this is no pod"
  - name: k8s.helm
    status: absent
    duration: 0ms
    detail: "no cluster: there is no kubeconfig, and this is no pod"
  - name: k8s.image
    status: absent
    duration: 0ms
    detail: "no cluster: there is no kubeconfig, and this is no pod"
  - name: k8s.node
    status: absent
    duration: 0ms
    detail: "no cluster: there is no kubeconfig, and this is no pod"
  - name: k8s.policy
    status: absent
    duration: 0ms
    detail: "no cluster: there is no kubeconfig, and this is no pod"
  - name: k8s.server
    status: absent
    duration: 0ms
    detail: "no cluster: there is no kubeconfig, and this is no pod"
  - name: os.cpu
    status: absent
    duration: 0ms
    detail: neither /proc/cpuinfo nor /sys/devices/system/cpu
  - name: os.grub
    status: ok
    duration: 0ms
  - name: os.kernel
    status: ok
    duration: 0ms
  - name: os.kmod
    status: ok
    duration: 0ms
  - name: os.limits
    status: absent
    duration: 0ms
    detail: neither /proc/1/limits nor /etc/security/limits.conf
  - name: os.memory
    status: absent
    duration: 0ms
    detail: neither /proc/meminfo nor /sys/kernel/mm
  - name: os.numa
    status: absent
    duration: 0ms
    detail: "no /sys/devices/system/node: this kernel knows no NUMA nodes"
  - name: os.pci
    status: absent
    duration: 0ms
    detail: "no /sys/bus/pci/devices: no PCI bus, or no sysfs here"
  - name: os.release
    status: ok
    duration: 0ms
  - name: os.runtime
    status: absent
    duration: 0ms
    detail: no configuration of containerd, CRI-O, Docker or kubelet
  - name: os.sysctl
    status: ok
    duration: 0ms
  - name: systemd
    status: absent
    duration: 0ms
    detail: "no systemd here: there is neither /run/systemd/private nor /run/dbus/system_bus_socket"
  - name: topology
    status: absent
    duration: 0ms
    detail: "no cluster: there is no kubeconfig, and this is no pod"
)");
  EXPECT_THAT(collected->warnings, IsEmpty());
  EXPECT_EQ(worst_failure(collected->snapshot), std::nullopt);
}

TEST_F(CollectTest, WritesTheSameHoweverManyRunAtOnce) {
  std::string first;
  for (int parallel : {1, 2, 5, 64}) {
    Options many = options();
    many.parallel = parallel;
    auto collected = run(many);
    ASSERT_TRUE(collected);
    std::string text = data::to_yaml(data::write_value(collected->snapshot));
    if (first.empty()) first = text;
    EXPECT_EQ(text, first) << parallel;
  }
}

TEST_F(CollectTest, WhatItWritesReadsBack) {
  auto collected = run(options());
  ASSERT_TRUE(collected);
  data::Sources sources;
  auto value = data::parse_yaml(data::to_yaml(data::write_value(collected->snapshot)), sources, "snapshot");
  ASSERT_TRUE(value);
  data::Reading reading{sources};
  auto snapshot = model::read_snapshot(*value, reading);
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(data::write_value(*snapshot), data::write_value(collected->snapshot));
}

TEST_F(CollectTest, LetsNoCanaryOut) {
  auto collected = run(options());
  ASSERT_TRUE(collected);
  std::string text = data::to_json(data::write_value(collected->snapshot));
  for (const std::string& warning : collected->warnings) text += warning;
  EXPECT_THAT(text, Not(HasSubstr(kCanary)));
  EXPECT_THAT(text, Not(HasSubstr("4711")));
}

TEST_F(CollectTest, RunsOnlyWhatIsAskedFor) {
  struct Case {
    std::vector<std::string> filter;
    std::vector<std::string> exclude;
    std::vector<std::string> want;
  };
  const Case kCases[] = {
      {{"os.release"}, {}, {"os.release"}},
      {{"os"},
       {"os.sysctl"},
       {"os.cpu", "os.grub", "os.kernel", "os.kmod", "os.limits", "os.memory", "os.numa", "os.pci",
        "os.release", "os.runtime"}},
      {{"GPU", "k8s"},
       {},
       {"gpu.hardware", "gpu.smi", "k8s.crd", "k8s.helm", "k8s.image", "k8s.node", "k8s.policy",
        "k8s.server"}},
      {{"NodeTopology", "SYSTEMD"}, {}, {"systemd", "topology"}},
      {{}, {"os", "K8s", "topology"}, {"gpu.hardware", "gpu.smi", "systemd"}},
  };
  for (const Case& c : kCases) {
    Options some = options();
    some.filter = c.filter;
    some.exclude = c.exclude;
    auto collected = run(some);
    ASSERT_TRUE(collected);
    std::vector<std::string> names;
    for (const auto& outcome : collected->snapshot.collectors) names.push_back(outcome.name);
    EXPECT_EQ(names, c.want);
  }
}

TEST_F(CollectTest, RefusesAMalformedPolicyKindBeforeAnythingStarts) {
  Options some = options();
  some.policy_kinds = {"clusterpolicies"};
  auto refused = run(some);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Invalid);
}

TEST_F(CollectTest, RefusesNamesItDoesNotKnow) {
  struct Case {
    std::vector<std::string> filter;
    std::vector<std::string> exclude;
    const char* want;
  };
  const Case kCases[] = {
      {{"os.releese"}, {}, "--filter: 'os.releese' is no collector; did you mean 'os.release'?"},
      {{}, {"kubernetes"}, "--exclude: 'kubernetes' is no collector"},
      {{""}, {}, "--filter: '' is no collector"},
      {{"os"}, {"OS"}, "--filter and --exclude leave no collector to run"},
  };
  for (const Case& c : kCases) {
    Options some = options();
    some.filter = c.filter;
    some.exclude = c.exclude;
    auto collected = run(some);
    ASSERT_FALSE(collected);
    EXPECT_EQ(collected.error().kind, ErrorKind::Invalid);
    EXPECT_EQ(collected.error().message, c.want);
  }
}

TEST_F(CollectTest, NamesTheNodeByTheHostUnlessTold) {
  Options named = options();
  named.filter = {"os.kmod"};
  named.source_node = "told";
  EXPECT_EQ(run(named)->snapshot.metadata.source_node, "told");
  named.source_node.clear();
  EXPECT_EQ(run(named)->snapshot.metadata.source_node, "gpu-node-7");
  std::filesystem::remove(root_ / "proc/sys/kernel/hostname");
  EXPECT_EQ(run(named)->snapshot.metadata.source_node, "");
}

TEST_F(CollectTest, FailFastReturnsTheFirstFailure) {
  Options fast = options();
  fast.smi_xml = root_ / "missing.xml";
  auto partial = run(fast);
  ASSERT_TRUE(partial);
  EXPECT_EQ(worst_failure(partial->snapshot), ErrorKind::Unavailable);
  EXPECT_THAT(partial->warnings, ElementsAre(HasSubstr("missing.xml")));
  fast.fail_fast = true;
  auto collected = run(fast);
  ASSERT_FALSE(collected);
  EXPECT_EQ(collected.error().kind, ErrorKind::NotFound);
}

TEST_F(CollectTest, IsCancelledByAStopRequest) {
  std::stop_source stop;
  stop.request_stop();
  auto collected = run(options(), Limit(stop.get_token(), std::nullopt));
  ASSERT_FALSE(collected);
  EXPECT_EQ(collected.error().kind, ErrorKind::Cancelled);
}

TEST_F(CollectTest, AnExpiredLimitStillGivesADocument) {
  auto collected = run(options(), Limit().within(Milliseconds(0)));
  ASSERT_TRUE(collected);
  for (const auto& outcome : collected->snapshot.collectors)
    EXPECT_TRUE(outcome.status == CollectorStatus::TimedOut || outcome.status == CollectorStatus::Absent)
        << outcome.name;
  EXPECT_EQ(worst_failure(collected->snapshot), ErrorKind::Timeout);
}

TEST(Collect, AnEmptyMachineIsAWholeAnswer) {
  testing::FakeFiles files;
  testing::FakeClock clock;
  testing::FakeProcesses processes;
  testing::CaptureLog log;
  Context context{files, clock, processes, log, {}};
  auto collected = collect(context, {});
  ASSERT_TRUE(collected);
  for (const auto& outcome : collected->snapshot.collectors) {
    EXPECT_EQ(outcome.status, CollectorStatus::Absent) << outcome.name;
    EXPECT_NE(outcome.detail, "") << outcome.name;
  }
  EXPECT_EQ(worst_failure(collected->snapshot), std::nullopt);
}

TEST(Collect, WorstFailureGoesByWhatCouldNotBeKnown) {
  struct Case {
    std::vector<CollectorStatus> statuses;
    std::optional<ErrorKind> want;
  };
  using S = CollectorStatus;
  const Case kCases[] = {{{}, std::nullopt},
                         {{S::Ok, S::Absent, S::Partial}, std::nullopt},
                         {{S::Ok, S::Denied}, ErrorKind::Denied},
                         {{S::TimedOut, S::Denied}, ErrorKind::Timeout},
                         {{S::TimedOut, S::Failed, S::Denied}, ErrorKind::Unavailable}};
  for (const Case& c : kCases) {
    model::Snapshot snapshot;
    for (S status : c.statuses) snapshot.collectors.push_back({"x", status, "", ""});
    EXPECT_EQ(worst_failure(snapshot), c.want);
  }
}

TEST(Collect, AGpuOnTheBusIsNoGpuToRun) {
  struct Case {
    const char* wanted;
    const char* name;
    bool want;
  };
  const Case kCases[] = {{"gpu", "gpu.smi", true},       {"gpu", "gpu.hardware", false},
                         {"GPU", "gpu.hardware", false}, {"gpu.hardware", "gpu.hardware", true},
                         {"os", "os.kmod", true},        {"os", "gpu.smi", false}};
  for (const Case& c : kCases) EXPECT_EQ(fulfils(c.wanted, c.name), c.want) << c.wanted << " " << c.name;
}

TEST(Collect, ACollectorsOutputIsCapped) {
  struct Case {
    const char* what;
    data::Map readings;
    const char* message;
  };
  auto map = [](std::initializer_list<std::pair<const char*, data::Value>> entries) {
    data::Map out;
    for (const auto& [key, value] : entries) out.set(key, value);
    return out;
  };
  const Case kCases[] = {
      {"at the cap", map({{"a", data::Value("12345678")}, {"b", data::Value(true)}}), nullptr},
      {"a byte more", map({{"a", data::Value("123456789")}, {"b", data::Value(true)}}),
       "it brought 11 bytes of readings; at most 10 are kept"},
      {"in parts", map({{"a", data::Value(data::List{data::Value("1234"), data::Value("56789")})}}),
       "it brought 12 bytes of readings; at most 10 are kept"},
      {"a reading more", map({{"a", data::Value()}, {"b", data::Value()}, {"c", data::Value()}}),
       "it brought 3 readings; at most 2 are kept"},
  };
  for (const Case& c : kCases) {
    auto kept = within_caps(one_subtype("x", c.readings), 2, 10);
    EXPECT_EQ(kept.has_value(), c.message == nullptr) << c.what;
    if (!kept) {
      EXPECT_EQ(kept.error().message, c.message);
    }
  }
  auto failed = within_caps(fail(ErrorKind::Denied, "no"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::Denied);
}

TEST(Collect, ListsItsNames) {
  EXPECT_THAT(collector_names(),
              ElementsAre("os", "systemd", "gpu", "k8s", "topology", "gpu.hardware", "gpu.smi", "k8s.crd",
                          "k8s.helm", "k8s.image", "k8s.node", "k8s.policy", "k8s.server", "os.cpu",
                          "os.grub", "os.kernel", "os.kmod", "os.limits", "os.memory", "os.numa", "os.pci",
                          "os.release", "os.runtime", "os.sysctl"));
}

}  // namespace
}  // namespace eidos::collect
