#pragma once
// Private to this room: what the collectors of a cluster share.

#include <functional>
#include <string>

#include "collect/collector.h"
#include "kube/client.h"

namespace eidos::collect {

/// Calls `collect` with the client of this process. Absent when no cluster is configured here; nothing is
/// asked of the network then.
Result<Collection> with_cluster(const Source& source,
                                const std::function<Result<Collection>(kube::Client&)>& collect);

/// Custom resources whose spec is read: those known, and `options.policy_kinds`, which were checked.
std::vector<kube::Resource> policy_kinds(const Options& options);
/// The Secrets that Helm keeps its releases in.
kube::Narrowing helm_releases();

/// One image reference taken apart: "nvcr.io/nvidia/driver:570@sha256:…" has the name "driver" and the
/// version "570"; without a tag the version is the digest, without that "latest".
struct ImageReference {
  std::string_view name;  ///< Empty: no image.
  std::string_view version;
};
ImageReference image_reference(std::string_view text);

/// The readings of an object's spec: "driver.version" → "570". Lists are compact JSON with sorted keys,
/// numbers and booleans text, null "null"; empty lists and maps have no reading.
void flatten(const data::Value& value, const std::string& path, data::Map& readings);

/// What `eidos snapshot` needs of a Helm release; the rest of it (values, templates) is passed over unread.
struct HelmRelease {
  std::string chart;
  std::string version;
};
/// From the `release` entry of a Secret as the API has it: base64 of base64 of gzip of JSON. Invalid:
/// anything else, or more than 64 MiB of JSON.
Result<HelmRelease> read_helm_release(std::string_view encoded);

}  // namespace eidos::collect
