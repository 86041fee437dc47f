// What a catalog costs as it grows, and what resolving from one that is loaded costs: time, allocations, peak
// memory.
//
//   catalog_growth make FOLDER OVERLAYS  writes a made-up catalog, layer by layer, and prints the layers
//   catalog_growth measure [LAYER...]    loads the layers (none: the embedded catalog), resolves, prints JSON
//
// One process a measurement, so that its peak memory is that of one catalog. The made-up catalog is a forest
// as real ones are: service, intent, accelerator, os, platform, each level a child of the one above.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "base/files.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/embedded.h"
#include "recipe/resolve.h"

namespace {

std::size_t allocations = 0;  // of this thread; there is no other
std::size_t allocated_bytes = 0;

}  // namespace

// Not inlined: GCC 12 would see malloc() and the library's delete meet, and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  allocated_bytes += size;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace eidos::bench {
namespace {

constexpr int kComponents = 500;
constexpr int kRootComponents = 20;
constexpr int kOverlaysOfALayer = 3000;  // a layer holds 4,096 files
constexpr std::string_view kApi = "apiVersion: eidos.nvidia.com/v1alpha1\n";

/// How many words each level below the services has.
constexpr int kIntents = 2;
constexpr int kAccelerators = 10;
constexpr int kSystems = 4;
constexpr int kPlatforms = 3;
constexpr int kServices = 40;

// The catalog that is made up

std::string words(std::string_view prefix, int count) {
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) out.push_back(cat(prefix, i));
  return cat("[", join(out, ", "), "]");
}

std::string registry() {
  std::string out = cat("kind: ComponentRegistry\n", kApi, "criteria:\n");
  const std::tuple<std::string_view, std::string_view, int> dimensions[] = {
      {"service", "svc", kServices},
      {"accelerator", "gpu", kAccelerators},
      {"intent", "intent", kIntents},
      {"os", "os", kSystems},
      {"platform", "plat", kPlatforms}};
  for (const auto& [name, prefix, count] : dimensions)
    out += cat("  ", name, ": {values: ", words(prefix, count), "}\n");
  out += "components:\n";
  for (int i = 0; i < kComponents; ++i)
    out += cat(
        "- name: component-", i, "\n  displayName: Component ", i,
        "\n  helm:\n    defaultRepository: https://charts.example/stable\n    defaultChart: stable/chart-", i,
        "\n    defaultVersion: 1.", i, ".0\n    defaultNamespace: namespace-", i, "\n");
  return out;
}

std::string component_ref(int component, int salt) {
  return cat("  - name: component-", component, "\n    valuesFile: components/component-", component,
             "/values.yaml\n    version: 2.", salt % 10, ".", salt % 7,
             "\n    overrides:\n      image:\n        tag: v", salt,
             "\n      resources:\n        limits: {cpu: ", salt % 8 + 1, ", memory: ", salt % 64 + 1, "Gi}\n",
             component >= kRootComponents
                 ? cat("    dependencyRefs: [component-", component % kRootComponents, "]\n")
                 : "");
}

struct Asked {
  std::string name;  // "svc3-intent0-gpu7"
  std::string base;
  std::string criteria;
};

std::string overlay(const Asked& asked, int number) {
  std::string out = cat("kind: RecipeMetadata\n", kApi, "metadata: {name: ", asked.name,
                        "}\nspec:\n  base: ", asked.base, "\n  criteria: {", asked.criteria,
                        "}\n  constraints:\n  - {name: K8s.server.version, value: \">= 1.", number % 10 + 20,
                        "\"}\n  componentRefs:\n");
  for (int i = 0; i < 3; ++i) out += component_ref((number * 7 + i * 131) % kComponents, number + i);
  return out;
}

std::string root() {
  std::string out = cat("kind: RecipeMetadata\n", kApi, "metadata: {name: base}\nspec:\n  componentRefs:\n");
  for (int i = 0; i < kRootComponents; ++i) out += component_ref(i, i);
  return out;
}

class Forest {
 public:
  explicit Forest(std::size_t wanted) : wanted_(wanted) {}

  std::vector<Asked> grow() {
    constexpr Level kLevels[] = {{"service", "svc", kServices},
                                 {"intent", "intent", kIntents},
                                 {"accelerator", "gpu", kAccelerators},
                                 {"os", "os", kSystems},
                                 {"platform", "plat", kPlatforms}};
    grow_below({"", "base", ""}, kLevels);
    return std::move(grown_);
  }

 private:
  struct Level {
    std::string_view dimension;
    std::string_view prefix;
    int count;
  };

  void grow_below(const Asked& parent, std::span<const Level> levels) {
    if (levels.empty()) return;
    const Level& level = levels.front();
    for (int i = 0; i < level.count && grown_.size() < wanted_; ++i) {
      std::string word = cat(level.prefix, i);
      Asked child{parent.name.empty() ? word : cat(parent.name, "-", word),
                  parent.name.empty() ? "base" : parent.name,
                  cat(parent.criteria, parent.criteria.empty() ? "" : ", ", level.dimension, ": ", word)};
      grown_.push_back(child);
      grow_below(child, levels.subspan(1));
    }
  }

  std::size_t wanted_;
  std::vector<Asked> grown_;
};

