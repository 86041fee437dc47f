// Every case of the corpus: criteria and flags over the corpus catalog give the recorded values, but for the
// two differences that are meant: tolerations are written only where their flag was given, and text that a
// number would not print back stays text.

#include <algorithm>
#include <iostream>
#include <set>

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/text.h"
#include "bundle/bundle.h"
#include "catalog/embedded.h"
#include "data/document.h"
#include "data/path.h"
#include "recipe/resolve.h"
#include "support/corpus.h"
#include "support/temp_dir.h"

namespace eidos {
namespace {

catalog::Catalog load(const catalog::LoadOptions& options) {
  auto files = real_files();
  auto loaded = catalog::load(*files, options);
  if (loaded) return std::move(loaded->catalog);
  ADD_FAILURE() << loaded.error().where << ": " << loaded.error().message;
  return {};
}

data::Value read_json(const std::filesystem::path& path) {
  data::Sources sources;
  auto value = data::parse_json(testing::bytes_at(path), sources, path.filename());
  EXPECT_TRUE(value) << value.error().message;
  return value ? *std::move(value) : data::Value(data::List());
}

model::Criteria criteria_of(const data::Value& value) {
  model::Criteria criteria;
  for (const model::Dimension& dimension : model::kDimensions)
    if (const data::Value* stated = value.find(dimension.name)) criteria.*dimension.member = stated->string();
  return criteria;
}

// The flags as the command line has them: name, value, name, value.
bundle::Options options_of(const data::List& flags) {
  bundle::Options options;
  bundle::SchedulingFlags& scheduling = options.scheduling;
  const std::pair<std::string_view, std::vector<std::string>*> lists[] = {
      {"--system-node-selector", &scheduling.system_node_selector},
      {"--system-node-toleration", &scheduling.system_node_toleration},
      {"--accelerated-node-selector", &scheduling.accelerated_node_selector},
      {"--accelerated-node-toleration", &scheduling.accelerated_node_toleration},
      {"--workload-selector", &scheduling.workload_selector}};
  for (std::size_t i = 0; i + 1 < flags.size(); i += 2) {
    const std::string& name = flags[i].string();
    const std::string& value = flags[i + 1].string();
    bool known = name == "--set" || name == "--workload-gate" || name == "--nodes";
    if (name == "--set") options.sets.push_back({bundle::SetKind::Auto, value});
    if (name == "--workload-gate") scheduling.workload_gate = value;
    if (name == "--nodes") scheduling.nodes = to_int(value).value_or(-1);
    for (const auto& [flag, list] : lists) {
      if (flag != name) continue;
      list->push_back(value);
      known = true;
    }
    EXPECT_TRUE(known) << "the corpus has a flag that this test does not know: " << name;
  }
  return options;
}

// Numbers compare by what they are: the corpus went through a reader.
bool same(const data::Value& a, const data::Value& b) {
  if (a.is_number() && b.is_number()) return data::to_double(a.number()) == data::to_double(b.number());
  if (a.is_list() && b.is_list()) return std::ranges::equal(a.list(), b.list(), same);
  if (!a.is_map() || !b.is_map()) return a == b;
  if (a.map().size() != b.map().size()) return false;
  return std::ranges::all_of(a.map(), [&](const data::Map::Entry& entry) {
    const data::Value* other = b.find(entry.key);
    return other != nullptr && same(entry.value, *other);
  });
}

// The paths where only the peer writes tolerations.
std::set<std::string> untouched_tolerations(const model::NodeScheduling& node,
                                            const bundle::SchedulingFlags& flags) {
  const std::pair<const std::vector<std::string>*, bool> lists[] = {
      {&node.system.toleration_paths, !flags.system_node_toleration.empty()},
      {&node.accelerated.toleration_paths, !flags.accelerated_node_toleration.empty()}};
  std::set<std::string> out;
  for (const auto& [paths, given] : lists)
    if (!given) out.insert(paths->begin(), paths->end());
  for (const auto& [paths, given] : lists)
    for (const std::string& path : *paths)
      if (given) out.erase(path);
  return out;
}

// There they must be what the recipe says; they are then made what the peer writes.
void level_tolerations(const std::set<std::string>& paths, const data::Value& hydrated, data::Value& got) {
  for (const std::string& text : paths) {
    data::Path path = *data::parse_path(text);
    const data::Value* before = data::find(hydrated, path);
    const data::Value* now = data::find(got, path);
    EXPECT_TRUE(before == nullptr ? now == nullptr : now != nullptr && *before == *now) << text;
    data::Map exists;
    exists.set("operator", "Exists");
    EXPECT_TRUE(data::set(got, path, data::List{exists})) << text;
  }
}

void compare(const data::Value& one, const catalog::Catalog& catalog) {
  auto resolved = recipe::resolve(catalog, criteria_of(*one.find("criteria")), nullptr);
  ASSERT_TRUE(resolved) << resolved.error().message;
  bundle::Options options = options_of(one.find("flags")->list());
  options.allow_missing_dependency = true;  // the peer does not look
  std::vector<std::string> warnings;
  auto values = bundle::component_values(catalog, resolved->result, options, warnings);
  ASSERT_TRUE(values) << values.error().message;
  const data::Map& expected = one.find("values")->map();
  EXPECT_EQ(values->size(), expected.size());
  for (auto& [name, got] : *values) {
    auto ref = std::ranges::find(resolved->result.component_refs, name, &model::ComponentRef::name);
    data::Value hydrated = *recipe::hydrate(catalog, *ref);
    level_tolerations(untouched_tolerations(catalog.component(name)->node_scheduling, options.scheduling),
                      hydrated, got);
    const data::Value* want = expected.find(name);
    ASSERT_NE(want, nullptr) << name;
    EXPECT_TRUE(same(*want, got)) << name << "\nwant " << data::to_yaml(*want) << "\ngot "
                                  << data::to_yaml(got);
  }
}

TEST(CorpusBundleValues, EveryCaseGivesTheRecordedValues) {
  EIDOS_NEEDS_CORPUS(corpus);
  catalog::Catalog catalog = load({.embedded = {}, .catalog_dir = (corpus / "catalog").string()});
  data::Value cases = read_json(corpus / "expected/bundle-values.json");
  std::size_t run = 0;
  for (const data::Value& one : cases.list()) {
    SCOPED_TRACE(cat("case ", run++, ": ", data::to_compact_json(*one.find("flags"))));
    compare(one, catalog);
  }
  EXPECT_GT(run, 0U);
  std::cout << "corpus cases run: " << run << ", there: " << cases.list().size() << "\n";
}

// A recipe of either catalog bundles without more ado.
void render_all(const std::filesystem::path& corpus, const catalog::Catalog& catalog) {
  data::Value expected = read_json(corpus / "expected/recipes.json");
  std::set<std::string> seen;
  for (const data::Value& one : expected.find("cases")->list()) {
    if (!seen.insert(one.find("recipe")->string()).second) continue;
    auto resolved = recipe::resolve(catalog, criteria_of(*one.find("criteria")), nullptr);
    ASSERT_TRUE(resolved) << resolved.error().message;
    auto bundle = bundle::render(catalog, resolved->result, "kind: RecipeResult\n", {});
    EXPECT_TRUE(bundle) << data::to_compact_json(*one.find("criteria")) << ": " << bundle.error().message;
  }
  EXPECT_FALSE(seen.empty());
  std::cout << "corpus recipes bundled: " << seen.size() << "\n";
}

TEST(CorpusBundle, EveryRecipeOfTheCorpusCatalogBundles) {
  EIDOS_NEEDS_CORPUS(corpus);
  render_all(corpus, load({.embedded = {}, .catalog_dir = (corpus / "catalog").string()}));
}

TEST(CorpusBundle, EveryRecipeOfTheEmbeddedCatalogBundles) {
  EIDOS_NEEDS_CORPUS(corpus);
  render_all(corpus, load({.embedded = catalog::embedded_catalog()}));
}

}  // namespace
}  // namespace eidos
