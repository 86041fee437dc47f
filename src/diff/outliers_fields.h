#pragma once
// Field tables of FleetSummary. Order here is the order written.

#include "data/fields.h"
#include "diff/change_fields.h"
#include "diff/outliers.h"

namespace eidos::data {

template <>
struct Fields<diff::Held> {
  static constexpr std::string_view kTitle = "HeldValue";
  static constexpr auto table() {
    using T = diff::Held;
    return std::tuple{field("value", &T::value, "The value; null where the key is not there", kAlways),
                      field("nodes", &T::nodes, "How many nodes have it", kRequired | kAlways),
                      field("names", &T::names, "Which, where it is not the majority's")};
  }
};
template <>
struct Fields<diff::Outlier> {
  static constexpr std::string_view kTitle = "Outlier";
  static constexpr auto table() {
    using T = diff::Outlier;
    return std::tuple{
        field("path", &T::path, "Path of the reading", kRequired | kAlways),
        field("class", &T::impact, "What such a difference can do: breaking, performance or cosmetic",
              kRequired | kAlways),
        field("tie", &T::tie, "No value has a majority"),
        field("values", &T::values, "The most frequent first", kRequired | kAlways)};
  }
};
template <>
struct Fields<diff::NodeGroup> {
  static constexpr std::string_view kTitle = "NodeGroup";
  static constexpr auto table() {
    using T = diff::NodeGroup;
    return std::tuple{
        field("by", &T::by, "Readings that its nodes have alike", kAlways),
        field("nodes", &T::nodes, "How many nodes", kRequired | kAlways),
        field("outliers", &T::outliers, "Keys that not all have alike", kAlways),
        field("everywhere", &T::everywhere, "Paths that differ on too many nodes for one to be apart")};
  }
};
template <>
struct Fields<diff::Failure> {
  static constexpr std::string_view kTitle = "FleetFailure";
  static constexpr auto table() {
    using T = diff::Failure;
    return std::tuple{
        field("cause", &T::cause, "A collector and how it ended, or why a document was not read",
              kRequired | kAlways),
        field("nodes", &T::nodes, "How many", kRequired | kAlways),
        field("names", &T::names, "Which", kAlways)};
  }
};
template <>
struct Fields<diff::FleetCounts> {
  static constexpr std::string_view kTitle = "FleetCounts";
  static constexpr auto table() {
    using T = diff::FleetCounts;
    return std::tuple{field("snapshots", &T::snapshots, "Documents read", kAlways),
                      field("unreadable", &T::unreadable, "Documents that could not be read", kAlways),
                      field("groups", &T::groups, "Groups of nodes alike", kAlways),
                      field("outliers", &T::outliers, "Keys that differ within a group", kAlways),
                      field("nodes", &T::nodes, "Nodes apart from a majority", kAlways)};
  }
};
template <>
struct Fields<diff::FleetSummary> {
  static constexpr std::string_view kTitle = "FleetSummary";
  static constexpr auto table() {
    using T = diff::FleetSummary;
    return std::tuple{field("kind", &T::kind, "FleetSummary", kAlways),
                      field("apiVersion", &T::api_version, "eidos.nvidia.com/v1alpha1", kAlways),
                      field("counts", &T::counts, "What there is", kRequired | kAlways),
                      field("failures", &T::failures, "What could not be seen, by cause", kAlways),
                      field("groups", &T::groups, "The largest first", kRequired | kAlways)};
  }
};

}  // namespace eidos::data
