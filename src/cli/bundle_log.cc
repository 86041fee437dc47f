#include "cli/bundle_log.h"

#include "base/text.h"

namespace eidos::cli {

std::string milliseconds(std::chrono::nanoseconds time) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  std::string fraction = cat(micros % 1000);
  return cat(micros / 1000, ".", std::string(3 - fraction.size(), '0'), fraction, "ms");
}

BundleLog::BundleLog(const Context& context, SteadyTime began)
    : context_(context),
      on_(context.log.enabled(LogLevel::Debug)),
      began_(began),
      stage_began_(began),
      figures_(context.clock) {}

void BundleLog::start(bundle::Options& options) {
  if (!on_) return;
  options.observer = &figures_;
  context_.log.debug("bundle: start", {{"deployer", options.deployer}, {"layout", options.layout}});
}

void BundleLog::stage(std::string_view name) {
  if (!on_) return;
  const SteadyTime now = context_.clock.steady();
  context_.log.debug(cat("bundle: ", name), {{"took", milliseconds(now - stage_began_)}});
  stage_began_ = now;
}

void BundleLog::rendered(const Result<bundle::Bundle>& made) {
  if (!on_) return;
  if (made) figures_.made(*made);
  for (const bundle::ComponentFigures& one : figures_.components())
    context_.log.debug("bundle: component", {{"component", one.component},
                                             {"took", milliseconds(one.took)},
                                             {"files", cat(one.files)},
                                             {"bytes", cat(one.bytes)},
                                             {"problems", cat(one.refusals)}});
  if (made)
    for (const auto& [path, file] : made->files)
      context_.log.debug("bundle: file", {{"path", path}, {"bytes", cat(file.bytes.size())}});
  stage(made ? "rendered" : "not rendered");
}

void BundleLog::end() {
  if (on_) context_.log.debug("bundle: end", {{"took", milliseconds(context_.clock.steady() - began_)}});
}

}  // namespace eidos::cli
