// Images of a recipe: references, conditions, what is missing.

#include "bundle/images.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/small_catalog.h"

namespace eidos::bundle {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::load_catalog;
using testing::messages;
using ::testing::Not;
using testing::resolve_recipe;
using testing::small_catalog_files;

constexpr std::string_view kHead = "apiVersion: eidos.nvidia.com/v1alpha1\nkind: ComponentImages\n";

constexpr std::string_view kAlpha = R"(component: alpha
releases:
  - version: v1.2.3
    complete: true
    sources:
      - {name: values, repository: "https://git.example/alpha", tag: v1.2.3, commit: c0ffee, path: values.yaml}
    images:
      - {name: plain, registry: r.example, repository: a/plain, tag: "1.0", by: chart, from: [values]}
      - {name: slash, registry: r.example/, repository: a/slash, by: chart, from: [values]}
      - name: set
        registry: r.example
        repository: a/set
        tag: "1.0"
        by: operator
        from: [values]
        values: {registry: [image.registry], tag: [image.tag, driver.version]}
      - name: pinned
        repository: r.example/a/pinned
        tag: "1.0"
        digest: "1111111111111111111111111111111111111111111111111111111111111111"
        suffix: "-{os}"
        by: chart
        from: [values]
      - {name: driver, repository: r.example/a/driver, tag: "5", suffix: "-{os}", by: operator, from: [values]}
      - {name: off, repository: r.example/a/off, by: chart, when: [{path: extra.enabled, default: false}]}
      - {name: opposite, repository: r.example/a/opposite, by: chart, when: [{path: driver.enabled, default: true, is: false}]}
    missing:
      - {what: preview, why: the chart names no tag, when: [{path: preview, default: false}]}
)";
constexpr std::string_view kGamma = R"(component: gamma
releases:
  - complete: true
    sources:
      - {name: thing, path: components/gamma/manifests/thing.yaml}
      - {name: other, path: components/gamma/manifests/other.yaml}
    images:
      - {name: thing, repository: r.example/g/thing, tag: "2", by: manifest, from: [thing]}
      - {name: other, repository: r.example/g/other, tag: "2", by: manifest, from: [other]}
)";

class Images : public ::testing::Test {
 protected:
  ImageList list(const Options& options = {}, std::string_view node_os = {}) {
    std::vector<std::string> warnings;
    auto out = list_images(catalog_, recipe_, options, node_os, warnings);
    EXPECT_TRUE(out) << messages(out.error());
    return out ? *std::move(out) : ImageList{};
  }

  static catalog::Catalog catalog_with_images() {
    testing::FakeFiles files = small_catalog_files();
    EXPECT_TRUE(files.write("c/components/alpha/images.yaml", cat(kHead, kAlpha), 0644));
    EXPECT_TRUE(files.write("c/components/gamma/images.yaml", cat(kHead, kGamma), 0644));
    return load_catalog(std::move(files));
  }
  catalog::Catalog catalog_ = catalog_with_images();
  model::RecipeResult recipe_ = resolve_recipe(catalog_, {.service = "eks"});
};

std::vector<std::string> gaps(const ImageList& list) {
  std::vector<std::string> out;
  for (const ImageGap& gap : list.gaps) out.push_back(cat(gap.component, ": ", gap.what));
  return out;
}

TEST_F(Images, ReferencesComeFromFactsAndValues) {
  ImageList got = list({}, "ubuntu24.04");
  EXPECT_THAT(
      got.references(),
      ElementsAre(
          "r.example/a/driver:5-ubuntu24.04",
          "r.example/a/pinned:1.0@sha256:1111111111111111111111111111111111111111111111111111111111111111",
          "r.example/a/plain:1.0", "r.example/a/set:1.10", "r.example/a/slash:latest",
          "r.example/g/thing:2"));
  EXPECT_THAT(gaps(got), ElementsAre("beta: all images"));
  EXPECT_EQ(got.images[2].from, std::vector<std::string>{"https://git.example/alpha v1.2.3 values.yaml"});
  EXPECT_EQ(got.images[3].set, std::vector<std::string>{"driver.version"});
  ASSERT_EQ(got.charts.size(), 2U);
  EXPECT_EQ(got.charts[1].name, "beta-chart");
}

TEST_F(Images, FlagsDecideAsTheyDoInABundle) {
  Options options{.sets = {{SetKind::Auto, "alpha:image.tag=9"},
                           {SetKind::Auto, "alpha:image.registry=mirror.example"},
                           {SetKind::Auto, "alpha:extra.enabled=true"},
                           {SetKind::Auto, "alpha:driver.enabled=false"},
                           {SetKind::Auto, "alpha:preview=yes"},
                           {SetKind::Auto, "gamma:enabled=false"}}};
  ImageList got = list(options, "rhel9.4");
  EXPECT_THAT(got.references(), Contains("mirror.example/a/set:9"));
  EXPECT_THAT(got.references(), Contains("r.example/a/off:latest"));
  EXPECT_THAT(got.references(), Contains("r.example/a/opposite:latest"));
  EXPECT_THAT(got.references(), Not(Contains(HasSubstr("/g/"))));
  EXPECT_THAT(gaps(got), ElementsAre("alpha: preview", "beta: all images"));
}

TEST_F(Images, TheSystemOfTheNodesComesFromTheConstraintsOrIsMissed) {
  EXPECT_THAT(gaps(list()), ElementsAre("alpha: driver", "beta: all images"));
  recipe_.constraints.push_back({.name = "OS.release.ID", .value = "ubuntu"});
  recipe_.constraints.push_back({.name = "OS.release.VERSION_ID", .value = "== 22.04"});
  EXPECT_THAT(list().references(), Contains("r.example/a/driver:5-ubuntu22.04"));
  recipe_.constraints.back().value = ">= 22.04";
  EXPECT_THAT(gaps(list()), Contains("alpha: driver"));
}

TEST_F(Images, AVersionWithoutFactsIsAGap) {
  for (model::ComponentRef& ref : recipe_.component_refs)
    if (ref.name == "alpha") ref.version = "v9.9.9";
  ImageList got = list({.components = {"alpha"}});
  EXPECT_THAT(got.images, IsEmpty());
  ASSERT_EQ(got.gaps.size(), 1U);
  EXPECT_THAT(got.gaps[0].why, HasSubstr("nothing is recorded for version v9.9.9, only for v1.2.3"));
}

}  // namespace
}  // namespace eidos::bundle
