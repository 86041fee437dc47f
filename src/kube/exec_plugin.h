#pragma once
// Private to this room: credentials from a program, as EKS, GKE and AKS hand them out
// (client.authentication.k8s.io v1 and v1beta1).

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limit.h"
#include "base/process.h"
#include "kube/kubeconfig.h"

namespace eidos::kube {

struct ExecCredential {
  std::string token = {};
  std::string certificate = {};  ///< PEM
  std::string key = {};          ///< PEM
  std::optional<std::chrono::system_clock::time_point> expires = {};
};

using Variables = std::vector<std::pair<std::string, std::string>>;

/// The whole environment of this process: plugins read AWS_PROFILE, CLOUDSDK_CONFIG and their like.
Variables inherited_environment();

/// Runs config.exec, which must be there, without a shell and without a terminal. NotFound: no such program,
/// with the kubeconfig's installHint. Denied: it failed; the first line of its standard error is in the
/// message. Invalid: what it printed is no ExecCredential of its version, or too large. Timeout: it hangs.
Result<ExecCredential> run_plugin(Processes& processes, const Config& config, const Variables& inherited,
                                  const Limit& limit);

}  // namespace eidos::kube
