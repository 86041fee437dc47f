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
  EXPECT_THAT(
      fake.out(),
      ::testing::StartsWith(
          "r.yaml:2:13: apiVersion: 'eidos.nvidia.com/v2' is none of eidos.nvidia.com/v1alpha1, "
          "aicr.nvidia.com/v1alpha1, snapshot.dgxc.io/v1; did you mean 'eidos.nvidia.com/v1alpha1'?\n"
          "r.yaml:3:11: metadata: expected object; got a list\n"
          "r.yaml:5:5: componentRefs[0]: key 'name' is missing\n"
          "r.yaml:5:5: componentRefs[0]: unknown key 'nmae'; did you mean 'name'?\n"
          "r.yaml:6:31: componentRefs[1].dependencyRefs: expected array; got a string ('c')\n"
          "c.yaml: RecipeCriteria, valid\n"
          "b.yaml:2:1: not valid YAML: did not find expected node content while parsing a flow node that "
          "starts at 2:1\n"
          "p.yaml:1:7: unknown kind 'Pod'; kinds: Snapshot, RecipeCriteria, "));
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

/// A recipe of this program, with one thing done to its text.
struct Edit {
  const char* from;
  const char* to;
  const char* want;  // among the findings
};

TEST(RecipeLint, SaysWhatIsWrongAndWhere) {
  const Edit kCases[] = {
      {"value: \">= 1.25\"", "value: \"~> 1.25\"", ": constraint 'K8s.server.version': "},
      {"name: K8s.server.version\n", "name: K8s..version\n", "K8s..version"},
      {"apiVersion: eidos.nvidia.com/v1alpha1", "apiVersion: aicr.nvidia.com/v1alpha1",
       "r.yaml:2:13: apiVersion 'aicr.nvidia.com/v1alpha1' is an older spelling; 'eidos recipe upgrade'"},
      {"deploymentOrder:\n  - cert-manager\n", "deploymentOrder:\n  - cert-manger\n",
       ": deploymentOrder names 'cert-manger', which is not in componentRefs; did you mean 'cert-manager'?"},
      {"deploymentOrder:\n  - cert-manager\n", "deploymentOrder:\n",
       ": deploymentOrder misses 'cert-manager'"},
      {"deploymentOrder:\n", "deploymentOrder:\n  - gpu-operator\n",
       ": deploymentOrder names 'gpu-operator' twice"},
      {"deploymentOrder:\n  - cert-manager\n  - kube-prometheus-stack\n  - gpu-operator\n",
       "deploymentOrder:\n  - gpu-operator\n  - kube-prometheus-stack\n  - cert-manager\n",
       ": deploymentOrder puts 'gpu-operator' before 'cert-manager', which it depends on"},
      {"      - cert-manager\n", "      - cert-manger\n",
       "depends on 'cert-manger', which is not in the recipe; did you mean 'cert-manager'?"},
      {"components/cert-manager/values.yaml", "components/cert-manager/valeus.yaml",
       ": component 'cert-manager': the catalog has no file 'components/cert-manager/valeus.yaml'"},
      {"      gpu-operator: sha256:", "      gpu-operator: sha256:0",
       ": the digest of 'gpu-operator' is none: sha256: and 64 hex digits"},
      {"      gpu-operator: sha256:", "      gpu-operatr: sha256:",
       ": a catalog digest for 'gpu-operatr', which is not in componentRefs; did you mean 'gpu-operator'?"},
      {"      gpu-operator: sha256:", "      gpu-operatr: sha256:",
       ": the recipe has no catalog digest for gpu-operator"},
      {"  appliedOverlays:", "  charts: {gpu-operator: {version: '1', digest: x}}\n  appliedOverlays:",
       ": the chart digest of 'gpu-operator' is of version 1; the recipe has "},
      {"criteria:\n", "crietria:\n", ": unknown key 'crietria'; did you mean 'criteria'?"},
      {"kind: RecipeResult", "kind: Snapshot", "r.yaml:1:7: kind: 'Snapshot' is none of RecipeResult"},
      {"kind: RecipeResult", "kind: [", ": not valid YAML"},
  };
  FakeWorld good;
  ASSERT_EQ(good.run({"recipe", "-o", "r.yaml"}), 0);
  EXPECT_EQ(good.run({"recipe", "lint", "r.yaml"}), 0) << good.out();
  EXPECT_EQ(good.out(), "r.yaml: RecipeResult, valid\n");
  for (const Edit& edit : kCases) {
    std::string text = good.files.files().at("r.yaml");
    std::size_t at = text.find(edit.from);
    ASSERT_NE(at, std::string::npos) << edit.from;
    text.replace(at, std::string_view(edit.from).size(), edit.to);
    FakeWorld fake;
    fake.files.put("r.yaml", text);
    EXPECT_EQ(fake.run({"recipe", "lint", "r.yaml"}), 9) << edit.to << fake.err;
    EXPECT_THAT(fake.out(), HasSubstr(edit.want));
  }
}

