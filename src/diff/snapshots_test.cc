#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "diff/change_fields.h"
#include "diff/diff.h"

namespace eidos::diff {
namespace {

model::Snapshot snapshot(std::string_view measurements, std::string_view rest = "") {
  std::string text =
      cat("kind: Snapshot\napiVersion: eidos.nvidia.com/v1alpha1\nmeasurements:\n", measurements, rest);
  data::Sources sources;
  auto root = data::parse(text, sources, "test");
  EXPECT_TRUE(root) << text << (root ? "" : root.error().message);
  if (!root) return {};
  data::Reading reading{sources};
  auto read = model::read_snapshot(*root, reading);
  EXPECT_TRUE(read) << text << (read ? "" : read.error().message);
  return read ? *std::move(read) : model::Snapshot{};
}

model::Snapshot one(std::string_view type, std::string_view subtype, std::string_view data) {
  return snapshot(cat("- {type: ", type, ", subtypes: [{subtype: ", subtype, ", data: ", data, "}]}\n"));
}

DiffResult compared(const model::Snapshot& from, const model::Snapshot& to,
                    std::vector<std::string> ignored = {}) {
  auto ignore = Ignore::parse(ignored);
  EXPECT_TRUE(ignore);
  return diff(from, to, *ignore);
}

// "breaking changed GPU.smi.driver: 570.1 → 580.2 (newer)"
std::string line(const Change& change) {
  auto text = [](const data::Value& value) {
    return value.is_scalar() ? value.scalar_text() : data::to_compact_json(value);
  };
  return cat(data::write_value(change.impact).string(), " ", data::write_value(change.how).string(), " ",
             change.path, ": ", text(change.from), " → ", text(change.to),
             change.detail.empty() ? "" : cat(" (", change.detail, ")"));
}

std::vector<std::string> lines(const DiffResult& result) {
  std::vector<std::string> out;
  for (const Change& change : result.changes) out.push_back(line(change));
  return out;
}

using Lines = std::vector<std::string>;

TEST(SnapshotDiff, NamesWhatChanged) {
  struct Case {
    const char* type;
    const char* subtype;
    const char* from;
    const char* to;
    Lines want;
  };
  const Case cases[] = {
      {"GPU",
       "smi",
       "{driver: 570.133.20}",
       "{driver: 580.82.07}",
       {"breaking changed GPU.smi.driver: 570.133.20 → 580.82.07 (newer)"}},
      {"GPU",
       "smi",
       "{driver: 570.133.20}",
       "{driver: 570.172.08}",
       {"performance changed GPU.smi.driver: 570.133.20 → 570.172.08 (newer)"}},
      {"GPU", "smi", "{gpu-count: 8}", "{gpu-count: 7}", {"breaking changed GPU.smi.gpu-count: 8 → 7"}},
      {"GPU", "smi", "{gpu-count: 8}", "{gpu-count: '8'}", {}},
      {"K8s",
       "server",
       "{version: v1.33.5-eks-3025e55}",
       "{version: v1.33.7-eks-3025e55}",
       {"cosmetic changed K8s.server.version: v1.33.5-eks-3025e55 → v1.33.7-eks-3025e55 (newer)"}},
      {"K8s",
       "server",
       "{version: v1.33.5}",
       "{version: v1.32.9}",
       {"breaking changed K8s.server.version: v1.33.5 → v1.32.9 (older)"}},
      {"K8s", "image", "{coredns: 'v1.11.4,v1.12.2'}", "{coredns: 'v1.12.2, v1.11.4'}", {}},
      {"K8s",
       "image",
       "{coredns: 'v1.11.4'}",
       "{coredns: 'v1.11.4,v1.12.2'}",
       {"performance changed K8s.image.coredns: v1.11.4 → v1.11.4,v1.12.2 (gained v1.12.2)"}},
      {"OS",
       "kmod",
       "{nvidia: true, psmouse: true}",
       "{psmouse: true, wmi: true}",
       {"breaking removed OS.kmod.nvidia: true → ", "cosmetic added OS.kmod.wmi:  → true"}},
      {"OS",
       "sysctl",
       "{/proc/sys/kernel/printk: \"4\\t4\\t1\\t7\"}",
       "{/proc/sys/kernel/printk: 4 4 1 7}",
       {}},
      {"OS",
       "sysctl",
       "{/proc/sys/kernel/random/uuid: a, /proc/sys/fs/file-nr: 1}",
       "{/proc/sys/kernel/random/uuid: b, /proc/sys/fs/file-nr: 2}",
       {}},
      {"SystemD",
       "kubelet.service",
       "{LoadState: loaded, After: '[a b]', MainPID: '1', NRestarts: '1'}",
       "{LoadState: loaded, After: '[b a]', MainPID: '2', NRestarts: '3'}",
       {}},
      {"SystemD",
       "docker.service",
       "{LoadState: not-found, LimitNPROC: 1}",
       "{LoadState: not-found, LimitNPROC: 2}",
       {}},
      {"SystemD",
       "docker.service",
       "{LoadState: not-found, LimitNPROC: 1}",
       "{LoadState: loaded, LimitNPROC: 2}",
       {"breaking changed SystemD.docker.service.LoadState: not-found → loaded"}},
  };
  for (const Case& c : cases) {
    DiffResult result = compared(one(c.type, c.subtype, c.from), one(c.type, c.subtype, c.to));
    EXPECT_EQ(lines(result), c.want) << c.from << " to " << c.to;
    bool differ = std::string_view(c.from) != c.to;
    EXPECT_EQ(result.summary.changes + result.summary.not_counted > 0, differ) << c.from;
  }
}

TEST(SnapshotDiff, TakesAWholeSubtypeForOneChange) {
  DiffResult result =
      compared(one("OS", "release", "{ID: ubuntu, HOME_URL: x}"), one("OS", "grub", "{quiet: ''}"));
  EXPECT_EQ(lines(result),
            (Lines{"cosmetic added OS.grub:  → {\"quiet\":\"\"} (1 reading)",
                   "breaking removed OS.release: {\"ID\":\"ubuntu\",\"HOME_URL\":\"x\"} →  (2 readings)"}));
}

TEST(SnapshotDiff, IsBlindToOrder) {
  auto a = snapshot(
      "- {type: OS, subtypes: [{subtype: release, data: {ID: x, NAME: y}}]}\n"
      "- {type: GPU, subtypes: [{subtype: smi, data: {driver: '1.2'}}]}\n");
  auto b = snapshot(
      "- {type: gpu, subtypes: [{subtype: smi, data: {driver: '1.2'}}]}\n"
      "- {type: os, subtypes: [{subtype: release, data: {NAME: y, ID: x}}]}\n");
  EXPECT_EQ(lines(compared(a, b)), Lines{});
}

TEST(SnapshotDiff, CountsNothingOfItsMetadata) {
  auto a = snapshot("  []\n",
                    "metadata: {timestamp: '2026-01-02T03:04:05Z', version: 1.0.0, source-node: a}\n"
                    "collectors: [{name: os, status: ok, duration: 3ms}]\n");
  auto b = snapshot("  []\n",
                    "metadata: {timestamp: '2026-01-02T03:04:06Z', version: 1.0.1, source-node: b}\n"
                    "collectors: [{name: os, status: ok, duration: 4ms}]\n");
  DiffResult result = compared(a, b);
  EXPECT_EQ(lines(result), Lines{});
  EXPECT_TRUE(result.notes.empty());
  EXPECT_EQ(result.from.node, "a");
  EXPECT_EQ(result.to.timestamp, "2026-01-02T03:04:06Z");
}

TEST(SnapshotDiff, SaysWhatMayOnlyBeUnseen) {
  auto a = snapshot("  []\n", "collectors: [{name: gpu, status: timed-out, detail: after 10s}]\n");
  DiffResult result = compared(snapshot("  []\n"), a);
  EXPECT_EQ(result.notes, (Lines{"collector gpu of the second snapshot ended timed-out (after 10s): "
                                 "what is missing there may only be unseen"}));
}

TEST(SnapshotDiff, LeavesOutWhatIsIgnoredAndSaysHowMuch) {
  auto a = one("OS", "sysctl", "{/proc/sys/vm/swappiness: '60', /proc/sys/kernel/sysrq: '0'}");
  auto b = one("OS", "sysctl", "{/proc/sys/vm/swappiness: '10', /proc/sys/kernel/sysrq: '1'}");
  DiffResult result = compared(a, b, {"OS.sysctl./proc/sys/vm/*"});
  EXPECT_EQ(lines(result), (Lines{"cosmetic changed OS.sysctl./proc/sys/kernel/sysrq: 0 → 1"}));
  EXPECT_EQ(result.summary.ignored, 1);
}

TEST(SnapshotDiff, TellsNothingAboutSecretsButThatTheyDiffer) {
  struct Case {
    const char* from;
    const char* to;
    Lines want;
    std::int64_t withheld;
  };
  const Case cases[] = {
      {"{Environment: <redacted:1>}", "{Environment: <redacted:4>}", {}, 1},
      {"{Environment: <redacted:1>}", "{Environment: plain}", {}, 1},
      {"{Environment: 'A=<redacted:1> B=2'}", "{Environment: 'A=<redacted:7> B=2'}", {}, 1},
      {"{Environment: 'A=<redacted:1> B=2'}",
       "{Environment: 'A=<redacted:1> B=3'}",
       {"breaking changed SystemD.x.service.Environment: A=<redacted:1> B=2 → A=<redacted:1> B=3"},
       0},
      {"{db-password: hunter2-hunter2}",
       "{db-password: correct-horse}",
       {"cosmetic changed SystemD.x.service.db-password: <redacted:1> → <redacted:2>"},
       0},
  };
  DiffResult bare = compared(one("OS", "grub", "{}"), one("OS", "grub", "{AKIAIOSFODNN7EXAMPLE: ''}"));
  EXPECT_EQ(lines(bare), (Lines{"cosmetic added OS.grub.<redacted>:  → "}));
  for (const Case& c : cases) {
    DiffResult result = compared(one("SystemD", "x.service", c.from), one("SystemD", "x.service", c.to));
    EXPECT_EQ(lines(result), c.want) << c.from;
    EXPECT_EQ(result.summary.withheld, c.withheld) << c.from;
    EXPECT_EQ(data::to_yaml(to_document(result)).find("hunter2"), std::string::npos);
    EXPECT_EQ(to_table(result, false).find("horse"), std::string::npos);
  }
}

TEST(SnapshotDiff, CountsAndDecides) {
  auto a = one("OS", "sysctl",
               "{/proc/sys/vm/swappiness: '60', /proc/sys/kernel/sysrq: '0', /proc/sys/kernel/arch: a}");
  auto b = one("OS", "sysctl",
               "{/proc/sys/vm/swappiness: '10', /proc/sys/kernel/sysrq: '1', /proc/sys/kernel/arch: b}");
  Summary sum = compared(a, b).summary;
  EXPECT_EQ(summary_line(sum), "3 changes: 1 breaking, 1 performance, 1 cosmetic");
  EXPECT_EQ(summary_line(compared(a, a).summary), "no changes");
  EXPECT_FALSE(has_changes(Summary{.cosmetic = 1}, Impact::Performance));
  EXPECT_TRUE(has_changes(Summary{.cosmetic = 1}, Impact::Cosmetic));
  EXPECT_FALSE(has_changes(Summary{.performance = 1}, Impact::Breaking));
  EXPECT_TRUE(has_changes(Summary{.breaking = 1}, Impact::Breaking));
}

// Whatever the readings: what differs from itself is nothing, and there and back are mirror images.
TEST(SnapshotDiff, OfRandomSnapshotsIsItsOwnMirror) {
  std::mt19937_64 random(7);
  auto below = [&](std::size_t limit) { return random() % limit; };
  static constexpr std::string_view kTypes[] = {"OS", "GPU", "K8s", "SystemD"};
  static constexpr std::string_view kSubtypes[] = {"sysctl", "smi", "image", "x.service", "kmod"};
  static constexpr std::string_view kKeys[] = {"driver",    "version", "After",    "MainPID",
                                               "ExecStart", "k",       "LoadState"};
  static constexpr std::string_view kValues[] = {"1",     "1.0", "v1.2.3",    "1.2.4", "[a b]",
                                                 "[b a]", "",    "not-found", "x,y"};
  auto make = [&] {
    model::Snapshot made;
    for (std::size_t i = below(5); i > 0; --i) {
      model::Measurement measurement{.type = std::string(kTypes[below(4)]), .subtypes = {}, .mark = {}};
      for (std::size_t j = below(4); j > 0; --j) {
        model::Subtype group{
            .subtype = std::string(kSubtypes[below(5)]), .data = {}, .context = {}, .mark = {}};
        for (std::size_t k = below(8); k > 0; --k) group.data.set(kKeys[below(7)], kValues[below(9)]);
        measurement.subtypes.push_back(std::move(group));
      }
      made.measurements.push_back(std::move(measurement));
    }
    return made;
  };
  std::size_t changes = 0;
  for (int i = 0; i < 3000; ++i) {
    model::Snapshot a = make();
    model::Snapshot b = make();
    EXPECT_EQ(compared(a, a).summary, Summary{});
    DiffResult there = compared(a, b);
    DiffResult back = compared(b, a);
    ASSERT_EQ(there.summary.changes, back.summary.changes);
    ASSERT_EQ(there.summary.not_counted, back.summary.not_counted);
    for (const Change& change : there.changes)
      ASSERT_TRUE(std::ranges::any_of(back.changes, [&](const Change& other) {
        return other.path == change.path && other.from == change.to && other.to == change.from;
      })) << line(change);
    changes += there.changes.size();
  }
  EXPECT_GT(changes, 3000U);
}

}  // namespace
}  // namespace eidos::diff
