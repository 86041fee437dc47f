#pragma once
// Private to this room: what a request shows to say who asks.

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/limit.h"
#include "base/process.h"
#include "kube/exec_plugin.h"
#include "kube/kubeconfig.h"
#include "net/session.h"

namespace eidos::kube {

struct Shown {
  std::vector<net::Field> fields = {};  ///< Authorization and impersonation.
  std::string certificate = {};
  std::string key = {};
};

/// The world a credential comes from; all must outlive the client.
struct CredentialWorld {
  Files& files;
  Processes& processes;
  const Clock& clock;
};

/// Credentials of one user. Safe to use from many threads: a plugin runs once, the others wait for it.
class Credentials {
 public:
  Credentials(const Config& config, CredentialWorld world, Variables inherited)
      : config_(config), world_(world), inherited_(std::move(inherited)) {}

  /// What to show now. A plugin's answer is kept until shortly before it expires. Errors of run_plugin(), and
  /// of a token file that cannot be read.
  Result<Shown> now(const Limit& limit);
  /// The server refused what was shown: true when asking anew may bring something else.
  bool forget();

 private:
  Result<std::string> token(const Limit& limit, Shown& shown);

  const Config& config_;
  CredentialWorld world_;
  Variables inherited_;
  std::mutex mutex_;
  std::optional<ExecCredential> held_;
};

}  // namespace eidos::kube
