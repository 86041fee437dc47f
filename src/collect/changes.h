#pragma once
// What says by itself that it changed, so that a watch needs not wait for its next look: systemd's units over
// D-Bus, a cluster's objects by watch streams.

#include <memory>

#include "collect/collect.h"

namespace eidos::collect {

/// Used by one thread, the one that waits.
class Changes {
 public:
  virtual ~Changes() = default;
  /// True as soon as something changed since the last time; false when the limit's time is up, whoever could
  /// not be listened to. Cancelled: a stop request.
  virtual Result<bool> wait(const Limit& limit) = 0;
};

/// Of the units that `options` collects. Without systemd, or with its collector left out, only time passes;
/// a connection that ends is opened again with the next wait. `context` and `options` must outlive it.
std::unique_ptr<Changes> unit_changes(Context& context, const Options& options);

/// Of those units and of the objects that the collectors left by `options` read of a cluster, listened to by
/// threads that end with it. What cannot be followed is a warning in the context's log, once. `context` and
/// `options` must outlive it.
std::unique_ptr<Changes> all_changes(Context& context, const Options& options);

}  // namespace eidos::collect
