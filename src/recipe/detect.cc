// Criteria from a snapshot: what the machine and cluster say of themselves.

#include <algorithm>
#include <set>

#include "base/text.h"
#include "catalog/criteria_values.h"
#include "recipe/criteria.h"

namespace eidos::recipe {
namespace {

/// A reading that says something of a dimension.
struct Sighting {
  std::string reading;
  std::string actual;
};

Sighting sighting(const model::Snapshot& snapshot, std::string_view type, std::string_view subtype,
                  std::string_view key) {
  const data::Value* value = model::find_reading(snapshot, type, subtype, key);
  std::string actual = value != nullptr && value->is_scalar() ? value->scalar_text() : std::string();
  return {cat(type, ".", subtype, ".", key), std::move(actual)};
}

void note(Detected& out, std::string_view dimension, std::string text) {
  out.notes.push_back({std::string(dimension), std::move(text)});
}

/// Takes `text`, found in `seen`, as the value of `dimension`. False, with a note, where the catalog knows no
/// such value.
bool take(const model::Registry& registry, model::Dimension dimension, std::string_view text,
          const Sighting& seen, Detected& out) {
  auto value = catalog::normalize_value(registry, dimension.name, text);
  if (!value)
    note(out, dimension.name,
         cat(seen.reading, " ", quote(seen.actual), " is no ", dimension.name, " the catalog knows"));
  std::string known = value ? *value : std::string();
  out.criteria.*dimension.member = known;
  out.values.push_back({std::string(dimension.name), std::move(known), seen.reading, seen.actual});
  return value.has_value();
}

// How managed services mark their builds: v1.33.5-eks-3025e55, v1.31.6-gke.1020000. Others (AKS, OKE, kind,
// OpenShift) publish the upstream version; for them only the provider tells.
constexpr std::pair<std::string_view, std::string_view> kVersionMarks[] = {
    {"-eks-", "eks"}, {"-gke.", "gke"}, {"-aks", "aks"}};

void detect_service(const model::Registry& registry, const model::Snapshot& snapshot, Detected& out) {
  constexpr model::Dimension kService{"service", &model::Criteria::service};
  Sighting provider = sighting(snapshot, "K8s", "node", "provider");
  if (!provider.actual.empty() && take(registry, kService, provider.actual, provider, out)) return;
  Sighting version = sighting(snapshot, "K8s", "server", "version");
  for (const auto& [mark, service] : kVersionMarks) {
    if (version.actual.find(mark) == std::string::npos) continue;
    take(registry, kService, service, version, out);
    return;
  }
}

using Words = std::vector<std::string>;

// "NVIDIA A100-SXM4-80GB" → nvidia, a100, sxm4, 80gb.
Words words_of(std::string_view product) {
  Words out;
  bool open = false;
  for (char c : lower(product)) {
    bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (word && !open) out.emplace_back();
    if (word) out.back() += c;
    open = word;
  }
  return out;
}

/// The accelerators a product name holds as whole words: an RTX A1000 is no a100. Of several names the one of
/// most words counts, so that a catalog may tell an h100-nvl from an h100.
std::set<std::string> accelerators_in(const model::CriteriaValues& known, const Words& product) {
  std::set<std::string> found;
  std::size_t most = 1;
  auto look_for = [&](std::string_view name, const std::string& accelerator) {
    Words words = words_of(name);
    if (words.size() < most || std::ranges::search(product, words).empty()) return;
    if (words.size() > most) found.clear();
    most = words.size();
    found.insert(accelerator);
  };
  for (const std::string& value : known.values) look_for(value, value);
  for (const auto& [alias, value] : known.aliases) look_for(alias, value);
  return found;
}

bool names_a_model(std::string_view key) {
  return key == "model" || key == "gpu-name" || (key.starts_with("gpu.") && key.ends_with(".model"));
}

/// The products in readings of one machine: its GPUs one by one.
void add_machine(const model::Measurement& gpus, std::vector<Sighting>& out) {
  for (const model::Subtype& group : gpus.subtypes)
    for (const auto& entry : group.data)
      if (names_a_model(entry.key) && entry.value.is_scalar() && !entry.value.scalar_text().empty())
        out.push_back({cat(gpus.type, ".", group.subtype, ".", entry.key), entry.value.scalar_text()});
}

/// The products in the node labels of the whole cluster: "nvidia.com/gpu.product=NVIDIA-L40S". Older
/// documents have the value in front of the nodes, "NVIDIA-L40S|node-1,node-2", and append it to the key
/// where nodes differ.
void add_fleet(const model::Measurement& topology, std::vector<Sighting>& out) {
  constexpr std::string_view kLabel = "nvidia.com/gpu.product";
  for (const model::Subtype& group : topology.subtypes) {
    if (group.subtype != "label") continue;
    for (const auto& entry : group.data) {
      if (entry.key.starts_with(cat(kLabel, "="))) {
        out.push_back({cat(topology.type, ".label.", entry.key), entry.key.substr(kLabel.size() + 1)});
        continue;
      }
      bool product = entry.key == kLabel || entry.key.starts_with(cat(kLabel, "."));
      if (!product || !entry.value.is_scalar()) continue;
      std::string text = entry.value.scalar_text();
      out.push_back({cat(topology.type, ".label.", entry.key), text.substr(0, text.find('|'))});
    }
  }
}

/// Every GPU product of the snapshot with the first reading that shows it, in the order of the document.
std::vector<Sighting> gpu_products(const model::Snapshot& snapshot) {
  std::vector<Sighting> all;
  for (const model::Measurement& measurement : snapshot.measurements) {
    if (measurement.type == "GPU") add_machine(measurement, all);
    if (measurement.type == "NodeTopology") add_fleet(measurement, all);
  }
  std::vector<Sighting> products;
  std::set<Words> seen;  // a label writes '-' for the blanks of a product name
  for (Sighting& one : all)
    if (seen.insert(words_of(one.actual)).second) products.push_back(std::move(one));
  return products;
}

void detect_accelerator(const model::Registry& registry, const model::Snapshot& snapshot, Detected& out) {
  const model::CriteriaValues& known = registry.criteria.at("accelerator");
  std::set<std::string> found;
  std::vector<std::string> unknown;
  for (Sighting& product : gpu_products(snapshot)) {
    std::set<std::string> accelerators = accelerators_in(known, words_of(product.actual));
    if (accelerators.empty()) {
      unknown.push_back(quote(product.actual));
      accelerators.emplace();
    }
    for (const std::string& accelerator : accelerators) {
      out.values.push_back({"accelerator", accelerator, product.reading, product.actual});
      if (!accelerator.empty()) found.insert(accelerator);
    }
  }
  if (found.size() == 1 && unknown.empty()) {
    out.criteria.accelerator = *found.begin();
  } else if (found.empty() && !unknown.empty()) {
    note(out, "accelerator", cat("GPU ", join(unknown, ", "), " is no accelerator the catalog knows"));
  } else if (!found.empty()) {
    std::vector<std::string> all(found.begin(), found.end());
    all.insert(all.end(), unknown.begin(), unknown.end());
    note(out, "accelerator",
         cat("the snapshot shows several GPU models (", join(all, ", "),
             "); accelerator is left open: state --accelerator"));
  }
}

void detect_os(const model::Registry& registry, const model::Snapshot& snapshot, Detected& out) {
  Sighting id = sighting(snapshot, "OS", "release", "ID");
  if (!id.actual.empty()) take(registry, {"os", &model::Criteria::os}, id.actual, id, out);
}

void detect_nodes(const model::Snapshot& snapshot, Detected& out) {
  out.criteria.nodes = node_count(snapshot);
  if (out.criteria.nodes == 0) return;
  Sighting seen = sighting(snapshot, "NodeTopology", "summary", "node-count");
  out.values.push_back({"nodes", cat(out.criteria.nodes), seen.reading, seen.actual});
}

}  // namespace

std::int64_t node_count(const model::Snapshot& snapshot) {
  auto count = to_int(sighting(snapshot, "NodeTopology", "summary", "node-count").actual);
  return count && *count > 0 ? *count : 0;
}

Detected detect(const model::Registry& registry, const model::Snapshot& snapshot) {
  Detected out;
  detect_service(registry, snapshot, out);
  detect_accelerator(registry, snapshot, out);
  detect_os(registry, snapshot, out);
  detect_nodes(snapshot, out);
  return out;
}

}  // namespace eidos::recipe
