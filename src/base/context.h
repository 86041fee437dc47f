#pragma once
// The world, as one small bundle of seams that travels with a call. No singletons, no globals.

#include "base/clock.h"
#include "base/files.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/process.h"

namespace eidos {

struct Context {
  Files& files;
  Clock& clock;
  Processes& processes;
  Log& log;
  Limit limit = {};
};

}  // namespace eidos
