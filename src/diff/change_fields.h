#pragma once
// Field tables of DiffResult. Order here is the order written.

#include "data/fields.h"
#include "diff/change.h"

namespace eidos::data {

template <>
struct Names<diff::Impact> {
  using E = diff::Impact;
  static constexpr std::pair<std::string_view, E> kTable[] = {
      {"breaking", E::Breaking}, {"performance", E::Performance}, {"cosmetic", E::Cosmetic}};
};
template <>
struct Names<diff::How> {
  using E = diff::How;
  static constexpr std::pair<std::string_view, E> kTable[] = {
      {"added", E::Added}, {"removed", E::Removed}, {"changed", E::Changed}, {"moved", E::Moved}};
};
template <>
struct Fields<diff::Change> {
  static constexpr std::string_view kTitle = "Change";
  static constexpr auto table() {
    using T = diff::Change;
    return std::tuple{
        field("class", &T::impact, "What it can do to what runs: breaking, performance or cosmetic",
              kRequired | kAlways),
        field("change", &T::how, "added, removed, changed, or moved in an order", kRequired | kAlways),
        field("group", &T::group, "Type.Subtype of a snapshot, a component, or a part of a recipe", kAlways),
        field("path", &T::path, "Where it is, as --ignore takes it", kRequired | kAlways),
        field("from", &T::from, "Value in the first document; null when added", kAlways),
        field("to", &T::to, "Value in the second document; null when removed", kAlways),
        field("detail", &T::detail, "newer, older, or what a set gained and lost"),
        field("reason", &T::reason, "Why it is of this class"),
        field("crds", &T::crds, "Its component is known to install CustomResourceDefinitions")};
  }
};
template <>
struct Fields<diff::Side> {
  static constexpr std::string_view kTitle = "Side";
  static constexpr auto table() {
    using T = diff::Side;
    return std::tuple{field("source", &T::source, "As it was given: file, directory or URL", kAlways),
                      field("kind", &T::kind, "Snapshot, RecipeResult or Bundle", kRequired | kAlways),
                      field("node", &T::node, "Node a snapshot was taken on"),
                      field("timestamp", &T::timestamp, "When a snapshot was taken"),
                      field("version", &T::version, "Version of the tool that made the document")};
  }
};
template <>
struct Fields<diff::Summary> {
  static constexpr std::string_view kTitle = "DiffSummary";
  static constexpr auto table() {
    using T = diff::Summary;
    return std::tuple{
        field("changes", &T::changes, "All that follow", kAlways),
        field("breaking", &T::breaking, "Can stop something that works", kAlways),
        field("performance", &T::performance, "Can change how fast or how well something runs", kAlways),
        field("cosmetic", &T::cosmetic, "Neither, as far as is known", kAlways),
        field("notCounted", &T::not_counted,
              "Timestamps, durations, counters, order, spelling and what names the machine", kAlways),
        field("ignored", &T::ignored, "Left out by --ignore", kAlways),
        field("withheld", &T::withheld, "Redacted on a side, so that nobody can tell", kAlways)};
  }
};
template <>
struct Fields<diff::DiffResult> {
  static constexpr std::string_view kTitle = "DiffResult";
  static constexpr auto table() {
    using T = diff::DiffResult;
    return std::tuple{
        field("kind", &T::kind, "DiffResult", kAlways),
        field("apiVersion", &T::api_version, "eidos.nvidia.com/v1alpha1", kAlways),
        field("from", &T::from, "The first document", kRequired | kAlways),
        field("to", &T::to, "The second document", kRequired | kAlways),
        field("summary", &T::summary, "Counts", kRequired | kAlways),
        field("changes", &T::changes, "One a change, by group, then class, then path", kRequired | kAlways),
        field("notes", &T::notes, "What could not be compared or known")};
  }
};

}  // namespace eidos::data
