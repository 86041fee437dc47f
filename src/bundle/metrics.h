#pragma once
// What one run of render() says of each component, as numbers: names and labels of bundle.md, "Metrics".

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "bundle/bundle.h"
#include "bundle/observer.h"

namespace eidos::bundle {

constexpr std::string_view kMakeSeconds = "bundler_make_duration_seconds";        ///< A histogram.
constexpr std::string_view kMakeTotal = "bundler_make_total";                     ///< A counter.
constexpr std::string_view kFilesTotal = "bundler_files_generated_total";         ///< A counter.
constexpr std::string_view kBytesTotal = "bundler_bytes_generated_total";         ///< A counter.
constexpr std::string_view kFailuresTotal = "bundler_validation_failures_total";  ///< A counter.

struct ComponentFigures {
  std::string component;
  std::chrono::nanoseconds took{};  ///< All work on this component alone.
  std::int64_t refusals = 0;        ///< Checks that it did not pass; 0 for one that could be made.
  std::int64_t files = 0;           ///< In its own folders; what all components share is nobody's.
  std::int64_t bytes = 0;
};

/// Adds up what it is told. Not for several threads.
class Figures final : public Observer {
 public:
  explicit Figures(const Clock& clock) : clock_(clock) {}

  void begins(const std::string& component) override;
  void ends(const std::string& component, const Error* problem) override;
  /// The tree that came out, if one did.
  void made(const Bundle& bundle);

  /// In the order in which work on them began.
  const std::vector<ComponentFigures>& components() const { return components_; }

 private:
  ComponentFigures& of(const std::string& component);

  const Clock& clock_;
  std::chrono::steady_clock::time_point began_{};
  std::map<std::string, std::size_t, std::less<>> places_;
  std::vector<ComponentFigures> components_;
};

/// One thing to observe (kMakeSeconds) or to add to a counter (the rest), labelled bundler_type=`component`,
/// and result=`result` where that is not empty.
struct Sample {
  std::string_view metric;
  std::string component;
  std::string_view result = {};  ///< kMakeTotal only: "success" or "error".
  double value = 0;              ///< Seconds, or a count.
};

/// Counters that would grow by nothing are left out.
std::vector<Sample> samples(const Figures& figures);

}  // namespace eidos::bundle
