#pragma once
// Private to this room: a collector's result, kept in a Cache and taken from it.

#include <functional>
#include <memory>

#include "base/context.h"
#include "collect/collector.h"

namespace eidos::collect {

using Collect = std::function<Result<Collection>(const Limit&)>;

/// `run` itself when nothing is to be kept; else what answers from the cache of `options` as long as it is
/// young enough, runs otherwise, and keeps what came. A cluster is always asked; only when it does not answer
/// is what was kept taken, as stale. Kept is what collectors bring home, never an error, and nothing that
/// holds a secret. An entry that cannot be trusted is a debug line in the log.
Collect with_cache(const Collector& collector, const Context& context, std::shared_ptr<const Options> options,
                   Collect run);

}  // namespace eidos::collect
