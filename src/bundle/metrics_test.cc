// What an observer is told, and the numbers made of it.

#include "bundle/metrics.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/bundle_harness.h"

namespace eidos::bundle {
namespace {

using ::testing::ElementsAre;
using testing::FakeClock;
using ::testing::IsEmpty;

class Metrics : public testing::BundleHarness {};

// "metric component result value", of all that are not times.
std::vector<std::string> lines(const Figures& figures) {
  std::vector<std::string> out;
  for (const Sample& sample : samples(figures))
    if (sample.metric != kMakeSeconds)
      out.push_back(cat(sample.metric, " ", sample.component, " ", sample.result,
                        sample.result.empty() ? "" : " ", static_cast<std::int64_t>(sample.value)));
  return out;
}

TEST_F(Metrics, TimeIsAddedUpForEachComponent) {
  FakeClock clock;
  Figures figures(clock);
  for (int round = 0; round < 2; ++round)
    for (const char* name : {"b", "a"}) {
      figures.begins(name);
      clock.advance(Milliseconds(name == std::string("a") ? 5 : 20));
      figures.ends(name, nullptr);
      clock.advance(Milliseconds(1000));
    }
  ASSERT_EQ(figures.components().size(), 2u);
  EXPECT_EQ(figures.components()[0].component, "b");
  std::vector<Sample> all = samples(figures);
  EXPECT_EQ(all[0].metric, "bundler_make_duration_seconds");
  EXPECT_DOUBLE_EQ(all[0].value, 0.04);
  EXPECT_THAT(lines(figures),
              ElementsAre("bundler_make_total b success 1", "bundler_make_total a success 1"));
}

TEST_F(Metrics, FilesAndBytesAreThoseOfTheComponentsFolders) {
  for (const Deployer& deployer : deployers()) {
    SCOPED_TRACE(cat(deployer.name, " ", deployer.layout));
    FakeClock clock;
    Figures figures(clock);
    Options options = fitting(deployer);
    options.observer = &figures;
    auto made = render(catalog_, recipe_, recipe_text_, options);
    ASSERT_TRUE(made);
    figures.made(*made);
    ASSERT_EQ(figures.components().size(), 3u);
    for (const ComponentFigures& one : figures.components()) {
      std::int64_t files = 0, bytes = 0;
      for (const auto& [path, file] : made->files)
        if (path.starts_with(one.component + "/") ||
            path.starts_with(cat("templates/", one.component, "/"))) {
          ++files;
          bytes += std::ssize(file.bytes);
        }
      EXPECT_EQ(one.files, files) << one.component;
      EXPECT_EQ(one.bytes, bytes) << one.component;
      EXPECT_EQ(one.refusals, 0) << one.component;
    }
    EXPECT_GT(figures.components()[2].files, 0);  // gamma has a manifest in every layout
  }
}

TEST_F(Metrics, AComponentThatIsRefusedIsAnErrorAndTheOthersAreNot) {
  ref("beta").version = "1.0; rm";
  ref("gamma").manifest_files = {"none.yaml", "../x.yaml"};
  recipe_.metadata.catalog.components.clear();
  FakeClock clock;
  Figures figures(clock);
  Options options;
  options.observer = &figures;
  EXPECT_FALSE(render(catalog_, recipe_, recipe_text_, options));
  EXPECT_THAT(lines(figures),
              ElementsAre("bundler_make_total alpha success 1", "bundler_make_total beta success 1",
                          "bundler_make_total gamma error 1", "bundler_validation_failures_total gamma 2"));
  ref("gamma").manifest_files = {"components/gamma/manifests/thing.yaml"};
  Figures second(clock);
  options.observer = &second;
  EXPECT_FALSE(render(catalog_, recipe_, recipe_text_, options));
  EXPECT_THAT(lines(second),
              ElementsAre("bundler_make_total alpha success 1", "bundler_make_total beta error 1",
                          "bundler_validation_failures_total beta 1", "bundler_make_total gamma success 1"));
}

TEST_F(Metrics, ARunThatFailsBeforeAnyComponentHasNone) {
  FakeClock clock;
  Figures figures(clock);
  Options options{.deployer = "hlem"};
  options.observer = &figures;
  EXPECT_FALSE(render(catalog_, recipe_, recipe_text_, options));
  EXPECT_THAT(samples(figures), IsEmpty());
}

}  // namespace
}  // namespace eidos::bundle
