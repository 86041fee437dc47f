#include "agent/pod_state.h"

#include <algorithm>

#include "base/text.h"
#include "kube/tree.h"

namespace eidos::agent {

namespace {

using kube::dig;
using kube::text_at;

constexpr std::size_t kMostWhy = 400;

// "Reason: message", either of which may be missing.
std::string reason_of(const data::Value& object, std::string_view also = {}) {
  std::string reason = text_at(object, {"reason"});
  std::string message = text_at(object, {"message"});
  std::string out = cat(reason, !reason.empty() && !message.empty() ? ": " : "", message);
  if (!also.empty()) out += cat(out.empty() ? "" : ", ", also);
  return visible(trim(out), kMostWhy);
}

const data::Value* condition(const data::Value& object, std::string_view type, std::string_view status) {
  const data::Value* all = dig(object, {"status", "conditions"});
  if (all == nullptr || !all->is_list()) return nullptr;
  for (const data::Value& one : all->list())
    if (text_at(one, {"type"}) == type && text_at(one, {"status"}) == status) return &one;
  return nullptr;
}

// What its containers say in this state: "waiting" or "terminated".
const data::Value* container_state(const data::Value& pod, std::string_view state) {
  const data::Value* all = dig(pod, {"status", "containerStatuses"});
  if (all == nullptr || !all->is_list()) return nullptr;
  for (const data::Value& one : all->list())
    if (const data::Value* found = dig(one, {"state", state})) return found;
  return nullptr;
}

const data::Value* newest(const std::vector<data::Value>& pods) {
  const data::Value* out = nullptr;
  for (const data::Value& pod : pods)
    if (out == nullptr ||
        text_at(pod, {"metadata", "creationTimestamp"}) >= text_at(*out, {"metadata", "creationTimestamp"}))
      out = &pod;
  return out;
}

std::string why_waiting(const data::Value& pod) {
  if (const data::Value* no = condition(pod, "PodScheduled", "False")) return reason_of(*no);
  if (const data::Value* state = container_state(pod, "waiting")) return reason_of(*state);
  return "";
}

std::string why_failed(const data::Value& pod) {
  if (const data::Value* state = container_state(pod, "terminated"))
    if (std::string code = text_at(*state, {"exitCode"}); code != "0")
      return reason_of(*state, cat("exit status ", code));
  return reason_of(*dig(pod, {"status"}));  // evicted, or its node is gone
}

std::string last_warning(const std::vector<data::Value>& events) {
  std::string time;
  std::string out;
  for (const data::Value& event : events) {
    if (text_at(event, {"type"}) != "Warning") continue;
    std::string at = text_at(event, {"lastTimestamp"});
    if (at < time) continue;
    time = at;
    out = reason_of(event);
  }
  return out;
}

}  // namespace

PodState state_of(const data::Value& job, const std::vector<data::Value>& pods,
                  const std::vector<data::Value>& events) {
  PodState out;
  const data::Value* pod = newest(pods);
  std::string phase;
  if (pod != nullptr) {
    out.pod = text_at(*pod, {"metadata", "name"});
    out.node = text_at(*pod, {"spec", "nodeName"});
    phase = text_at(*pod, {"status", "phase"});
    out.ended = phase == "Succeeded" || phase == "Failed";
  }
  if (const data::Value* failed = condition(job, "Failed", "True")) {
    out.phase = Phase::Failed;
    std::string why = phase == "Failed" ? why_failed(*pod) : phase == "Pending" ? why_waiting(*pod) : "";
    // "Job has reached the specified backoff limit" tells nobody anything.
    out.why = why.empty() || text_at(*failed, {"reason"}) == "DeadlineExceeded"
                  ? cat(reason_of(*failed), why.empty() ? "" : cat("; ", why))
                  : why;
    return out;
  }
  if (condition(job, "Complete", "True") != nullptr) {
    out.phase = Phase::Succeeded;
  } else if (phase == "Running") {
    out.phase = Phase::Running;
  } else if (pod == nullptr) {
    out.why = last_warning(events);
  } else {
    out.why = why_waiting(*pod);
  }
  return out;
}

}  // namespace eidos::agent
