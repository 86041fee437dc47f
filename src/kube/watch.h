#pragma once
// Private to this room: answers without an end.

#include "kube/requests.h"

namespace eidos::kube {

/// Client::watch().
Result<void> run_watch(Requests& requests, const Target& target, const WatchOptions& options,
                       std::string resource_version, const WatchSink& sink, const Limit& limit);
/// Client::logs(); `target` has the subresource "log".
Result<void> run_logs(Requests& requests, const Target& target, const LogOptions& options,
                      const std::function<Result<bool>(std::string_view)>& sink, const Limit& limit);

}  // namespace eidos::kube
