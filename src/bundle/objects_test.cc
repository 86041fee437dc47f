#include "bundle/objects.h"

#include <string>

#include <gtest/gtest.h>

namespace eidos::bundle {
namespace {

TEST(Repository, APathOfTheBundleIsFoundBelowTheFolderThatWasNamed) {
  struct Row {
    const char* repo_path;
    const char* path;
    const char* want;
  };
  const Row kRows[] = {
      {"", "", "."},
      {".", "", "."},
      {"clusters/prod", "", "clusters/prod"},
      {"", "a/manifests", "a/manifests"},
      {".", "a", "a"},
      {"prod", "a", "prod/a"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(path_in_repo({.repo_path = row.repo_path}, row.path), row.want)
        << row.repo_path << ":" << row.path;
}

TEST(Repository, AnAddressWithoutASchemeGetsOne) {
  struct Row {
    const char* repo;
    const char* want;
  };
  const Row kRows[] = {
      {"git@git.example:org/x.git", "ssh://git@git.example/org/x.git"},
      {"ssh://git@git.example:2222/x", "ssh://git@git.example:2222/x"},
      {"https://git.example:8443/x.git", "https://git.example:8443/x.git"},
      {"", ""},
  };
  for (const Row& row : kRows) EXPECT_EQ(repo_url({.repo = row.repo}), row.want);
}

}  // namespace
}  // namespace eidos::bundle
