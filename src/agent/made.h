#pragma once
// Private to this room: what one run has made in a cluster, so that all of it, and nothing else, goes again.

#include <string>
#include <utility>
#include <vector>

#include "agent/objects.h"
#include "base/limit.h"
#include "kube/client.h"

namespace eidos::agent {

class Made {
 public:
  /// `run` is the id on the label of everything it makes, `ns` where most of that is.
  Made(kube::Client& client, std::string ns, std::string run)
      : client_(client), ns_(std::move(ns)), run_(std::move(run)) {}

  /// False: there is one of this name, and it is not this run's. An answer that was lost on the way is looked
  /// for: the object may have been made. Errors as Client::create(); NotFound: there is no such namespace.
  Result<bool> create(const Object& object, const Limit& limit);

  /// What an earlier process of this run made.
  void found(kube::Target target) { made_.push_back({std::move(target), ""}); }

  /// Removes what was made, the last first, each by its uid: what took its name meanwhile stays. The pods of
  /// the Job are gone before their ConfigMap goes, so that none writes it again. Namespaces stay: others may
  /// have moved in. Unavailable: what could not be removed, each with the reason; the rest is gone, and
  /// another remove() tries those again.
  Result<void> remove(const Limit& limit);
  /// The same where the pods have ended, so that nobody waits for them.
  Result<void> remove_ended(const Limit& limit);
  /// Only the Jobs, whose pods then end; remove() does the rest. What fails here fails there again.
  void remove_jobs(const Limit& limit);

 private:
  struct One {
    kube::Target target;
    std::string uid;  ///< Empty: not known whether it was made.
  };
  Result<void> remove_all(bool wait, const Limit& limit);
  Result<void> remove_one(One& one, bool wait, const Limit& limit);
  Result<void> until_pods_are_gone(const kube::Target& job, const Limit& limit);
  /// The uid of this run's object of that name; empty: there is none.
  Result<std::string> uid_of(const kube::Target& target, const Limit& limit);

  kube::Client& client_;
  std::string ns_;
  std::string run_;
  std::vector<One> made_;
};

}  // namespace eidos::agent
