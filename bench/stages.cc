// The stages in process, over the embedded catalog: what a command does between reading and writing.

#include <benchmark/benchmark.h>

#include "base/files.h"
#include "bundle/bundle.h"
#include "catalog/catalog.h"
#include "catalog/embedded.h"
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

void render_bundle(benchmark::State& state) {
  catalog::Catalog catalog = load();
  model::RecipeResult recipe = recipe_for(catalog);
  std::string text = data::to_yaml(recipe::to_document(recipe));
  for (auto _ : state) {
    auto rendered = bundle::render(catalog, recipe, text, {});
    EIDOS_ASSERT(rendered);
    benchmark::DoNotOptimize(rendered);
  }
}

BENCHMARK(load_catalog);
BENCHMARK(resolve);
BENCHMARK(hydrate_every_component);
BENCHMARK(render_bundle);

}  // namespace
}  // namespace eidos::bench
