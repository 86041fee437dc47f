#include "cli/facts.h"

#include <gtest/gtest.h>

namespace eidos::cli {
namespace {

model::RecipeResult recipe_with(const std::string& name, const std::string& value) {
  model::RecipeResult recipe;
  recipe.constraints = {{.name = name, .value = value}};
  return recipe;
}

TEST(Facts, AreHeldAgainstTheConstraintThatLooksAtThem) {
  using enum FactVerdict;
  struct Case {
    const char* fact;
    const char* bound;
    FactVerdict want;
  };
  const Case kCases[] = {{"1.33", ">= 1.32.4", Agrees},       {"1.32.4", ">= 1.32.4", Agrees},
                         {"1.32", ">= 1.32.4", Undecided},    {"1", ">= 1.32.4", Undecided},
                         {"1.31", ">= 1.32.4", Contradicts},  {"1.32", ">= 1.32", Agrees},
                         {"1.32", "< 1.32.4", Undecided},     {"1.40", ">= 1.30, < 1.40", Contradicts},
                         {"1.35", ">= 1.30, < 1.40", Agrees}, {"v1.33.5-eks-3025e55", ">= 1.32.4", Agrees},
                         {"24.04", "24.04", Agrees},          {"24", "24.04", Undecided},
                         {"22.04", "24.04", Contradicts},     {"22.04", "!= 22.04", Contradicts}};
  for (const Case& c : kCases) {
    Fact fact{"--k8s", c.fact, {"K8s.server.version"}};
    EXPECT_EQ(judge(fact, recipe_with("K8s.server.version", c.bound)).verdict, c.want)
        << c.fact << " " << c.bound;
    EXPECT_EQ(judge(fact, recipe_with("OS.release.VERSION_ID", c.bound)).verdict, NotChecked);
  }
}

}  // namespace
}  // namespace eidos::cli
