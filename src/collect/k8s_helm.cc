// Helm releases, from the Secrets Helm keeps them in: name, chart, version, status. Values and templates are
// passed over unread.

#include <algorithm>
#include <map>

#include "base/base64.h"
#include "base/text.h"
#include "collect/cluster.h"
#include "data/document.h"
#include "kube/tree.h"

namespace eidos::collect {

namespace {

constexpr std::size_t kMostReleases = 1000;

// The newest revision of one release.
struct Newest {
  std::int64_t revision = 0;
  std::string secret;
  std::string status;
};
using Releases = std::map<std::pair<std::string, std::string>, Newest>;  ///< By name and namespace.

// Helm writes what it is about into labels: owner, name, version (the revision), status.
Result<void> add(const data::Value& secret, Releases& releases) {
  std::string release = kube::text_at(secret, {"metadata", "labels", "name"});
  auto revision = to_int(kube::text_at(secret, {"metadata", "labels", "version"}));
  if (release.empty() || !revision) return {};
  Newest& newest = releases[{release, kube::text_at(secret, {"metadata", "namespace"})}];
  if (releases.size() > kMostReleases)
    return fail(ErrorKind::Invalid, cat("more than ", kMostReleases, " releases"));
  if (*revision <= newest.revision) return {};
  newest = {*revision, kube::text_at(secret, {"metadata", "name"}),
            kube::text_at(secret, {"metadata", "labels", "status"})};
  return {};
}

Result<HelmRelease> release_of(kube::Client& client, const std::string& ns, const std::string& secret,
                               const Limit& limit) {
  EIDOS_TRY(data::Value object, client.get({kube::secrets(), ns, secret}, limit));
  return read_helm_release(kube::text_at(object, {"data", "release"}));
}

class Reading {
 public:
  Reading(kube::Client& client, const Releases& releases, const Limit& limit)
      : client_(client), releases_(releases), limit_(limit) {
    for (const auto& [who, newest] : releases) ++namesakes_[who.first];
  }

  Result<Collection> run() {
    std::vector<std::string> unread;
    for (const auto& [who, newest] : releases_) {
      const auto& [name, ns] = who;
      auto release = release_of(client_, ns, newest.secret, limit_);
      if (!release && release.error().kind == ErrorKind::NotFound) continue;  // uninstalled meanwhile
      if (!release && release.error().kind != ErrorKind::Invalid)
        return std::unexpected(std::move(release).error());
      if (!release) unread.push_back(cat(ns, "/", newest.secret));
      add(name, ns, newest, release ? *release : HelmRelease{});
    }
    Collection collection = one_subtype("helm", std::move(readings_));
    if (unread.empty()) return collection;
    collection.status = model::CollectorStatus::Partial;
    collection.detail =
        cat(unread.size(), " releases cannot be read, the first is Secret ", quote(unread.front()));
    return collection;
  }

 private:
  // Releases of one name in two namespaces are two releases.
  void add(const std::string& name, const std::string& ns, const Newest& newest, const HelmRelease& release) {
    const std::string prefix = namesakes_[name] > 1 ? cat(ns, "/", name) : name;
    auto set = [&](std::string_view key, const std::string& value) {
      if (!value.empty())
        readings_.set(document_text(cat(prefix, ".", key)), data::Value(document_text(value)));
    };
    set("namespace", ns);
    set("revision", cat(newest.revision));
    set("status", newest.status);
    set("chart", release.chart);
    set("version", release.version);
  }

  kube::Client& client_;
  const Releases& releases_;
  const Limit& limit_;
  std::map<std::string, int> namesakes_;
  data::Map readings_;
};

}  // namespace

kube::Narrowing helm_releases() {
  return {.labels = "owner=helm", .fields = "type=helm.sh/release.v1"};
}

Result<Collection> collect_k8s_helm(const Source& source) {
  return with_cluster(source, [&](kube::Client& client) -> Result<Collection> {
    Releases releases;
    kube::ListSink sink{.begin = [&] { releases.clear(); },
                        .json = [&](const data::Value& secret) { return add(secret, releases); }};
    const kube::ListOptions options{.narrowing = helm_releases(), .metadata_only = true};
    EIDOS_CHECK(client.list({kube::secrets()}, options, sink, source.limit));
    return Reading(client, releases, source.limit).run();
  });
}

}  // namespace eidos::collect
