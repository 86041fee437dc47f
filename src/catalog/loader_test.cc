#include <gtest/gtest.h>

#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/chain.h"
#include "catalog/embedded.h"
#include "support/fake_files.h"
#include "support/tar.h"

namespace eidos::catalog {
namespace {

using testing::FakeFiles;

constexpr const char* kHead = "apiVersion: eidos.nvidia.com/v1alpha1\n";

std::string registry(std::string_view components) {
  return cat("kind: ComponentRegistry\n", kHead, "components:\n", components);
}

std::string overlay(std::string_view name, std::string_view spec, std::string_view metadata = "") {
  return cat("kind: RecipeMetadata\n", kHead, "metadata: {name: ", name, metadata, "}\nspec:\n", spec);
}

FakeFiles small() {
  return FakeFiles{
      {"c/registry.yaml",
       registry("- name: a\n  helm: {defaultRepository: https://x, defaultVersion: 1.0.0}\n"
                "- name: b\n  valueOverrideKeys: [bb]\n")},
      {"c/overlays/base.yaml",
       overlay("base", "  componentRefs:\n  - {name: a, valuesFile: components/a/values.yaml}\n")},
      {"c/overlays/eks.yaml", overlay("eks", "  criteria: {service: EKS}\n")},
      {"c/components/a/values.yaml", "k: 1\n"},
  };
}

std::vector<std::string> problems(FakeFiles& files,
                                  LoadOptions options = {.embedded = {}, .catalog_dir = "c"}) {
  auto loaded = load(files, options);
  if (loaded) return {};
  std::vector<std::string> out{cat(loaded.error().where, ": ", loaded.error().message)};
  for (const Error& other : loaded.error().others) out.push_back(cat(other.where, ": ", other.message));
  return out;
}

TEST(Loader, ASoundCatalogLoads) {
  FakeFiles files = small();
  files.put("c/notes.txt", "x");
  auto loaded = load(files, {.embedded = {}, .catalog_dir = "c/"});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->catalog.overlay("eks")->spec.criteria->service, "eks");
  EXPECT_EQ(loaded->ignored, std::vector<std::string>{"c/notes.txt"});
  EXPECT_EQ(loaded->catalog.layers().size(), 1u);
  EXPECT_TRUE(loaded->catalog.digest().starts_with("sha256:"));
}

TEST(Loader, EveryProblemIsReportedWithItsPlace) {
  struct Case {
    const char* path;
    std::string text;
    const char* want;
  };
  const Case cases[] = {
      {"c/overlays/x.yaml", overlay("x", "  criteria: {service: esk}\n"),
       "c/overlays/x.yaml:5:13: service 'esk' must be one of: eks, gke, aks, oke, kind, any; did you mean "
       "'eks'?"},
      {"c/overlays/x.yaml", overlay("x", "  base: nope\n"),
       "c/overlays/x.yaml:5:3: overlay 'x' has base 'nope', which is no overlay of this catalog"},
      {"c/overlays/x.yaml", overlay("x", "  base: x\n"), "c/overlays/x.yaml:5:3: inheritance cycle: x → x"},
      {"c/overlays/x.yaml", overlay("x", "  base: eks\n  criteria: {intent: training}\n"),
       "c/overlays/x.yaml:6:13: overlay 'x' drops service of its ancestor 'eks' (eks)"},
      {"c/overlays/x.yaml", overlay("x", "  base: eks\n  criteria: {service: oke}\n"),
       "c/overlays/x.yaml:6:13: overlay 'x' changes service of its ancestor 'eks' (eks)"},
      {"c/overlays/x.yaml", overlay("x", "  componentRefs: [{name: aa}]\n"),
       "c/overlays/x.yaml:5:19: component 'aa' is not in the registry"},
      {"c/overlays/x.yaml",
       overlay("x", "  componentRefs: [{name: a, valuesFile: components/a/valeus.yaml}]\n"),
       "c/overlays/x.yaml:5:19: component 'a': values file 'components/a/valeus.yaml' is not in the catalog; "
       "did you mean "
       "'components/a/values.yaml'?"},
      {"c/overlays/x.yaml", overlay("x", "  componentRefs: [{name: a, manifestFiles: [../secret.yaml]}]\n"),
       "c/overlays/x.yaml:5:19: component 'a': manifest '../secret.yaml' is not in the catalog"},
      {"c/overlays/x.yaml", overlay("x", "  crtieria: {}\n"),
       "c/overlays/x.yaml:5:3: spec: unknown key 'crtieria'; did you mean 'criteria'?"},
      {"c/overlays/x.yaml", "kind: RecipeMetdata\napiVersion: eidos.nvidia.com/v1alpha1\n",
       "c/overlays/x.yaml:1:7: unknown kind 'RecipeMetdata', not a RecipeMetadata; did you mean "
       "'RecipeMetadata'?"},
      {"c/overlays/x.yaml", "", "c/overlays/x.yaml: the document is empty"},
      {"c/overlays/x.yaml", overlay("eks", "  criteria: {service: eks}\n"),
       "c/overlays/x.yaml:1:1: overlay 'eks' stands twice in one layer; first at c/overlays/eks.yaml:1:1"},
      {"c/overlays/x.yaml", overlay("x", "  criteria: {nodes: -1}\n"),
       "c/overlays/x.yaml:5:13: nodes cannot be negative: -1"},
      {"c/components/a/values.yaml", "- list\n",
       "c/components/a/values.yaml:1:1: values must be a map, not a list"},
      {"c/overlays/x.yaml", overlay("x", "  criteria: {service: eks}\n", ", replaces: true"),
       "c/overlays/x.yaml:1:1: overlay 'x' says 'replaces: true', but no lower layer has one of that name"},
      {"c/components/a/values.yaml", "a: [\n",
       "c/components/a/values.yaml:2:1: not valid YAML: did not find expected node content while parsing a "
       "flow node that "
       "starts at 2:1"},
      {"c/registry.yaml", registry("- name: a\n- name: a\n"),
       "c/registry.yaml:5:9: component name 'a' already belongs to the component at c/registry.yaml:4:3"},
      {"c/registry.yaml", registry("- name: a\n- name: b\n  valueOverrideKeys: [a]\n"),
       "c/registry.yaml:6:23: override key 'a' already belongs to the component at c/registry.yaml:4:3"},
  };
  for (const Case& c : cases) {
    FakeFiles files = small();
    files.put(c.path, c.text);
    std::vector<std::string> got = problems(files);
    ASSERT_FALSE(got.empty()) << c.want;
    EXPECT_EQ(got.front(), c.want);
  }
}

TEST(Loader, TenMistakesAreTenFindingsInOrder) {
  FakeFiles files = small();
  files.put("c/components/a/values.yaml", "- list\n");
  files.put("c/overlays/a.yaml", overlay("a", "  base: eks\n  criteria: {service: oke}\n"));
  files.put("c/overlays/b.yaml", overlay("b", "  base: nope\n"));
  files.put("c/overlays/c.yaml", overlay("c", "  base: d\n"));
  files.put("c/overlays/d.yaml", overlay("d", "  base: c\n"));
  files.put("c/overlays/e.yaml", overlay("e", "  crtieria: {}\n  componentRefs: [{name: aa}]\n"));
  files.put("c/overlays/f.yaml", "a: [\n");
  files.put("c/overlays/g.yaml", overlay("g", "  base: f\n  criteria: {os: linux}\n"));
  files.put("c/overlays/h.yaml", overlay("eks", "  base: e\n"));
  files.put("c/overlays/i.yaml", overlay("i", "  constraints: [{name: K8s.server.version, value: '>='}]\n"));
  std::vector<std::string> got = problems(files);
  const char* const want[] = {
      "c/components/a/values.yaml:1:1: values must be a map",
      "c/overlays/a.yaml:6:13: overlay 'a' changes service of its ancestor 'eks' (eks)",
      "c/overlays/b.yaml:5:3: overlay 'b' has base 'nope'",
      "c/overlays/c.yaml:5:3: inheritance cycle: c → d → c",
      "c/overlays/e.yaml:5:3: spec: unknown key 'crtieria'",
      "c/overlays/e.yaml:6:19: component 'aa' is not in the registry",
      "c/overlays/f.yaml:2:1: not valid YAML",
      "c/overlays/g.yaml:6:13: os 'linux' must be one of",
      "c/overlays/h.yaml:1:1: overlay 'eks' stands twice in one layer",
      "c/overlays/i.yaml:5:17: constraint 'K8s.server.version'",
  };
  ASSERT_EQ(got.size(), std::size(want)) << join(got, "\n");
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(got[i].starts_with(want[i])) << got[i];
}

TEST(Loader, WhatCouldNotBeReadIsNotMissingToo) {
  struct Case {
    const char* path;
    const char* text;
    const char* want;
  };
  const Case kCases[] = {
      {"c/registry.yaml", "components: [\n", "c/registry.yaml:2:1: not valid YAML"},
      {"c/registry.yaml", "kind: Registry\n", "c/registry.yaml:1:7: unknown kind 'Registry'"},
      {"c/overlays/eks.yaml", "a: [\n", "c/overlays/eks.yaml:2:1: not valid YAML"},
      {"c/overlays/base.yaml", "", "c/overlays/base.yaml: the document is empty"},
      {"c/components/a/values.yaml", "\t", "c/components/a/values.yaml:1:1: not valid YAML"},
  };
  for (const Case& c : kCases) {
    FakeFiles files = small();
    files.put("c/overlays/child.yaml", overlay("child", "  base: eks\n  criteria: {service: eks}\n"));
    files.put(c.path, c.text);
    std::vector<std::string> got = problems(files);
    ASSERT_EQ(got.size(), 1u) << join(got, "\n");
    EXPECT_TRUE(got.front().starts_with(c.want)) << got.front();
  }
}

TEST(Loader, OneMistakeIsOneFinding) {
  struct Case {
    std::vector<std::pair<const char*, std::string>> more;  // besides small()
    std::vector<const char*> want;
  };
  const Case cases[] = {
      // Nobody knows what a word that is none would have asked of the overlays below.
      {{{"c/overlays/x.yaml", overlay("x", "  criteria: {service: esk}\n")},
        {"c/overlays/y.yaml", overlay("y", "  base: x\n  criteria: {service: eks}\n")},
        {"c/overlays/z.yaml", overlay("z", "  base: eks\n  criteria: {service: esk, os: cos}\n")}},
       {"c/overlays/x.yaml:5:13: service 'esk'", "c/overlays/z.yaml:6:13: service 'esk'"}},
      // In and below a cycle everybody would be everybody's ancestor.
      {{{"c/overlays/x.yaml", overlay("x", "  base: y\n  criteria: {service: eks}\n")},
        {"c/overlays/y.yaml", overlay("y", "  base: x\n  criteria: {service: gke}\n")},
        {"c/overlays/z.yaml", overlay("z", "  base: y\n  criteria: {os: cos}\n")}},
       {"c/overlays/x.yaml:5:3: inheritance cycle: x → y → x"}},
      // Each with its place.
      {{{"c/overlays/base.yaml", overlay("base", "  componentRefs: [{name: a, dependencyRefs: [m, n]}]\n")}},
       {"c/overlays/base.yaml:5:3: component 'a' depends on 'm'",
        "c/overlays/base.yaml:5:3: component 'a' depends on 'n'"}},
  };
  for (const Case& c : cases) {
    FakeFiles files = small();
    for (const auto& [path, bytes] : c.more) files.put(path, bytes);
    std::vector<std::string> got = problems(files);
    ASSERT_EQ(got.size(), c.want.size()) << join(got, "\n");
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_TRUE(got[i].starts_with(c.want[i])) << got[i];
  }
}

TEST(Loader, CyclesAndChainsOfAnyLength) {
  for (int length : {1, 2, 3000}) {
    FakeFiles files = small();
    for (int i = 0; i < length; ++i)
      files.put(cat("c/overlays/o", i, ".yaml"),
                overlay(cat("o", i), cat("  base: o", (i + 1) % length, "\n")));
    std::vector<std::string> got = problems(files);
    ASSERT_EQ(got.size(), 1u) << "each cycle is said once";
    EXPECT_TRUE(got.front().starts_with("c/overlays/o0.yaml:5:3: inheritance cycle: o0 → ")) << got.front();
    EXPECT_TRUE(got.front().ends_with(" → o0"));
    EXPECT_LT(got.front().size(), 300u);
  }
  FakeFiles files = small();
  for (int i = 0; i < 3000; ++i)
    files.put(cat("c/overlays/o", i, ".yaml"),
              overlay(cat("o", i), i == 0 ? "  base: eks\n" : cat("  base: o", i - 1, "\n")));
  EXPECT_TRUE(problems(files).empty()) << "a deep chain is no mistake";
}

TEST(Loader, EveryLayerIsLookedAt) {
  FakeFiles files = small();
  files.put("d/overlays/x.yaml", "a: [\n");
  EXPECT_EQ(problems(files, {.embedded = {}, .catalog_dir = "c", .data_dirs = {"gone", "d", "also-gone"}}),
            (std::vector<std::string>{": 'gone' does not exist", ": 'also-gone' does not exist",
                                      "d/overlays/x.yaml:2:1: not valid YAML: did not find expected node "
                                      "content while parsing a flow node that starts at 2:1"}));
}

TEST(Loader, AFileThatGoesAwayIsNamed) {
  FakeFiles files = small();
  files.fail_on("c/overlays/eks.yaml", {ErrorKind::NotFound, "'c/overlays/eks.yaml' does not exist", {}, {}});
  files.fail_on("c/components/a/values.yaml", {ErrorKind::Invalid, "is a FIFO", {}, {}});
  EXPECT_EQ(problems(files),
            (std::vector<std::string>{
                "c/components/a/values.yaml: is a FIFO",
                "c/overlays/eks.yaml: went away between listing the directory and reading it"}));
}

TEST(Loader, SeveralProblemsComeTogether) {
  FakeFiles files = small();
  files.put("c/overlays/x.yaml", overlay("x", "  criteria: {service: esk}\n"));
  files.put("c/overlays/y.yaml", overlay("y", "  criteria: {os: linux}\n  base: nope\n"));
  EXPECT_EQ(problems(files).size(), 3u);
}

TEST(Loader, ACatalogNeedsARegistryARootAndAtLeastOneFile) {
  FakeFiles empty{{"c/readme.txt", "x"}};
  EXPECT_EQ(problems(empty), std::vector<std::string>{"c: holds no catalog file"});
  FakeFiles no_registry{{"c/overlays/base.yaml", overlay("base", "  componentRefs: []\n")}};
  EXPECT_EQ(problems(no_registry), std::vector<std::string>{"c: has no registry.yaml"});
  FakeFiles no_root{{"c/registry.yaml", registry("- name: a\n")}};
  EXPECT_EQ(problems(no_root), std::vector<std::string>{"c: the catalog has no overlay named 'base'"});
}

TEST(Loader, LayersMergeRegistriesByFieldAndFilesByPath) {
  FakeFiles files = small();
  files.put("d/registry.yaml", cat(registry("- name: a\n  helm: {defaultVersion: 2.0.0}\n- name: new\n"),
                                   "criteria: {service: {values: [mycloud]}}\n"));
  files.put("d/components/a/values.yaml", "k: 2\n");
  files.put("d/overlays/mine.yaml", overlay("mine", "  criteria: {service: mycloud}\n"));
  LoadOptions options{.embedded = {}, .catalog_dir = "c", .data_dirs = {"d"}};
  auto loaded = load(files, options);
  ASSERT_TRUE(loaded) << loaded.error().where << loaded.error().message;
  const model::Component* a = loaded->catalog.component("a");
  EXPECT_EQ(a->helm->default_version, "2.0.0");
  EXPECT_EQ(a->helm->default_repository, "https://x");
  EXPECT_NE(loaded->catalog.component("new"), nullptr);
  EXPECT_EQ(*loaded->catalog.values("components/a/values.yaml")->find("k"), data::Value(2));
  EXPECT_NE(loaded->catalog.overlay("mine"), nullptr);
  EXPECT_EQ(loaded->catalog.overlay("eks")->spec.criteria->service, "eks");
  EXPECT_EQ(loaded->catalog.layers().size(), 2u);
}

TEST(Loader, MergedRegistriesKeepTheirFiles) {
  FakeFiles files = small();
  files.put("d/registry.yaml", registry("- name: new\n"));
  files.put("e/registry.yaml", registry("- name: newer\n"));
  auto loaded = load(files, {.embedded = {}, .catalog_dir = "c", .data_dirs = {"d", "e"}});
  ASSERT_TRUE(loaded) << loaded.error().message;
  const Catalog& catalog = loaded->catalog;
  std::vector<std::string_view> names;
  for (const CatalogFile* file : catalog.registries()) {
    names.push_back(catalog.sources().name(file->source));
    auto value = catalog.value_of(*file);
    ASSERT_TRUE(value);
    EXPECT_EQ(catalog.file_of(value->find("components")->mark().file), file);
    EXPECT_TRUE(catalog.text_of(*file)->starts_with("kind: ComponentRegistry"));
  }
  EXPECT_EQ(join(names, " "), "c/registry.yaml d/registry.yaml e/registry.yaml");
  EXPECT_EQ(catalog.file_of(10'000), nullptr);
}

TEST(Loader, AnOverlayTakesAnothersPlaceOnlyWhenItSaysSo) {
  struct Case {
    const char* path;
    std::string text;
    const char* want;  // nullptr: loads
  };
  const Case cases[] = {
      {"d/overlays/mine.yaml", overlay("eks", "  criteria: {service: eks}\n"),
       "d/overlays/mine.yaml:1:1: overlay 'eks' is already in a lower layer, at c/overlays/eks.yaml:1:1"},
      {"d/overlays/eks.yaml", overlay("eks", "  criteria: {service: eks}\n"),
       "d/overlays/eks.yaml:1:1: overlay 'eks' is already in a lower layer, at c/overlays/eks.yaml:1:1"},
      {"d/overlays/eks.yaml", overlay("eks2", "  criteria: {service: eks}\n"),
       "d/overlays/eks.yaml:1:1: takes the file of overlay 'eks' (base of 'child') but is named 'eks2'"},
      {"d/overlays/eks.yaml", "# removed\n", "d/overlays/eks.yaml: the document is empty"},
      {"d/overlays/mine.yaml", overlay("eks", "  criteria: {service: oke}\n", ", replaces: true"),
       "c/overlays/child.yaml:6:13: overlay 'child' changes service of its ancestor 'eks' (oke)"},
      {"d/overlays/mine.yaml", overlay("esk", "  criteria: {service: eks}\n", ", replaces: true"),
       "d/overlays/mine.yaml:1:1: overlay 'esk' says 'replaces: true', but no lower layer has one of that "
       "name; did you mean 'eks'?"},
      {"d/overlays/mine.yaml", overlay("eks", "  criteria: {service: eks}\n", ", replaces: true"), nullptr},
  };
  for (const Case& c : cases) {
    FakeFiles files = small();
    files.put("c/overlays/child.yaml", overlay("child", "  base: eks\n  criteria: {service: eks}\n"));
    files.put(c.path, c.text);
    std::vector<std::string> got = problems(files, {.embedded = {}, .catalog_dir = "c", .data_dirs = {"d"}});
    if (c.want == nullptr)
      EXPECT_TRUE(got.empty()) << got.front();
    else {
      EXPECT_EQ(got.front(), c.want);
    }
  }
}

TEST(Loader, TheHigherOfTwoReplacementsWinsAndIsSaid) {
  FakeFiles files = small();
  files.put("d/overlays/mine.yaml", overlay("eks", "  criteria: {service: gke}\n", ", replaces: true"));
  files.put("e/overlays/ours.yaml", overlay("eks", "  criteria: {service: aks}\n", ", replaces: true"));
  auto loaded = load(files, {.embedded = {}, .catalog_dir = "c", .data_dirs = {"d", "e"}});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->catalog.overlay("eks")->spec.criteria->service, "aks");
  EXPECT_EQ(loaded->warnings, std::vector<std::string>{
                                  "e/overlays/ours.yaml:1:1: overlay 'eks' is replaced by two layers; this "
                                  "one wins over d/overlays/mine.yaml:1:1"});
}

TEST(Loader, AnArchiveIsALayerLikeADirectory) {
  FakeFiles files = small();
  files.put("d/overlays/mine.yaml", overlay("mine", "  criteria: {service: gke}\n"));
  LoadOptions options{.embedded = {}, .catalog_dir = "c", .data_dirs = {"d"}, .list_files = true};
  auto directory = load(files, options);
  ASSERT_TRUE(directory);
  std::string tar = testing::tar_entry("overlays/mine.yaml", files.files().at("d/overlays/mine.yaml"));
  options.data_dirs = {"https://host/d.tar.gz"};
  options.archives["https://host/d.tar.gz"] = testing::gzip(tar + testing::tar_end());
  auto archive = load(files, options);
  ASSERT_TRUE(archive) << archive.error().message;
  EXPECT_EQ(archive->catalog.digest(), directory->catalog.digest());
  EXPECT_EQ(archive->catalog.layers()[1].name, "https://host/d.tar.gz");
  EXPECT_EQ(archive->catalog.layers()[1].digest, directory->catalog.layers()[1].digest);
  EXPECT_EQ(archive->layer_files, directory->layer_files);
  EXPECT_EQ(archive->layer_files[1].begin()->first, "overlays/mine.yaml");
}

TEST(Loader, TheEmbeddedFormGivesBackTheSameCatalog) {
  FakeFiles files = small();
  auto direct = load(files, {.embedded = {}, .catalog_dir = "c"});
  ASSERT_TRUE(direct);
  auto blob = make_embedded(direct->catalog);
  ASSERT_TRUE(blob);
  FakeFiles none;
  auto embedded = load(none, {.embedded = *blob});
  ASSERT_TRUE(embedded) << embedded.error().message;
  EXPECT_EQ(embedded->catalog.digest(), direct->catalog.digest());
  EXPECT_EQ(*embedded->catalog.text("overlays/eks.yaml"), *direct->catalog.text("overlays/eks.yaml"));
  EXPECT_EQ(*embedded->catalog.values("components/a/values.yaml"),
            *direct->catalog.values("components/a/values.yaml"));
  EXPECT_EQ(embedded->catalog.sources().place(embedded->catalog.overlay("eks")->mark),
            "catalog/overlays/eks.yaml:1:1");
  EXPECT_FALSE(load(none, {.embedded = std::string_view(*blob).substr(0, blob->size() / 2)}));
  EXPECT_FALSE(load(none, {.embedded = "junk"}));
}

TEST(Order, TakesTheSmallestReadyNameAndPrintsCycles) {
  auto ref = [](std::string name, std::vector<std::string> needs) {
    model::ComponentRef out;
    out.name = std::move(name);
    out.dependency_refs = std::move(needs);
    return out;
  };
  EXPECT_EQ(join(*order({ref("a", {"z"}), ref("b", {}), ref("z", {}), ref("c", {"a", "a"})}), " "),
            "b z a c");
  EXPECT_EQ(order({ref("a", {"b"}), ref("b", {"c"}), ref("c", {"a"}), ref("d", {})}).error().message,
            "dependency cycle: a → b → c → a");
  EXPECT_EQ(order({ref("a", {"a"})}).error().message, "dependency cycle: a → a");
  EXPECT_EQ(order({ref("a", {"x"})}).error().message,
            "component 'a' depends on 'x', which is not in the recipe");
}

}  // namespace
}  // namespace eidos::catalog
