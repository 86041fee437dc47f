#include "cli/snapshot_table.h"

#include "base/table.h"

namespace eidos::cli {

std::string snapshot_table(const model::Snapshot& snapshot) {
  Table collectors({"COLLECTOR", "STATUS", "DETAIL"});
  for (const model::CollectorOutcome& outcome : snapshot.collectors)
    collectors.add_row({outcome.name, data::write_value(outcome.status).string(), outcome.detail});
  Table readings({"TYPE", "SUBTYPE", "KEY", "VALUE"});
  for (const model::Measurement& measurement : snapshot.measurements)
    for (const model::Subtype& subtype : measurement.subtypes)
      for (const data::Map::Entry& entry : subtype.data)
        readings.add_row({measurement.type, subtype.subtype, entry.key,
                          entry.value.is_scalar() ? entry.value.scalar_text() : std::string("…")});
  return collectors.render({}) + "\n" + readings.render({});
}

}  // namespace eidos::cli
