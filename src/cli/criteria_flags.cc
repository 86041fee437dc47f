#include "cli/criteria_flags.h"

namespace eidos::cli {

model::Criteria criteria_flags(const Flags& flags) {
  model::Criteria criteria;
  for (const model::Dimension& dimension : model::kDimensions)
    criteria.*dimension.member = flags.text(dimension.name);
  criteria.nodes = flags.count("nodes");
  return criteria;
}

}  // namespace eidos::cli
