#include "agent/made.h"

#include "base/text.h"
#include "base/wait.h"
#include "kube/document.h"
#include "kube/gather.h"
#include "kube/tree.h"

namespace eidos::agent {

namespace {

using kube::text_at;

constexpr Milliseconds kBetweenLooks{200};
// A pod has 5 s to end; its node may be slow.
constexpr std::chrono::seconds kPodTime{20};

Result<bool> has_pods(kube::Client& client, const std::string& ns, const std::string& labels,
                      const Limit& limit) {
  return kube::gathered<bool>(client, {kube::pods(), ns},
                              {.narrowing = {.labels = labels}, .metadata_only = true}, limit,
                              [](bool& any, const data::Value&) { any = true; });
}

}  // namespace

Result<bool> Made::create(const Object& object, const Limit& limit) {
  EIDOS_CHECK(limit.check("making what the agent needs"));
  // Before it is sent: whether it was made is not known until there is an answer.
  made_.push_back({object.target, ""});
  auto made = client_.create(object.target, object.value, limit);
  if (made) {
    made_.back().uid = text_at(*made, {"metadata", "uid"});
    return true;
  }
  auto there = client_.get(object.target, limit);
  if (there && text_at(*there, {"metadata", "labels", kRunLabel}) == run_) {
    made_.back().uid = text_at(*there, {"metadata", "uid"});
    return true;
  }
  if (there && made.error().kind == ErrorKind::Invalid) {
    made_.pop_back();
    return false;
  }
  if (made.error().kind == ErrorKind::NotFound)
    return std::unexpected(std::move(made).error().fix("make the namespace, or give --create-namespace"));
  return std::unexpected(std::move(made).error());
}

Result<std::string> Made::uid_of(const kube::Target& target, const Limit& limit) {
  auto there = client_.get(target, limit);
  if (!there && there.error().kind == ErrorKind::NotFound) return "";
  if (!there) return std::unexpected(std::move(there).error());
  if (text_at(*there, {"metadata", "labels", kRunLabel}) != run_) return "";
  return text_at(*there, {"metadata", "uid"});
}

Result<void> Made::until_pods_are_gone(const kube::Target& job, const Limit& limit) {
  const Limit patience = limit.within(kPodTime);
  const Waiter waiter(patience);
  for (;;) {
    EIDOS_TRY(bool any, has_pods(client_, job.ns, cat(kRunLabel, "=", run_, ",job-name=", job.name), limit));
    if (!any) return {};
    EIDOS_CHECK(waiter.wait({}, "waiting for the agent's pod to end", kBetweenLooks.count()));
  }
}

Result<void> Made::remove_one(One& one, bool wait, const Limit& limit) {
  if (one.target.resource == namespaces()) return {};
  if (one.uid.empty()) {
    EIDOS_TRY(one.uid, uid_of(one.target, limit));
  }
  if (one.uid.empty()) return {};
  if (one.target.resource == kube::config_maps())
    return kube::remove_config_map(client_, {one.target.ns, one.target.name}, one.uid, limit);
  auto removed = client_.remove(one.target, {.uid = one.uid}, limit);
  if (!removed) return std::unexpected(std::move(removed).error());
  if (wait && one.target.resource == jobs()) return until_pods_are_gone(one.target, limit);
  return {};
}

void Made::remove_jobs(const Limit& limit) {
  for (One& one : made_)
    if (one.target.resource == jobs()) (void)remove_one(one, false, limit);
}

Result<void> Made::remove(const Limit& limit) {
  return remove_all(true, limit);
}

Result<void> Made::remove_ended(const Limit& limit) {
  return remove_all(false, limit);
}

Result<void> Made::remove_all(bool wait, const Limit& limit) {
  std::vector<std::string> left;
  std::vector<One> kept;
  for (auto one = made_.rbegin(); one != made_.rend(); ++one) {
    auto gone = remove_one(*one, wait, limit);
    if (gone) continue;
    left.push_back(cat(kube::described(one->target), " (", gone.error().message, ")"));
    kept.push_back(*one);
  }
  made_.assign(kept.rbegin(), kept.rend());
  if (left.empty()) return {};
  return fail(ErrorKind::Unavailable, cat("what the agent needed is not all removed: ", join(left, "; ")), {},
              cat("run 'eidos agent cleanup --run ", run_, " -n ", ns_, "'"));
}

}  // namespace eidos::agent
