// The specs of custom resources that decide how GPUs and networks are run: ClusterPolicy of nvidia.com and
// others by name. Each kind has a subtype of its own, so that nothing of two groups is ever mixed.

#include <algorithm>

#include "base/text.h"
#include "collect/cluster.h"
#include "data/document.h"
#include "kube/gather.h"

namespace eidos::collect {

namespace {

struct Kind {
  kube::Resource resource;
  std::string subtype;
};

// "nicclusterpolicies.v1alpha1.mellanox.com", as kubectl takes it: plural, version, group.
Result<Kind> kind_of(std::string_view text) {
  std::size_t first = text.find('.');
  std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  Kind kind;
  if (second != std::string_view::npos && second + 1 < text.size()) {
    kind.resource = {.group = std::string(text.substr(second + 1)),
                     .version = std::string(text.substr(first + 1, second - first - 1)),
                     .plural = std::string(text.substr(0, first)),
                     .namespaced = false};
    kind.subtype = cat(kind.resource.plural, ".", kind.resource.group);
  }
  auto is_version = [](std::string_view v) {
    return v.size() > 1 && v[0] == 'v' && v[1] >= '0' && v[1] <= '9';
  };
  if (!kind.resource.plural.empty() && is_version(kind.resource.version)) return kind;
  return fail(
      ErrorKind::Invalid, cat("--policy-kind ", quote(text), " is not of the form PLURAL.VERSION.GROUP"), {},
      "write it as in 'nicclusterpolicies.v1alpha1.mellanox.com'; 'kubectl api-resources' lists them");
}

Result<std::vector<Kind>> kinds(const Options& options) {
  std::vector<Kind> all = {
      {{.group = "nvidia.com", .plural = "clusterpolicies", .namespaced = false}, "policy"},
      {{.group = "mellanox.com", .version = "v1alpha1", .plural = "nicclusterpolicies", .namespaced = false},
       "nicclusterpolicies.mellanox.com"}};
  for (const std::string& text : options.policy_kinds) {
    EIDOS_TRY(Kind kind, kind_of(text));
    if (std::ranges::find(all, kind.resource, &Kind::resource) == all.end()) all.push_back(std::move(kind));
  }
  return all;
}

data::Value sorted(const data::Value& value) {
  if (value.is_list()) {
    data::List out;
    for (const data::Value& item : value.list()) out.push_back(sorted(item));
    return data::Value(std::move(out));
  }
  if (!value.is_map()) return value;
  data::Map out;
  for (const data::Map::Entry& entry : value.map()) out.append({entry.key, {}, sorted(entry.value)});
  out.sort_by_key();
  return data::Value(std::move(out));
}

std::string text_of(const data::Value* value) {
  return value != nullptr && value->is_string() ? value->string() : std::string();
}

std::string full_name(const data::Value& object) {
  const data::Value* metadata = object.find("metadata");
  if (metadata == nullptr) return {};
  std::string ns = text_of(metadata->find("namespace"));
  std::string name = text_of(metadata->find("name"));
  return ns.empty() ? name : cat(ns, "/", name);
}

// The GPU operator obeys one ClusterPolicy and marks the others.
bool is_ignored(const data::Value& object) {
  const data::Value* status = object.find("status");
  return status != nullptr && text_of(status->find("state")) == "ignored";
}

model::Subtype subtype_of(const Kind& kind, const std::vector<data::Value>& objects) {
  data::Map readings;
  std::vector<std::string> names;
  for (const data::Value& object : objects) {
    names.push_back(full_name(object));
    // With several, each key says whose it is; with one, it is the path in its spec.
    const std::string prefix = objects.size() > 1 ? cat(names.back(), ".") : "";
    data::Map one;
    if (const data::Value* spec = object.find("spec")) flatten(*spec, "", one);
    for (const data::Map::Entry& entry : one) readings.append({prefix + entry.key, {}, entry.value});
  }
  readings.sort_by_key();
  readings.keep_first_of_equal_keys();
  data::Map context;
  context.set("objects", data::Value(join(names, ",")));
  return {kind.subtype, std::move(readings), std::move(context), {}};
}

Result<std::vector<data::Value>> objects_of(kube::Client& client, const Kind& kind, const Limit& limit) {
  static constexpr std::size_t kMost = 100;
  EIDOS_TRY(std::vector<data::Value> objects,
            kube::gathered<std::vector<data::Value>>(
                client, {kind.resource}, {}, limit,
                [](std::vector<data::Value>& out, const data::Value& object) -> Result<void> {
                  if (is_ignored(object)) return {};
                  if (out.size() == kMost)
                    return fail(ErrorKind::Invalid, cat("more than ", kMost, " objects"));
                  out.push_back(object);
                  return {};
                }));
  std::ranges::sort(objects, {}, full_name);
  return objects;
}

}  // namespace

void flatten(const data::Value& value, const std::string& path, data::Map& readings) {
  if (value.is_map()) {
    for (const data::Map::Entry& entry : value.map())
      flatten(entry.value, path.empty() ? entry.key : cat(path, ".", entry.key), readings);
    return;
  }
  if (value.is_list() && value.list().empty()) return;
  std::string text = value.is_list()   ? data::to_compact_json(sorted(value))
                     : value.is_null() ? "null"
                                       : value.scalar_text();
  readings.set(document_text(path), data::Value(document_text(text)));
}

Result<void> check_policy_kinds(const Options& options) {
  if (auto all = kinds(options); !all) return std::unexpected(std::move(all).error());
  return {};
}

std::vector<kube::Resource> policy_kinds(const Options& options) {
  std::vector<kube::Resource> out;
  if (auto all = kinds(options))
    for (Kind& kind : *all) out.push_back(std::move(kind.resource));
  return out;
}

Result<Collection> collect_k8s_policy(const Source& source) {
  EIDOS_TRY(std::vector<Kind> wanted, kinds(source.options));
  return with_cluster(source, [&](kube::Client& client) -> Result<Collection> {
    Collection collection;
    std::vector<std::string> problems;
    std::optional<Error> first;
    for (const Kind& kind : wanted) {
      auto objects = objects_of(client, kind, source.limit);
      if (objects && !objects->empty()) collection.subtypes.push_back(subtype_of(kind, *objects));
      if (objects || objects.error().kind == ErrorKind::NotFound) continue;  // the cluster has no such kind
      problems.push_back(objects.error().message);
      if (!first) first = std::move(objects).error();
    }
    // When nothing was seen, the reason decides; else what was seen counts.
    if (first && collection.subtypes.empty()) return std::unexpected(*std::move(first));
    if (!problems.empty()) {
      collection.status = model::CollectorStatus::Partial;
      collection.detail = join(problems, "; ");
      collection.warnings.push_back(collection.detail);
    } else if (collection.subtypes.empty()) {
      return absent("the cluster has no ClusterPolicy of nvidia.com: the GPU operator is not installed");
    }
    return collection;
  });
}

}  // namespace eidos::collect
