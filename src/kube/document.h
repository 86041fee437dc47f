#pragma once
// Documents in ConfigMaps: cm://namespace/name. What does not fit into one is compressed, then split over
// several; reading puts it together and checks that it is what was written.

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/limit.h"
#include "kube/client.h"

namespace eidos::kube {

struct ConfigMapName {
  std::string ns;
  std::string name;
  bool operator==(const ConfigMapName&) const = default;
};

/// Whether a source or output is meant as a ConfigMap, well formed or not.
bool is_config_map(std::string_view text);
/// "cm://NAMESPACE/NAME". Invalid: another form, or names that Kubernetes does not take (RFC 1123).
Result<ConfigMapName> parse_config_map(std::string_view text);
/// Back again.
std::string shown(const ConfigMapName& where);

struct StoredDocument {
  std::string text;
  std::string kind;     ///< "Snapshot"
  std::string format;   ///< "yaml" or "json": the suffix of its key.
  std::string time;     ///< RFC 3339
  std::string version;  ///< Of this program.
};

/// The text of a document, whole. Keys: `<kind>.<format>` in lower case, also what older tools wrote
/// (`snapshot.<format>`, whatever the kind).
/// NotFound: no such ConfigMap, or no document in it. Invalid: it is cut, its digest is wrong, it holds
/// several documents or a table. Otherwise as Client::get().
Result<std::string> read_config_map(Client& client, const ConfigMapName& where, const Limit& limit);

/// By server-side apply, as field manager "eidos"; fields of others are taken over only in a ConfigMap that
/// has our label. A reader sees the old document or the new one. Invalid: larger than 16 MiB; a conflict,
/// with the manager. Otherwise as Client::apply().
Result<void> write_config_map(Client& client, const ConfigMapName& where, const StoredDocument& document,
                              const Limit& limit);

/// Removes the document, the parts it was split over too, if it is still the object of this uid. What is not
/// there, or is another's, is no error. Otherwise as Client::remove().
Result<void> remove_config_map(Client& client, const ConfigMapName& where, const std::string& uid,
                               const Limit& limit);

}  // namespace eidos::kube
