#include "cli/cluster.h"

#include "base/clock.h"
#include "base/text.h"
#include "data/document.h"
#include "kube/document.h"

namespace eidos::cli {

namespace {

constexpr std::chrono::seconds kMostTime{60};

Result<kube::StoredDocument> document_of(std::string_view text, const Session& session) {
  data::Sources sources;
  auto root = data::parse(text, sources, "the result");
  const data::Value* kind = root ? root->find("kind") : nullptr;
  if (kind == nullptr || !kind->is_string())
    return fail(ErrorKind::Invalid, "the result is no document, which is all that a ConfigMap takes", {},
                "give -t yaml or -t json, or write to a file");
  bool json = data::format_of(text) == data::Format::Json;
  return kube::StoredDocument{.text = std::string(text),
                              .kind = kind->string(),
                              .format = json ? "json" : "yaml",
                              .time = rfc3339(session.context.clock.now()),
                              .version = std::string(session.world.build.version)};
}

Result<void> store(std::string_view text, const std::string& output, const Flags& flags, Session& session) {
  EIDOS_TRY(kube::ConfigMapName where, kube::parse_config_map(output));
  EIDOS_TRY(kube::StoredDocument document, document_of(text, session));
  EIDOS_TRY(kube::Client * client, client_of(flags, session));
  return kube::write_config_map(*client, where, document, session.context.limit.within(kMostTime));
}

}  // namespace

kube::SharedClient& cluster_of(const Flags& flags, Session& session, int per_second) {
  return session.world.cluster({flags.text("kubeconfig"), flags.text("kube-context"), per_second});
}

Result<kube::Client*> client_of(const Flags& flags, Session& session, int per_second) {
  EIDOS_TRY(kube::Client * client, cluster_of(flags, session, per_second).get());
  if (client != nullptr) return client;
  return fail(ErrorKind::Unavailable, "no cluster: there is no kubeconfig, and this is no pod", {},
              "give --kubeconfig FILE, or set KUBECONFIG");
}

Result<std::string> read_from_cluster(const std::string& source, const Flags& flags, Session& session) {
  EIDOS_TRY(kube::ConfigMapName where, kube::parse_config_map(source));
  session.world.watch_signals();
  EIDOS_TRY(kube::Client * client, client_of(flags, session));
  return kube::read_config_map(*client, where, session.context.limit.within(kMostTime));
}

Result<void> write_to_cluster(std::string_view text, const std::string& where, const Flags& flags,
                              Session& session) {
  session.world.watch_signals();
  auto stored = store(text, where, flags, session);
  if (stored || stored.error().kind == ErrorKind::Cancelled) return stored;
  EIDOS_CHECK(session.context.files.write_stdout(text));
  Error error = std::move(stored).error();
  error.kind =
      ErrorKind::Unavailable;  // exit 6, whatever kept it from being written: the document is not lost
  return std::unexpected(std::move(error).within(
      cat("not written to ", where, " (the document is on standard output instead)")));
}

}  // namespace eidos::cli
