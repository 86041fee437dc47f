#pragma once
// The catalog that --catalog and --data ask for, held to --lock or the eidos.lock of the working directory.

#include "catalog/catalog.h"
#include "cli/flags.h"
#include "cli/world.h"

namespace eidos::cli {

/// Where a lock is looked for, and written, when nothing else is said.
constexpr std::string_view kLockFile = "eidos.lock";

/// Directory or file of a --data or --catalog, without the digest it may carry.
std::string layer_path(const std::string& layer);

/// Loads it, to live as long as the World; warnings and ignored files go to the log. Invalid: a layer that is
/// not what was locked.
Result<const catalog::Catalog*> load_catalog(const Flags& flags, Session& session);

/// The same for who makes locks: none is looked at, and the files of every layer are listed.
Result<catalog::Loaded> load_unlocked(const Flags& flags, Session& session);

/// The same for who looks for problems: no lock is looked at, and what could be read comes back beside them.
/// `dir` stands for --catalog when it is not empty.
Result<catalog::Inspected> inspect_catalog(const std::string& dir, const Flags& flags, Session& session);

}  // namespace eidos::cli
