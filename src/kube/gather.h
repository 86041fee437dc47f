#pragma once
// A list as one value.

#include <type_traits>

#include "kube/client.h"

namespace eidos::kube {

/// What `take(out, object)` makes of the objects of a list, begun anew when the list has to start over.
/// `take` returns nothing, or a Result<void> whose error ends it. Errors as of Client::list().
template <class Out, class Take>
Result<Out> gathered(Client& client, const Target& target, const ListOptions& options, const Limit& limit,
                     Take take) {
  Out out{};
  const ListSink sink{.begin = [&] { out = {}; },
                      .json = [&](const data::Value& object) -> Result<void> {
                        if constexpr (std::is_void_v<decltype(take(out, object))>)
                          take(out, object);
                        else
                          EIDOS_CHECK(take(out, object));
                        return {};
                      }};
  EIDOS_CHECK(client.list(target, options, sink, limit));
  return out;
}

}  // namespace eidos::kube
