#pragma once
// Holding a catalog to a lock: the layers a run loads are those that were locked.

#include <string>

#include "catalog/catalog.h"
#include "model/lock.h"

namespace eidos::catalog {

/// What `loaded` is. It must have been loaded with list_files.
model::CatalogLock lock_of(const Loaded& loaded, std::string_view version);

/// Reads a CatalogLock document.
Result<model::CatalogLock> read_lock(const data::Value& root, data::Reading& reading);

/// Nothing when `loaded` (with list_files) has the layers of `lock`, with the same content, in the same
/// order; what they are called is not compared. Invalid, all layers together: how many there are, and for
/// each that differs its name and files. `name` is that of the lock.
Result<void> check_lock(const model::CatalogLock& lock, const Loaded& loaded, const std::string& name);

}  // namespace eidos::catalog
