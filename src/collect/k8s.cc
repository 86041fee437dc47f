// The cluster as its API server tells it: version, this machine's node, custom resource definitions.

#include <algorithm>
#include <map>

#include "base/text.h"
#include "collect/cluster.h"
#include "kube/tree.h"
#include "kube/wire.h"

namespace eidos::collect {

namespace {

// How kubectl and people call what a provider's ID starts with.
constexpr std::pair<std::string_view, std::string_view> kProviders[] = {
    {"aws", "eks"}, {"gce", "gke"}, {"azure", "aks"}, {"oci", "oke"}};

// A node without one is no surprise: there is no reading then.
void add(data::Map& readings, std::string_view key, const std::string& value) {
  if (!value.empty()) readings.set(key, data::Value(document_text(value)));
}

std::string provider_of(std::string_view provider_id) {
  std::string scheme = lower(provider_id.substr(0, provider_id.find("://")));
  for (const auto& [id, name] : kProviders)
    if (scheme == id) return std::string(name);
  return scheme;
}

data::Map node_readings(const data::Value& node, const std::string& name) {
  data::Map readings;
  readings.set("source-node", data::Value(name));
  const std::string id = kube::text_at(node, {"spec", "providerID"});
  if (!id.empty()) {
    add(readings, "provider", provider_of(id));
    add(readings, "provider-id", id);
  }
  auto info = [&](std::string_view key) { return kube::text_at(node, {"status", "nodeInfo", key}); };
  const std::string runtime = info("containerRuntimeVersion");
  add(readings, "container-runtime-id", runtime);
  if (std::size_t sign = runtime.find("://"); sign != std::string::npos) {
    add(readings, "container-runtime-name", runtime.substr(0, sign));
    add(readings, "container-runtime-version", runtime.substr(sign + 3));
  }
  add(readings, "architecture", info("architecture"));
  add(readings, "instance-type",
      kube::text_at(node, {"metadata", "labels", "node.kubernetes.io/instance-type"}));
  add(readings, "kernel-version", info("kernelVersion"));
  add(readings, "kubelet-version", info("kubeletVersion"));
  add(readings, "operating-system", info("operatingSystem"));
  add(readings, "os-image", info("osImage"));
  // Not only nvidia.com/gpu: a MIG slice is nvidia.com/mig-1g.10gb.
  if (const data::Value* allocatable = kube::dig(node, {"status", "allocatable"});
      allocatable != nullptr && allocatable->is_map())
    for (const data::Map::Entry& entry : allocatable->map())
      if (entry.key.starts_with("nvidia.com/") && entry.value.is_scalar())
        add(readings, entry.key, entry.value.scalar_text());
  return readings;
}

using Definitions = std::map<std::string, std::vector<std::string>>;

void add_definition(const data::Value& object, Definitions& out) {
  std::vector<std::string>& served = out[kube::text_at(object, {"metadata", "name"})];
  const data::Value* versions = kube::dig(object, {"spec", "versions"});
  if (versions == nullptr || !versions->is_list()) return;
  for (const data::Value& version : versions->list())
    if (kube::text_at(version, {"served"}) == "true") served.push_back(kube::text_at(version, {"name"}));
}

// apiextensions.k8s.io/v1: metadata = 1 (name = 1), spec = 2, its versions = 7 (name = 1, served = 2).
Result<void> add_definition(std::string_view object, Definitions& out) {
  kube::WireLookup find;
  std::vector<std::string>& served = out[std::string(find(find(object, 1), 1))];
  kube::WireReader spec(find(object, 2));
  bool broken = false;
  while (spec.next()) {
    if (!spec.is(7)) continue;
    std::string name;
    bool is_served = false;
    kube::WireReader version(spec.field().bytes);
    while (version.next()) {
      if (version.is(1)) name = std::string(version.field().bytes);
      if (version.field().number == 2) is_served = version.field().value != 0;
    }
    broken = broken || version.broken();
    if (is_served) served.push_back(std::move(name));
  }
  if (!broken && !spec.broken() && !find.broken()) return {};
  return fail(ErrorKind::Invalid, "the protobuf of a definition is broken");
}

}  // namespace

Result<Collection> with_cluster(const Source& source,
                                const std::function<Result<Collection>(kube::Client&)>& collect) {
  constexpr const char* kNone = "no cluster: there is no kubeconfig, and this is no pod";
  if (source.options.cluster == nullptr) return absent(kNone);
  EIDOS_TRY(kube::Client * client, source.options.cluster->get());
  if (client == nullptr) return absent(kNone);
  return collect(*client);
}

Result<Collection> collect_k8s_server(const Source& source) {
  return with_cluster(source, [&](kube::Client& client) -> Result<Collection> {
    EIDOS_TRY(data::Value version, client.get_path("/version", source.limit));
    data::Map readings;
    add(readings, "version", kube::text_at(version, {"gitVersion"}));
    add(readings, "platform", kube::text_at(version, {"platform"}));
    add(readings, "goVersion", kube::text_at(version, {"goVersion"}));
    if (!readings.contains("version"))
      return fail(ErrorKind::Invalid, "/version holds no gitVersion", {},
                  "is the server of the kubeconfig a Kubernetes API server?");
    return one_subtype("server", std::move(readings));
  });
}

Result<Collection> collect_k8s_node(const Source& source) {
  return with_cluster(source, [&](kube::Client& client) -> Result<Collection> {
    const std::string& name = source.options.source_node;
    if (name.empty()) return absent("the name of this node is not known; set NODE_NAME");
    auto node = client.get({kube::nodes(), {}, name}, source.limit);
    if (!node && node.error().kind == ErrorKind::NotFound)
      return absent(cat("the cluster has no node called ", quote(name),
                        "; set NODE_NAME when this machine is one of its nodes"));
    if (!node) return std::unexpected(std::move(node).error());
    return one_subtype("node", node_readings(*node, name));
  });
}

Result<Collection> collect_k8s_crd(const Source& source) {
  return with_cluster(source, [&](kube::Client& client) -> Result<Collection> {
    Definitions definitions;
    kube::ListSink sink{
        .begin = [&] { definitions.clear(); },
        .json = [&](const data::Value& object) -> Result<void> {
          add_definition(object, definitions);
          return {};
        },
        .protobuf = [&](std::string_view object) { return add_definition(object, definitions); }};
    EIDOS_CHECK(client.list({kube::custom_resource_definitions()}, {.from_cache = true}, sink, source.limit));
    data::Map readings;
    for (auto& [name, versions] : definitions) {
      std::ranges::sort(versions);
      readings.set(document_text(name), data::Value(document_text(join(versions, ","))));
    }
    return one_subtype("crd", std::move(readings));
  });
}

}  // namespace eidos::collect
