#pragma once
// Private to this room: a CPU profile as pprof's own message (github.com/google/pprof, proto/profile.proto).
// The older format of gperftools would do but for one thing: its reader takes a caller that all samples share
// for the profiler's signal handler, and drops it.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace eidos {

/// How often each stack was seen; a stack is the address that ran, then the addresses it returns to,
/// outwards.
using Stacks = std::map<std::vector<std::uintptr_t>, std::uint64_t>;

/// The message, uncompressed. `maps` is the text of /proc/self/maps (proc(5)), of which the executable lines
/// with a file are kept; an address in none of them has no mapping.
std::string profile_proto(const Stacks& stacks, std::uint64_t period_ns, std::string_view maps);

}  // namespace eidos
