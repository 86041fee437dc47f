#pragma once
// Private to this room: what a Job and its pod say of themselves. Pure.

#include <cstdint>
#include <string>
#include <vector>

#include "data/value.h"

namespace eidos::agent {

enum class Phase : std::uint8_t { Waiting, Running, Succeeded, Failed };

struct PodState {
  Phase phase = Phase::Waiting;
  std::string pod = {};   ///< Empty: there is none yet.
  std::string node = {};  ///< Empty: it has none yet.
  bool ended = false;     ///< Its container has ended: nothing is written any more.
  std::string why = {};   ///< Why it waits or failed, as the cluster says it: "OOMKilled"; may be empty.
};

/// `pods` of this Job (the newest counts), `events` about it.
PodState state_of(const data::Value& job, const std::vector<data::Value>& pods,
                  const std::vector<data::Value>& events);

}  // namespace eidos::agent