TEST(RecipeLint, ARecipeOfAnotherCatalogIsAFinding) {
  FakeWorld fake;
  ASSERT_EQ(fake.run({"recipe", "-o", "r.yaml"}), 0);
  fake.files.put("d/components/cert-manager/values.yaml", "crds: {enabled: false}\n");
  EXPECT_EQ(fake.run({"recipe", "lint", "r.yaml", "--data", "d"}), 9);
  EXPECT_THAT(fake.out(),
              HasSubstr(": component 'cert-manager' is made from other catalog files than the recipe was"));
}

TEST(RecipeUpgrade, KeepsEveryOtherByte) {
  FakeWorld fake;
  const std::string old =
      "# mine\nkind: recipeResult\napiVersion: aicr.nvidia.com/v1alpha1 # old\ncomponentRefs: []\n";
  const std::string now =
      "# mine\nkind: RecipeResult\napiVersion: eidos.nvidia.com/v1alpha1 # old\ncomponentRefs: []\n";
  fake.files.put("r.yaml", old);
  EXPECT_EQ(fake.run({"recipe", "upgrade", "r.yaml"}), 0) << fake.err;
  EXPECT_EQ(fake.out(), now);
  EXPECT_EQ(fake.run({"recipe", "upgrade", "r.yaml", "-o", "n.yaml"}), 0) << fake.err;
  EXPECT_EQ(fake.files.files().at("n.yaml"), now);
  EXPECT_EQ(fake.run({"recipe", "upgrade", "-i", "r.yaml"}), 0) << fake.err;
  EXPECT_EQ(fake.files.files().at("r.yaml"), now);
  auto writes = fake.files.write_log().size();
  EXPECT_EQ(fake.run({"recipe", "upgrade", "-i", "r.yaml"}), 0) << fake.err;
  EXPECT_EQ(fake.files.write_log().size(), writes) << "nothing to change, nothing written";
}

TEST(RecipeLock, RecordsChartDigests) {
  FakeWorld fake;
  ASSERT_EQ(fake.run({"recipe", "-o", "r.json"}), 0);
  fake.files.put(
      "index.yaml",
      cat("entries:\n  cert-manager:\n  - {version: v1.17.2, digest: ", std::string(64, 'a'), "}\n"));
  EXPECT_EQ(fake.run({"recipe", "lock", "r.json", "--index", "index.yaml", "-i"}), 0) << fake.err;
  EXPECT_THAT(fake.err, HasSubstr("warning: no index has "));
  const std::string locked = fake.files.files().at("r.json");
  EXPECT_EQ(locked.front(), '{') << "it stays what it was";
  EXPECT_THAT(locked, HasSubstr(cat("\"digest\": \"sha256:", std::string(64, 'a'), "\"")));
  EXPECT_EQ(fake.run({"recipe", "lint", "r.json"}), 0) << fake.out();
  EXPECT_EQ(fake.run({"bundle", "-r", "r.json", "-o", "b"}), 0) << fake.err;
}

TEST(RecipeDocuments, RefuseWithOneLine) {
  struct Case {
    Arguments arguments;
    int code;
    const char* want;
  };
  const Case kCases[] = {
      {{"recipe", "lint"}, 1, "name the file; for example: eidos recipe lint recipe.yaml"},
      {{"recipe", "lnit"}, 1, "unexpected argument 'lnit'; did you mean 'eidos recipe lint'?"},
      {{"recipe", "--service", "eks", "lint", "c.yaml"}, 1, "flag --service stands before 'lint'"},
      {{"recipe", "lint", "none"}, 3, "'none' does not exist"},
      {{"recipe", "upgrade", "-i", "-"}, 1, "standard input cannot be changed in place"},
      {{"recipe", "upgrade", "-i", "https://host/r"}, 1, "https://host/r cannot be changed in place"},
      {{"recipe", "upgrade", "-i", "c.yaml", "-o", "x"}, 1, "--in-place and --output cannot both be given"},
      {{"recipe", "upgrade", "pod.yaml"}, 2, "pod.yaml:1:7: unknown kind 'Pod'"},
      {{"recipe", "lock", "c.yaml"}, 1, "eidos recipe lock needs --index [COMPONENT=]FILE"},
      {{"recipe", "lock", "c.yaml", "--index", "pod.yaml"}, 2, "c.yaml:1:7: this is a RecipeCriteria"},
  };
  for (const Case& c : kCases) {
    FakeWorld fake;
    fake.files.put("c.yaml", kCriteria);
    fake.files.put("pod.yaml", "kind: Pod\n");
    EXPECT_EQ(fake.run(c.arguments), c.code) << c.want;
    EXPECT_THAT(fake.err, HasSubstr(c.want));
    EXPECT_EQ(fake.out(), "");
  }
  FakeWorld fake;
  EXPECT_EQ(fake.run({"recipe", "--service", "eks", "-q"}), 0)
      << "sub-commands change nothing for recipe itself";
}

}  // namespace
}  // namespace eidos::cli