int make(const std::string& folder, std::size_t overlays) {
  std::unique_ptr<Files> files = real_files();
  std::vector<Asked> all = Forest(overlays - 1).grow();  // the root is one
  if (all.size() + 1 != overlays) return std::fprintf(stderr, "at most %zu overlays\n", all.size() + 1), 1;
  auto put = [&](std::size_t layer, const std::string& path, const std::string& text) {
    std::filesystem::path whole = std::filesystem::path(folder) / cat(layer) / path;
    std::filesystem::create_directories(whole.parent_path());
    EIDOS_ASSERT(files->write(whole.string(), text, 0644));
  };
  put(0, "registry.yaml", registry());
  put(0, "overlays/base.yaml", root());
  for (int i = 0; i < kComponents; ++i)
    put(0, cat("components/component-", i, "/values.yaml"),
        cat("image: {repository: registry.example/component-", i, ", tag: v1}\nreplicas: ", i % 5,
            "\nresources:\n  limits: {cpu: 1, memory: 1Gi}\n  requests: {cpu: 1, memory: 1Gi}\n"));
  for (std::size_t i = 0; i < all.size(); ++i)
    put(i / kOverlaysOfALayer, cat("overlays/", all[i].name, ".yaml"), overlay(all[i], static_cast<int>(i)));
  for (std::size_t layer = 0; layer <= (all.size() - 1) / kOverlaysOfALayer; ++layer)
    std::printf("%s/%zu\n", folder.c_str(), layer);
  return 0;
}

// Measuring

/// CPU time of this thread: what else the machine is busy with does not count.
double micros_now() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// The kernel's own count since this program was started; getrusage() begins with what the starter held.
long peak_memory_kib() {
  std::FILE* status = std::fopen("/proc/self/status", "r");
  EIDOS_ASSERT(status != nullptr);
  long peak = 0;
  char line[256];
  while (std::fgets(line, sizeof line, status) != nullptr)
    if (std::string_view(line).starts_with("VmHWM:")) peak = std::strtol(line + 6, nullptr, 10);
  std::fclose(status);
  return peak;
}

struct Cost {
  double median = 0;  // microseconds
  double p99 = 0;
  std::size_t allocations = 0;
  std::size_t bytes = 0;
};

template <class Work>
Cost cost_of(int runs, Work work) {
  std::vector<double> times;
  Cost cost;
  for (int run = 0; run < runs; ++run) {
    std::size_t before = allocations;
    std::size_t bytes_before = allocated_bytes;
    double start = micros_now();
    work();
    times.push_back(micros_now() - start);
    cost.allocations = allocations - before;
    cost.bytes = allocated_bytes - bytes_before;
  }
  std::ranges::sort(times);
  cost.median = times[times.size() / 2];
  cost.p99 = times[times.size() * 99 / 100];
  return cost;
}

std::string to_json(std::string_view name, const Cost& cost) {
  char numbers[160];
  std::snprintf(numbers, sizeof numbers, R"({"median_us":%.1f,"p99_us":%.1f,"allocations":%zu,"bytes":%zu})",
                cost.median, cost.p99, cost.allocations, cost.bytes);
  return cat("\"", name, "\":", numbers);
}

/// What an overlay of the last level asks for, and the same with a word that nothing uses there.
model::Criteria deepest(const catalog::Catalog& catalog) {
  auto dimensions = [](const model::Criteria& criteria) {
    return std::ranges::count_if(model::kDimensions,
                                 [&](const auto& one) { return !(criteria.*one.member).empty(); });
  };
  model::Criteria found;
  for (const auto& [name, overlay] : catalog.overlays())
    if (overlay.spec.criteria && dimensions(*overlay.spec.criteria) > dimensions(found))
      found = *overlay.spec.criteria;
  return found;
}

Cost resolving(const catalog::Catalog& catalog, const model::Criteria& criteria, int runs) {
  return cost_of(runs, [&] {
    auto resolved = recipe::resolve(catalog, criteria, nullptr);
    EIDOS_ASSERT(resolved && !resolved->result.component_refs.empty());
  });
}

int measure(const std::vector<std::string>& layers) {
  catalog::LoadOptions options{.embedded = catalog::embedded_catalog()};
  if (!layers.empty()) {
    options.catalog_dir = layers.front();
    options.data_dirs.assign(layers.begin() + 1, layers.end());
  }
  std::unique_ptr<Files> files = real_files();
  catalog::Catalog catalog;
  Cost load = cost_of(1, [&] {
    auto loaded = catalog::load(*files, options);
    if (!loaded)
      std::fprintf(stderr, "%s: %s\n", loaded.error().where.c_str(), loaded.error().message.c_str());
    EIDOS_ASSERT(loaded);
    catalog = std::move(loaded->catalog);
  });
  long peak_kib = peak_memory_kib();
  model::Criteria criteria = deepest(catalog);
  int runs = catalog.overlays().size() > 1000 ? 500 : 5000;
  resolving(catalog, criteria, runs / 10);  // warm
  Cost resolve = resolving(catalog, criteria, runs);
  criteria.os = "elsewhere";
  Cost unused = resolving(catalog, criteria, runs);
  std::printf("{\"overlays\":%zu,\"components\":%zu,%s,%s,%s,\"peak_kib\":%ld}\n", catalog.overlays().size(),
              catalog.registry().components.size(), to_json("load", load).c_str(),
              to_json("resolve", resolve).c_str(), to_json("resolve_unused", unused).c_str(), peak_kib);
  return 0;
}

}  // namespace
}  // namespace eidos::bench

int main(int argc, char** argv) {
  std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "make" && argc == 4) return eidos::bench::make(argv[2], std::strtoul(argv[3], nullptr, 10));
  if (mode == "measure") return eidos::bench::measure({argv + 2, argv + argc});
  std::fputs("usage: catalog_growth make FOLDER OVERLAYS | measure [LAYER...]\n", stderr);
  return 1;
}
