#pragma once
// A client of one cluster: requests with credentials, retries and a circuit breaker; lists as streams;
// watches; logs. Paths are known, nothing is discovered. Safe to use from many threads.
//
// Messages name what was asked, the HTTP status and what the server said; `where` names context, server and
// user; a refusal (403) has the RBAC rule that is missing as its hint.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/context.h"
#include "data/value.h"
#include "kube/kubeconfig.h"
#include "kube/resource.h"

namespace eidos::kube {

/// Labels and fields a list or watch is narrowed to, as kubectl takes them.
struct Narrowing {
  std::string labels = {};
  std::string fields = {};
};

/// The objects of a list, one at a time. `begin` is called before the first, and again when the list had to
/// start over: what came before then counts for nothing.
struct ListSink {
  std::function<void()> begin;
  /// An object as JSON.
  std::function<Result<void>(const data::Value&)> json;
  /// An object as its protobuf message. Null: only JSON is asked for.
  std::function<Result<void>(std::string_view)> protobuf = nullptr;
  /// After the last object, with the version that a watch goes on from. May be null.
  std::function<void(const std::string&)> end = nullptr;
};

struct ListOptions {
  Narrowing narrowing = {};
  int page = 500;  ///< Objects in one answer.
  /// What the API server has in memory (resourceVersion=0), all in one answer: cheap, and a moment old.
  bool from_cache = false;
  bool metadata_only = false;  ///< Objects have their metadata and nothing else.
};

struct WatchOptions {
  Narrowing narrowing = {};
  bool metadata_only = false;  ///< As in ListOptions.
};

struct WatchEvent {
  std::string type;  ///< ADDED, MODIFIED, DELETED, BOOKMARK
  data::Value object;
};
/// False ends the watch.
using WatchSink = std::function<Result<bool>(const WatchEvent&)>;

struct ApplyOptions {
  std::string manager = "eidos";
  bool force = false;  ///< Take over fields that others own.
};

struct DeleteOptions {
  std::string uid = {};  ///< Only this very object; another one of its name stays.
  /// Foreground, Background or Orphan.
  std::string propagation = "Background";
};

struct LogOptions {
  std::string container = {};
  bool follow = false;
  std::int64_t tail_lines = -1;  ///< Only the last ones; -1: all.
};

/// A right, as RBAC names it.
struct Right {
  std::string verb;
  Resource resource;
  std::string ns = {};
  std::string name = {};
  std::string subresource = {};
};

class Client {
 public:
  virtual ~Client() = default;

  virtual const Config& config() const = 0;

  /// GET of a path that is no object: "/version".
  virtual Result<data::Value> get_path(const std::string& path, const Limit& limit) = 0;
  /// NotFound: there is no such object, or no such kind.
  virtual Result<data::Value> get(const Target& target, const Limit& limit) = 0;
  /// Invalid: there is one already. Not repeated once the server may have seen it.
  virtual Result<data::Value> create(const Target& target, const data::Value& object, const Limit& limit) = 0;
  /// Server-side apply of the fields in `object`. Conflict (error.kind Invalid, message naming the managers)
  /// when another manager owns one of them and `force` is not set.
  virtual Result<data::Value> apply(const Target& target, const data::Value& object,
                                    const ApplyOptions& options, const Limit& limit) = 0;
  /// True when it was there. An object of another uid is left alone: false.
  virtual Result<bool> remove(const Target& target, const DeleteOptions& options, const Limit& limit) = 0;
  /// Whether we have this right (SelfSubjectAccessReview); nothing is done.
  virtual Result<bool> may(const Right& right, const Limit& limit) = 0;

  /// In pages, as streams; an expired continue token (410) or a connection lost on the way starts it over,
  /// once each. Errors of the sink end it.
  virtual Result<void> list(const Target& target, const ListOptions& options, const ListSink& sink,
                            const Limit& limit) = 0;
  /// Changes after `resource_version` ("" = everything there is first), going on where it was when the server
  /// ends the stream, until the sink has enough or the limit ends. NotFound: that version is too old (410);
  /// list again.
  virtual Result<void> watch(const Target& target, const WatchOptions& options, std::string resource_version,
                             const WatchSink& sink, const Limit& limit) = 0;
  /// The log of a pod's container in pieces as they come; false ends it.
  virtual Result<void> logs(const std::string& ns, const std::string& pod, const LogOptions& options,
                            const std::function<Result<bool>(std::string_view)>& sink,
                            const Limit& limit) = 0;
};

struct ClientOptions {
  std::string user_agent = "eidos";
  Milliseconds head_time{20'000};  ///< Of each try, until an answer begins.
  Milliseconds idle_time{30'000};  ///< Within an answer.
  Milliseconds first_pause{100};   ///< Before the second try; doubled for each further one.
  net::Environment environment = net::process_environment();
  int per_second = 0;  ///< Requests sent in a second at most, tries counted; 0: no limit.
};

/// No connection is made before the first request. Invalid: certificates that cannot be read, or that are
/// expired. The seams of `context` must outlive the client; its limit does not count.
Result<std::unique_ptr<Client>> open_client(const Context& context, Config config, ClientOptions options);

/// What every user of the process's one client is handed: it is made at the first call, or refused, once.
class SharedClient {
 public:
  virtual ~SharedClient() = default;
  /// nullptr: no cluster is configured here.
  virtual Result<Client*> get() = 0;
};

/// By find_config(). The seams of `context` must outlive it. Warnings (an insecure connection) go to its log.
std::unique_ptr<SharedClient> shared_client(const Context& context, Selection chosen, ClientOptions options);

/// The rule a Role or ClusterRole needs: "apiGroups: [batch], resources: [jobs], verbs: [create]".
std::string rbac_rule(std::string_view verb, const Target& target);

}  // namespace eidos::kube
