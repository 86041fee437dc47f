#pragma once
// What `eidos bundle --debug` logs: the start, each stage and component with its time, every file, the end.

#include <string>
#include <string_view>

#include "base/context.h"
#include "bundle/metrics.h"

namespace eidos::cli {

class BundleLog {
 public:
  /// `began`: when the command did.
  BundleLog(const Context& context, SteadyTime began);

  /// The run's start, once its flags are read; `options` gets who watches the components.
  void start(bundle::Options& options);
  /// A stage has ended: what came since the one before.
  void stage(std::string_view name);
  /// So has the rendering, well or not.
  void rendered(const Result<bundle::Bundle>& made);
  void end();

 private:
  const Context& context_;
  const bool on_;
  const SteadyTime began_;
  SteadyTime stage_began_;
  bundle::Figures figures_;
};

/// "1.234ms"
std::string milliseconds(std::chrono::nanoseconds time);

}  // namespace eidos::cli
