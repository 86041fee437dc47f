#pragma once
// The world, as one small bundle of seams that travels with a call. No singletons, no globals.

#include <utility>

#include "base/clock.h"
#include "base/files.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/process.h"
#include "base/span.h"

namespace eidos {

struct Context {
  Files& files;
  Clock& clock;
  Processes& processes;
  Log& log;
  Limit limit = {};
  TracePlace trace = {};  ///< Where the spans of this call hang.
};

/// Does `work`, which gives a Result, as a span of this name; spans of the same context hang below it
/// meanwhile.
template <class Work>
auto stage(Context& context, std::string_view name, Work work) {
  Span span(context.trace, context.clock, name);
  const TracePlace outside = std::exchange(context.trace, span.place());
  auto done = span.ends(work());
  context.trace = outside;
  return done;
}

}  // namespace eidos
