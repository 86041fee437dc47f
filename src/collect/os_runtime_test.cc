// Container runtimes: containerd with its imports, CRI-O with its drop-ins, Docker, kubelet, the toolkit,
// CDI.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "collect/collect.h"
#include "collect/runtime_configs.h"
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

constexpr const char* kContainerd = "/etc/containerd/config.toml";

class OsRuntime : public ::testing::Test {
 protected:
  void run() {
    Context context{files_, clock_, processes_, log_, {}};
    auto collected = collect(context, {.filter = {"os.runtime"}, .parallel = 1});
    ASSERT_TRUE(collected) << collected.error().message;
    outcome_ = collected->snapshot.collectors[0];
    warnings_ = collected->warnings;
    snapshot_ = std::move(collected->snapshot);
  }
  std::string reading(std::string_view key) const {
    const data::Value* value = model::find_reading(snapshot_, "OS", "runtime", key);
    return value == nullptr ? "(none)" : value->scalar_text();
  }
  void expect(const std::vector<std::pair<const char*, const char*>>& wanted) {
    run();
    for (const auto& [key, want] : wanted) EXPECT_EQ(reading(key), want) << key;
  }

  testing::FakeFiles files_;
  testing::FakeClock clock_;
  testing::FakeProcesses processes_;
  testing::CaptureLog log_;
  model::Snapshot snapshot_;
  model::CollectorOutcome outcome_;
  std::vector<std::string> warnings_;
};

TEST_F(OsRuntime, ReadsContainerdOfEveryVersion) {
  const char* kVersions[] = {
      R"(version = 2
[plugins."io.containerd.grpc.v1.cri"]
  enable_cdi = true
  cdi_spec_dirs = ["/etc/cdi", "/var/run/cdi"]
  sandbox_image = "registry.k8s.io/pause:3.9"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "nvidia"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia.options]
        BinaryName = "/usr/bin/nvidia-container-runtime"
        SystemdCgroup = true
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
)",
      R"(version = 3
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "registry.k8s.io/pause:3.9"
[plugins.'io.containerd.cri.v1.runtime']
  enable_cdi = true
  cdi_spec_dirs = ['/etc/cdi', '/var/run/cdi']
[plugins.'io.containerd.cri.v1.runtime'.containerd]
  default_runtime_name = 'nvidia'
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes]
  runc.runtime_type = 'io.containerd.runc.v2'
  nvidia.runtime_type = 'io.containerd.runc.v2'
  nvidia.options = {BinaryName = '/usr/bin/nvidia-container-runtime', SystemdCgroup = true}
)"};
  for (const char* text : kVersions) {
    files_.put(kContainerd, text);
    expect({{"containerd.config", kContainerd},
            {"containerd.default-runtime", "nvidia"},
            {"containerd.cgroup-driver", "systemd"},
            {"containerd.runtimes", "nvidia,runc"},
            {"containerd.runtime.nvidia.binary", "/usr/bin/nvidia-container-runtime"},
            {"containerd.runtime.nvidia.systemd-cgroup", "true"},
            {"containerd.runtime.runc.type", "io.containerd.runc.v2"},
            {"containerd.enable-cdi", "true"},
            {"containerd.cdi-spec-dirs", "/etc/cdi,/var/run/cdi"},
            {"containerd.sandbox-image", "registry.k8s.io/pause:3.9"}});
    EXPECT_EQ(outcome_.status, CollectorStatus::Ok) << outcome_.detail;
    EXPECT_THAT(warnings_, IsEmpty());
  }
}

