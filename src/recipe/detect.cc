// Criteria from a snapshot: what the machine and cluster say of themselves.

#include <algorithm>
#include <set>

#include "base/text.h"
#include "catalog/criteria_values.h"
#include "recipe/criteria.h"

namespace eidos::recipe {
namespace {

std::string reading(const model::Snapshot& snapshot, std::string_view type, std::string_view subtype,
                    std::string_view key) {
  const data::Value* value = model::find_reading(snapshot, type, subtype, key);
  return value != nullptr && value->is_scalar() ? value->scalar_text() : std::string();
}

// How managed services mark their builds: v1.33.5-eks-3025e55, v1.31.6-gke.1020000.
constexpr std::pair<std::string_view, std::string_view> kVersionMarks[] = {
    {"-eks-", "eks"}, {"-gke.", "gke"}, {"-aks", "aks"}};

void detect_service(const model::Registry& registry, const model::Snapshot& snapshot, Detected& out) {
  std::string provider = reading(snapshot, "K8s", "node", "provider");
  if (!provider.empty()) {
    if (auto value = catalog::normalize_value(registry, "service", provider)) {
      out.criteria.service = *value;
      return;
    }
    out.notes.push_back(cat("K8s.node.provider ", quote(provider), " is no service the catalog knows"));
  }
  std::string version = reading(snapshot, "K8s", "server", "version");
  for (const auto& [mark, service] : kVersionMarks)
    if (version.find(mark) != std::string::npos) out.criteria.service = service;
}

// "NVIDIA A100-SXM4-80GB" → nvidia, a100, sxm4, 80gb. Whole tokens only: an RTX A1000 is no a100.
std::vector<std::string> tokens(std::string_view product) {
  std::vector<std::string> out(1);
  for (char c : lower(product)) {
    bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (word)
      out.back() += c;
    else if (!out.back().empty())
      out.emplace_back();
  }
  return out;
}

std::set<std::string> gpu_models(const model::Snapshot& snapshot) {
  std::set<std::string> models;
  for (const model::Measurement& measurement : snapshot.measurements) {
    if (measurement.type != "GPU") continue;
    for (const model::Subtype& group : measurement.subtypes) {
      for (const auto& entry : group.data) {
        bool names_a_model = entry.key == "model" || entry.key == "gpu-name" ||
                             (entry.key.starts_with("gpu.") && entry.key.ends_with(".model")) ||
                             entry.key == "gpu.model";
        if (names_a_model && entry.value.is_scalar() && !entry.value.scalar_text().empty())
          models.insert(entry.value.scalar_text());
      }
    }
  }
  return models;
}

void detect_accelerator(const model::Registry& registry, const model::Snapshot& snapshot, Detected& out) {
  std::set<std::string> found;
  std::vector<std::string> unknown;
  for (const std::string& product : gpu_models(snapshot)) {
    std::vector<std::string> words = tokens(product);
    bool known = false;
    for (const std::string& accelerator : catalog::values_of(registry, "accelerator")) {
      if (std::ranges::find(words, accelerator) == words.end()) continue;
      found.insert(accelerator);
      known = true;
    }
    if (!known) unknown.push_back(quote(product));
  }
  if (!unknown.empty())
    out.notes.push_back(cat("GPU model ", join(unknown, ", "), " is no accelerator the catalog knows"));
  if (found.size() == 1 && unknown.empty()) out.criteria.accelerator = *found.begin();
  if (found.size() + (unknown.empty() ? 0 : 1) > 1)
    out.notes.push_back(cat("the snapshot shows several GPU models (",
                            join(std::vector<std::string>(found.begin(), found.end()), ", "),
                            unknown.empty() ? "" : cat(", ", join(unknown, ", ")),
                            "); accelerator is left open: state --accelerator"));
}

void detect_os(const model::Registry& registry, const model::Snapshot& snapshot, Detected& out) {
  std::string id = reading(snapshot, "OS", "release", "ID");
  if (id.empty()) return;
  if (auto value = catalog::normalize_value(registry, "os", id))
    out.criteria.os = *value;
  else
    out.notes.push_back(cat("OS.release.ID ", quote(id), " is no os the catalog knows"));
}

void detect_nodes(const model::Snapshot& snapshot, Detected& out) {
  const data::Value* count = model::find_reading(snapshot, "NodeTopology", "summary", "node-count");
  if (count == nullptr || !count->is_scalar()) return;
  auto nodes = to_int(count->scalar_text());
  if (nodes && *nodes > 0) out.criteria.nodes = *nodes;
}

}  // namespace

Detected detect(const model::Registry& registry, const model::Snapshot& snapshot) {
  Detected out;
  detect_service(registry, snapshot, out);
  detect_accelerator(registry, snapshot, out);
  detect_os(registry, snapshot, out);
  detect_nodes(snapshot, out);
  return out;
}

}  // namespace eidos::recipe
