#include "kube/exec_plugin.h"

#include <unistd.h>

#include "base/base64.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "data/document.h"
#include "kube/tree.h"

namespace eidos::kube {

namespace {

constexpr std::int64_t kMostOutputBytes = 1024 * 1024;
// A browser or a device code takes longer; both need somebody at the keyboard, and nobody is.
constexpr std::chrono::seconds kMostTime{30};

// What the plugin is told: KUBERNETES_EXEC_INFO.
std::string exec_info(const Config& config) {
  data::Map spec;
  spec.set("interactive", data::Value(false));
  if (config.exec->wants_cluster) {
    data::Map cluster;
    cluster.set("server", config.server);
    if (!config.server_name.empty()) cluster.set("tls-server-name", config.server_name);
    if (config.insecure) cluster.set("insecure-skip-tls-verify", data::Value(true));
    if (!config.authorities.empty()) cluster.set("certificate-authority-data", to_base64(config.authorities));
    if (!config.proxy.empty()) cluster.set("proxy-url", config.proxy);
    spec.set("cluster", data::Value(std::move(cluster)));
  }
  data::Map info;
  info.set("apiVersion", config.exec->api_version);
  info.set("kind", "ExecCredential");
  info.set("spec", data::Value(std::move(spec)));
  return data::to_compact_json(data::Value(std::move(info)));
}

Result<ExecCredential> read_credential(const std::string& out, const std::string& version) {
  data::Sources sources;
  auto root = data::parse(out, sources, "its output");
  if (!root) return fail(ErrorKind::Invalid, "what it printed is no ExecCredential: it cannot be read");
  if (text_at(*root, {"kind"}) != "ExecCredential")
    return fail(ErrorKind::Invalid, "what it printed is no ExecCredential");
  if (std::string got = text_at(*root, {"apiVersion"}); got != version)
    return fail(ErrorKind::Invalid,
                cat("it answered in ", quote(got), ", the kubeconfig says ", quote(version)));
  ExecCredential credential{.token = text_at(*root, {"status", "token"}),
                            .certificate = text_at(*root, {"status", "clientCertificateData"}),
                            .key = text_at(*root, {"status", "clientKeyData"})};
  if (credential.certificate.empty() != credential.key.empty())
    return fail(ErrorKind::Invalid, "it gave one of certificate and key without the other");
  if (credential.token.empty() && credential.certificate.empty())
    return fail(ErrorKind::Invalid, "it gave neither a token nor a certificate");
  std::string expires = text_at(*root, {"status", "expirationTimestamp"});
  if (expires.empty()) return credential;
  credential.expires = parse_rfc3339(expires);
  if (credential.expires) return credential;
  return fail(ErrorKind::Invalid, cat("its expirationTimestamp ", quote(expires), " is no time"));
}

}  // namespace

Variables inherited_environment() {
  Variables out;
  for (char** at = ::environ; at != nullptr && *at != nullptr; ++at) {
    std::string_view pair(*at);
    if (std::size_t sign = pair.find('='); sign != std::string_view::npos && sign > 0)
      out.emplace_back(pair.substr(0, sign), pair.substr(sign + 1));
  }
  return out;
}

Result<ExecCredential> run_plugin(Processes& processes, const Config& config, const Variables& inherited,
                                  const Limit& limit) {
  const ExecPlugin& plugin = *config.exec;
  Command command{.argv = {plugin.command},
                  .environment = inherited,
                  .max_output_bytes = kMostOutputBytes,
                  .limit = limit.within(kMostTime)};
  command.argv.insert(command.argv.end(), plugin.arguments.begin(), plugin.arguments.end());
  command.environment.insert(command.environment.end(), plugin.environment.begin(), plugin.environment.end());
  command.environment.emplace_back("KUBERNETES_EXEC_INFO", exec_info(config));
  const std::string what = cat("credential plugin ", quote(plugin.command));
  auto finished = processes.run(command);
  if (!finished && finished.error().kind == ErrorKind::NotFound)
    return fail(ErrorKind::NotFound, cat(what, " is not installed"), config.where,
                plugin.install_hint.empty() ? "the kubeconfig names it to log in; put it into PATH"
                                            : quote(first_line(plugin.install_hint), 300));
  if (!finished) return std::unexpected(std::move(finished).error().within(what).at(config.where));
  if (finished->exit_code != 0)
    return fail(ErrorKind::Denied,
                cat(what, " ended with exit code ", finished->exit_code,
                    finished->err.empty() ? "" : cat(": ", quote(first_line(finished->err), 200))),
                config.where, "run it by hand to see what it wants: log in again, or check the profile");
  auto credential = read_credential(finished->out, plugin.api_version);
  if (credential) return credential;
  return std::unexpected(std::move(credential).error().within(what).at(config.where));
}

}  // namespace eidos::kube
