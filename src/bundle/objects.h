#pragma once
// Kubernetes objects as values, written with little noise.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "bundle/stack.h"
#include "data/value.h"

namespace eidos::bundle {

/// A map of these fields, in this order.
data::Map fields(std::initializer_list<std::pair<std::string_view, data::Value>> given);

/// apiVersion, kind, metadata{name, namespace, labels}; the labels name the stack and who manages it.
data::Map object(const Stack& stack, std::string_view api_version, std::string_view kind,
                 std::string_view name, std::string_view name_space);

/// Where a component goes: the namespace it asks for, else `fallback`.
std::string namespace_of(const Piece& piece, std::string_view fallback);

/// The chart's address for `helm` and OCI clients: "oci://registry/path/chart". Only for OCI sources.
std::string oci_chart(const Piece& piece);
bool is_oci(const Piece& piece);
/// Without "oci://".
std::string_view bare_source(const Piece& piece);

/// The Helm release of a component that is ready last, which others wait for: that of its manifests where it
/// has a chart beside them.
std::string last_release(const Piece& piece);

/// Names of the components of this bundle that `piece` waits for, in its own order.
std::vector<const Piece*> waits_for(const Stack& stack, const Piece& piece);

/// A component's values as a YAML document.
std::string values_text(const Piece& piece);

/// Helm refuses a release name of more than 53 bytes; every name a deployer makes out of a component's has to
/// fit, and no two be the same. All problems together.
Result<void> check_release_names(const Stack& stack);
/// The same where `name` is all there is.
Result<void> check_release_names(const Stack& stack, const std::string& (Piece::*name)() const);
/// --repo (https://, http://, ssh:// or git@host:path), --repo-revision and --repo-path, where given.
Result<void> check_repo(const Options& options);
/// Where the repository has a file or folder of the bundle: `path` below --repo-path. The bundle itself is
/// "", and
/// "." comes back for it at the root of the repository.
std::string path_in_repo(const Options& options, std::string_view path = {});
/// --repo for a tool that knows addresses with a scheme only: "git@host:path" is "ssh://git@host/path", all
/// others as they are.
std::string repo_url(const Options& options);
/// Invalid, naming them: components whose manifests have to be read from Git, and no --repo.
Result<void> need_repo_for_manifests(const Stack& stack, std::string_view why);

}  // namespace eidos::bundle
