// The resolver over the embedded catalog: what holds for every query, not for one.

#include "catalog/embedded.h"

#include <algorithm>
#include <thread>

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/text.h"
#include "catalog/chain.h"
#include "model/recipe_fields.h"
#include "recipe/criteria.h"
#include "recipe/resolve.h"

namespace eidos {
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

// Every combination of every value the catalog knows, any included.
std::vector<model::Criteria> every_query() {
  std::vector<model::Criteria> all{{}};
  for (const model::Dimension& dimension : model::kDimensions) {
    std::vector<model::Criteria> next;
    for (const model::Criteria& so_far : all) {
      for (std::string value : recipe::known_values(embedded().registry(), dimension.name)) {
        model::Criteria one = so_far;
        one.*dimension.member = value == "any" ? "" : value;
        next.push_back(std::move(one));
      }
    }
    all = std::move(next);
  }
  return all;
}

std::string resolved(const model::Criteria& criteria) {
  auto got = recipe::resolve(embedded(), criteria, nullptr);
  return got ? data::to_yaml(recipe::to_document(got->result)) : got.error().message;
}

TEST(EmbeddedCatalog, TheChainOfTheMission) {
  auto got = recipe::resolve(embedded(), {"eks", "gb200", "training", "ubuntu", "", 0}, nullptr);
  ASSERT_TRUE(got);
  std::vector<std::string> chain = got->result.metadata.applied_overlays;
  std::erase(chain, "monitoring-hpa");  // it fits every query
  EXPECT_EQ(join(chain, " → "), "base → eks → eks-training → gb200-eks-training → gb200-eks-ubuntu-training");
  EXPECT_TRUE(got->warnings.empty());
  EXPECT_TRUE(got->result.metadata.unused_criteria.empty());
}

TEST(EmbeddedCatalog, NoQueryEverSelectsAnOverlayThatAsksForMoreThanWasStated) {
  std::size_t queries = 0;
  for (const model::Criteria& query : every_query()) {
    ++queries;
    auto got = recipe::resolve(embedded(), query, nullptr);
    ASSERT_TRUE(got) << recipe::describe(query) << ": " << got.error().message;
    for (const std::string& name : got->result.metadata.applied_overlays) {
      const model::Overlay* overlay = embedded().overlay(name);
      if (!overlay->spec.criteria) continue;
      for (const model::Dimension& dimension : model::kDimensions) {
        const std::string& asked = (*overlay->spec.criteria).*dimension.member;
        EXPECT_TRUE(asked.empty() || asked == query.*dimension.member)
            << recipe::describe(query) << " took " << name;
      }
    }
  }
  EXPECT_GE(queries, 1620u);
}

TEST(EmbeddedCatalog, EveryStatedDimensionIsUsedOrReported) {
  for (const model::Criteria& query : every_query()) {
    auto got = recipe::resolve(embedded(), query, nullptr);
    ASSERT_TRUE(got);
    const auto& unused = got->result.metadata.unused_criteria;
    for (const model::Dimension& dimension : model::kDimensions) {
      if ((query.*dimension.member).empty()) continue;
      bool used = std::ranges::any_of(got->result.metadata.applied_overlays, [&](const std::string& name) {
        const auto& criteria = embedded().overlay(name)->spec.criteria;
        return criteria && !((*criteria).*dimension.member).empty();
      });
      EXPECT_NE(used,
                std::ranges::find(unused, dimension.name, &model::UnusedCriterion::dimension) != unused.end())
          << recipe::describe(query) << " " << dimension.name;
    }
    EXPECT_EQ(got->warnings.empty(), unused.empty());
  }
}

TEST(EmbeddedCatalog, ManyThreadsInAnyOrderGetTheSameBytes) {
  std::vector<model::Criteria> queries;
  for (const char* service : {"eks", "gke", "aks", "kind", ""})
    for (const char* intent : {"training", "inference", ""})
      queries.push_back({service, "h100", intent, "ubuntu", "", 0});
  std::vector<std::string> alone;
  for (const model::Criteria& query : queries) alone.push_back(resolved(query));
  std::vector<std::jthread> threads;
  std::vector<std::vector<std::string>> together(4, std::vector<std::string>(queries.size()));
  for (std::size_t t = 0; t < together.size(); ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < queries.size(); ++i) {
        std::size_t at = t % 2 == 0 ? i : queries.size() - 1 - i;
        together[t][at] = resolved(queries[at]);
      }
    });
  threads.clear();
  for (const auto& got : together) EXPECT_EQ(got, alone);
}

TEST(EmbeddedCatalog, EveryRecipeCanBeHydratedAndIsReadBackEqual) {
  auto got = recipe::resolve(embedded(), {"eks", "h100", "training", "ubuntu", "kubeflow", 0}, nullptr);
  ASSERT_TRUE(got);
  for (const model::ComponentRef& ref : got->result.component_refs)
    EXPECT_TRUE(recipe::hydrate(embedded(), ref)) << ref.name;
  data::Sources sources;
  for (data::Format format : {data::Format::Yaml, data::Format::Json}) {
    std::string text = data::to_text(recipe::to_document(got->result), format);
    auto root = data::parse(text, sources, "recipe");
    ASSERT_TRUE(root) << root.error().message;
    data::Reading reading{sources};
    auto back = recipe::read_recipe(*root, reading);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, got->result);
  }
}

}  // namespace
}  // namespace eidos
