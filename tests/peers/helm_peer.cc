// Our side of tests/peers/helm_umbrella: `helm_peer DIR` writes one bundle per case to DIR/<case>/, made from
// the embedded catalog, and beside it DIR/<case>.json: the values each component is to get.

#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/files.h"
#include "base/text.h"
#include "bundle/bundle.h"
#include "catalog/embedded.h"
#include "data/document.h"
#include "model/recipe_fields.h"
#include "recipe/resolve.h"

namespace eidos {
namespace {

struct Case {
  std::string name;
  model::Criteria criteria;
  bundle::Options options = {};
};

bundle::SchedulingFlags all_scheduling_flags() {
  return {.system_node_selector = {"nodeGroup=system"},
          .system_node_toleration = {"dedicated=system:NoSchedule", "x.example/y:NoExecute:30"},
          .accelerated_node_selector = {"pool=7", "on=true"},
          .accelerated_node_toleration = {"nvidia.com/gpu:NoSchedule"},
          .workload_selector = {"app=train"},
          .workload_gate = "skyhook.example/runtime=required:NoSchedule",
          .nodes = 16};
}

// Text that a careless writer or template engine would turn into something else.
std::vector<bundle::SetFlag> awkward_settings() {
  using bundle::SetKind;
  return {{SetKind::Auto, "gpu-operator:driver.version=1.10"},
          {SetKind::Auto, "gpu-operator:driver.rollout=null"},
          {SetKind::Auto, "gpu-operator:text.a={{ .Values.x }} {{ fail \"no\" }}"},
          {SetKind::Auto, "gpu-operator:text.b=yes"},
          {SetKind::Auto, "gpu-operator:text.c=007"},
          {SetKind::String, "gpu-operator:text.d=12"},
          {SetKind::String, "gpu-operator:text.e=a: b # c\n- d\n\ttab"},
          {SetKind::Auto, "gpu-operator:text.f="},
          {SetKind::Auto, "gpu-operator:annotations.\"a.b/c\"=1e3"},
          {SetKind::Json, "gpu-operator:list=[1,true,null,{\"k\":\"v\"},0.5]"},
          {SetKind::Auto, "kubeflow-trainer:enabled=false"},
          {SetKind::Auto, "cert-manager:webhook=null"}};
}

std::vector<Case> cases() {
  return {
      {"training", {"eks", "h100", "training", "ubuntu", "kubeflow", 0}},
      {"inference", {"eks", "h100", "inference", "ubuntu", "dynamo", 0}},
      {"gke", {"gke", "h100", "training", "cos", "", 0}},
      {"kind", {"kind", "", "inference", "", "", 0}},
      {"any", {}},
      {"flags",
       {"eks", "h100", "training", "ubuntu", "kubeflow", 0},
       {.scheduling = all_scheduling_flags(), .sets = awkward_settings()}},
      {"manifests",
       {"eks", "gb200", "training", "ubuntu", "", 0},
       {.components = {"skyhook-customizations"}}},
  };
}

Result<void> write_case(const catalog::Catalog& catalog, const Case& one, const std::string& directory) {
  EIDOS_TRY(recipe::Resolved resolved, recipe::resolve(catalog, one.criteria, nullptr));
  std::string text = data::to_yaml(recipe::to_document(resolved.result));
  EIDOS_TRY(bundle::Bundle bundle, bundle::render(catalog, resolved.result, text, one.options));
  std::vector<std::string> warnings;
  EIDOS_TRY(auto values, bundle::component_values(catalog, resolved.result, one.options, warnings));
  for (const auto& [path, file] : bundle.files) {
    std::filesystem::path to = std::filesystem::path(directory) / one.name / path;
    std::filesystem::create_directories(to.parent_path());
    std::ofstream(to, std::ios::binary) << file.bytes;
  }
  data::Map all;
  for (const auto& [name, value] : values) all.set(name, value);
  std::ofstream(cat(directory, "/", one.name, ".json"), std::ios::binary) << data::to_json(all);
  return {};
}

Result<void> write_all(const std::string& directory) {
  auto files = real_files();
  EIDOS_TRY(catalog::Loaded loaded, catalog::load(*files, {.embedded = catalog::embedded_catalog()}));
  for (const Case& one : cases())
    if (auto done = write_case(loaded.catalog, one, directory); !done)
      return std::unexpected(std::move(done).error().within(one.name));
  return {};
}

}  // namespace
}  // namespace eidos

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: helm_peer DIR\n";
    return 1;
  }
  auto done = eidos::write_all(argv[1]);
  if (!done) std::cerr << done.error().message << "\n";
  return done ? 0 : 1;
}
