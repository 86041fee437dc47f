#pragma once
// The cluster a command works with, and cm:// sources and outputs.

#include <string>
#include <string_view>

#include "cli/flags.h"
#include "cli/world.h"
#include "kube/client.h"

namespace eidos::cli {

/// The client that --kubeconfig and --kube-context choose. Nothing is read or asked before its get().
/// `per_second`: requests at most, 0 for no limit.
kube::SharedClient& cluster_of(const Flags& flags, Session& session, int per_second = 0);
/// Its client. Unavailable: no cluster is configured here.
Result<kube::Client*> client_of(const Flags& flags, Session& session, int per_second = 0);

/// The text of the document in a ConfigMap.
Result<std::string> read_from_cluster(const std::string& source, const Flags& flags, Session& session);
/// Puts a document into the ConfigMap `where` ("cm://…"). When that fails, the document goes to standard
/// output, whole, and the error is Unavailable and says why.
Result<void> write_to_cluster(std::string_view text, const std::string& where, const Flags& flags,
                              Session& session);

}  // namespace eidos::cli
