#pragma once
// What a machine and its cluster are: kind Snapshot.

#include <string>
#include <vector>

#include "data/fields.h"
#include "model/measurement.h"

namespace eidos::model {

/// Stale: it failed, and what it read some time ago stands here, as --allow-stale allowed.
enum class CollectorStatus : std::uint8_t { Ok, Partial, Stale, Absent, Denied, TimedOut, Failed };

struct CollectorOutcome {
  std::string name;
  CollectorStatus status = CollectorStatus::Ok;
  std::string duration;  ///< "12ms"; one of the few fields that may vary between runs.
  std::string detail;    ///< What was not seen and what would mend it.
};

struct SnapshotMetadata {
  std::string timestamp;
  std::string version;
  std::string source_node;
  std::string source;            ///< Older spelling of source-node, read only.
  std::string snapshot_version;  ///< Older spelling of version, read only.
  std::int64_t redactions = 0;
};

struct Snapshot {
  std::string kind;
  std::string api_version;
  SnapshotMetadata metadata;
  std::vector<Measurement> measurements;
  std::vector<CollectorOutcome> collectors;
};

/// The measurement types, as written; reading accepts any case.
constexpr std::string_view kMeasurementTypes[] = {"K8s", "OS", "SystemD", "GPU", "NodeTopology"};

/// Every reading is found through this: the first measurement of `type` that has `subtype` with `key`.
const data::Value* find_reading(const Snapshot& snapshot, std::string_view type, std::string_view subtype,
                                std::string_view key);

/// Reads a Snapshot document: header, fields, older spellings normalised (types in any case, metadata names).
Result<Snapshot> read_snapshot(const data::Value& root, data::Reading& reading);

}  // namespace eidos::model

namespace eidos::data {

template <>
struct Fields<model::Subtype> {
  static constexpr std::string_view kTitle = "Subtype";
  static constexpr auto table() {
    using T = model::Subtype;
    return std::tuple{
        field("subtype", &T::subtype, "release, sysctl, smi, containerd.service, ...", kRequired | kAlways),
        field("data", &T::data, "Readings: key to value", kAlways),
        field("context", &T::context, "What the readings mean")};
  }
};
template <>
struct Fields<model::Measurement> {
  static constexpr std::string_view kTitle = "Measurement";
  static constexpr auto table() {
    using T = model::Measurement;
    return std::tuple{field("type", &T::type, "K8s, OS, SystemD, GPU or NodeTopology", kRequired | kAlways),
                      field("subtypes", &T::subtypes, "Groups of readings", kAlways)};
  }
};
template <>
struct Names<model::CollectorStatus> {
  using E = model::CollectorStatus;
  static constexpr std::pair<std::string_view, E> kTable[] = {
      {"ok", E::Ok},         {"partial", E::Partial},    {"stale", E::Stale},  {"absent", E::Absent},
      {"denied", E::Denied}, {"timed-out", E::TimedOut}, {"failed", E::Failed}};
};
template <>
struct Fields<model::CollectorOutcome> {
  static constexpr std::string_view kTitle = "CollectorOutcome";
  static constexpr auto table() {
    using T = model::CollectorOutcome;
    return std::tuple{field("name", &T::name, "Collector", kRequired | kAlways),
                      field("status", &T::status, "How it ended", kAlways),
                      field("duration", &T::duration, "Time it took (varies between runs)"),
                      field("detail", &T::detail, "What was not seen, and the fix")};
  }
};
template <>
struct Fields<model::SnapshotMetadata> {
  static constexpr std::string_view kTitle = "SnapshotMetadata";
  static constexpr auto table() {
    using T = model::SnapshotMetadata;
    return std::tuple{
        field("timestamp", &T::timestamp, "When it was taken, RFC 3339 UTC (varies between runs)"),
        field("version", &T::version, "Version of the tool that took it"),
        field("source-node", &T::source_node, "Node it was taken on (varies between machines)"),
        field("source", &T::source, "Older spelling of source-node"),
        field("snapshot-version", &T::snapshot_version, "Older spelling of version"),
        field("redactions", &T::redactions, "How many values were withheld as secret")};
  }
};
template <>
struct Fields<model::Snapshot> {
  static constexpr std::string_view kTitle = "Snapshot";
  static constexpr auto table() {
    using T = model::Snapshot;
    return std::tuple{field("kind", &T::kind, "Snapshot", kAlways),
                      field("apiVersion", &T::api_version, "eidos.nvidia.com/v1alpha1", kAlways),
                      field("metadata", &T::metadata, "When, where and by what", kAlways),
                      field("measurements", &T::measurements, "Readings, sorted", kRequired | kAlways),
                      field("collectors", &T::collectors, "How each collector ended")};
  }
};

}  // namespace eidos::data
