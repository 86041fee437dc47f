#pragma once
// Recipe × catalog × options → FileTree. Pure: writes nothing. Rules in bundle.md.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/file_tree.h"
#include "catalog/catalog.h"
#include "data/value.h"
#include "model/recipe.h"

namespace eidos::bundle {

class Observer;

enum class SetKind : std::uint8_t { Auto, String, Json };
/// One --set, --set-string or --set-json, as given: "component:path=value". Order given is order applied.
struct SetFlag {
  SetKind kind = SetKind::Auto;
  std::string text = {};
};

/// Scheduling flags as given; an empty vector or string was not given and writes nothing.
struct SchedulingFlags {
  std::vector<std::string> system_node_selector = {};    ///< k=v
  std::vector<std::string> system_node_toleration = {};  ///< k=v:Effect, k:Effect, k=v:NoExecute:30
  std::vector<std::string> accelerated_node_selector = {};
  std::vector<std::string> accelerated_node_toleration = {};
  std::vector<std::string> workload_selector = {};
  std::string workload_gate = {};  ///< k=v:Effect
  std::int64_t nodes = 0;          ///< 0: not given.
};

struct ValuesFile {
  std::string component = {};
  data::Value values;
};

struct Options {
  std::string deployer = "helm";
  std::string layout = {};      ///< "" for the deployer's default.
  std::string name_space = {};  ///< "" for the deployer's default.
  SchedulingFlags scheduling = {};
  std::vector<ValuesFile> values_files = {};
  std::vector<SetFlag> sets = {};
  std::string repo = {};                     ///< Git URL the bundle will be pushed to; "" when not given.
  std::string repo_revision = "HEAD";        ///< Branch, tag or commit in it.
  std::string repo_path = {};                ///< Folder of the bundle in it; "" for its root.
  std::vector<std::string> components = {};  ///< --component: only these; empty means all.
  bool allow_missing_dependency = false;
  bool strict_values = false;
  bool fail_fast = false;  ///< Of several problems the first is all that is said.
  std::vector<std::string> allow_catalog_mismatch = {};  ///< Component names; "*" for all.
  Observer* observer = nullptr;                          ///< Told how it goes (observer.h); changes nothing.
};

struct Deployment {
  std::string type = {};                ///< "helm-umbrella", "argocd", …
  std::vector<std::string> steps = {};  ///< Shell commands, run inside the bundle.
  std::vector<std::string> notes = {};  ///< Sentences.
};

struct Bundle {
  FileTree files;
  Deployment deployment;
  std::vector<std::string> warnings = {};
};

/// `recipe_text` is what was read, byte for byte: it becomes recipe.yaml. Problems of several components come
/// back together, unless fail_fast. Invalid: unknown component in a flag, path through a scalar, missing
/// dependency, bad name, digest mismatch.
Result<Bundle> render(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                      std::string_view recipe_text, const Options& options);

/// The final values of every enabled component, in deployment order: what the tree writes.
Result<std::vector<std::pair<std::string, data::Value>>> component_values(const catalog::Catalog& catalog,
                                                                          const model::RecipeResult& recipe,
                                                                          const Options& options,
                                                                          std::vector<std::string>& warnings);

}  // namespace eidos::bundle
