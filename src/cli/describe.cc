#include "cli/describe.h"

#include "base/text.h"
#include "model/constraint.h"

namespace eidos::cli {

namespace {

struct Words {
  std::string_view text;
  std::string_view words;
};
// Readings that constraints of recipes look at.
constexpr Words kReadings[] = {
    {"K8s.server.version", "the version of the Kubernetes API server"},
    {"K8s.node.kernel-version", "the kernel of the node"},
    {"K8s.node.container-runtime-version", "the container runtime of the node"},
    {"OS.release.ID", "the operating system of the node"},
    {"OS.release.VERSION_ID", "the version of the operating system"},
    {"OS.sysctl./proc/sys/kernel/osrelease", "the kernel that runs on the node"},
    {"GPU.smi.driver", "the NVIDIA driver"},
    {"GPU.smi.cuda-version", "the CUDA version of the driver"},
    {"GPU.smi.gpu.model", "the model of the GPUs"},
    {"GPU.smi.gpu-count", "the number of GPUs"},
};

std::string operator_words(model::Operator op) {
  switch (op) {
    case model::Operator::Exact: return "is exactly ";
    case model::Operator::Equal: return "is ";
    case model::Operator::NotEqual: return "is not ";
    case model::Operator::AtLeast: return "is at least ";
    case model::Operator::AtMost: return "is at most ";
    case model::Operator::Above: return "is above ";
    case model::Operator::Below: return "is below ";
  }
  std::unreachable();
}

std::string constraint_words(const model::Constraint& constraint) {
  std::string subject = constraint.name;
  for (const Words& reading : kReadings)
    if (reading.text == constraint.name) subject = reading.words;
  auto expression = model::parse_expression(constraint.value);
  if (!expression) return cat(subject, ": ", constraint.value);
  std::vector<std::string> terms;
  for (const model::Term& term : *expression) terms.push_back(cat(operator_words(term.op), term.bound));
  return cat(subject, " ", join(terms, " and "));
}

std::string component_words(const model::ComponentRef& ref) {
  std::string out;
  if (!ref.chart.empty())
    out = cat("chart ", ref.chart, " ", ref.version, " from ", ref.source);
  else if (!ref.source.empty())
    out = cat("kustomization ", ref.path, " ", ref.tag, " from ", ref.source);
  else
    out = cat(ref.manifest_files.size(), " manifests of the catalog");
  if (!ref.name_space.empty()) out += cat(", into namespace ", ref.name_space);
  if (!ref.dependency_refs.empty()) out += cat(", after ", join(ref.dependency_refs, ", "));
  return out;
}

}  // namespace

data::Map described(const model::RecipeResult& recipe) {
  data::Map components;
  for (const model::ComponentRef& ref : recipe.component_refs) components.set(ref.name, component_words(ref));
  data::Map constraints;
  for (const model::Constraint& constraint : recipe.constraints)
    constraints.set(constraint.name, constraint_words(constraint));
  data::Map out;
  out.set("components", data::Value(std::move(components)));
  out.set("constraints", data::Value(std::move(constraints)));
  return out;
}

}  // namespace eidos::cli
