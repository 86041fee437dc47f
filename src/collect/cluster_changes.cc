#include "collect/cluster_changes.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "base/wait.h"
#include "collect/cluster.h"
#include "collect/select.h"
#include "data/document.h"
#include "kube/tree.h"

namespace eidos::collect {

namespace {

constexpr Milliseconds kBeforeListing{500};
constexpr std::size_t kMostObjects = 500'000;  // of one kind; a cluster is made for 150,000 pods

struct Part {
  std::string_view parent;
  std::string_view key;
};
// What collectors read of an object whose spec and status they read: nodes.
constexpr Part kRead[] = {{"metadata", "labels"},
                          {"spec", "providerID"},
                          {"spec", "taints"},
                          {"status", "nodeInfo"},
                          {"status", "allocatable"}};
constexpr Part kOfMetadata[] = {{"metadata", "uid"}, {"metadata", "generation"}, {"metadata", "labels"}};

std::string name_of(const data::Value& object) {
  return cat(kube::text_at(object, {"metadata", "namespace"}), "/",
             kube::text_at(object, {"metadata", "name"}));
}

}  // namespace

std::vector<Followed> followed(const Options& options) {
  std::vector<Followed> out;
  const auto chosen = select(options);
  if (!chosen || options.cluster == nullptr) return out;
  auto reads = [&](Result<Collection> (*run)(const Source&)) {
    return std::ranges::any_of(*chosen, [&](const Collector* one) { return one->run == run; });
  };
  if (reads(collect_topology))
    out.push_back({.target = {kube::nodes()}, .whole = true});
  else if (reads(collect_k8s_node) && !options.source_node.empty())
    out.push_back({.target = {kube::nodes()},
                   .narrowing = {.fields = cat("metadata.name=", options.source_node)},
                   .whole = true});
  if (reads(collect_k8s_image))
    out.push_back({.target = {kube::pods(), options.pod_namespace},
                   .narrowing = {options.pod_selector, options.field_selector}});
  if (reads(collect_k8s_helm)) out.push_back({.target = {kube::secrets()}, .narrowing = helm_releases()});
  if (reads(collect_k8s_crd)) out.push_back({.target = {kube::custom_resource_definitions()}});
  if (reads(collect_k8s_policy))
    for (kube::Resource& resource : policy_kinds(options)) out.push_back({.target = {std::move(resource)}});
  return out;
}

Result<void> Follower::run(kube::Client& client, const Limit& limit) {
  for (;;) {
    EIDOS_CHECK(list(client, limit));
    const kube::WatchOptions options{.narrowing = what_.narrowing, .metadata_only = !what_.whole};
    auto done = client.watch(
        what_.target, options, version_, [&](const kube::WatchEvent& news) { return event(news); }, limit);
    if (!done && done.error().kind != ErrorKind::NotFound) return done;
    EIDOS_CHECK(
        pause(kBeforeListing, limit, "watching"));  // a server that never knows the place is not pressed
  }
}

Result<void> Follower::list(kube::Client& client, const Limit& limit) {
  Objects now;
  const kube::ListSink sink{.begin = [&] { now.clear(); },
                            .json = [&](const data::Value& object) -> Result<void> {
                              if (now.size() >= kMostObjects)
                                return fail(ErrorKind::Invalid, cat("more than ", kMostObjects, " objects"));
                              now.insert_or_assign(name_of(object), digest(object));
                              return {};
                            },
                            .end = [&](const std::string& version) { version_ = version; }};
  const kube::ListOptions options{
      .narrowing = what_.narrowing, .from_cache = true, .metadata_only = !what_.whole};
  EIDOS_CHECK(client.list(what_.target, options, sink, limit));
  const bool news = known_ && now != objects_;
  objects_ = std::move(now);
  known_ = true;
  if (news) changed_();
  return {};
}

Result<bool> Follower::event(const kube::WatchEvent& news) {
  std::string name = name_of(news.object);
  if (news.type == "DELETED") {
    if (objects_.erase(name) > 0) changed_();
    return true;
  }
  if (objects_.size() >= kMostObjects)
    return fail(ErrorKind::Invalid, cat("more than ", kMostObjects, " objects"));
  const std::size_t now = digest(news.object);
  auto [at, fresh] = objects_.try_emplace(std::move(name), now);
  if (!fresh && at->second == now) return true;
  at->second = now;
  changed_();
  return true;
}

// Two that differ and digest alike are found at the next look, like anything else.
std::size_t Follower::digest(const data::Value& object) const {
  std::string text;
  for (const auto& [parent, key] : what_.whole ? std::span<const Part>(kRead) : kOfMetadata) {
    const data::Value* value = kube::dig(object, {parent, key});
    text += value == nullptr ? std::string() : data::to_compact_json(*value);
    text += '\n';
  }
  return std::hash<std::string>{}(text);
}

}  // namespace eidos::collect
