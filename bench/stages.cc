// The stages in process, over the embedded catalog: what a command does between reading and writing.

#include <algorithm>
#include <string>

#include <benchmark/benchmark.h>

#include "base/files.h"
#include "base/text.h"
#include "bundle/deployer.h"
#include "catalog/catalog.h"
#include "catalog/embedded.h"
#include "data/document.h"
#include "recipe/resolve.h"

namespace eidos::bench {
namespace {

const model::Criteria kCriteria{"eks", "gb200", "training", "ubuntu", "", 0};

catalog::Catalog load() {
  auto files = real_files();
  auto loaded = catalog::load(*files, {.embedded = catalog::embedded_catalog()});
  EIDOS_ASSERT(loaded);
  return std::move(loaded->catalog);
}

model::RecipeResult recipe_for(const catalog::Catalog& catalog) {
  auto resolved = recipe::resolve(catalog, kCriteria, nullptr);
  EIDOS_ASSERT(resolved);
  return std::move(resolved->result);
}

void load_catalog(benchmark::State& state) {
  for (auto _ : state) {
    catalog::Catalog catalog = load();
    benchmark::DoNotOptimize(catalog);
  }
}

void resolve(benchmark::State& state) {
  catalog::Catalog catalog = load();
  for (auto _ : state) {
    auto resolved = recipe::resolve(catalog, kCriteria, nullptr);
    benchmark::DoNotOptimize(resolved);
  }
}

void hydrate_every_component(benchmark::State& state) {
  catalog::Catalog catalog = load();
  model::RecipeResult recipe = recipe_for(catalog);
  for (auto _ : state)
    for (const model::ComponentRef& component : recipe.component_refs) {
      auto values = recipe::hydrate(catalog, component);
      benchmark::DoNotOptimize(values);
    }
  state.counters["components"] = static_cast<double>(recipe.component_refs.size());
}

// By each row of the table of deployers.
void render_as(benchmark::State& state, const catalog::Catalog& catalog, const model::RecipeResult& recipe,
               const bundle::Deployer& deployer) {
  bundle::Options options{.deployer = std::string(deployer.name), .layout = std::string(deployer.layout)};
  if (deployer.takes_repo) {
    options.repo = "https://git.example/x.git";
    options.repo_revision = "main";
  }
  std::string text = data::to_yaml(recipe::to_document(recipe));
  for (auto _ : state) {
    auto rendered = bundle::render(catalog, recipe, text, options);
    EIDOS_ASSERT(rendered);
    benchmark::DoNotOptimize(rendered);
  }
}

void render_bundle(benchmark::State& state, const bundle::Deployer& deployer) {
  catalog::Catalog catalog = load();
  render_as(state, catalog, recipe_for(catalog), deployer);
}

// As many components as asked for, each with the values of one that has many, in chains of ten.
model::RecipeResult grown_recipe(const catalog::Catalog& catalog, std::int64_t count) {
  model::RecipeResult recipe = recipe_for(catalog);
  auto large = std::ranges::find(recipe.component_refs, "gpu-operator", &model::ComponentRef::name);
  EIDOS_ASSERT(large != recipe.component_refs.end());
  model::ComponentRef one = *large;
  auto values = recipe::hydrate(catalog, one);
  EIDOS_ASSERT(values);
  one.overrides = values->map();
  one.values_file.clear();
  one.manifest_files.clear();
  recipe.component_refs.clear();
  recipe.deployment_order.clear();
  recipe.metadata.catalog = {};
  for (std::int64_t i = 0; i < count; ++i) {
    one.name = cat("component-", i);
    one.dependency_refs.clear();
    if (i % 10 != 0) one.dependency_refs.push_back(recipe.component_refs.back().name);
    recipe.component_refs.push_back(one);
    recipe.deployment_order.push_back(one.name);
  }
  return recipe;
}

void render_grown(benchmark::State& state, const bundle::Deployer& deployer) {
  catalog::Catalog catalog = load();
  render_as(state, catalog, grown_recipe(catalog, state.range(0)), deployer);
  state.counters["components"] = static_cast<double>(state.range(0));
}

bool register_deployers() {
  for (const bundle::Deployer& deployer : bundle::deployers()) {
    std::string name = cat(deployer.name, deployer.layout.empty() ? "" : "_", deployer.layout);
    benchmark::RegisterBenchmark(cat("render_bundle/", name).c_str(), render_bundle, deployer);
    benchmark::RegisterBenchmark(cat("render_grown/", name).c_str(), render_grown, deployer)
        ->Arg(50)
        ->Arg(100)
        ->Arg(500);
  }
  return true;
}

const bool kDeployersRegistered = register_deployers();

BENCHMARK(load_catalog);
BENCHMARK(resolve);
BENCHMARK(hydrate_every_component);

}  // namespace
}  // namespace eidos::bench
