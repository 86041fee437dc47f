// The closed world: one thing is done to a good bundle, and verify names it; as a directory and as an
// archive.

#include "seal/verify.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "base/text.h"
#include "data/document.h"
#include "seal/report_fields.h"
#include "support/fake_files.h"
#include "support/temp_dir.h"
#include "support/trees.h"
#include "support/zip.h"

namespace eidos::seal {
namespace {

using testing::done;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TempDir;

const FileTree kTree = testing::sealed({{"Chart.yaml", {"name: a"}},
                                        {"deploy.sh", {"#!/bin/sh\n", true}},
                                        {"recipe.yaml", {"kind: RecipeResult"}},
                                        {"sub/Chart.yaml", {"name: b"}},
                                        {"sub/notes.sh", {"no script"}}});

Contents contents_of(const FileTree& tree) {
  Contents out{.form = "zip", .entries = {}};
  for (const auto& [path, file] : tree)
    out.entries.push_back({.path = path,
                           .kind = FileKind::Regular,
                           .executable = file.executable,
                           .script = is_script(path, file.bytes),
                           .size = std::ssize(file.bytes),
                           .digest = sha256_hex(file.bytes),
                           .bytes = file.bytes,
                           .problem = {}});
  return out;
}

TreeEntry& at(Contents& contents, std::string_view path) {
  for (TreeEntry& entry : contents.entries)
    if (entry.path == path) return entry;
  ADD_FAILURE() << path;
  return contents.entries.front();
}

TreeEntry file(std::string path) {
  return {.path = std::move(path),
          .kind = FileKind::Regular,
          .size = 3,
          .digest = sha256_hex("abc"),
          .bytes = "abc",
          .problem = {}};
}

TreeEntry thing(std::string path, FileKind kind, std::string problem = "") {
  TreeEntry entry;
  entry.path = std::move(path);
  entry.kind = kind;
  entry.problem = std::move(problem);
  return entry;
}

// "path rule expected -> actual", digests cut; notes in brackets.
std::vector<std::string> told(const Report& report) {
  std::vector<std::string> out;
  for (const Finding& f : report.findings) {
    std::string line = cat(f.path, " ", data::write_value(f.rule).string(), " ", f.expected.substr(0, 10),
                           " -> ", f.actual.substr(0, 10));
    out.push_back(f.weight == Weight::Note ? cat("(", line, ")") : line);
  }
  return out;
}

TEST(Verify, WhatWasWrittenHasNoFindings) {
  auto report = verify(contents_of(kTree), {.strict = true});
  ASSERT_TRUE(done(report));
  EXPECT_THAT(report->findings, IsEmpty());
  EXPECT_EQ(report->summary.files, 5);
  EXPECT_EQ(report->summary.bytes, 7 + 10 + 18 + 7 + 9);
  EXPECT_EQ(report->summary.status, Status::Ok);
}

TEST(Verify, WhateverIsDoneToABundleIsNamed) {
  struct Case {
    const char* name;
    std::function<void(Contents&)> change;
    std::vector<std::string> want;
  };
  const Case cases[] = {
      {"missing",
       [](Contents& c) { std::erase_if(c.entries, [](auto& e) { return e.path == "deploy.sh"; }); },
       {"deploy.sh missing sha256:a80 -> "}},
      {"changed",
       [](Contents& c) { at(c, "Chart.yaml").digest = sha256_hex("x"); },
       {"Chart.yaml changed sha256:387 -> sha256:2d7"}},
      {"extra", [](Contents& c) { c.entries.push_back(file("x")); }, {"x extra  -> 3 bytes"}},
      {"extra below",
       [](Contents& c) { c.entries.push_back(file("templates/x.yaml")); },
       {"templates/x.yaml extra  -> 3 bytes"}},
      {"linked",
       [](Contents& c) { at(c, "Chart.yaml").kind = FileKind::Link; },
       {"Chart.yaml linked a file -> a link"}},
      {"extra link",
       [](Contents& c) { c.entries.push_back(thing("l", FileKind::Link)); },
       {"l linked a file -> a link"}},
      {"device",
       [](Contents& c) { at(c, "Chart.yaml").kind = FileKind::Other; },
       {"Chart.yaml special a file -> neither a "}},
      {"script without its bit",
       [](Contents& c) { at(c, "deploy.sh").executable = false; },
       {"deploy.sh mode 0755 -> 0644"}},
      {"file with a bit",
       [](Contents& c) { at(c, "Chart.yaml").executable = true; },
       {"Chart.yaml mode 0644 -> 0755"}},
      {"no script with a bit",
       [](Contents& c) { at(c, "sub/notes.sh").executable = true; },
       {"sub/notes.sh mode 0644 -> 0755"}},
      {"checksums with a bit",
       [](Contents& c) { at(c, "checksums.txt").executable = true; },
       {"checksums.txt mode 0644 -> 0755"}},
      {"twice",
       [](Contents& c) { c.entries.push_back(at(c, "Chart.yaml")); },
       {"Chart.yaml duplicate one entry -> another on"}},
      {"checksums twice",
       [](Contents& c) { c.entries.push_back(file("checksums.txt")); },
       {"checksums.txt duplicate one entry -> another on"}},
      {"file and directory",
       [](Contents& c) { c.entries.push_back(file("Chart.yaml/x")); },
       {"Chart.yaml duplicate a file or  -> both", "Chart.yaml/x extra  -> 3 bytes"}},
      {"traversing",
       [](Contents& c) { c.entries.push_back(file("../x")); },
       {"../x path a relative -> the path '"}},
      {"absolute",
       [](Contents& c) { c.entries.push_back(file("/x")); },
       {"/x path a relative -> the path '"}},
      {"traversing directory",
       [](Contents& c) { c.entries.push_back(thing("../d", FileKind::Directory)); },
       {"../d path a relative -> the path '"}},
      {"oversized",
       [](Contents& c) { at(c, "Chart.yaml").size = 65 << 20; },
       {"Chart.yaml oversized at most 67 -> 68157440 b"}},
      {"unreadable",
       [](Contents& c) { at(c, "Chart.yaml").problem = "reading it: Input/output error"; },
       {"Chart.yaml unreadable a file tha -> reading it"}},
      {"unreadable directory",
       [](Contents& c) { c.entries.push_back(thing("d", FileKind::Directory, "listing it: no")); },
       {"d unreadable a director -> listing it"}},
      {"leftover",
       [](Contents& c) { c.entries.push_back(thing(".eidos-new-1", FileKind::Directory)); },
       {".eidos-new-1 leftover  -> a director"}},
      {"a name that is not UTF-8",
       [](Contents& c) { c.entries.push_back(file("\xff")); },
       {"\\xff extra  -> 3 bytes"}},
      {"helm's own",
       [](Contents& c) {
         c.entries.push_back(file("Chart.lock")), c.entries.push_back(file("sub/charts/x-1.tgz"));
       },
       {"(Chart.lock added-by-helm  -> 3 bytes)", "(sub/charts/x-1.tgz added-by-helm  -> 3 bytes)"}},
      {"helm's own where no chart is",
       [](Contents& c) {
         c.entries.push_back(file("x/charts/y.tgz")), c.entries.push_back(file("x/Chart.lock"));
       },
       {"x/Chart.lock extra  -> 3 bytes", "x/charts/y.tgz extra  -> 3 bytes"}},
      {"not quite helm's own",
       [](Contents& c) {
         c.entries.push_back(file("charts/x/y.tgz")), c.entries.push_back(file("mycharts/y.tgz"));
       },
       {"charts/x/y.tgz extra  -> 3 bytes", "mycharts/y.tgz extra  -> 3 bytes"}},
      {"git's own in a directory",
       [](Contents& c) { c.form = "directory", c.entries.push_back(thing(".git", FileKind::Directory)); },
       {"(.git not-checked  -> a director)"}},
      {"git's own in an archive",
       [](Contents& c) { c.entries.push_back(file(".git/hooks/pre-commit")); },
       {".git/hooks/pre-commit extra  -> 3 bytes"}},
      {"an attestation",
       [](Contents& c) {
         c.entries.push_back(file("attestation/bundle.sigstore.json")),
             c.entries.push_back(file("attestation/x"));
       },
       {"(attestation/bundle.sigstore.json not-checked  -> 3 bytes)", "attestation/x extra  -> 3 bytes"}},
      {"a directory", [](Contents& c) { c.entries.push_back(thing("empty", FileKind::Directory)); }, {}},
  };
  for (const Case& c : cases) {
    for (bool strict : {false, true}) {
      Contents contents = contents_of(kTree);
      c.change(contents);
      auto report = verify(contents, {.strict = strict});
      ASSERT_TRUE(done(report)) << c.name;
      std::vector<std::string> want = c.want;
      bool finding = false;
      for (std::string& line : want) {
        if (strict && line.starts_with('(')) line = line.substr(1, line.size() - 2);
        finding = finding || !line.starts_with('(');
      }
      EXPECT_EQ(told(*report), want) << c.name;
      EXPECT_EQ(report->summary.status, finding ? Status::Failed : Status::Ok) << c.name;
    }
  }
}

TEST(Verify, WithoutAListNothingCanBeSaid) {
  struct Case {
    std::string checksums;
    const char* message;
  };
  const Case cases[] = {
      {"", "checksums.txt is empty"},
      {"hello\n", "checksums.txt:1: does not start with 64"},
      {cat(sha256_hex(""), "  ../x\n"), "checksums.txt:1: the path '../x'"},
      {cat(sha256_hex(""), "  a\n", sha256_hex("x"), "  a\n"), "checksums.txt:2: lists 'a' a second time"}};
  for (const Case& c : cases) {
    Contents contents = contents_of(kTree);
    at(contents, "checksums.txt").bytes = c.checksums;
    auto report = verify(contents, {});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::Invalid);
    EXPECT_THAT(report.error().message, HasSubstr(c.message));
  }
  Contents linked = contents_of(kTree);
  at(linked, "checksums.txt").kind = FileKind::Link;
  EXPECT_FALSE(verify(linked, {}));
}

TEST(Verify, AMissingListIsExplainedInWords) {
  struct Case {
    std::vector<std::string> paths;
    const char* message;
  };
  const Case cases[] = {
      {{}, "'x' is no bundle: it has no checksums.txt"},
      {{"Chart.yaml"}, "'x' is no bundle: it has no checksums.txt"},
      {{".eidos-new-1/known", "Chart.yaml"},
       "'x' is incomplete: writing it was interrupted, and checksums.txt"},
      {{"stack/checksums.txt"}, "its checksums.txt is at 'stack/checksums.txt', not at the top"},
  };
  for (const Case& c : cases) {
    Contents contents{.form = "directory", .entries = {}};
    for (const std::string& path : c.paths) contents.entries.push_back(file(path));
    auto got = check_has_checksums(contents, "x");
    ASSERT_FALSE(got) << c.message;
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
    EXPECT_THAT(got.error().message, HasSubstr(c.message));
    EXPECT_NE(got.error().hint, "");
  }
  EXPECT_TRUE(done(check_has_checksums(contents_of(kTree), "x")));
}

TEST(Verify, ADirectoryAndBothArchivesSayTheSame) {
  TempDir dir;
  ASSERT_TRUE(done(real_files()->write_tree(dir / "d", kTree, {})));
  for (Format format : {Format::Zip, Format::TarGz})
    dir.put(name_of(format), *pack(kTree, format, kDefaultTime));
  std::filesystem::create_symlink("d", dir / "current");
  std::filesystem::create_symlink("zip", dir / "latest");
  for (const char* name : {"d", "zip", "tar.gz", "current", "latest"}) {
    auto contents = read_contents(*real_files(), dir / name, keep_checksums, {});
    ASSERT_TRUE(done(contents)) << name;
    auto report = verify(*contents, {.strict = true});
    ASSERT_TRUE(done(report)) << name;
    EXPECT_THAT(told(*report), IsEmpty()) << name;
    auto whole = read_contents(*real_files(), dir / name, keep_all, {});
    ASSERT_TRUE(done(whole));
    EXPECT_EQ(*tree_of(*whole), kTree) << name;
  }
  auto missing = read_contents(*real_files(), dir / "none", keep_all, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::NotFound);
}

TEST(Verify, EachFileIsReadOnce) {
  testing::FakeFiles files;
  for (const auto& [path, file] : kTree) files.put("b/" + path, file.bytes);
  files.put("b/.git/HEAD", "ref");
  ASSERT_TRUE(done(read_contents(files, "b", keep_checksums, {})));
  EXPECT_THAT(files.read_log(), ElementsAre("b/Chart.yaml", "b/checksums.txt", "b/deploy.sh", "b/recipe.yaml",
                                            "b/sub/Chart.yaml", "b/sub/notes.sh"));
}

TEST(Verify, ATreeForADiffLeavesOutGuestsAndRefusesWhatIsNoFile) {
  Contents contents = contents_of(kTree);
  for (const char* guest :
       {"Chart.lock", "charts/a.tgz", ".git", ".eidos-new-1", "attestation/bundle.sigstore.json"})
    contents.entries.push_back(file(guest));
  auto tree = tree_of(contents);
  ASSERT_TRUE(done(tree));
  EXPECT_EQ(*tree, kTree);
  contents.entries.push_back(thing("l", FileKind::Link));
  auto linked = tree_of(contents);
  ASSERT_FALSE(linked);
  EXPECT_EQ(linked.error().message, "'l': is a link");
}

TEST(VerifyReport, TellsPeopleAndPrograms) {
  Contents contents = contents_of(kTree);
  contents.entries.push_back(file("\x1b[2Jx"));
  contents.entries.push_back(file("Chart.lock"));
  at(contents, "Chart.yaml").digest = sha256_hex("x");
  auto report = verify(contents, {});
  ASSERT_TRUE(done(report));
  EXPECT_EQ(to_table(*report, false, false),
            "PATH        RULE           EXPECTED                           ACTUAL\n"
            "\\x1b[2Jx    path           a relative path within the bundle  the path '\\x1b[2Jx' has a "
            "control character\n"
            "Chart.lock  added-by-helm  -                                  3 bytes\n"
            "Chart.yaml  changed        sha256:387026032043                sha256:2d711642b726\n"
            "\nfailed: 2 findings, 1 note in 5 listed files\n");
  const std::string explained = to_table(*report, false, true);
  EXPECT_THAT(explained, HasSubstr(what_is_checked()));
  EXPECT_THAT(explained, HasSubstr("\nchanged: its bytes are not those that were written.\n  fix: "));
  EXPECT_THAT(explained, ::testing::Not(HasSubstr("missing: ")));
  const std::string json = data::to_json(to_document(*report, true));
  EXPECT_THAT(json, HasSubstr("\"kind\": \"VerificationResult\""));
  EXPECT_THAT(json, HasSubstr("\"trust\": \"unverified\""));
  EXPECT_THAT(json, HasSubstr("\"means\": "));
}

TEST(VerifyReport, EveryRuleIsExplained) {
  for (Rule rule :
       {Rule::Missing, Rule::Changed, Rule::Extra, Rule::Linked, Rule::Special, Rule::Mode, Rule::Duplicate,
        Rule::Path, Rule::Oversized, Rule::Unreadable, Rule::Leftover, Rule::AddedByHelm, Rule::NotChecked}) {
    EXPECT_EQ(explain(rule).rule, rule);
    EXPECT_FALSE(explain(rule).means.empty() || explain(rule).fix.empty());
  }
}

}  // namespace
}  // namespace eidos::seal
