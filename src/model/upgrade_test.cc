#include "model/upgrade.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace eidos::model {
namespace {

constexpr const char* kCurrent = "# by hand\nkind: RecipeResult\napiVersion: eidos.nvidia.com/v1alpha1\n";

TEST(Upgrade, ReplacesTheHeaderAndNothingElse) {
  const std::pair<std::string, std::string> kCases[] = {
      {kCurrent, kCurrent},
      {"kind: Snapshot # x\napiVersion:   snapshot.dgxc.io/v1   # y\nmeasurements: []\n",
       "kind: Snapshot # x\napiVersion:   eidos.nvidia.com/v1alpha1   # y\nmeasurements: []\n"},
      {"kind: recipeResult\r\napiVersion: 'aicr.nvidia.com/v1alpha1'\r\nx: [1,  2]\r\n",
       "kind: RecipeResult\r\napiVersion: 'eidos.nvidia.com/v1alpha1'\r\nx: [1,  2]\r\n"},
      {"{\"n\": \"é\", \"apiVersion\": \"aicr.nvidia.com/v1alpha1\", \"kind\":\"recipeCriteria\"}",
       "{\"n\": \"é\", \"apiVersion\": \"eidos.nvidia.com/v1alpha1\", \"kind\":\"RecipeCriteria\"}"},
      {"\xEF\xBB\xBFkind: snapshot\n", "\xEF\xBB\xBFkind: Snapshot\n"},
      {"kind: RecipeCriteria\nspec: {}", "kind: RecipeCriteria\nspec: {}"},
      {"spec:\n  kind: snapshot\nkind: snapshot\n", "spec:\n  kind: snapshot\nkind: Snapshot\n"},
  };
  for (const auto& [text, want] : kCases) {
    auto got = upgraded(text, "d");
    ASSERT_TRUE(got) << text << got.error().message;
    EXPECT_EQ(*got, want);
    EXPECT_EQ(*upgraded(*got, "d"), want);
  }
}

TEST(Upgrade, RefusesWhatItDoesNotKnowOrCannotReplace) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", "d: expected a document, got null"},
      {"- a", "d:1:1: expected a document, got a list"},
      {"a: [", "d:2:1: not valid YAML"},
      {"a: 1", "d:1:1: key 'kind' is missing"},
      {"kind: Pod", "d:1:7: unknown kind 'Pod'"},
      {"kind: [a]", "d:1:7: key 'kind' is missing"},
      {"kind: Snapshot\napiVersion: v9", "d:2:13: apiVersion 'v9' is none of "},
      {"x: &k snapshot\nkind: *k\n", "cannot be replaced"},
      {"kind: \"snap\\x73hot\"", "d:1:7: 'snapshot' cannot be replaced where it stands"},
      {"kind: !!str snapshot", "cannot be replaced"},
  };
  for (const auto& [text, want] : kCases) {
    auto got = upgraded(text, "d");
    ASSERT_FALSE(got) << text;
    std::string message = cat(got.error().where, ": ", got.error().message);
    EXPECT_NE(message.find(want), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace eidos::model
