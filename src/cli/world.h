#pragma once
// Everything outside the process that a command may touch, in one struct: main fills it with the machine, a
// test with fakes.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/build_info.h"
#include "base/context.h"

namespace eidos::catalog {
class Catalog;
}

namespace eidos::kube {
class SharedClient;
struct Selection;
}  // namespace eidos::kube

namespace eidos::cli {

struct RemoteSource {
  std::string url;
  std::string ca_file;  ///< Empty: the system's certificates.
};

struct World {
  Files& files;
  Clock& clock;
  Processes& processes;
  /// The log lives as long as the World: a collector that hangs may still write to it.
  std::function<Log&(const LogOptions&)> open_log;
  /// The body of an http(s) document. The client behind it is made at the first call.
  std::function<Result<std::string>(const RemoteSource&, const Limit&)> fetch;
  /// The client of the one cluster this process works with; made when it is first asked for something.
  std::function<kube::SharedClient&(const kube::Selection&)> cluster;
  std::function<void(std::string_view)> write_stderr;
  std::function<std::optional<std::string>(std::string_view)> environment;
  std::stop_token stop;
  /// From here on SIGINT and SIGTERM ask for a stop, where before they ended the process at once. For work
  /// that may wait, or would leave something half done.
  std::function<void()> watch_signals;
  /// Whether the reader of our standard output has gone (`eidos recipe | head -1`).
  std::function<bool()> stdout_closed;
  bool stdout_is_terminal = false;
  bool stderr_is_terminal = false;
  BuildInfo build = {};
  /// Loaded already, and taken whatever flags say of catalogs: by a service. Null: each command loads its
  /// own.
  std::shared_ptr<const catalog::Catalog> catalog = {};
  /// Large things that live as long as the World: a process that ends need not take them apart first.
  std::vector<std::shared_ptr<const void>> kept = {};
};

/// Hands `things` over to the World, to end with the process.
template <class... T>
void keep(World& world, T... things) {
  (world.kept.push_back(std::make_shared<const T>(std::move(things))), ...);
}

/// One run of one command.
struct Session {
  World& world;
  Context context;
  bool quiet = false;
  bool color_stdout = false;  ///< Paint tables that go to standard output.
};

}  // namespace eidos::cli
