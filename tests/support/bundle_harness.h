#pragma once
// Makes a bundle and holds it to what is true of every bundle, unasked: checksums, paths, modes, line ends,
// the recipe byte for byte, README with every step, the same bytes twice.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "base/text.h"
#include "bundle/deployer.h"
#include "bundle/metrics.h"
#include "data/document.h"
#include "data/path.h"
#include "seal/verify.h"
#include "support/fake_clock.h"
#include "support/small_catalog.h"

namespace eidos::testing {

/// Watches a run: work on a component ends before that on the next begins, and a bundle that came out had no
/// problem.
class ObserverCheck final : public bundle::Observer {
 public:
  void begins(const std::string& component) override {
    EXPECT_EQ(open_, "") << component;
    open_ = component;
    seen_.push_back(component);
  }
  void ends(const std::string& component, const Error* problem) override {
    EXPECT_EQ(open_, component);
    open_.clear();
    problems_ += problem != nullptr ? 1 : 0;
  }
  const std::string& open() const { return open_; }
  const std::vector<std::string>& seen() const { return seen_; }
  int problems() const { return problems_; }

 private:
  std::string open_;
  std::vector<std::string> seen_;
  int problems_ = 0;
};

/// A fixture: the small catalog and its recipe, which a test may change or replace.
class BundleHarness : public ::testing::Test {
 protected:
  catalog::Catalog catalog_ = load_catalog(small_catalog_files());
  model::RecipeResult recipe_ = resolve_recipe(catalog_, {.service = "eks", .accelerator = "h100"});
  std::string recipe_text_ = "kind: RecipeResult # as it was read\r\n";

  /// Options with which the deployer renders any recipe.
  static bundle::Options fitting(const bundle::Deployer& deployer) {
    bundle::Options options{.deployer = std::string(deployer.name), .layout = std::string(deployer.layout)};
    if (!deployer.takes_repo) return options;
    options.repo = "https://git.example/org/gpu.git";
    options.repo_revision = "main";
    return options;
  }

  model::ComponentRef& ref(std::string_view name) {
    for (model::ComponentRef& one : recipe_.component_refs)
      if (one.name == name) return one;
    ADD_FAILURE() << "no component " << name;
    return recipe_.component_refs.front();
  }

  /// Must succeed; an empty bundle if it does not.
  bundle::Bundle make(bundle::Options options = {}) const {
    SCOPED_TRACE(cat(options.deployer, " ", options.layout));
    auto made = bundle::render(catalog_, recipe_, recipe_text_, options);
    if (!made) {
      ADD_FAILURE() << messages(made.error());
      return {};
    }
    check_tree(made->files);
    check_deployment(*made);
    check_again(*made, std::move(options));
    return *std::move(made);
  }

  /// What it is refused for, a line each, or "accepted".
  std::string refusal(const bundle::Options& options = {}) const {
    auto made = bundle::render(catalog_, recipe_, recipe_text_, options);
    return made ? "accepted" : messages(made.error());
  }

  static std::vector<std::string> paths(const bundle::Bundle& made) {
    std::vector<std::string> out;
    for (const auto& [path, file] : made.files) out.push_back(path);
    return out;
  }
  static bool has(const bundle::Bundle& made, std::string_view path) { return made.files.contains(path); }
  /// The text of a file; a failure and "" when it is not there.
  static std::string text(const bundle::Bundle& made, std::string_view path) {
    auto found = made.files.find(path);
    if (found != made.files.end()) return found->second.bytes;
    ADD_FAILURE() << "no file " << path;
    return {};
  }
  static bool contains(const bundle::Bundle& made, std::string_view path, std::string_view words) {
    return text(made, path).find(words) != std::string::npos;
  }

  /// The scalar or compact JSON at `path` of a file's document number `index`, or why there is none.
  static std::string at(const bundle::Bundle& made, std::string_view file, std::size_t index,
                        std::string_view path) {
    std::string all = text(made, file);
    for (; index > 0; --index) {
      std::size_t next = all.find("\n---\n");
      if (next == std::string::npos) return "no such document";
      all.erase(0, next + 5);
    }
    all.resize(std::min(all.size(), all.find("\n---\n")));
    data::Sources sources;
    auto root = data::parse_yaml(all, sources, std::string(file));
    if (!root) return root.error().message;
    auto steps = data::parse_path(path);
    if (!steps) return steps.error().message;
    const data::Value* value = data::find(*root, *steps);
    if (value == nullptr) return "absent";
    return value->is_scalar() ? value->scalar_text() : data::to_compact_json(*value);
  }

 private:
  /// Everything that `eidos verify --strict` looks at, and what every file is.
  void check_tree(const FileTree& files) const {
    seal::Contents contents{"directory", {}};
    for (const auto& [path, file] : files) {
      EXPECT_TRUE(check_tree_path(path)) << path;
      EXPECT_EQ(file.executable, is_script(path, file.bytes)) << path;
      EXPECT_TRUE(path == "recipe.yaml" || file.bytes.ends_with('\n')) << path;
      EXPECT_TRUE(path == "recipe.yaml" || file.bytes.find('\r') == std::string::npos) << path;
      contents.entries.push_back({.path = path,
                                  .kind = FileKind::Regular,
                                  .executable = file.executable,
                                  .script = is_script(path, file.bytes),
                                  .size = std::ssize(file.bytes),
                                  .digest = sha256_hex(file.bytes),
                                  .bytes = file.bytes,
                                  .problem = {}});
    }
    auto report = seal::verify(contents, {.strict = true});
    ASSERT_TRUE(report) << report.error().message;
    for (const seal::Finding& finding : report->findings)
      ADD_FAILURE() << finding.path << ": " << finding.actual;
    EXPECT_EQ(text({.files = files, .deployment = {}}, "recipe.yaml"), recipe_text_);
  }

  static void check_deployment(const bundle::Bundle& made) {
    EXPECT_FALSE(made.deployment.type.empty());
    EXPECT_FALSE(made.deployment.steps.empty());
    for (const std::string& step : made.deployment.steps)
      EXPECT_TRUE(contains(made, "README.md", step)) << step;
    // Who has nothing but the bundle finds everything that is to be done with it.
    for (const char* section : {"Before you install", "Install", "Check", "Change values",
                                "Upgrade and roll back", "Remove", "Troubleshooting"})
      EXPECT_TRUE(contains(made, "README.md", cat("\n## ", section, "\n"))) << section;
  }

  /// Once more, watched: the same bytes, and every component was seen.
  void check_again(const bundle::Bundle& made, bundle::Options options) const {
    ObserverCheck watch;
    options.observer = &watch;
    auto again = bundle::render(catalog_, recipe_, recipe_text_, options);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->files, made.files);
    EXPECT_EQ(again->warnings, made.warnings);
    EXPECT_EQ(watch.open(), "");
    EXPECT_EQ(watch.problems(), 0);
    EXPECT_FALSE(watch.seen().empty());
  }
};

}  // namespace eidos::testing
