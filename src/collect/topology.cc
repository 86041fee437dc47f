// All nodes of a cluster, as sets: which ones have a label, which ones a taint. Keys are KEY=VALUE and
// KEY=VALUE:EFFECT, as kubectl writes them; neither '=' nor ':' can stand in a part, so that no two mean the
// same.

#include <algorithm>
#include <map>

#include "base/text.h"
#include "collect/cluster.h"
#include "kube/wire.h"

namespace eidos::collect {

namespace {

constexpr std::size_t kMostEntries = 1'000'000;

// Names are kept once; a set of nodes is a list of numbers.
struct Topology {
  using Sets = std::map<std::string, std::vector<std::uint32_t>, std::less<>>;
  std::vector<std::string> names;
  Sets labels;
  Sets taints;
  std::size_t entries = 0;

  void node(std::string_view name) { names.emplace_back(name); }
  Result<void> add(Sets& sets, std::string key) {
    if (++entries > kMostEntries)
      return fail(ErrorKind::Invalid,
                  cat("more than ", kMostEntries, " labels and taints on all nodes together"));
    std::vector<std::uint32_t>& nodes = sets[std::move(key)];
    auto number = static_cast<std::uint32_t>(names.size() - 1);
    if (nodes.empty() || nodes.back() != number) nodes.push_back(number);
    return {};
  }
};

std::string text_of(const data::Value& object, std::string_view key) {
  const data::Value* value = object.find(key);
  return value != nullptr && value->is_string() ? value->string() : std::string();
}

Result<void> add_node(const data::Value& node, Topology& topology) {
  const data::Value* metadata = node.find("metadata");
  if (metadata == nullptr) return fail(ErrorKind::Invalid, "a node without metadata");
  topology.node(text_of(*metadata, "name"));
  if (const data::Value* labels = metadata->find("labels"); labels != nullptr && labels->is_map())
    for (const data::Map::Entry& label : labels->map())
      EIDOS_CHECK(topology.add(topology.labels, cat(label.key, "=", label.value.scalar_text())));
  const data::Value* spec = node.find("spec");
  const data::Value* taints = spec == nullptr ? nullptr : spec->find("taints");
  if (taints == nullptr || !taints->is_list()) return {};
  for (const data::Value& taint : taints->list())
    EIDOS_CHECK(topology.add(topology.taints, cat(text_of(taint, "key"), "=", text_of(taint, "value"), ":",
                                                  text_of(taint, "effect"))));
  return {};
}

// core/v1: metadata = 1 (name = 1, labels = 11: key = 1, value = 2), spec = 2 (taints = 5: key, value,
// effect).
Result<void> add_node(std::string_view node, Topology& topology) {
  kube::WireLookup find;
  std::string_view metadata = find(node, 1);
  topology.node(find(metadata, 1));
  kube::WireReader in(metadata);
  while (in.next())
    if (std::string_view label = in.field().bytes; in.is(11))
      EIDOS_CHECK(topology.add(topology.labels, cat(find(label, 1), "=", find(label, 2))));
  kube::WireReader spec(find(node, 2));
  while (spec.next())
    if (std::string_view taint = spec.field().bytes; spec.is(5))
      EIDOS_CHECK(
          topology.add(topology.taints, cat(find(taint, 1), "=", find(taint, 2), ":", find(taint, 3))));
  if (!in.broken() && !spec.broken() && !find.broken()) return {};
  return fail(ErrorKind::Invalid, "a node's protobuf is broken");
}

class Document {
 public:
  Document(const Topology& topology, std::int64_t most) : topology_(topology), most_(most) {}

  model::Subtype subtype(std::string_view name, const Topology::Sets& sets) const {
    data::Map readings;
    for (const auto& [key, nodes] : sets)
      readings.append({document_text(key), {}, data::Value(document_text(names_of(nodes)))});
    readings.sort_by_key();
    return {std::string(name), std::move(readings), {}, {}};
  }

 private:
  // "a,b (+3 more)"
  std::string names_of(const std::vector<std::uint32_t>& nodes) const {
    std::vector<std::string_view> names;
    names.reserve(nodes.size());
    for (std::uint32_t number : nodes) names.emplace_back(topology_.names[number]);
    std::ranges::sort(names);
    std::size_t shown = names.size();
    if (most_ > 0) shown = std::min(shown, static_cast<std::size_t>(most_));
    std::string out = join(std::span<const std::string_view>(names).first(shown), ",");
    return shown == names.size() ? out : cat(out, " (+", names.size() - shown, " more)");
  }

  const Topology& topology_;
  std::int64_t most_;
};

}  // namespace

Result<Collection> collect_topology(const Source& source) {
  return with_cluster(source, [&](kube::Client& client) -> Result<Collection> {
    Topology topology;
    kube::ListSink sink{.begin = [&] { topology = {}; },
                        .json = [&](const data::Value& node) { return add_node(node, topology); },
                        .protobuf = [&](std::string_view node) { return add_node(node, topology); }};
    EIDOS_CHECK(client.list({kube::nodes()}, {.from_cache = true}, sink, source.limit));
    data::Map summary;
    auto count = [](std::size_t number) { return data::Value(static_cast<std::int64_t>(number)); };
    summary.set("label-count", count(topology.labels.size()));
    summary.set("node-count", count(topology.names.size()));
    summary.set("taint-count", count(topology.taints.size()));
    Collection collection = one_subtype("summary", std::move(summary));
    const Document document(topology, source.options.max_nodes_per_entry);
    collection.subtypes.push_back(document.subtype("label", topology.labels));
    collection.subtypes.push_back(document.subtype("taint", topology.taints));
    return collection;
  });
}

}  // namespace eidos::collect
