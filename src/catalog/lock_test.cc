#include "catalog/lock.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "support/fake_files.h"

namespace eidos::catalog {
namespace {

using testing::FakeFiles;

constexpr const char* kHead = "apiVersion: eidos.nvidia.com/v1alpha1\n";

FakeFiles two_layers() {
  return FakeFiles{
      {"c/registry.yaml", cat("kind: ComponentRegistry\n", kHead, "components: []\n")},
      {"c/overlays/base.yaml", cat("kind: RecipeMetadata\n", kHead, "metadata: {name: base}\nspec: {}\n")},
      {"d/overlays/x.yaml", cat("kind: RecipeMetadata\n", kHead, "metadata: {name: x}\nspec: {}\n")},
      {"d/components/a/values.yaml", "k: 1\n"},
  };
}

Loaded load_from(FakeFiles& files, std::vector<std::string> data) {
  auto loaded =
      load(files, {.embedded = {}, .catalog_dir = "c", .data_dirs = std::move(data), .list_files = true});
  EXPECT_TRUE(loaded) << loaded.error().where << loaded.error().message;
  return *std::move(loaded);
}

std::string problem(const model::CatalogLock& lock, const Loaded& loaded) {
  auto checked = check_lock(lock, loaded, "eidos.lock");
  if (checked) return {};
  EXPECT_EQ(checked.error().kind, ErrorKind::Invalid);
  EXPECT_EQ(checked.error().where, "eidos.lock");
  return checked.error().message;
}

TEST(Lock, ReadsBackAndHoldsWhatItWasMadeFrom) {
  FakeFiles files = two_layers();
  Loaded loaded = load_from(files, {"d"});
  model::CatalogLock lock = lock_of(loaded, "1.2.3");
  EXPECT_EQ(lock.digest, loaded.catalog.digest());
  EXPECT_EQ(lock.layers[1].name, "d");
  EXPECT_EQ(lock.layers[1].files.size(), 2u);
  data::Sources sources;
  auto root = data::parse(data::to_yaml(data::write_value(lock)), sources, "eidos.lock");
  ASSERT_TRUE(root);
  data::Reading reading{sources};
  auto again = read_lock(*root, reading);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(problem(*again, loaded), "");
}

TEST(Lock, ALayerByAnotherNameIsTheSameLayer) {
  FakeFiles files = two_layers();
  model::CatalogLock lock = lock_of(load_from(files, {"d"}), "1");
  for (const char* path : {"overlays/x.yaml", "components/a/values.yaml"})
    files.put(cat("/far/away/", path), files.files().at(cat("d/", path)));
  EXPECT_EQ(problem(lock, load_from(files, {"/far/away"})), "");
}

TEST(Lock, NamesLayerAndFilesThatDiffer) {
  struct Case {
    std::vector<std::pair<const char*, const char*>> changes;
    const char* want;
  };
  const Case kCases[] = {
      {{{"d/components/a/values.yaml", "k: 2\n"}}, ": components/a/values.yaml changed"},
      {{{"d/components/a/values.yaml", "k: 2\n"}, {"d/components/b/values.yaml", ""}},
       ": components/a/values.yaml changed, components/b/values.yaml was added"},
      {{{"d/schema/a.json", ""},
        {"d/schema/b.json", ""},
        {"d/schema/c.json", ""},
        {"d/schema/d.json", ""},
        {"d/schema/e.json", ""},
        {"d/schema/f.json", ""}},
       ": schema/a.json was added, schema/b.json was added, schema/c.json was added, schema/d.json was "
       "added, "
       "schema/e.json was added, and 1 more"},
  };
  for (const Case& c : kCases) {
    FakeFiles files = two_layers();
    model::CatalogLock lock = lock_of(load_from(files, {"d"}), "1");
    for (const auto& [path, text] : c.changes) files.put(path, text);
    EXPECT_EQ(problem(lock, load_from(files, {"d"})),
              cat("catalog layer 'd' is not what was locked", c.want));
  }
}

TEST(Lock, LayersThatAreLeftOutAddedOrSwappedAreRefused) {
  FakeFiles files = two_layers();
  files.put("e/components/a/values.yaml", "k: 1\n");
  model::CatalogLock lock = lock_of(load_from(files, {"d"}), "1");
  EXPECT_EQ(problem(lock, load_from(files, {})), "the catalog is locked to the layers c, d; this run has c");
  EXPECT_EQ(problem(lock, load_from(files, {"d", "e"})),
            "the catalog is locked to the layers c, d; this run has c, d, e");
  EXPECT_EQ(problem(lock, load_from(files, {"e"})),
            "catalog layer 'e' (locked as 'd') is not what was locked: overlays/x.yaml is gone");
}

}  // namespace
}  // namespace eidos::catalog
