#include "collect/changes.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "base/text.h"
#include "base/wait.h"
#include "collect/cluster_changes.h"

namespace eidos::collect {

namespace {

constexpr Milliseconds kListenAgain{30'000};  // to a bus that was not there
constexpr Milliseconds kFollowAgain{60'000};  // what the cluster does not have, or does not let us see

// Rung from many threads, waited for by one.
class Bell {
 public:
  void ring() {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    woken_.notify_one();
  }
  void say(std::string warning) {
    const std::lock_guard lock(mutex_);
    said_.push_back(std::move(warning));
  }
  std::vector<std::string> said() {
    const std::lock_guard lock(mutex_);
    return std::exchange(said_, {});
  }
  // False when the time is up, or a stop was requested.
  bool wait(const Limit& limit) {
    std::unique_lock lock(mutex_);
    const auto is_rung = [&] { return rung_; };
    if (limit.deadline())
      woken_.wait_until(lock, limit.stop(), *limit.deadline(), is_rung);
    else
      woken_.wait(lock, limit.stop(), is_rung);
    return std::exchange(rung_, false);
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any woken_;
  bool rung_ = false;
  std::vector<std::string> said_;
};

class AllChanges final : public Changes {
 public:
  AllChanges(Context& context, const Options& options) : log_(context.log) {
    threads_.emplace_back([&](const std::stop_token& stop) { hear_units(context, options, stop); });
    for (Followed& one : followed(options))
      threads_.emplace_back([this, &options, one = std::move(one)](const std::stop_token& stop) mutable {
        follow(*options.cluster, std::move(one), stop);
      });
  }

  Result<bool> wait(const Limit& limit) override {
    const bool rung = bell_.wait(limit);
    for (const std::string& warning : bell_.said()) log_.warn(warning);
    if (limit.stop().stop_requested()) EIDOS_CHECK(limit.check("watching"));
    return rung;
  }

 private:
  void hear_units(Context& context, const Options& options, const std::stop_token& stop) {
    const std::unique_ptr<Changes> units = unit_changes(context, options);
    while (auto changed = units->wait(Limit(stop, std::nullopt).within(kListenAgain)))
      if (*changed) bell_.ring();
  }

  // What cannot be followed is still looked at, only not sooner. That a server is away or has no such kind is
  // the collectors' to say.
  void follow(kube::SharedClient& cluster, Followed what, const std::stop_token& stop) {
    const std::string described = kube::described(what.target);
    Follower follower(std::move(what), [&] { bell_.ring(); });
    const Limit limit(stop, std::nullopt);
    bool said = false;
    for (;;) {
      auto client = cluster.get();
      if (!client || *client == nullptr) return;
      auto ended = follower.run(**client, limit);
      if (ended || ended.error().kind == ErrorKind::Cancelled) return;
      const ErrorKind kind = ended.error().kind;
      const bool ours = kind == ErrorKind::Denied || kind == ErrorKind::Invalid;
      if (ours && !std::exchange(said, true))
        bell_.say(cat("changes of ", described, " are seen only at the next look: ", ended.error().message,
                      ended.error().hint.empty() ? "" : "; ", ended.error().hint));
      if (!pause(kFollowAgain, limit, "watching")) return;
    }
  }

  Log& log_;
  Bell bell_;
  std::vector<std::jthread> threads_;  ///< Last: they ring the bell. They are stopped and waited for.
};

}  // namespace

std::unique_ptr<Changes> all_changes(Context& context, const Options& options) {
  return std::make_unique<AllChanges>(context, options);
}

}  // namespace eidos::collect
