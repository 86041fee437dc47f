#include "cli/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "support/fake_world.h"

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

TEST(Facts, DecideHowTheCommandEnds) {
  using ::testing::HasSubstr;
  constexpr const char* kNone = "";
  struct Case {
    std::vector<std::string> flags;
    const char* said;  // kNone: nothing at all
    int code;
    int strict_code;
  };
  // The recipe of eks, h100, training on ubuntu asks for K8s >= 1.32.4, Ubuntu 24.04 and a kernel >= 6.8.
  const Case kCases[] = {
      {{"--k8s", "1.33"}, kNone, 0, 0},
      {{"--k8s", "v1.32.4-eks-3025e55"}, kNone, 0, 0},
      {{"--osv", "24.04", "--kernel", "6.8.0-1032-aws", "--k8s", "1.34"}, kNone, 0, 0},
      {{"--k8s", "1.31"},
       "error: --k8s '1.31' contradicts the recipe, which asks for K8s.server.version >= 1.32.4",
       2,
       2},
      {{"--osv", "22.04"}, "error: --osv '22.04' contradicts the recipe", 2, 2},
      {{"--kernel", "5.15.0"}, "error: --kernel '5.15.0' contradicts the recipe", 2, 2},
      {{"--osv", "22.04", "--k8s", "1.31"}, "error: --k8s '1.31' contradicts the recipe", 2, 2},
      {{"--k8s", "1.32"},
       ": --k8s '1.32' is undecided: less precise than K8s.server.version >= 1.32.4",
       0,
       2},
      {{"--osv", "24"}, ": --osv '24' is undecided", 0, 2},
      {{"--kernel", "6"}, ": --kernel '6' is undecided", 0, 2},
      {{"--os", "any", "--osv", "24.04"}, ": --osv '24.04' is not checked: no constraint looks at it", 0, 2},
      {{"--os", "any", "--kernel", "6.8"}, ": --kernel '6.8' is not checked", 0, 2},
      {{"--k8s", "new"}, "error: --k8s: ", 2, 2},
      {{"--k8s", "-1.2"}, "cannot contain negative numbers", 2, 2},
  };
  for (const Case& c : kCases) {
    for (bool strict : {false, true}) {
      std::vector<std::string> arguments{"recipe",   "--service", "eks", "--accelerator", "h100",
                                         "--intent", "training",  "-o",  "r.yaml"};
      bool own_system = std::ranges::find(c.flags, "--os") != c.flags.end();
      if (!own_system) arguments.insert(arguments.end(), {"--os", "ubuntu"});
      arguments.insert(arguments.end(), c.flags.begin(), c.flags.end());
      if (strict) arguments.emplace_back("--strict");
      testing::FakeWorld fake;
      EXPECT_EQ(fake.run(arguments), strict ? c.strict_code : c.code) << join(c.flags, " ") << fake.err;
      EXPECT_EQ(fake.files.files().contains("r.yaml"), (strict ? c.strict_code : c.code) == 0);
      EXPECT_THAT(fake.err, HasSubstr(c.said));
      if (std::string_view(c.said).empty()) {
        EXPECT_EQ(fake.err, "");
      }
    }
  }
}

}  // namespace
}  // namespace eidos::cli
