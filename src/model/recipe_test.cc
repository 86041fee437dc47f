#include <gtest/gtest.h>

#include "data/document.h"
#include "model/document.h"
#include "model/recipe_fields.h"
#include "model/registry.h"
#include "model/snapshot.h"

namespace eidos::model {
namespace {

template <class T>
Result<T> read(std::string_view text, std::string_view kind) {
  data::Sources sources;
  EIDOS_TRY(data::Value root, data::parse(text, sources, "d.yaml"));
  data::Reading reading{sources};
  return read_document<T>(root, kind, reading);
}

TEST(Document, HeadersAreCheckedBeforeAnythingElse) {
  struct Case {
    const char* text;
    const char* want;
  };
  const Case cases[] = {
      {"", "the document is empty"},
      {"[]", "expected a document of kind RecipeResult, got a list"},
      {"a: 1", "key 'kind' is missing"},
      {"kind: Snapshot\napiVersion: x", "this is a Snapshot, not a RecipeResult"},
      {"kind: RecipeReslt\napiVersion: eidos.nvidia.com/v1alpha1",
       "unknown kind 'RecipeReslt', not a RecipeResult; did you mean 'RecipeResult'?"},
      {"kind: RecipeResult", "key 'apiVersion' is missing"},
      {"kind: RecipeResult\napiVersion: v9",
       "apiVersion 'v9' is none of eidos.nvidia.com/v1alpha1, aicr.nvidia.com/v1alpha1, snapshot.dgxc.io/v1"},
  };
  for (const Case& c : cases) {
    auto got = read<RecipeResult>(c.text, "RecipeResult");
    ASSERT_FALSE(got) << c.text;
    EXPECT_EQ(got.error().message, c.want);
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
  }
}

TEST(Document, OlderSpellingsAreRead) {
  for (const char* version : {"eidos.nvidia.com/v1alpha1", "aicr.nvidia.com/v1alpha1", "snapshot.dgxc.io/v1"})
    for (const char* kind : {"RecipeResult", "recipeResult"})
      EXPECT_TRUE(read<RecipeResult>(cat("kind: ", kind, "\napiVersion: ", version, "\ncomponentRefs: []"),
                                     "RecipeResult"));
}

TEST(Snapshot, OlderSpellingsAreNormalised) {
  data::Sources sources;
  auto root = data::parse(
      "kind: snapshot\napiVersion: snapshot.dgxc.io/v1\nmetadata: {source: n1, snapshot-version: v0.1}\n"
      "measurements:\n- type: gpu\n  subtypes:\n  - subtype: smi\n    data: {driver: 580.82.07}\n",
      sources, "s.yaml");
  ASSERT_TRUE(root);
  data::Reading reading{sources};
  auto got = read_snapshot(*root, reading);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->metadata.source_node, "n1");
  EXPECT_EQ(got->metadata.version, "v0.1");
  const data::Value* driver = find_reading(*got, "GPU", "smi", "driver");
  ASSERT_NE(driver, nullptr);
  EXPECT_EQ(driver->scalar_text(), "580.82.07");
  EXPECT_EQ(find_reading(*got, "GPU", "smi", "none"), nullptr);
}

}  // namespace
}  // namespace eidos::model
