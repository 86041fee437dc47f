#pragma once
// Private to this room: lists, page by page.

#include "kube/requests.h"

namespace eidos::kube {

/// Client::list().
Result<void> run_list(Requests& requests, const Target& target, const ListOptions& options,
                      const ListSink& sink, const Limit& limit);

}  // namespace eidos::kube
