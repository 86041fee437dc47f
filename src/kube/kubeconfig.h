#pragma once
// Which cluster, as whom: kubeconfig files in full, or the service account of the pod we are in.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "net/proxy.h"

namespace eidos::kube {

/// What the user said on the command line; empty: not said.
struct Selection {
  std::string kubeconfig = {};  ///< One file, read instead of every other.
  std::string context = {};     ///< Instead of its current-context.
  int per_second = 0;           ///< Requests in a second at most; 0: no limit.
  bool operator==(const Selection&) const = default;
};

/// A program that hands out credentials (client.authentication.k8s.io).
struct ExecPlugin {
  std::string api_version;  ///< client.authentication.k8s.io/v1 or …/v1beta1
  std::string command;      ///< A relative path is relative to the kubeconfig.
  std::vector<std::string> arguments = {};
  std::vector<std::pair<std::string, std::string>> environment = {};
  std::string install_hint = {};
  bool wants_cluster = false;  ///< provideClusterInfo
};

struct Impersonation {
  std::string user = {};
  std::string uid = {};
  std::vector<std::string> groups = {};
  std::vector<std::pair<std::string, std::string>> extra = {};
};

/// One cluster and one user, with everything that was in files but the tokens that change.
struct Config {
  std::string context = {};  ///< Its name; "in-cluster" for a pod's own.
  std::string cluster = {};
  std::string user = {};
  std::string ns = {};  ///< Of the context; empty: none said.
  std::string server = {};
  std::string proxy = {};
  std::string server_name = {};
  bool insecure = false;
  std::string authorities = {};  ///< PEM
  std::string certificate = {};  ///< PEM
  std::string key = {};          ///< PEM
  std::string token = {};
  std::string token_file = {};  ///< Read again for every request: its content is replaced from outside.
  std::string basic = {};       ///< "user:password"
  std::optional<ExecPlugin> exec = {};
  Impersonation as = {};
  std::string where = {};  ///< The file the context stands in.
};

/// By the rules of kubectl: `chosen.kubeconfig` alone; else the files of KUBECONFIG, merged so that the first
/// to say something wins, those that are not there passed over; else ~/.kube/config; else, in a pod, the
/// service account. Nullopt: none of these is here. Nothing is asked of the network.
/// NotFound: a named file, or all of KUBECONFIG. Invalid: a broken file, with file:line:column; no such
/// context, cluster or user, with the nearest; a server that is neither https nor on this machine; a
/// password-protected key; legacy auth-provider entries.
Result<std::optional<Config>> find_config(Files& files, const net::Environment& environment,
                                          const Selection& chosen);

/// Whether `host` is this machine by name or address (plain http goes nowhere else).
bool is_loopback(std::string_view host);

}  // namespace eidos::kube
