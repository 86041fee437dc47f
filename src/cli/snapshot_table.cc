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

std::string preview_table(const std::vector<collect::Preview>& rows) {
  Table table({"COLLECTOR", "TYPE", "READS", "BRINGS"});
  for (const collect::Preview& row : rows)
    table.add_row(
        {std::string(row.collector), std::string(row.type), std::string(row.sources), std::string(row.keys)});
  return table.render({});
}

data::Value preview_document(const std::vector<collect::Preview>& rows) {
  data::List list;
  for (const collect::Preview& row : rows) {
    data::Map map;
    map.set("name", data::Value(row.collector));
    map.set("type", data::Value(row.type));
    map.set("reads", data::Value(row.sources));
    map.set("brings", data::Value(row.keys));
    list.emplace_back(std::move(map));
  }
  data::Map out;
  out.set("collectors", data::Value(std::move(list)));
  return data::Value(std::move(out));
}

}  // namespace eidos::cli
