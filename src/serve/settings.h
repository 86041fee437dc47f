#pragma once
// What eidosd was told: flags, else EIDOSD_* variables, else a configuration file, from one table.

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "net/url.h"
#include "serve/limits.h"
#include "serve/listener.h"

namespace eidos::serve {

struct Settings {
  ListenOptions listen = {};
  RateOptions rate = {};
  std::vector<std::string> data = {};  ///< Layers over the catalog.
  std::string catalog = {};            ///< Instead of the one inside.
  std::string token_file = {};
  std::string tls_cert = {};
  std::string tls_key = {};
  std::string client_ca = {};
  std::optional<net::Url> trace_endpoint = {};                   ///< None: no traces.
  double trace_sample = 0.1;                                     ///< Of requests whose sender did not decide.
  std::map<std::string, std::string, std::less<>> allowed = {};  ///< Dimension → comma list, as given.
  Milliseconds handler{30'000};
  bool trust_forwarded = false;
  bool log_json = false;
  bool access_log = true;
  bool debug = false;
  bool help = false;
  bool version = false;
};

using Lookup = std::function<std::optional<std::string>(std::string_view)>;

/// Usage: an unknown flag (with the nearest), one without its value, an argument. Invalid: a value that
/// cannot be; of a variable or the file it names which.
Result<Settings> read_settings(std::span<const std::string> arguments, const Lookup& environment,
                               Files& files);

/// "eidosd: recipes and bundles over HTTP …", a line a flag.
std::string settings_help();

}  // namespace eidos::serve
