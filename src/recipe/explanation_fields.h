#pragma once
// Field tables of an explanation (kind Explanation). Order here is the order written.

#include "model/recipe_fields.h"
#include "recipe/explain.h"

namespace eidos::data {

template <>
struct Names<recipe::Writer> {
  using E = recipe::Writer;
  static constexpr std::pair<std::string_view, E> kTable[] = {{"registry", E::Registry},
                                                              {"values file", E::ValuesFile},
                                                              {"overlay", E::Overlay},
                                                              {"recipe", E::Recipe},
                                                              {"snapshot", E::Snapshot},
                                                              {"criteria file", E::CriteriaFile},
                                                              {"configuration", E::Configuration},
                                                              {"environment", E::Environment},
                                                              {"flag", E::Flag}};
};
template <>
struct Names<recipe::Taken> {
  using E = recipe::Taken;
  static constexpr std::pair<std::string_view, E> kTable[] = {
      {"applied", E::Applied}, {"excluded", E::Excluded}, {"left", E::Left}};
};
template <>
struct Fields<recipe::OverlayReason> {
  static constexpr std::string_view kTitle = "OverlayReason";
  static constexpr auto table() {
    using T = recipe::OverlayReason;
    return std::tuple{field("name", &T::name, "Overlay", kRequired | kAlways),
                      field("verdict", &T::verdict, "Excluded: by a snapshot", kRequired | kAlways),
                      field("why", &T::why, "In words", kAlways), field("file", &T::file, "Where it stands")};
  }
};
template <>
struct Fields<recipe::OrderReason> {
  static constexpr std::string_view kTitle = "OrderReason";
  static constexpr auto table() {
    using T = recipe::OrderReason;
    return std::tuple{field("name", &T::name, "Component", kRequired | kAlways),
                      field("place", &T::place, "Its place in the order, from 1", kAlways),
                      field("after", &T::after, "Components it depends on"),
                      field("why", &T::why, "In words", kAlways)};
  }
};
template <>
struct Fields<recipe::Event> {
  static constexpr std::string_view kTitle = "Event";
  static constexpr auto table() {
    using T = recipe::Event;
    return std::tuple{field("by", &T::by, "What kind of thing wrote it", kRequired | kAlways),
                      field("name", &T::name, "Which of that kind"),
                      field("because", &T::because, "Why it has a say"),
                      field("file", &T::file, "Where it stands; absent for what is in no file"),
                      field("line", &T::line, "Line, from 1"),
                      field("column", &T::column, "Column in characters, from 1"),
                      field("part", &T::part, "It wrote only this part of the value"),
                      field("comment", &T::comment, "The comment above it"),
                      field("commentOn", &T::comment_on, "The key around it that the comment stands above"),
                      field("value", &T::value, "What it wrote; absent when it took away what was there"),
                      field("replaced", &T::replaced, "What was there before")};
  }
};
template <>
struct Fields<recipe::ValueReason> {
  static constexpr std::string_view kTitle = "ValueReason";
  static constexpr auto table() {
    using T = recipe::ValueReason;
    return std::tuple{field("value", &T::value, "As it is in the recipe", kAlways),
                      field("note", &T::note, "Why it is so, where it is computed"),
                      field("history", &T::history, "What wrote it, oldest first; the last one holds")};
  }
};
template <>
struct Fields<recipe::Explanation> {
  static constexpr std::string_view kTitle = "Explanation";
  static constexpr auto table() {
    using T = recipe::Explanation;
    return std::tuple{field("kind", &T::kind, "Explanation", kAlways),
                      field("apiVersion", &T::api_version, "eidos.nvidia.com/v1alpha1", kAlways),
                      field("criteria", &T::criteria, "What was asked"),
                      field("overlays", &T::overlays, "Why each overlay was taken or left"),
                      field("deploymentOrder", &T::deployment_order, "Why each component is at its place"),
                      field("values", &T::values,
                            "JSON pointer into what 'eidos query' prints, to where the value comes from")};
  }
};

}  // namespace eidos::data
