#pragma once
// Verdicts and causes as documents spell them.

#include "data/fields.h"
#include "model/constraint.h"

namespace eidos::data {

template <>
struct Names<model::Verdict> {
  using E = model::Verdict;
  static constexpr std::pair<std::string_view, E> kTable[] = {
      {"passed", E::Passed}, {"failed", E::Failed}, {"skipped", E::Skipped}, {"unknown", E::Unknown}};
};
template <>
struct Names<model::Cause> {
  using E = model::Cause;
  static constexpr std::pair<std::string_view, E> kTable[] = {{"", E::None},
                                                              {"absent", E::Absent},
                                                              {"denied", E::Denied},
                                                              {"timed-out", E::TimedOut},
                                                              {"unparsable", E::Unparsable},
                                                              {"not-collected", E::NotCollected}};
};

}  // namespace eidos::data
