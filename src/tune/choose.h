#pragma once
// Which settings of the tuning catalog are for a cluster. Pure.

#include <string>
#include <vector>

#include "model/tuning.h"

namespace eidos::tune {

struct Chosen {
  model::TuningSetting setting;
  model::ReadingPath reading;
  std::string category;  ///< grub, sysctl, kmod, systemd, gpu or kubernetes.
  std::string set;       ///< What to set; "" for a boot parameter without a value.
  std::string profile;   ///< Who says so.
};

/// The settings of the profiles that ask for nothing `stated` does not state, one a path, sorted by path: the
/// most specific profile wins, of equal ones the last by name. What the winner withdraws is left out.
/// Invalid: a setting that the catalog should have been refused for.
Result<std::vector<Chosen>> choose(const std::vector<model::TuningProfile>& profiles,
                                   const model::Criteria& stated);

}  // namespace eidos::tune
