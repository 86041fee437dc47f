// Documents as things in their own right: checked against schemas, linted, upgraded.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "cli/schemas.h"
#include "data/document.h"
#include "data/schema.h"
#include "support/fake_world.h"

namespace eidos::cli {
namespace {

using testing::FakeWorld;
using ::testing::HasSubstr;
using Arguments = std::vector<std::string>;

constexpr const char* kCriteria = "kind: RecipeCriteria\nspec: {service: eks}\n";

TEST(Schemas, OfEveryKindAreOnesThatWeCheck) {
  FakeWorld fake;
  fake.run({"schema"});
  for (std::string_view kind : split(trim(fake.out()), '\n')) {
    auto schema = data::Schema::read(schema_of(kind), data::Sources());
    ASSERT_TRUE(schema) << kind << schema.error().message;
    EXPECT_FALSE(schema->check(data::Value("text")).empty());
  }
}

TEST(ValidateSchema, TakesEveryDocumentWeWrite) {
  FakeWorld fake;
  ASSERT_EQ(fake.run({"recipe", "--service", "eks", "-q", "-o", "r.yaml"}), 0);
  ASSERT_EQ(fake.run({"recipe", "--context", "-o", "r.json"}), 0);
  ASSERT_EQ(fake.run({"snapshot", "--best-effort", "-o", "s.yaml"}), 0);
  ASSERT_EQ(fake.run({"catalog", "lock"}), 0);
  fake.run({"validate", "-r", "r.yaml", "-s", "s.yaml", "-o", "v.yaml"});
  fake.files.put("c.yaml", kCriteria);
  EXPECT_EQ(fake.run({"validate", "--schema", "v1alpha1", "r.yaml", "r.json", "s.yaml", "eidos.lock",
                      "v.yaml", "c.yaml", "-o", "report"}),
            0)
      << fake.files.files().at("report");
  EXPECT_EQ(
      fake.files.files().at("report"),
      "r.yaml: RecipeResult, valid\nr.json: RecipeResult, valid\ns.yaml: Snapshot, valid\n"
      "eidos.lock: CatalogLock, valid\nv.yaml: ValidationResult, valid\nc.yaml: RecipeCriteria, valid\n");
}

TEST(ValidateSchema, SaysEveryViolationWithItsPlaceAndPath) {
  FakeWorld fake;
  fake.files.put("r.yaml",
                 "kind: RecipeResult\napiVersion: eidos.nvidia.com/v2\nmetadata: []\ncomponentRefs:\n"
                 "  - nmae: a\n  - {name: b, dependencyRefs: c}\n");
  fake.files.put("c.yaml", kCriteria);
  fake.files.put("b.yaml", "a: [\n");
  fake.files.put("p.yaml", "kind: Pod\n");
  EXPECT_EQ(fake.run({"validate", "--schema", "v1alpha1", "r.yaml", "c.yaml", "b.yaml", "p.yaml"}), 9)
      << fake.err;
  EXPECT_EQ(fake.out(),
            "r.yaml:2:13: apiVersion: 'eidos.nvidia.com/v2' is none of eidos.nvidia.com/v1alpha1, "
            "aicr.nvidia.com/v1alpha1, snapshot.dgxc.io/v1; did you mean 'eidos.nvidia.com/v1alpha1'?\n"
            "r.yaml:3:11: metadata: expected object; got a list\n"
            "r.yaml:5:5: componentRefs[0]: key 'name' is missing\n"
            "r.yaml:5:5: componentRefs[0]: unknown key 'nmae'; did you mean 'name'?\n"
            "r.yaml:6:31: componentRefs[1].dependencyRefs: expected array; got a string ('c')\n"
            "c.yaml: RecipeCriteria, valid\n"
            "b.yaml:2:1: not valid YAML: did not find expected node content while parsing a flow node that "
            "starts at 2:1\n"
            "p.yaml:1:7: unknown kind 'Pod'; kinds: Snapshot, RecipeCriteria, RecipeMetadata, "
            "ComponentRegistry, RecipeResult, ValidationResult, CatalogLock\n");
  EXPECT_EQ(fake.run({"validate", "--schema", "v1alpha1", "p.yaml", "-t", "json", "-o", "report"}), 9);
  EXPECT_THAT(fake.files.files().at("report"), HasSubstr("\"where\": \"p.yaml:1:7\""));
}

TEST(ValidateSchema, TakesASchemaFromAFile) {
  FakeWorld fake;
  fake.files.put("s.json", R"({"type": "object", "properties": {"spec": {"maximum": 3}}})");
  fake.files.put("a.yaml", "spec: 4\n");
  EXPECT_EQ(fake.run({"validate", "--schema", "s.json", "a.yaml"}), 9) << fake.err;
  EXPECT_EQ(fake.out(), "a.yaml:1:7: spec: 4 is more than 3\n");
}

TEST(ValidateSchema, RefusesWhatItCannotUse) {
  struct Case {
    Arguments arguments;
    int code;
    const char* want;
  };
  const Case kCases[] = {
      {{"--schema", "v1alpha1"}, 1, "name the documents to check"},
      {{"--schema", "v1alpha1", "-", "-"}, 1, "'-' is given twice"},
      {{"--schema", "v1alpha1", "none"}, 3, "'none' does not exist"},
      {{"--schema", "v1alpha2", "c.yaml"}, 3, "the schemas inside are called v1alpha1"},
      {{"--schema", "s.json", "c.yaml"},
       2,
       "error: s.json:1:2: the keyword 'pattern' is none that eidos checks"},
      {{"c.yaml"}, 1, "needs --recipe FILE and --snapshot FILE"},
      {{"-r", "a", "-s", "b", "c.yaml"}, 1, "unexpected argument 'c.yaml'"},
  };
  for (const Case& c : kCases) {
    FakeWorld fake;
    fake.files.put("c.yaml", kCriteria);
    fake.files.put("s.json", R"({"pattern": "^a"})");
    Arguments arguments{"validate"};
    arguments.insert(arguments.end(), c.arguments.begin(), c.arguments.end());
    EXPECT_EQ(fake.run(arguments), c.code);
    EXPECT_THAT(fake.err, HasSubstr(c.want));
    EXPECT_EQ(fake.out(), "");
  }
}

}  // namespace
}  // namespace eidos::cli
