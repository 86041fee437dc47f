#pragma once
// Field tables of what verify reports (kind VerificationResult). Order here is the order written.

#include "data/fields.h"
#include "seal/verify.h"

namespace eidos::data {

template <>
struct Names<seal::Rule> {
  using E = seal::Rule;
  static constexpr std::pair<std::string_view, E> kTable[] = {
      {"missing", E::Missing},       {"changed", E::Changed},   {"extra", E::Extra},
      {"linked", E::Linked},         {"special", E::Special},   {"mode", E::Mode},
      {"duplicate", E::Duplicate},   {"path", E::Path},         {"oversized", E::Oversized},
      {"unreadable", E::Unreadable}, {"leftover", E::Leftover}, {"added-by-helm", E::AddedByHelm},
      {"not-checked", E::NotChecked}};
};
template <>
struct Names<seal::Weight> {
  using E = seal::Weight;
  static constexpr std::pair<std::string_view, E> kTable[] = {{"finding", E::Finding}, {"note", E::Note}};
};
template <>
struct Names<seal::Status> {
  using E = seal::Status;
  static constexpr std::pair<std::string_view, E> kTable[] = {{"ok", E::Ok}, {"failed", E::Failed}};
};
template <>
struct Names<seal::Trust> {
  using E = seal::Trust;
  static constexpr std::pair<std::string_view, E> kTable[] = {{"unverified", E::Unverified}};
};
template <>
struct Fields<seal::Finding> {
  static constexpr std::string_view kTitle = "VerificationFinding";
  static constexpr auto table() {
    using T = seal::Finding;
    return std::tuple{field("path", &T::path, "In the bundle", kRequired | kAlways),
                      field("rule", &T::rule, "What it breaks", kRequired | kAlways),
                      field("weight", &T::weight, "A note fails nothing", kAlways),
                      field("expected", &T::expected, "What should be there; empty: nothing", kAlways),
                      field("actual", &T::actual, "What is there; empty: nothing", kAlways)};
  }
};
template <>
struct Fields<seal::Summary> {
  static constexpr std::string_view kTitle = "VerificationSummary";
  static constexpr auto table() {
    using T = seal::Summary;
    return std::tuple{field("files", &T::files, "Listed in checksums.txt", kAlways),
                      field("bytes", &T::bytes, "Of the listed files that are there", kAlways),
                      field("findings", &T::findings, "Notes not counted", kAlways),
                      field("notes", &T::notes, "Named, not trusted, no failure", kAlways),
                      field("status", &T::status, "ok only without findings", kRequired | kAlways)};
  }
};
template <>
struct Fields<seal::Report> {
  static constexpr std::string_view kTitle = "VerificationResult";
  static constexpr auto table() {
    using T = seal::Report;
    return std::tuple{
        field("kind", &T::kind, "VerificationResult", kAlways),
        field("apiVersion", &T::api_version, "eidos.nvidia.com/v1alpha1", kAlways),
        field("form", &T::form, "directory, zip or tar.gz", kAlways),
        field("trust", &T::trust, "unverified: nothing is signed, so who wrote it cannot be told", kAlways),
        field("summary", &T::summary, "Counts and status", kRequired | kAlways),
        field("findings", &T::findings, "Sorted by path", kRequired | kAlways)};
  }
};

}  // namespace eidos::data
