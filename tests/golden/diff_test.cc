// tests/golden/diff/<case>/: from and to (documents, or bundles in directories) → table.txt, result.yaml and,
// for documents, patch.json. EIDOS_GOLDEN=write rewrites them; then read the diff.

#include "diff/diff.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "data/patch.h"
#include "model/document.h"
#include "model/recipe_fields.h"
#include "support/golden.h"
#include "support/temp_dir.h"

namespace eidos {
namespace {

struct Parsed {
  data::Sources sources = {};
  data::Value root = {};
};

Parsed parsed(const std::filesystem::path& path) {
  Parsed out;
  auto root = data::parse(testing::bytes_at(path), out.sources, path.filename().string());
  EXPECT_TRUE(root) << path << (root ? "" : root.error().message);
  if (root) out.root = *std::move(root);
  return out;
}

template <class T>
T whole(Result<T> read) {
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? *std::move(read) : T{};
}

model::Snapshot snapshot_in(const Parsed& document) {
  data::Reading reading{document.sources};
  return whole(model::read_snapshot(document.root, reading));
}

model::RecipeResult recipe_in(const Parsed& document) {
  data::Reading reading{document.sources};
  return whole(model::read_document<model::RecipeResult>(document.root, "RecipeResult", reading));
}

diff::Bundle bundle_in(const std::filesystem::path& folder) {
  diff::Bundle bundle;
  bundle.recipe = recipe_in(parsed(folder / "recipe.yaml"));
  bundle.values = parsed(folder / "values.yaml").root.map();
  bundle.manifests = testing::all_files(folder / "templates");
  return bundle;
}

class DiffGolden : public ::testing::TestWithParam<const char*> {
 protected:
  std::filesystem::path folder() const {
    return std::filesystem::path(EIDOS_TEST_DATA) / "golden/diff" / GetParam();
  }
  std::string golden(std::string_view file) const { return cat("diff/", GetParam(), "/", file); }

  diff::DiffResult compared() const {
    auto ignore = diff::Ignore::parse({});
    if (std::filesystem::is_directory(folder() / "from"))
      return diff::diff(bundle_in(folder() / "from"), bundle_in(folder() / "to"), *ignore);
    Parsed from = parsed(folder() / "from.yaml");
    Parsed to = parsed(folder() / "to.yaml");
    if (from.root.find("kind")->string() == "RecipeResult")
      return diff::diff(recipe_in(from), recipe_in(to), *ignore);
    return diff::diff(snapshot_in(from), snapshot_in(to), *ignore);
  }
};

TEST_P(DiffGolden, Table) {
  diff::DiffResult result = compared();
  result.from.source = "from";
  result.to.source = "to";
  EXPECT_GOLDEN(golden("table.txt"), diff::to_table(result, false));
}

TEST_P(DiffGolden, Document) {
  EXPECT_GOLDEN(golden("result.yaml"), data::to_yaml(diff::to_document(compared())));
}

TEST_P(DiffGolden, PatchThatMakesOneOutOfTheOther) {
  if (std::filesystem::is_directory(folder() / "from")) return;  // a patch is for one document
  data::Value from = parsed(folder() / "from.yaml").root;
  data::Value to = parsed(folder() / "to.yaml").root;
  data::Value patch = data::make_patch(from, to);
  ASSERT_TRUE(data::apply_patch(from, patch));
  EXPECT_TRUE(from == to);
  EXPECT_GOLDEN(golden("patch.json"), data::to_json(patch));
}

INSTANTIATE_TEST_SUITE_P(All, DiffGolden,
                         ::testing::Values("driver-upgrade", "nothing-that-counts", "recipe-for-another-gpu",
                                           "bundle-upgrade"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace eidos
