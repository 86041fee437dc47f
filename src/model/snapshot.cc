#include "model/snapshot.h"

#include <algorithm>

#include "base/text.h"
#include "model/document.h"

namespace eidos::model {

const data::Value* find_reading(const Snapshot& snapshot, std::string_view type, std::string_view subtype,
                                std::string_view key) {
  for (const Measurement& measurement : snapshot.measurements) {
    if (measurement.type != type) continue;
    for (const Subtype& group : measurement.subtypes) {
      if (group.subtype != subtype) continue;
      if (const data::Value* value = group.data.find(key)) return value;
    }
  }
  return nullptr;
}

Result<Snapshot> read_snapshot(const data::Value& root, data::Reading& reading) {
  EIDOS_TRY(Snapshot snapshot, read_document<Snapshot>(root, "Snapshot", reading));
  for (Measurement& measurement : snapshot.measurements) {
    auto same = [&](std::string_view known) { return lower(known) == lower(measurement.type); };
    const auto* known = std::ranges::find_if(kMeasurementTypes, same);
    if (known != std::end(kMeasurementTypes))
      measurement.type = *known;
    else
      reading.problem(measurement.mark, nullptr,
                      cat("measurement type ", quote(measurement.type), " is none of ",
                          join(kMeasurementTypes, ", "), did_you_mean(measurement.type, kMeasurementTypes)));
  }
  EIDOS_CHECK(reading.done());
  SnapshotMetadata& metadata = snapshot.metadata;
  if (metadata.source_node.empty()) metadata.source_node = std::move(metadata.source);
  if (metadata.version.empty()) metadata.version = std::move(metadata.snapshot_version);
  metadata.source.clear();
  metadata.snapshot_version.clear();
  return snapshot;
}

}  // namespace eidos::model
