#pragma once
// Private to this room: the objects of a cluster that the collectors read, followed by watch streams.

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "collect/collect.h"
#include "kube/client.h"

namespace eidos::collect {

/// Objects of one kind that some collector reads.
struct Followed {
  kube::Target target;
  kube::Narrowing narrowing = {};
  bool whole = false;  ///< Their spec and status are read; else their metadata tell: uid, generation, labels.
};

/// What the collectors that `options` leaves read of a cluster; /version, which nothing tells of, is not in
/// it. Nothing when no cluster is looked at.
std::vector<Followed> followed(const Options& options);

/// Lists the objects, then follows them; calls `changed` when there is something new in what collectors read
/// of them: a heartbeat is nothing new. Once what there is to follow from is lost (410), they are listed
/// again and held against those known. Ends only with an error: NotFound when the cluster has no such kind.
class Follower {
 public:
  Follower(Followed what, std::function<void()> changed)
      : what_(std::move(what)), changed_(std::move(changed)) {}

  Result<void> run(kube::Client& client, const Limit& limit);

 private:
  using Objects = std::map<std::string, std::size_t>;  // by namespace/name: a digest of what is read

  Result<void> list(kube::Client& client, const Limit& limit);
  Result<bool> event(const kube::WatchEvent& event);
  std::size_t digest(const data::Value& object) const;

  Followed what_;
  std::function<void()> changed_;
  Objects objects_;
  bool known_ = false;  ///< They were listed before.
  std::string version_;
};

}  // namespace eidos::collect
