// examples/: the recipe and bundle of each combination are what the stages make of its snapshot today.
// EIDOS_GOLDEN=write rewrites them and reports SKIPPED; then read the diff.

#include <cstdlib>
#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/text.h"
#include "bundle/bundle.h"
#include "catalog/embedded.h"
#include "model/snapshot.h"
#include "recipe/criteria.h"
#include "recipe/resolve.h"
#include "support/temp_dir.h"
#include "validate/validate.h"

namespace eidos {
namespace {

// The version that examples name: theirs, so that they do not change with every commit.
constexpr const char* kExampleVersion = "0.1.0";

struct Example {
  std::string name;
  std::string chain;
};

const Example kExamples[] = {
    {"gb200-eks-ubuntu-training",
     "base monitoring-hpa eks eks-training gb200-eks-training gb200-eks-ubuntu-training"},
    {"h100-eks-ubuntu-training",
     "base monitoring-hpa eks eks-training h100-eks-training h100-eks-ubuntu-training"},
};

bool writing() {
  const char* mode = std::getenv("EIDOS_GOLDEN");
  return mode != nullptr && std::string_view(mode) == "write";
}

std::filesystem::path folder(const Example& example) {
  return std::filesystem::path(EIDOS_TEST_DATA) / ".." / "examples" / example.name;
}

model::Snapshot snapshot_of(const Example& example) {
  data::Sources sources;
  auto root = data::parse(testing::bytes_at(folder(example) / "snapshot.yaml"), sources, "snapshot.yaml");
  EIDOS_ASSERT(root.has_value());
  data::Reading reading{sources};
  auto snapshot = model::read_snapshot(*root, reading);
  EIDOS_ASSERT(snapshot.has_value());
  return *std::move(snapshot);
}

class Examples : public ::testing::TestWithParam<Example> {
 protected:
  void SetUp() override {
    files_ = real_files();
    auto loaded = catalog::load(*files_, {.embedded = catalog::embedded_catalog()});
    ASSERT_TRUE(loaded);
    catalog_ = std::move(loaded->catalog);
    snapshot_ = snapshot_of(GetParam());
    recipe::Detected detected = recipe::detect(catalog_.registry(), snapshot_);
    detected.criteria.intent = "training";
    auto resolved = recipe::resolve(catalog_, detected.criteria, &snapshot_);
    ASSERT_TRUE(resolved) << resolved.error().message;
    ASSERT_TRUE(resolved->warnings.empty()) << resolved->warnings[0];
    recipe_ = std::move(resolved->result);
    recipe_.metadata.detected = std::move(detected.values);
    recipe_.metadata.version = kExampleVersion;
  }

  std::unique_ptr<Files> files_;
  catalog::Catalog catalog_;
  model::Snapshot snapshot_;
  model::RecipeResult recipe_;
};

TEST_P(Examples, TheSnapshotGivesTheStatedChainAndFits) {
  EXPECT_EQ(join(recipe_.metadata.applied_overlays, " "), GetParam().chain);
  auto report = validate::validate(recipe_, snapshot_);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->summary.failed, 0);
  EXPECT_EQ(report->summary.unknown, 0);
  EXPECT_GT(report->summary.passed, 0);
}

TEST_P(Examples, RecipeAndBundleAreWhatStandsInTheFolder) {
  std::string recipe_text = data::to_yaml(recipe::to_document(recipe_));
  auto bundle = bundle::render(catalog_, recipe_, recipe_text, {});
  ASSERT_TRUE(bundle) << bundle.error().message;
  std::string recipe_path = (folder(GetParam()) / "recipe.yaml").string();
  std::string bundle_path = (folder(GetParam()) / "bundle").string();
  if (writing()) {
    ASSERT_TRUE(files_->write(recipe_path, recipe_text, 0644));
    auto written = files_->write_tree(bundle_path, bundle->files, {.force = true});
    ASSERT_TRUE(written) << written.error().message;
    GTEST_SKIP() << "rewrote " << GetParam().name;
  }
  EXPECT_EQ(testing::bytes_at(recipe_path), recipe_text);
  std::map<std::string, std::string> there = testing::all_files(bundle_path);
  std::map<std::string, std::string> wanted;
  for (const auto& [path, file] : bundle->files) wanted[path] = file.bytes;
  EXPECT_EQ(there, wanted);
}

INSTANTIATE_TEST_SUITE_P(All, Examples, ::testing::ValuesIn(kExamples),
                         [](const auto& one) { return one.param.name.substr(0, one.param.name.find('-')); });

}  // namespace
}  // namespace eidos