TEST_F(OsRuntime, ImportsGoOverTheFileInOrderAndOnce) {
  files_.put(kContainerd,
             "version = 3\nroot = '/a'\nimports = ['conf.d/*.toml', '/etc/other.toml', 'none.toml']\n"
             "[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]\n"
             "SystemdCgroup = true\n");
  files_.put("/etc/containerd/conf.d/10.toml",
             "version = 3\nroot = '/b'\nimports = ['/etc/containerd/config.toml']\n");
  files_.put(
      "/etc/containerd/conf.d/99-nvidia.toml",
      "version = 3\n[plugins.'io.containerd.cri.v1.runtime'.containerd]\ndefault_runtime_name = 'nvidia'\n"
      "runtimes.nvidia.options.SystemdCgroup = false\n");
  files_.put("/etc/containerd/conf.d/readme.txt", "root = '/never'");
  files_.put("/etc/other.toml", "root = '/c'\n");
  expect({{"containerd.root", "/c"},
          {"containerd.default-runtime", "nvidia"},
          {"containerd.runtimes", "nvidia,runc"},
          {"containerd.cgroup-driver", "cgroupfs"},
          {"containerd.imports", "conf.d/*.toml,/etc/other.toml,none.toml"}});
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(OsRuntime, BeforeVersionThreeAnImportReplacesAPluginWholeAndThatIsSaid) {
  files_.put(kContainerd,
             "version = 2\nimports = ['/etc/containerd/x.toml']\n"
             "[plugins.'io.containerd.grpc.v1.cri']\nsandbox_image = 'pause:1.0'\n");
  files_.put("/etc/containerd/x.toml", "[plugins.'io.containerd.grpc.v1.cri']\nenable_cdi = true\n");
  expect({{"containerd.sandbox-image", "(none)"}, {"containerd.enable-cdi", "true"}});
  ASSERT_EQ(warnings_.size(), 1U);
  EXPECT_THAT(warnings_[0], HasSubstr("/etc/containerd/x.toml replaces what an earlier file says of "
                                      "io.containerd.grpc.v1.cri whole"));
}

TEST_F(OsRuntime, EndsAtManyImports) {
  std::string imports;
  for (int i = 0; i < 300; ++i) {
    imports += cat("'/i/", i, ".toml',");
    files_.put(cat("/i/", i, ".toml"), "root = '/r'\n");
  }
  files_.put(kContainerd, cat("imports = [", imports, "]\n"));
  expect({{"containerd.root", "/r"}});
  EXPECT_EQ(outcome_.status, CollectorStatus::Partial);
  EXPECT_THAT(outcome_.detail, HasSubstr("more than 100 imports"));
}

TEST_F(OsRuntime, SaysWhereAFileDoesNotParseAndNotWhatItSays) {
  files_.put(kContainerd, "version = 2\npassword = hunter2\n");
  files_.put("/etc/docker/daemon.json", R"({"default-runtime": "nvidia", "password": "hunter2)");
  files_.put("/var/lib/kubelet/config.yaml", "cgroupDriver: systemd\n");
  expect({{"containerd.config", kContainerd}, {"kubelet.cgroup-driver", "systemd"}});
  EXPECT_EQ(outcome_.status, CollectorStatus::Partial);
  EXPECT_THAT(outcome_.detail, HasSubstr("/etc/containerd/config.toml:2:"));
  EXPECT_THAT(outcome_.detail, HasSubstr("/etc/docker/daemon.json:1:"));
  EXPECT_THAT(outcome_.detail, Not(HasSubstr("hunter2")));
}

TEST_F(OsRuntime, TheOthersToo) {
  files_.put("/etc/crio/crio.conf",
             "[crio.runtime]\ncgroup_manager = \"cgroupfs\"\ndefault_runtime = \"runc\"\n");
  files_.put("/etc/crio/crio.conf.d/99-nvidia.conf",
             "[crio.runtime]\ndefault_runtime = \"nvidia\"\ncgroup_manager = \"systemd\"\n"
             "[crio.runtime.runtimes.nvidia]\nruntime_path = \"/usr/bin/nvidia-container-runtime\"\n");
  files_.put("/etc/docker/daemon.json",
             R"({"exec-opts": ["native.cgroupdriver=systemd"], "features": {"cdi": true},
                 "runtimes": {"nvidia": {"path": "nvidia-container-runtime", "args": ["--password", "hunter2"]}}})");
  files_.put(
      "/var/lib/kubelet/config.yaml",
      "kind: KubeletConfiguration\ntopologyManagerPolicy: single-numa-node\nmaxPods: 110\n"
      "featureGates: {DynamicResourceAllocation: true}\nstaticPodURLHeader: {Authorization: [hunter2]}\n");
  files_.put("/etc/nvidia-container-runtime/config.toml",
             "[nvidia-container-runtime]\nmode = \"auto\"\nruntimes = [\"runc\", \"crun\"]\n");
  files_.put("/etc/cdi/nvidia.yaml",
             "cdiVersion: 0.5.0\nkind: nvidia.com/gpu\ndevices: [{name: '0'}, {name: all}]\n");
  expect({{"crio.default-runtime", "nvidia"},
          {"crio.cgroup-driver", "systemd"},
          {"crio.runtimes", "nvidia"},
          {"crio.runtime.nvidia.path", "/usr/bin/nvidia-container-runtime"},
          {"docker.cgroup-driver", "systemd"},
          {"docker.cdi", "true"},
          {"docker.runtime.nvidia.path", "nvidia-container-runtime"},
          {"kubelet.topology-manager-policy", "single-numa-node"},
          {"kubelet.max-pods", "110"},
          {"kubelet.feature-gate.DynamicResourceAllocation", "true"},
          {"toolkit.mode", "auto"},
          {"toolkit.runtimes", "runc,crun"},
          {"cdi./etc/cdi/nvidia.yaml.kind", "nvidia.com/gpu"},
          {"cdi./etc/cdi/nvidia.yaml.devices", "2"}});
  EXPECT_EQ(outcome_.status, CollectorStatus::Ok) << outcome_.detail;
  EXPECT_EQ(snapshot_.metadata.redactions, 0) << "what is not on the list is not even looked at";
}

TEST_F(OsRuntime, WarnsWhereRuntimesContradictOneAnother) {
  files_.put("/var/lib/kubelet/config.yaml", "cgroupDriver: systemd\n");
  files_.put(kContainerd,
             "version = 2\ndisabled_plugins = ['cri']\n[plugins.'io.containerd.grpc.v1.cri'.containerd."
             "runtimes.runc.options]\nSystemdCgroup = false\n");
  run();
  EXPECT_THAT(warnings_,
              ElementsAre(HasSubstr("containerd's cri plugin is disabled"),
                          HasSubstr("kubelet's cgroup driver is systemd, that of containerd is cgroupfs")));
}

TEST(Overlay, ReplacesAllButMaps) {
  data::Value base{data::Map()};
  base.map().set("a", data::Value(data::Map()));
  base.map().at_or_add("a").map().set("x", data::Value(1));
  data::Value over{data::Map()};
  over.map().set("a", data::Value("text"));
  overlay(base, over);
  EXPECT_EQ(base.find("a")->scalar_text(), "text");
  overlay(base, data::Value("whole"));
  EXPECT_TRUE(base.is_string());
}

}  // namespace
}  // namespace eidos::collect
