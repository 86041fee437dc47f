#include "catalog/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/catalog.h"
#include "support/tar.h"

namespace eidos::catalog {
namespace {

using ::testing::ElementsAre;
using testing::gzip;
using ::testing::HasSubstr;
using ::testing::Key;
using testing::tar_end;
using testing::tar_entry;

TEST(Archive, HoldsTheFilesOfALayer) {
  std::string deep = cat("components/", std::string(120, 'a'), "/values.yaml");
  std::string record = cat("path=", deep, "\n");
  std::string pax = cat(record.size() + 4, " ", record);
  std::string tar =
      cat(tar_entry("pax_global_header", "16 comment=0123\n", 'g'), tar_entry("./", "", '5'),
          tar_entry("./overlays/", "", '5'), tar_entry("./overlays/x.yaml", "x: 1\n"),
          tar_entry("README.md", "read me"), tar_entry(".git/config", "no"),
          tar_entry("overlays/.x.yaml", "hidden"), tar_entry("registry.yaml", std::string(600, '#')),
          tar_entry("x", pax, 'x'), tar_entry("short", "long: 1\n"),
          tar_entry("././@LongLink", cat(deep, ".txt"), 'L'), tar_entry("short", ""), tar_end());
  auto layer = read_archive(gzip(tar), "l.tgz");
  ASSERT_TRUE(layer) << layer.error().message;
  EXPECT_THAT(layer->files, ElementsAre(Key(deep), Key("overlays/x.yaml"), Key("registry.yaml")));
  EXPECT_EQ(layer->files[deep], "long: 1\n");
  EXPECT_EQ(layer->files["registry.yaml"].size(), 600u);
  EXPECT_THAT(layer->ignored, ElementsAre("README.md", ".git/config", "overlays/.x.yaml", cat(deep, ".txt")));
  EXPECT_TRUE(layer->problems.empty());
}

TEST(Archive, RefusesWhatIsNoneOrLeadsOutOfIt) {
  std::string many;
  for (int i = 0; i < 9; ++i) many += tar_entry(cat("a", i), std::string(9 * 1024 * 1024, 'a'));
  struct Case {
    std::string bytes;
    const char* want;
  };
  const Case kCases[] = {
      {"kind: RecipeMetadata", "neither a zip nor a tar.gz archive"},
      {gzip(tar_entry("overlays/x.yaml", "x: 1\n")).substr(0, 60), "cut short"},
      {gzip(tar_entry("../overlays/x.yaml", "") + tar_end()),
       "the path '../overlays/x.yaml', which leads out of it"},
      {gzip(tar_entry("/overlays/x.yaml", "") + tar_end()),
       "the path '/overlays/x.yaml', which leads out of it"},
      {gzip(tar_entry("a", "") + tar_entry("./a", "") + tar_end()), "the archive holds 'a' twice"},
      {gzip(many + tar_end()), "80 MiB"},
  };
  for (const Case& c : kCases) {
    auto layer = read_archive(c.bytes, "l.tgz");
    ASSERT_FALSE(layer) << c.want;
    EXPECT_THAT(layer.error().message, HasSubstr(c.want));
    EXPECT_EQ(layer.error().where, "l.tgz");
    EXPECT_EQ(layer.error().kind, ErrorKind::Invalid);
  }
}

TEST(Archive, NamesEveryFileThatCannotBeRead) {
  std::string tar = cat(tar_entry("overlays/a.yaml", "", '2'), tar_entry("overlays/b.yaml", "", '6'),
                        tar_entry("registry.yaml", std::string(kMaxFileBytes + 1, '#')),
                        tar_entry("overlays", "", '2'), tar_entry("docs", "", '2'), tar_end());
  auto layer = read_archive(gzip(tar), "l.tgz");
  ASSERT_TRUE(layer) << layer.error().message;
  std::vector<std::string> got;
  for (const Error& problem : layer->problems) got.push_back(cat(problem.where, ": ", problem.message));
  EXPECT_THAT(got, ElementsAre("l.tgz/overlays/a.yaml: is not a regular file",
                               "l.tgz/overlays/b.yaml: is not a regular file",
                               HasSubstr("l.tgz/registry.yaml: is larger than "),
                               "l.tgz/overlays: is not a regular file"));
}

}  // namespace
}  // namespace eidos::catalog
