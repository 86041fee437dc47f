#include "base/confine.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "support/faulty_calls.h"
#include "support/process_state.h"
#include "support/temp_dir.h"

namespace eidos {
namespace {

using testing::Fault;
using testing::FaultyCalls;
using testing::TempDir;

// The kernel's own resolution, and the walk for kernels without it: they must not differ.
const Fault kWays[] = {{}, {.always = {{"openat2", ENOSYS}}}, {.always = {{"openat2", EPERM}}}};

TEST(Confine, ARootIsTheWholeWorldOfAPath) {
  TempDir dir;
  dir.put("outside", "outside");
  dir.put("root/etc/os-release", "inside");
  dir.put("root/outside", "still inside");
  const std::pair<const char*, const char*> links[] = {{"/etc/os-release", "absolute"},
                                                       {"../../../outside", "up"},
                                                       {"/", "slash"},
                                                       {"etc", "dir"},
                                                       {"dir/../dir/os-release", "chain"},
                                                       {"a", "b"},
                                                       {"b", "a"},
                                                       {"nowhere", "dangling"}};
  for (const auto& [text, name] : links) std::filesystem::create_symlink(text, dir / cat("root/", name));
  struct Case {
    const char* path;
    std::optional<std::string> want;
    bool follow = true;
  };
  const Case cases[] = {
      {"/etc/os-release", "inside"},
      {"etc/os-release", "inside"},
      {"//etc/./os-release", "inside"},
      {"/absolute", "inside"},
      {"/up", "still inside"},
      {"/../../outside", "still inside"},
      {"/etc/../../../outside", "still inside"},
      {"/slash/outside", "still inside"},
      {"/slash/slash/slash/etc/os-release", "inside"},
      {"/dir/os-release", "inside"},
      {"/chain", "inside"},
      {"/dir/os-release", "inside", false},
      {"/absolute", std::nullopt, false},
      {"/a", std::nullopt},
      {"/dangling", std::nullopt},
      {"/none", std::nullopt},
      {"/etc", std::nullopt},
      {"/", std::nullopt},
      {"/..", std::nullopt},
      {"/etc/os-release/", std::nullopt},
      {"/etc/os-release/x", std::nullopt},
      {"/none/../etc/os-release", std::nullopt},
      {"/dev/stdin", std::nullopt},
  };
  for (const Fault& way : kWays) {
    auto files = files_with(std::make_unique<FaultyCalls>(way));
    for (const Case& c : cases) {
      auto got = files->read(c.path, {.follow_links = c.follow, .beneath = dir / "root"});
      EXPECT_EQ(got.has_value(), c.want.has_value()) << c.path;
      if (got && c.want) {
        EXPECT_EQ(*got, *c.want) << c.path;
      }
    }
    EXPECT_EQ(files->read("none", {.beneath = dir / "root"}).error().message,
              cat(quote(dir / "root/none"), " does not exist"));
    EXPECT_EQ(files->read("none", {.beneath = dir / "noroot"}).error().message,
              cat(quote(dir / "noroot"), " does not exist"));
    EXPECT_EQ(files->list("/slash/dir", 9, dir / "root").value().size(), 1u);
  }
}

TEST(Confine, BothWaysAnswerAlike) {
  TempDir dir;
  dir.put("root/d/f", "");
  std::filesystem::create_symlink("/d", dir / "root/absolute");
  std::filesystem::create_symlink("../..", dir / "root/up");
  std::filesystem::create_symlink("self", dir / "root/self");
  const char* paths[] = {"",      ".",       "..",      "/",          "d",    "d/",     "d/.",
                         "d/..",  "d/../..", "d/f",     "f",          "d/f/", "d/f/..", "absolute",
                         "up",    "self",    "self/x",  "absolute/f", "/d",   "//",     "up/root",
                         "d/./f", "d//f",    "none/..", "none/"};
  FaultyCalls kernel;
  FaultyCalls walk({.always = {{"openat2", ENOSYS}}});
  const Descriptor root = open_at(kernel, AT_FDCWD, dir / "root", O_PATH | O_DIRECTORY).value();
  for (Confine how : {Confine::Beneath, Confine::InRoot}) {
    for (int flags : {O_PATH, O_PATH | O_NOFOLLOW, O_RDONLY, O_RDONLY | O_DIRECTORY}) {
      for (const char* path : paths) {
        auto one = open_confined(kernel, root.get(), path, flags, how);
        auto other = open_confined(walk, root.get(), path, flags, how);
        const std::string what = cat(quote(path), " flags ", flags, " how ", static_cast<int>(how));
        EXPECT_EQ(one ? 0 : one.error(), other ? 0 : other.error()) << what;
        if (!one || !other) continue;
        EXPECT_TRUE(
            same_inode(status_of(kernel, one->get()).value(), status_of(kernel, other->get()).value()))
            << what;
      }
    }
  }
}

TEST(Confine, AnOutputPathStaysInTheWorkingDirectory) {
  TempDir dir;
  dir.put("work/sub/f", "");
  dir.put("other/f", "");
  std::filesystem::create_symlink("../other", dir / "work/out");
  std::filesystem::create_symlink(dir / "other", dir / "work/absolute");
  std::filesystem::create_symlink("sub", dir / "work/in");
  std::filesystem::create_symlink("../missing", dir / "work/dangling");
  testing::WorkingDirectory here(dir / "work");
  struct Case {
    const char* path;
    bool fine;
  };
  const Case cases[] = {
      {"x.yaml", true},      {"./x.yaml", true},     {"sub/x.yaml", true},  {"sub/../x.yaml", true},
      {".", true},           {"in/x.yaml", true},    {"new/deep/x", true},  {"new/", true},
      {"a..b", true},        {"/srv/x", true},       {"/dev/stdout", true}, {"sub/f/x", true},
      {"..", false},         {"../x.yaml", false},   {"../work/x", false},  {"sub/../../x", false},
      {"out/x.yaml", false}, {"out", false},         {"absolute", false},   {"absolute/x", false},
      {"dangling", false},   {"new/../../x", false}, {"new/..", false},     {"in/../../x", false},
  };
  for (const Fault& way : kWays) {
    for (const Case& c : cases) {
      FaultyCalls calls(way);
      auto got = check_output_path(calls, c.path, false);
      EXPECT_EQ(got.has_value(), c.fine) << c.path;
      EXPECT_TRUE(check_output_path(calls, c.path, true)) << c.path;
      if (got || c.fine) continue;
      EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
      EXPECT_EQ(got.error().message, cat("output path escapes current directory: ", quote(c.path)));
    }
  }
  EXPECT_EQ(check_output_path("../x.yaml", false).error().hint,
            cat("give the absolute path ",
                quote((std::filesystem::canonical(dir.path()) / "x.yaml").string()), ", or --allow-outside"));
  EXPECT_FALSE(check_output_path("", true));
}

}  // namespace
}  // namespace eidos
