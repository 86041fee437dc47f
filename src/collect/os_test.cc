#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collect/collect.h"
#include "collect/collector.h"
#include "collect/os_parse.h"
#include "support/capture_log.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"
#include "support/fake_processes.h"

namespace eidos::collect {
namespace {

using model::CollectorStatus;
using ::testing::ElementsAre;
using testing::FakeFiles;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs(const data::Map& map) {
  Pairs out;
  for (const auto& entry : map) out.emplace_back(entry.key, entry.value.scalar_text());
  return out;
}

TEST(OsRelease, FollowsItsRules) {
  struct Case {
    std::string_view text;
    Pairs want;
  };
  const Case kCases[] = {
      {"ID=ubuntu\nVERSION_ID=\"24.04\"\n", {{"ID", "ubuntu"}, {"VERSION_ID", "24.04"}}},
      {"NAME='It''s'\n", {{"NAME", "Its"}}},
      {R"(NAME="a \"b\" \$c \`d\` \\e \f")", {{"NAME", R"(a "b" $c `d` \e \f)"}}},
      {R"(NAME='a \"b\"')", {{"NAME", R"(a \"b\")"}}},
      {R"(NAME=a\ b\")", {{"NAME", R"(a b")"}}},
      {R"(NAME="it's")", {{"NAME", "it's"}}},
      {"# ID=no\n  # neither\nID=yes # kept as it stands", {{"ID", "yes # kept as it stands"}}},
      {"ID=a\nID=b\n", {{"ID", "b"}}},
      {"EMPTY=\nQUOTED=\"\"\n", {{"EMPTY", ""}, {"QUOTED", ""}}},
      {"  ID=a  \r\nNAME=b\r\n", {{"ID", "a"}, {"NAME", "b"}}},
      {"URL=https://a/?b=c\n", {{"URL", "https://a/?b=c"}}},
      {"NAME=\"never closed\nID=a", {{"ID", "a"}, {"NAME", "never closed"}}},
      {"no sign\n=x\n1A=x\nA-B=x\nA B=x\n", {}},
      {"NAME=a\\", {{"NAME", "a\\"}}},
      {"NAME=\xff\n", {{"NAME", "\\xff"}}},
      {std::string_view("NAME=a\0b", 8), {{"NAME", "a\\x00b"}}},
      {"NAME=Zürich", {{"NAME", "Zürich"}}},
      {"", {}},
  };
  for (const Case& c : kCases) EXPECT_EQ(pairs(parse_os_release(c.text)), c.want) << c.text;
}

TEST(Cmdline, IsCutAsTheKernelDoes) {
  struct Case {
    std::string_view text;
    Pairs want;
  };
  const Case kCases[] = {
      {"quiet console=ttyS0\n", {{"console", "ttyS0"}, {"quiet", ""}}},
      {"console=tty0 console=ttyS0 console=tty0", {{"console", "tty0,ttyS0,tty0"}}},
      {"quiet quiet", {{"quiet", ""}}},
      {"a a=1 a", {{"a", "1"}}},
      {R"(dyndbg="file a.c +p; file b.c +p" ro)", {{"dyndbg", "file a.c +p; file b.c +p"}, {"ro", ""}}},
      {R"("a=b c" d)", {{"a", "b c"}, {"d", ""}}},
      {R"(a="never closed)", {{"a", "never closed"}}},
      {"a==b", {{"a", "=b"}}},
      {"=x", {{"=x", ""}}},
      {"a= b", {{"a", ""}, {"b", ""}}},
      {"a=1 -- --token x b=2", {{"a", "1"}}},
      {"a=1 --x b=2", {{"--x", ""}, {"a", "1"}, {"b", "2"}}},
      {"\t a \t\n b ", {{"a", ""}, {"b", ""}}},
      {"#a=1", {{"#a", "1"}}},
      {R"("" "" a)", {{"a", ""}}},
      {"a=\xfe", {{"a", "\\xfe"}}},
      {"", {}},
      {"\n", {}},
  };
  for (const Case& c : kCases) EXPECT_EQ(pairs(parse_cmdline(c.text)), c.want) << c.text;
}

TEST(Modules, AreThereOrNot) {
  const char* text =
      "nvidia_uvm 4956160 4 - Live 0x0000000000000000 (PO)\n"
      "nvidia 54480896 44 nvidia_uvm, Live 0x0000000000000000 (PO)\n\nodd\n";
  EXPECT_THAT(pairs(parse_modules(text)),
              ElementsAre(Pair("nvidia", "true"), Pair("nvidia_uvm", "true"), Pair("odd", "true")));
  EXPECT_TRUE(parse_modules(text).find("nvidia")->is_bool());
  EXPECT_THAT(pairs(parse_modules("")), IsEmpty());
}

TEST(Modules, SayMoreWhereAsked) {
  std::vector<ModuleLine> lines = parse_module_lines(
      "nvidia 54480896 44 nvidia_uvm,nvidia_modeset, Live 0x0000000000000000 (PO)\nloop 1 - - Loading "
      "0x0\nodd\n\n");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].size, "54480896");
  EXPECT_EQ(lines[0].refcount, "44");
  EXPECT_EQ(lines[0].used_by, "nvidia_uvm,nvidia_modeset");
  EXPECT_EQ(lines[0].state, "Live");
  EXPECT_EQ(lines[1].refcount, "");
  EXPECT_EQ(lines[1].used_by, "");
  EXPECT_EQ(lines[1].state, "Loading");
  EXPECT_EQ(lines[2].name, "odd");
  EXPECT_EQ(lines[2].state, "");
}

TEST(Sysctl, ReadsOneFile) {
  struct Case {
    const char* path;
    std::string_view bytes;
    Pairs want;
  };
  const Case kCases[] = {
      {"kernel/osrelease", "6.8.0-1024-aws\n", {{"/proc/sys/kernel/osrelease", "6.8.0-1024-aws"}}},
      {"kernel/printk", "4\t4\t1\t7\n", {{"/proc/sys/kernel/printk", "4\t4\t1\t7"}}},
      {"vm/lowmem_reserve_ratio", "256\t256\t\n", {{"/proc/sys/vm/lowmem_reserve_ratio", "256\t256"}}},
      {"kernel/hotplug", "\n", {{"/proc/sys/kernel/hotplug", ""}}},
      {"kernel/version", "#1 SMP\n", {{"/proc/sys/kernel/version", "#1 SMP"}}},
      {"kernel/core_modes", "file\npipe\n", {{"/proc/sys/kernel/core_modes", "file\npipe"}}},
      {"sunrpc/transports",
       "tcp 1048576\nudp 32768\n",
       {{"/proc/sys/sunrpc/transports/tcp", "1048576"}, {"/proc/sys/sunrpc/transports/udp", "32768"}}},
      {"x", "a  1\t2\nb 3", {{"/proc/sys/x/a", "1 2"}, {"/proc/sys/x/b", "3"}}},
      {"x", "a 1\na 2", {{"/proc/sys/x", "a 1\na 2"}}},
      {"x", "a 1\n\nb\n", {{"/proc/sys/x", "a 1\nb"}}},
      {"x", "\xc3\x28\n", {{"/proc/sys/x", "\\xc3("}}},
      {"\xff", "1", {{"/proc/sys/\\xff", "1"}}},
  };
  for (const Case& c : kCases) EXPECT_EQ(sysctl_readings(c.path, c.bytes), c.want) << c.path;
}

TEST(Sysctl, LeavesSomeAloneWithAReason) {
  for (const char* path :
       {"vm/stat_refresh", "vm/drop_caches", "kernel/random/uuid", "kernel/ns_last_pid", "fs/binfmt_misc",
        "dev/cdrom", "fs/dentry-state", "fs/quota/syncs", "net/ipv6/conf/all/stable_secret",
        "net/ipv4/tcp_fastopen_key", "net/ipv4/conf/veth0", "net/ipv6/neigh/eth0", "net/mpls/conf/lo",
        "sunrpc/svc_rdma/rdma_stat_read", "net/ipv6/route/flush", "lnet/stats", "fs/xfs/stats_clear"})
    EXPECT_NE(sysctl_skip_reason(path), "") << path;
  for (const char* path : {"kernel", "kernel/osrelease", "kernel/random", "kernel/random/boot_id", "fs/quota",
                           "fs/quota/warnings", "net", "net/ipv4", "net/ipv4/conf", "net/ipv4/conf/all",
                           "net/ipv4/conf/default/forwarding", "net/ipv4/neigh/default", "net/core/somaxconn",
                           "sunrpc/svc_rdma/max_requests", "fs/file-max", "vm/swappiness",
                           "lnet/console_backoff", "net/ipv4/conf/all/x/y", ""})
    EXPECT_EQ(sysctl_skip_reason(path), "") << path;
}

TEST(DocumentText, IsAlwaysUtf8WithoutNul) {
  struct Case {
    std::string_view bytes;
    const char* want;
  };
  const Case kCases[] = {{"plain", "plain"},
                         {"ü\t\n", "ü\t\n"},
                         {"a\xff\xfe", "a\\xff\\xfe"},
                         {std::string_view("\0a\0", 3), "\\x00a\\x00"},
                         {std::string_view("\xc3\0", 2), "\\xc3\\x00"},
                         {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
                         {"", ""}};
  for (const Case& c : kCases) EXPECT_EQ(document_text(c.bytes), c.want);
}

// One collector over fake files.
class OsCollectorTest : public ::testing::Test {
 protected:
  model::Snapshot run(const std::string& name, const std::string& root = {}) {
    Context context{files_, clock_, processes_, log_, {}};
    auto collected = collect(context, {.root = root, .filter = {name}, .parallel = 1});
    EXPECT_TRUE(collected) << collected.error().message;
    warnings_ = collected ? collected->warnings : std::vector<std::string>();
    return collected ? std::move(collected->snapshot) : model::Snapshot();
  }
  static Pairs readings(const model::Snapshot& snapshot) {
    if (snapshot.measurements.empty()) return {};
    return pairs(snapshot.measurements[0].subtypes[0].data);
  }

  FakeFiles files_;
  testing::FakeClock clock_;
  testing::FakeProcesses processes_;
  testing::CaptureLog log_;
  std::vector<std::string> warnings_;
};

TEST_F(OsCollectorTest, ReleaseFallsBackToUsrLib) {
  files_.put("/usr/lib/os-release", "ID=fedora\n");
  EXPECT_THAT(readings(run("os.release")), ElementsAre(Pair("ID", "fedora")));
  files_.put("/etc/os-release", "ID=ubuntu\n");
  EXPECT_THAT(readings(run("os.release")), ElementsAre(Pair("ID", "ubuntu")));
}

TEST_F(OsCollectorTest, ReleaseDoesNotFallBackFromADenial) {
  files_.put("/usr/lib/os-release", "ID=fedora\n");
  files_.fail_on("/etc/os-release", {ErrorKind::Denied, "no", {}, {}});
  model::Snapshot snapshot = run("os.release");
  EXPECT_THAT(readings(snapshot), IsEmpty());
  EXPECT_EQ(snapshot.collectors[0].status, CollectorStatus::Denied);
  EXPECT_THAT(warnings_, ElementsAre("os.release: no"));
}

TEST_F(OsCollectorTest, ReadsBelowTheRoot) {
  files_.put("/host/etc/os-release", "ID=ubuntu\n");
  files_.put("/etc/os-release", "ID=debian\n");
  EXPECT_THAT(readings(run("os.release", "/host")), ElementsAre(Pair("ID", "ubuntu")));
}

TEST_F(OsCollectorTest, GrubLeavesOutDisksAndSecrets) {
  files_.put("/proc/cmdline",
             "BOOT_IMAGE=/boot/vmlinuz-6.8.0 root=UUID=0b1c2d3e-1111-2222-3333-444455556666 ro "
             "initrd=/boot/0b1c2d3e11112222333344445555666f/initrd rd.iscsi.password=hunter2 "
             "netroot=iscsi:me:hunter2@10.0.0.1::::iqn ghp_0123456789abcdefghijklmnop "
             "proxy=http://me:hunter2@h:1 console=ttyS0 -- --token hunter2\n");
  model::Snapshot snapshot = run("os.grub");
  EXPECT_THAT(readings(snapshot), ElementsAre(Pair("BOOT_IMAGE", "/boot/vmlinuz-6.8.0"),
                                              Pair("console", "ttyS0"), Pair("ro", "")));
  EXPECT_EQ(snapshot.metadata.redactions, 6);
  EXPECT_EQ(snapshot.collectors[0].status, CollectorStatus::Ok);
  EXPECT_EQ(snapshot.collectors[0].detail,
            "2 arguments for init, behind '--', left out: no parameters of the kernel");
}

TEST_F(OsCollectorTest, GrubKeepsAnInitrdThatNamesNoDisk) {
  files_.put("/proc/cmdline", "initrd=/initrd-6.8.0-1024-aws.img");
  model::Snapshot snapshot = run("os.grub");
  EXPECT_THAT(readings(snapshot), ElementsAre(Pair("initrd", "/initrd-6.8.0-1024-aws.img")));
  EXPECT_EQ(snapshot.metadata.redactions, 0);
}

TEST_F(OsCollectorTest, SysctlSkipsUnreadableEntriesAndSaysSo) {
  files_.put("/proc/sys/kernel/osrelease", "6.8.0\n");
  files_.put("/proc/sys/kernel/random/uuid", "never read");
  files_.put("/proc/sys/net/ipv4/conf/eth0/forwarding", "1");
  files_.put("/proc/sys/net/ipv6/conf/all/stable_secret", "never read");
  files_.put("/proc/sys/vm/a", "1");
  files_.put("/proc/sys/vm/b", "1");
  files_.fail_on("/proc/sys/vm/a", {ErrorKind::Denied, "no", {}, {}});
  model::Snapshot snapshot = run("os.sysctl");
  EXPECT_THAT(readings(snapshot),
              ElementsAre(Pair("/proc/sys/kernel/osrelease", "6.8.0"), Pair("/proc/sys/vm/b", "1")));
  EXPECT_EQ(snapshot.collectors[0].status, CollectorStatus::Partial);
  EXPECT_EQ(snapshot.collectors[0].detail, "1 entry of /proc/sys could not be read: vm/a");
  EXPECT_THAT(files_.read_log(), Not(Contains(HasSubstr("uuid"))));
  EXPECT_THAT(files_.read_log(), Not(Contains(HasSubstr("stable_secret"))));
}

TEST_F(OsCollectorTest, SysctlHidesSecretsOfNames) {
  files_.put("/proc/sys/vendor/boot_token", "hunter2");
  files_.put("/proc/sys/kernel/keys/maxkeys", "200");
  files_.put("/proc/sys/kernel/modprobe", "/sbin/modprobe");
  model::Snapshot snapshot = run("os.sysctl");
  EXPECT_THAT(readings(snapshot), ElementsAre(Pair("/proc/sys/kernel/keys/maxkeys", "200"),
                                              Pair("/proc/sys/kernel/modprobe", "/sbin/modprobe"),
                                              Pair("/proc/sys/vendor/boot_token", "<redacted:1>")));
  EXPECT_EQ(snapshot.metadata.redactions, 1);
}

TEST_F(OsCollectorTest, WhatIsNotThereIsAbsent) {
  for (const char* name : {"os.release", "os.grub", "os.kmod", "os.sysctl"}) {
    model::Snapshot snapshot = run(name);
    EXPECT_EQ(snapshot.collectors[0].status, CollectorStatus::Absent) << name;
    EXPECT_NE(snapshot.collectors[0].detail, "") << name;
    EXPECT_THAT(snapshot.measurements, IsEmpty()) << name;
    EXPECT_THAT(warnings_, IsEmpty()) << name;
  }
}

}  // namespace
}  // namespace eidos::collect
