#pragma once
// `--serve`: the metrics of the last snapshot, for Prometheus to fetch.

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "cli/flags.h"
#include "cli/snapshot_metrics.h"
#include "cli/world.h"
#include "model/recipe.h"
#include "net/server.h"

namespace eidos::cli {

/// "127.0.0.1:9090", ":9090", "[::1]:9090", "9090". Without a host it is this machine only: 127.0.0.1.
/// Invalid: a name instead of an address, no port, one above 65535.
Result<net::ServerOptions> parse_serve(std::string_view text);

class MetricsPage {
 public:
  /// Listens where --serve says, reads --recipe, and says on standard error where it is.
  static Result<std::unique_ptr<MetricsPage>> open(const Flags& flags, Session& session);

  /// From now on this is what is answered.
  Result<void> show(const model::Snapshot& snapshot);

 private:
  explicit MetricsPage(Session& session) : session_(session) {}
  net::ServerAnswer answer(const net::ServerRequest& request);

  Session& session_;
  std::optional<model::RecipeResult> recipe_;
  CollectorRuns runs_;
  std::mutex mutex_;
  std::shared_ptr<const std::string> text_;  ///< Null until the first snapshot.
  std::unique_ptr<net::Server> server_;      ///< Last: it ends before what it answers from.
};

}  // namespace eidos::cli
