// Which container images the pods of a cluster run.

#include <map>
#include <set>

#include "base/text.h"
#include "collect/cluster.h"
#include "kube/wire.h"

namespace eidos::collect {

namespace {

constexpr std::size_t kMostReferences = 50'000;

// By name: the versions, and the whole references they come from.
struct Images {
  struct Known {
    std::set<std::string, std::less<>> versions;
    std::set<std::string, std::less<>> references;
  };
  std::map<std::string, Known, std::less<>> names;
  std::size_t references = 0;
  bool cut = false;

  void add(std::string_view text) {
    ImageReference reference = image_reference(text);
    if (reference.name.empty()) return;
    auto found = names.find(reference.name);
    // Most pods run what another one runs, too.
    if (found != names.end() && found->second.references.contains(text)) return;
    if (references == kMostReferences) {
      cut = true;
      return;
    }
    ++references;
    if (found == names.end()) found = names.try_emplace(std::string(reference.name)).first;
    found->second.versions.emplace(reference.version);
    found->second.references.emplace(text);
  }
};

constexpr std::string_view kContainerLists[] = {"containers", "initContainers", "ephemeralContainers"};

void add_pod(const data::Value& pod, Images& images) {
  const data::Value* spec = pod.find("spec");
  if (spec == nullptr) return;
  for (std::string_view list : kContainerLists)
    if (const data::Value* containers = spec->find(list); containers != nullptr && containers->is_list())
      for (const data::Value& container : containers->list())
        if (const data::Value* image = container.find("image"); image != nullptr && image->is_string())
          images.add(image->string());
}

// core/v1: Pod.spec = 2; PodSpec.containers = 2, initContainers = 20, ephemeralContainers = 34, which hold
// their common part as 1; Container.image = 2.
Result<void> add_pod(std::string_view pod, Images& images) {
  kube::WireLookup find;
  kube::WireReader spec(find(pod, 2));
  while (spec.next()) {
    if (spec.is(2) || spec.is(20)) images.add(find(spec.field().bytes, 2));
    if (spec.is(34)) images.add(find(find(spec.field().bytes, 1), 2));
  }
  if (!spec.broken() && !find.broken()) return {};
  return fail(ErrorKind::Invalid, "a pod's protobuf is broken");
}

std::string narrowed(const Options& options) {
  std::vector<std::string> parts;
  if (!options.pod_namespace.empty()) parts.push_back(cat("namespace ", quote(options.pod_namespace)));
  if (!options.pod_selector.empty()) parts.push_back(cat("labels ", quote(options.pod_selector)));
  if (!options.field_selector.empty()) parts.push_back(cat("fields ", quote(options.field_selector)));
  return parts.empty() ? std::string() : cat("only pods of ", join(parts, ", "));
}

std::string listed(const std::set<std::string, std::less<>>& texts) {
  std::vector<std::string> all;
  for (const std::string& text : texts) all.push_back(document_text(text));
  return join(all, ",");
}

Collection collection_of(const Images& images, const Options& options) {
  data::Map readings;
  data::Map context;
  for (const auto& [name, known] : images.names) {
    readings.set(document_text(name), data::Value(listed(known.versions)));
    context.set(document_text(name), data::Value(listed(known.references)));
  }
  Collection collection = one_subtype("image", std::move(readings));
  collection.subtypes.front().context = std::move(context);
  collection.detail = narrowed(options);
  if (!images.cut) return collection;
  collection.status = model::CollectorStatus::Partial;
  collection.detail =
      cat("more than ", kMostReferences, " different images: narrow with --pod-namespace or --pod-selector");
  return collection;
}

}  // namespace

ImageReference image_reference(std::string_view text) {
  std::string_view last = text.substr(text.rfind('/') + 1);  // npos + 1 == 0: the whole
  std::size_t at = last.find('@');
  std::string_view digest = at == std::string_view::npos ? std::string_view() : last.substr(at + 1);
  std::string_view name = last.substr(0, at);
  std::size_t colon = name.rfind(':');
  std::string_view tag = colon == std::string_view::npos ? std::string_view() : name.substr(colon + 1);
  return {name.substr(0, colon), !tag.empty() ? tag : !digest.empty() ? digest : "latest"};
}

Result<Collection> collect_k8s_image(const Source& source) {
  return with_cluster(source, [&](kube::Client& client) -> Result<Collection> {
    const Options& options = source.options;
    Images images;
    kube::ListSink sink{.begin = [&] { images = {}; },
                        .json = [&](const data::Value& pod) -> Result<void> {
                          add_pod(pod, images);
                          return {};
                        },
                        .protobuf = [&](std::string_view pod) { return add_pod(pod, images); }};
    const kube::ListOptions what{.narrowing = {options.pod_selector, options.field_selector},
                                 .from_cache = true};
    EIDOS_CHECK(client.list({kube::pods(), options.pod_namespace}, what, sink, source.limit));
    return collection_of(images, options);
  });
}

}  // namespace eidos::collect
