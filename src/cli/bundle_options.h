#pragma once
// The flags that decide a bundle's components and values, for every command that has them.

#include "bundle/bundle.h"
#include "cli/input.h"

namespace eidos::cli {

/// Reads the files of --values-file. Flags that a command does not have were not given.
Result<bundle::Options> bundle_options(const Flags& flags, Session& session);
/// The same, for who asks where the values stand: `documents` gets those of options.values_files, in their
/// order.
Result<bundle::Options> bundle_options(const Flags& flags, Session& session,
                                       std::vector<Document>& documents);

}  // namespace eidos::cli
