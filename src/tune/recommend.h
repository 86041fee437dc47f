#pragma once
// Tuning catalog × snapshot → what to change. Pure.

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "data/fields.h"
#include "model/snapshot.h"
#include "tune/choose.h"

namespace eidos::tune {

struct Recommendation {
  std::string category;
  std::string parameter;          ///< As the tool that sets it calls it: "vm.swappiness", "iommu".
  std::string current_value;      ///< As the snapshot says; "not set", "not loaded".
  std::string recommended_value;  ///< A value, or a bound: ">= 262144".
  std::string reason;             ///< With its source.
  model::Priority priority = model::Priority::Medium;
};

/// A setting that the snapshot does not allow to judge.
struct NotCompared {
  std::string category;
  std::string parameter;
  std::string recommended_value;
  std::string reason;  ///< What the snapshot lacks, and why where it says so.
};

struct SnapshotIdentity {
  std::string version;
  std::string node;
  std::string timestamp;
};

struct RecommendationMetadata {
  std::string recommendation_version;  ///< Of the tool; left to the caller.
  std::string criteria;                ///< "service=eks accelerator=h100 intent=training".
  std::string catalog;                 ///< Digest of what the settings come from.
  std::vector<NotCompared> not_compared;
};

/// What `eidos recommend` prints.
struct Recommendations {
  SnapshotIdentity snapshot;
  std::string intent;
  std::vector<Recommendation> recommendations;  ///< By priority, category and parameter.
  RecommendationMetadata metadata;
};

struct Recommended {
  Recommendations document;
  std::vector<Chosen> changes;  ///< The settings behind `recommendations`, in that order.
  std::vector<Chosen> chosen;   ///< All that apply, by path.
};

/// What of the settings for `stated` differs from the snapshot. A bound that holds differs in nothing.
/// Invalid: a tuning profile that cannot be read.
Result<Recommended> recommend(const catalog::Catalog& catalog, const model::Criteria& stated,
                              const model::Snapshot& snapshot);

/// "containerd.service.LimitMEMLOCK", "vm.max_map_count", "gpu.*.mig-mode".
std::string parameter_of(const Chosen& chosen);
/// "net.ipv4.conf.eth0/100.rp_filter": as sysctl(8) reads it, dots of the path being slashes.
std::string sysctl_name(std::string_view path);

/// Columns for people, the reasons below each row, and what could not be compared.
std::string to_table(const Recommendations& document, bool color);

}  // namespace eidos::tune

namespace eidos::data {

template <>
struct Fields<tune::Recommendation> {
  static constexpr std::string_view kTitle = "Recommendation";
  static constexpr auto table() {
    using T = tune::Recommendation;
    return std::tuple{
        field("category", &T::category, "grub, sysctl, kmod, systemd, gpu or kubernetes", kAlways),
        field("parameter", &T::parameter, "What is set", kAlways),
        field("currentValue", &T::current_value, "What the snapshot says", kAlways),
        field("recommendedValue", &T::recommended_value, "What it should be: a value or a bound", kAlways),
        field("reason", &T::reason, "Why, and who says so", kAlways),
        field("priority", &T::priority, "high, medium or low", kAlways)};
  }
};

template <>
struct Fields<tune::NotCompared> {
  static constexpr std::string_view kTitle = "NotCompared";
  static constexpr auto table() {
    using T = tune::NotCompared;
    return std::tuple{field("category", &T::category, "As of a recommendation", kAlways),
                      field("parameter", &T::parameter, "What would be set", kAlways),
                      field("recommendedValue", &T::recommended_value, "What it should be", kAlways),
                      field("reason", &T::reason, "What the snapshot lacks", kAlways)};
  }
};

template <>
struct Fields<tune::SnapshotIdentity> {
  static constexpr std::string_view kTitle = "SnapshotIdentity";
  static constexpr auto table() {
    using T = tune::SnapshotIdentity;
    return std::tuple{field("version", &T::version, "Version of the tool that took it", kAlways),
                      field("node", &T::node, "Node it was taken on", kAlways),
                      field("timestamp", &T::timestamp, "When it was taken", kAlways)};
  }
};

template <>
struct Fields<tune::RecommendationMetadata> {
  static constexpr std::string_view kTitle = "RecommendationMetadata";
  static constexpr auto table() {
    using T = tune::RecommendationMetadata;
    return std::tuple{
        field("recommendationVersion", &T::recommendation_version, "Version of the tool", kAlways),
        field("criteria", &T::criteria, "What the settings were chosen for"),
        field("catalog", &T::catalog, "SHA-256 of the catalog they come from"),
        field("notCompared", &T::not_compared, "Settings that the snapshot does not allow to judge")};
  }
};

template <>
struct Fields<tune::Recommendations> {
  static constexpr std::string_view kTitle = "Recommendations";
  static constexpr auto table() {
    using T = tune::Recommendations;
    return std::tuple{
        field("snapshot", &T::snapshot, "What was looked at", kAlways),
        field("intent", &T::intent, "training, inference or any", kAlways),
        field("recommendations", &T::recommendations, "By priority, category and parameter", kAlways),
        field("metadata", &T::metadata, "How they came about", kAlways)};
  }
};

}  // namespace eidos::data
