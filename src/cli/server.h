#pragma once
// Recipes and bundles from a service (eidosd) instead of from the catalog inside: --server.

#include "cli/flags.h"
#include "cli/world.h"

namespace eidos::cli {

/// Whether --server, EIDOS_SERVER or the configuration file names one.
bool uses_server(const Flags& flags);

/// `eidos recipe --server URL`: GET with the criteria, POST with the document of --criteria or --snapshot.
/// The last answers are kept in the user's cache and asked for by their ETag. Usage: flags that a service
/// cannot follow. Denied: a certificate other than the pinned one, a token that is refused. RateLimited:
/// turned away five times in a row. Unavailable: no answer, or none of a service of ours.
Result<int> recipe_from_server(const Invocation& invocation, Session& session);
/// `eidos bundle --server URL`: POST with the recipe; the archive is unpacked and written as a bundle is.
Result<int> bundle_from_server(const Invocation& invocation, Session& session);

}  // namespace eidos::cli
