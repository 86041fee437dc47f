#pragma once
// Which objects a request is about. No discovery: the paths of what eidos uses are known.

#include <string>
#include <string_view>

namespace eidos::kube {

struct Resource {
  std::string group = {};  ///< Empty: the core group.
  std::string version = "v1";
  std::string plural = {};
  bool namespaced = true;
  bool operator==(const Resource&) const = default;
};

inline const Resource& pods() {
  static const Resource kPods{.plural = "pods"};
  return kPods;
}
inline const Resource& nodes() {
  static const Resource kNodes{.plural = "nodes", .namespaced = false};
  return kNodes;
}
inline const Resource& config_maps() {
  static const Resource kConfigMaps{.plural = "configmaps"};
  return kConfigMaps;
}
inline const Resource& secrets() {
  static const Resource kSecrets{.plural = "secrets"};
  return kSecrets;
}
inline const Resource& custom_resource_definitions() {
  static const Resource kDefinitions{
      .group = "apiextensions.k8s.io", .plural = "customresourcedefinitions", .namespaced = false};
  return kDefinitions;
}

/// One object, or all of a kind in a namespace or everywhere.
struct Target {
  Resource resource;
  std::string ns = {};    ///< Empty: all namespaces, or none where the kind has none.
  std::string name = {};  ///< Empty: the collection.
  std::string subresource = {};
};

/// "/apis/batch/v1/namespaces/a/jobs/b/status", percent-encoded.
std::string path_of(const Target& target);
/// "jobs.batch 'b' in namespace 'a'", for messages.
std::string described(const Target& target);
/// Everything outside A-Z a-z 0-9 - . _ ~ as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace eidos::kube
