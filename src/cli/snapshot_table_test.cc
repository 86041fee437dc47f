#include "cli/snapshot_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace eidos::cli {
namespace {

using ::testing::HasSubstr;

model::Snapshot snapshot() {
  model::Subtype release{"release", {}, {}, {}};
  release.data.set("ID", data::Value("debian"));
  release.data.set("PRETTY_NAME",
                   data::Value("Debian GNU/Linux 12 (bookworm), with a name that goes on and on and on"));
  model::Subtype sysctl{"sysctl", {}, {}, {}};
  sysctl.data.set("/proc/sys/a-key-that-is-nearly-as-wide-as-a-terminal/and/then/some", data::Value("1"));
  sysctl.data.set("wide", data::Value("漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字"));
  model::Snapshot out;
  out.measurements = {{"OS", {release, sysctl}, {}}};
  out.collectors = {{"gpu.smi", model::CollectorStatus::TimedOut, "1ms",
                     "no nvidia-smi in PATH; install the driver, or name it with --smi-path, or exclude gpu"},
                    {"os.release", model::CollectorStatus::Ok, "0ms", ""}};
  return out;
}

TEST(SnapshotTable, IsAsWideAsItsContentIntoAFile) {
  EXPECT_EQ(snapshot_table(snapshot(), 0),
            R"(COLLECTOR   STATUS     DETAIL
gpu.smi     timed-out  no nvidia-smi in PATH; install the driver, or name it with --smi-path, or exclude gpu
os.release  ok

OS.release
  ID           debian
  PRETTY_NAME  Debian GNU/Linux 12 (bookworm), with a name that goes on and on and on

OS.sysctl
  /proc/sys/a-key-that-is-nearly-as-wide-as-a-terminal/and/then/some  1
  wide                                                                漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字
)");
}

TEST(SnapshotTable, FitsATerminal) {
  EXPECT_EQ(snapshot_table(snapshot(), 60),
            R"(COLLECTOR   STATUS     DETAIL
gpu.smi     timed-out  no nvidia-smi in PATH; install the
                       driver, or name it with --smi-path,
                       or exclude gpu
os.release  ok

OS.release
  ID           debian
  PRETTY_NAME  Debian GNU/Linux 12 (bookworm), with a name …

OS.sysctl
  /proc/sys/a-key-that-is-nearly-as-wide-as-a-terminal/and/then/some  1
  wide                                                                漢字漢字漢字漢字漢…
)");
  for (std::size_t columns : {80UL, 100UL, 200UL}) {
    const std::string table = snapshot_table(snapshot(), columns);
    for (std::string_view line : split(table, '\n'))
      EXPECT_LE(display_width(line), std::max(columns, std::size_t{90})) << line;
  }
  EXPECT_EQ(snapshot_table(snapshot(), 1), snapshot_table(snapshot(), 40))
      << "never so narrow that nothing is left";
}

TEST(SnapshotTable, CannotPaintOnTheTerminal) {
  model::Snapshot odd = snapshot();
  odd.measurements[0].subtypes[0].data.set("\x1b[31m", data::Value("\x1b]0;x\x07"));
  EXPECT_THAT(snapshot_table(odd, 80), HasSubstr("\\x1b[31m"));
  EXPECT_EQ(snapshot_table(odd, 80).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace eidos::cli
