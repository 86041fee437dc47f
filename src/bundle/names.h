#pragma once
// The grammars of what ends up in file names, charts and commands: names, labels, versions, sources.
// Whatever does not fit is refused before anything is rendered.

#include <string_view>

#include "base/error.h"

namespace eidos::bundle {

/// RFC 1123 label, as Kubernetes asks of namespaces and Helm of releases: 1 to 63 of a-z, 0-9 and '-', with a
/// letter or digit at both ends.
bool is_dns_label(std::string_view text);
/// Label key: an optional DNS prefix of at most 253 bytes and '/', then 1 to 63 of letters, digits, '-', '_',
/// '.', with a letter or digit at both ends.
bool is_label_key(std::string_view text);
/// Label value: empty, or as the name part of a key.
bool is_label_value(std::string_view text);
/// Chart name: letters, digits, '-', '_', '.', with a letter or digit first; at most 250 bytes, Helm's limit.
bool is_chart_name(std::string_view text);
/// SemVer 2.0.0: no leading v.
bool is_semver(std::string_view text);
/// A chart version as charts and OCI tags spell them: optional 'v', one to three numbers, optional -pre and
/// +build. A range (">=1.2", "~1", "*") is none.
bool is_chart_version(std::string_view text);

/// Invalid, with the grammar in words, when the name cannot be a component's. "enabled", "global" and "tags"
/// are keys of the umbrella's own values; "attestation" and "charts" are folders that verify does not look
/// into.
Result<void> check_component_name(std::string_view name);
/// A manifest's place in the catalog: letters, digits, '.', '_', '-' and '/', relative, no part that is
/// empty, "." or
/// ".." or begins with '-', at most 250 bytes.
Result<void> check_manifest_path(std::string_view who, std::string_view path);
/// `who` opens the message: "component 'x'", "--namespace".
Result<void> check_namespace(std::string_view who, std::string_view name_space);
/// https://, http:// or oci:// with a host; no user, query, fragment or blanks. `what` opens the message.
Result<void> check_address(std::string_view what, std::string_view address);
/// A chart repository: https://, http:// or oci:// with a host; no user, query, fragment or blanks.
Result<void> check_source(std::string_view who, std::string_view source);

}  // namespace eidos::bundle
