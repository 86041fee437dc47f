#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "diff/change_fields.h"
#include "diff/crds.h"
#include "diff/diff.h"
#include "diff/order.h"
#include "model/document.h"
#include "model/recipe_fields.h"

namespace eidos::diff {
namespace {

using Lines = std::vector<std::string>;

data::Value parsed(std::string_view text) {
  data::Sources sources;
  auto root = data::parse_yaml(text, sources, "test");
  EXPECT_TRUE(root) << text << (root ? "" : root.error().message);
  return root ? *std::move(root) : data::Value();
}

model::RecipeResult recipe(std::string_view parts) {
  data::Sources sources;
  data::Reading reading{sources};
  data::Value root = parsed(cat("{kind: RecipeResult, apiVersion: eidos.nvidia.com/v1alpha1, ", parts, "}"));
  auto read = model::read_document<model::RecipeResult>(root, "RecipeResult", reading);
  EXPECT_TRUE(read) << parts << (read ? "" : read.error().message);
  return read ? *std::move(read) : model::RecipeResult{};
}

std::string line(const Change& change) {
  auto text = [](const data::Value& value) {
    return value.is_scalar() ? value.scalar_text() : data::to_compact_json(value);
  };
  return cat(data::write_value(change.impact).string(), " ", data::write_value(change.how).string(), " ",
             change.group, " | ", change.path, ": ", text(change.from), " → ", text(change.to),
             change.detail.empty() ? "" : cat(" (", change.detail, ")"), change.crds ? " CRDs" : "");
}

Lines lines(const DiffResult& result) {
  Lines out;
  for (const Change& change : result.changes) out.push_back(line(change));
  return out;
}

TEST(RecipeDiff, NamesWhatChanged) {
  struct Case {
    const char* from;
    const char* to;
    Lines want;
  };
  const Case cases[] = {
      {"componentRefs: []", "componentRefs: []", {}},
      {"componentRefs: [], metadata: {version: 1.0.0, catalog: {digest: a}}",
       "componentRefs: [], metadata: {version: 1.0.1, catalog: {digest: b}}",
       {}},
      {"componentRefs: [], criteria: {service: eks}",
       "componentRefs: [], criteria: {service: gke}",
       {"breaking changed criteria | criteria.service: eks → gke"}},
      {"componentRefs: [{name: a, version: 1.2.0, namespace: x}]",
       "componentRefs: [{name: b-crds, version: v2}]",
       {"breaking removed a | componentRefs.a: 1.2.0 →  (namespace x)",
        "breaking added b-crds | componentRefs.b-crds:  → v2 CRDs"}},
      {"componentRefs: [{name: a, version: 1.2.0}]", "componentRefs: [{name: a, version: v1.2.0}]", {}},
      {"componentRefs: [{name: a, version: 1.2.0}]",
       "componentRefs: [{name: a, version: 1.3.0}]",
       {"performance changed a | componentRefs.a.version: 1.2.0 → 1.3.0 (newer)"}},
      {"componentRefs: [{name: a, version: 1.2.1}]",
       "componentRefs: [{name: a, version: 1.2.0}]",
       {"breaking changed a | componentRefs.a.version: 1.2.1 → 1.2.0 (older)"}},
      {"componentRefs: [{name: a, version: 1.2.0}, {name: b}]",
       "componentRefs: [{name: b}, {name: a, version: 2.0.0}]",
       {"breaking changed a | componentRefs.a.version: 1.2.0 → 2.0.0 (newer)"}},
      {"componentRefs: [{name: a, dependencyRefs: [x, y]}]",
       "componentRefs: [{name: a, dependencyRefs: [y, x]}]",
       {}},
      {"componentRefs: [{name: a, dependencyRefs: [x, y]}]",
       "componentRefs: [{name: a, dependencyRefs: [y, z]}]",
       {"cosmetic changed a | componentRefs.a.dependencyRefs: [\"x\",\"y\"] → [\"y\",\"z\"] (gained z; lost "
        "x)"}},
      {"componentRefs: [{name: a, overrides: {driver: {version: 1.2.3, x: 1}}}]",
       "componentRefs: [{name: a, overrides: {driver: {version: 1.3.3}, more: {deep: 1}}}]",
       {"performance changed a | componentRefs.a.overrides.driver.version: 1.2.3 → 1.3.3 (newer)",
        "performance removed a | componentRefs.a.overrides.driver.x: 1 → ",
        "performance added a | componentRefs.a.overrides.more.deep:  → 1"}},
      {"componentRefs: [{name: a, overrides: {env: [{name: A, value: x}, {name: B, value: y}]}}]",
       "componentRefs: [{name: a, overrides: {env: [{name: B, value: y}, {name: A, value: z}]}}]",
       {"performance changed a | componentRefs.a.overrides.env.A.value: x → z"}},
      {"componentRefs: [{name: a, overrides: {tolerations: [{operator: Exists}, {effect: NoSchedule}]}}]",
       "componentRefs: [{name: a, overrides: {tolerations: [{effect: NoSchedule}, {operator: Exists}]}}]",
       {}},
      {"componentRefs: [{name: a, overrides: {args: [x, y]}}]",
       "componentRefs: [{name: a, overrides: {args: [y, x]}}]",
       {"performance changed a | componentRefs.a.overrides.args: [\"x\",\"y\"] → [\"y\",\"x\"] (in another "
        "order)"}},
      {"componentRefs: [{name: a, overrides: {token: hunter2-hunter2}}]",
       "componentRefs: [{name: a, overrides: {token: correct-horse}}]",
       {"performance changed a | componentRefs.a.overrides.token: <redacted:1> → <redacted:2>"}},
      {"componentRefs: [{name: a}], metadata: {catalog: {components: {a: 'sha256:1'}}}",
       "componentRefs: [{name: a}], metadata: {catalog: {components: {a: 'sha256:2'}}}",
       {"performance changed a | metadata.catalog.components.a: sha256:1 → sha256:2"}},
      {"componentRefs: [], constraints: [{name: K8s.server.version, value: '>= 1.30'}, {name: x.y.z, value: "
       "'1'}]",
       "componentRefs: [], constraints: [{name: K8s.server.version, value: '>= 1.32', remediation: do}]",
       {"breaking changed constraints | constraints.K8s.server.version.value: >= 1.30 → >= 1.32",
        "cosmetic added constraints | constraints.K8s.server.version.remediation:  → do",
        "cosmetic removed constraints | constraints.x.y.z: 1 → "}},
      {"componentRefs: [], deploymentOrder: [a, b, c, d]",
       "componentRefs: [], deploymentOrder: [d, a, b, x, c]",
       {"cosmetic moved deployment order | deploymentOrder.d: 4 → 1"}},
      {"componentRefs: [], metadata: {appliedOverlays: [base, eks]}",
       "componentRefs: [], metadata: {appliedOverlays: [base, gke]}",
       {"cosmetic changed metadata | metadata.appliedOverlays: [\"base\",\"eks\"] → [\"base\",\"gke\"] "
        "(gained gke; lost eks)"}},
      {"componentRefs: [], validation: {deployment: {checks: [a]}}",
       "componentRefs: [], validation: {deployment: {checks: [a, b]}}",
       {"cosmetic changed validation | validation.deployment.checks: [\"a\"] → [\"a\",\"b\"] (gained b)"}},
  };
  auto ignore = Ignore::parse({});
  for (const Case& c : cases) {
    DiffResult result = diff(recipe(c.from), recipe(c.to), *ignore);
    EXPECT_EQ(lines(result), c.want) << c.from << "\n" << c.to;
    EXPECT_EQ(result.from.kind, "RecipeResult");
    EXPECT_EQ(diff(recipe(c.from), recipe(c.from), *ignore).summary, Summary{}) << c.from;
  }
}

Bundle bundle(std::string_view parts, std::string_view values,
              std::map<std::string, std::string> manifests = {}) {
  return {recipe(parts), parsed(values).map(), std::move(manifests)};
}

TEST(BundleDiff, ComparesWhatIsDeployed) {
  auto from =
      bundle("componentRefs: [{name: a, version: 1.0.0, valuesFile: x, overrides: {k: 1}}, {name: b}]",
             "{enabled: {a: true, b: true}, a: {k: 1, list: [1]}, b: {}}",
             {{"a/crd.yaml", "{{- if x }}\nkind: CustomResourceDefinition\n{{ end }}\n"},
              {"b/x.yaml", "kind: Pod\n"}});
  auto to = bundle("componentRefs: [{name: a, version: 1.0.1, valuesFile: y, overrides: {k: 2}}, {name: b}]",
                   "{enabled: {a: true, b: false}, a: {k: 2, list: [1], more: {x: y}}, b: {}}",
                   {{"a/crd.yaml", "kind: CustomResourceDefinition\n"}, {"b/y.yaml", "kind: Pod\n"}});
  auto ignore = Ignore::parse({});
  DiffResult result = diff(from, to, *ignore);
  EXPECT_EQ(lines(result), (Lines{"performance changed a | templates.a/crd.yaml: 3 lines → 1 line CRDs",
                                  "performance changed a | values.a.k: 1 → 2 CRDs",
                                  "performance added a | values.a.more.x:  → y CRDs",
                                  "cosmetic changed a | componentRefs.a.version: 1.0.0 → 1.0.1 (newer) CRDs",
                                  "breaking changed b | values.enabled.b: true → false",
                                  "performance removed b | templates.b/x.yaml: 1 line → ",
                                  "performance added b | templates.b/y.yaml:  → 1 line"}));
  EXPECT_EQ(result.from.kind, "Bundle");
  ASSERT_EQ(result.notes.size(), 1U);
  EXPECT_EQ(result.notes[0],
            "CustomResourceDefinitions: known of a; what a chart brings along is not in a bundle, "
            "so any other component may, too");
  auto ignored = Ignore::parse({"values.*", "templates.b"});
  EXPECT_EQ(lines(diff(from, to, *ignored)).size(), 4U);
}

TEST(Crds, AreKnownByNameValuesOrManifest) {
  const std::pair<const char*, bool> cases[] = {
      {"kind: CustomResourceDefinition\n", true},
      {"kind: \"CustomResourceDefinition\" # x\n", true},
      {"  kind: CustomResourceDefinition\n", false},  // a list of objects within another one
      {"# kind: CustomResourceDefinition\n", false},
      {"kind: CustomResourceDefinitionList\n", false},
      {"", false},
  };
  for (const auto& [text, want] : cases) {
    Bundle one = {{}, {}, {{"a/x.yaml", text}}};
    EXPECT_EQ(defines_crds(one, "a"), want) << text;
    EXPECT_FALSE(defines_crds(one, "b")) << text;
  }
  const std::pair<const char*, bool> values[] = {
      {"{a: {installCRDs: true}}", true},
      {"{a: {installCRDs: false}}", false},
      {"{a: {crds: {enabled: true}}}", true},
      {"{a: {crds: {enabled: false}}}", false},
      {"{a: {sub: {upgradeCRD: true}}}", true},
      {"{a: {crds: {keep: true}}}", false},
      {"{a: {installCRDs: 'true'}}", false},
      {"{b: {installCRDs: true}}", false},
      {"{a: {}}", false},
  };
  for (const auto& [text, want] : values)
    EXPECT_EQ(switches_crds_on({{}, parsed(text).map(), {}}, "a"), want) << text;
  EXPECT_TRUE(is_crd_component("kgateway-crds"));
  EXPECT_FALSE(is_crd_component("kgateway"));
}

TEST(Order, NamesTheFewestThatMoved) {
  struct Case {
    Lines from;
    Lines to;
    Lines want;
  };
  const Case cases[] = {
      {{}, {}, {}},
      {{"a", "b", "c"}, {"a", "b", "c"}, {}},
      {{"a", "b", "c"}, {"c", "a", "b"}, {"c"}},
      {{"a", "b", "c"}, {"b", "c", "a"}, {"a"}},
      {{"a", "b"}, {"x", "a", "y", "b"}, {}},
      {{"a", "b", "c", "d"}, {"d", "c", "b", "a"}, {"a", "b", "c"}},
  };
  for (const Case& c : cases) EXPECT_EQ(moved(c.from, c.to).size(), c.want.size()) << join(c.to, " ");
  EXPECT_EQ(moved({"a", "b", "c"}, {"c", "a", "b"}), Lines{"c"});
}

}  // namespace
}  // namespace eidos::diff
