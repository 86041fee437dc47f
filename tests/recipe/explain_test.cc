// Explanations over the embedded catalog: what holds for every value of every recipe.

#include "recipe/explain.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "catalog/embedded.h"
#include "recipe/criteria.h"
#include "recipe/resolve.h"

namespace eidos::recipe {
namespace {

const catalog::Catalog& embedded() {
  static const catalog::Catalog kCatalog = [] {
    auto files = real_files();
    auto loaded = catalog::load(*files, {.embedded = catalog::embedded_catalog()});
    EIDOS_ASSERT(loaded.has_value());
    return std::move(loaded->catalog);
  }();
  return kCatalog;
}

std::vector<std::size_t> all_of(const model::RecipeResult& recipe) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < recipe.component_refs.size(); ++i) positions.push_back(i);
  return positions;
}

// The last writer of each value wrote what stands there; what nobody wrote is said to be computed.
void check_every_value(const model::RecipeResult& recipe, std::size_t& written) {
  auto document = hydrated_document(embedded(), recipe, all_of(recipe));
  auto writes = recipe_writes(embedded(), recipe, nullptr, {});
  ASSERT_TRUE(document && writes);
  std::vector<Match> matches = leaves({{}, &*document});
  std::vector<ValueReason> reasons = value_reasons(embedded(), recipe, *document, *writes, matches);
  ASSERT_EQ(reasons.size(), matches.size());
  for (std::size_t i = 0; i < matches.size(); ++i) {
    const ValueReason& reason = reasons[i];
    std::string path = data::to_text(matches[i].path);
    if (reason.history.empty()) {
      EXPECT_FALSE(reason.note.empty()) << path << " is explained by nothing";
      EXPECT_EQ(path.find(".values."), std::string::npos) << path << ": no value of a chart is computed";
      continue;
    }
    ++written;
    const Event& last = reason.history.back();
    ASSERT_TRUE(last.value) << path << " was taken away, and is there";
    if (reason.value.is_scalar()) {
      EXPECT_EQ(last.value->scalar_text(), reason.value.scalar_text()) << path;
    } else {
      EXPECT_EQ(*last.value, reason.value) << path;
    }
    EXPECT_FALSE(last.file.empty()) << path;
    EXPECT_GT(last.line, 0) << path;
  }
}

TEST(EveryRecipe, SaysOfEveryValueWhereItStands) {
  std::size_t written = 0;
  std::size_t recipes = 0;
  for (const auto& [name, overlay] : embedded().overlays()) {
    auto resolved = resolve(embedded(), overlay.spec.criteria.value_or(model::Criteria()), nullptr);
    ASSERT_TRUE(resolved) << name;
    SCOPED_TRACE(name);
    check_every_value(resolved->result, written);
    ++recipes;
  }
  EXPECT_GE(recipes, 38u);
  EXPECT_GT(written, recipes * 100);
}

TEST(EveryRecipe, HasAReasonForEachOverlayAndEachPlace) {
  for (const auto& [name, overlay] : embedded().overlays()) {
    auto resolved = resolve(embedded(), overlay.spec.criteria.value_or(model::Criteria()), nullptr);
    ASSERT_TRUE(resolved) << name;
    std::vector<OverlayReason> overlays = overlay_reasons(embedded(), resolved->result);
    EXPECT_EQ(overlays.size(), embedded().overlays().size());
    for (const OverlayReason& reason : overlays) {
      EXPECT_FALSE(reason.why.empty()) << reason.name;
      EXPECT_EQ(reason.why.find("the recipe says so"), std::string::npos)
          << reason.name << ": " << reason.why;
      EXPECT_EQ(reason.why.find("made without it"), std::string::npos) << reason.name << ": " << reason.why;
    }
    std::vector<OrderReason> order = order_reasons(resolved->result);
    ASSERT_EQ(order.size(), resolved->result.component_refs.size());
    for (const OrderReason& reason : order)
      EXPECT_EQ(reason.why.find("the recipe says so"), std::string::npos) << reason.why;
  }
}

}  // namespace
}  // namespace eidos::recipe
