#include "serve/span_queue.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/text.h"

namespace eidos::serve {

namespace {

constexpr std::size_t kEnough = 512;  // to send at once
constexpr std::size_t kMost = 8 * kEnough;
constexpr std::chrono::seconds kLongest{1};
constexpr std::chrono::seconds kSendTime{10};
constexpr std::chrono::seconds kLastTime{3};
constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kMostPause{30};

bool may_be_sent_again(ErrorKind kind) {
  return kind == ErrorKind::RateLimited || kind == ErrorKind::Unavailable || kind == ErrorKind::Timeout;
}

}  // namespace

SpanQueue::SpanQueue(std::unique_ptr<trace::Delivery> delivery, Log& log)
    : delivery_(std::move(delivery)),
      log_(log),
      sender_([this](const std::stop_token& stop) { run(stop); }) {}

SpanQueue::~SpanQueue() {
  sender_.request_stop();
  sender_.join();
}

void SpanQueue::take(SpanRecord span) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= kMost) {
    ++lost_;
    return;
  }
  waiting_.push_back(std::move(span));
  if (waiting_.size() == kEnough) wake_.notify_one();
}

// True when the batch is done with, one way or the other.
bool SpanQueue::send(const std::vector<SpanRecord>& batch, const Limit& limit) {
  const auto count = static_cast<std::int64_t>(batch.size());
  const auto unwanted = delivery_->send(batch, limit);
  if (unwanted) {
    const std::int64_t lost = std::min(*unwanted, count);
    lost_ += lost;
    sent_ += count - lost;
    if (std::exchange(failing_, false)) log_.info("traces are taken again", {});
    return true;
  }
  const Error& error = unwanted.error();
  if (error.kind == ErrorKind::Cancelled) return false;  // it ends, and there is one more try
  if (!std::exchange(failing_, true))
    log_.warn("traces are not taken", {{"error", error.message}, {"collector", error.where}});
  if (may_be_sent_again(error.kind)) return false;
  lost_ += count;
  return true;
}

void SpanQueue::run(const std::stop_token& stop) {
  std::vector<SpanRecord> batch;
  std::chrono::seconds pause = kFirstPause;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      const bool again = !batch.empty();
      wake_.wait_for(lock, stop, again ? pause : kLongest,
                     [&] { return !again && waiting_.size() >= kEnough; });
      if (!again) std::swap(batch, waiting_);
    }
    if (batch.empty()) continue;
    if (send(batch, Limit(stop, std::nullopt).within(kSendTime))) {
      batch.clear();
      pause = kFirstPause;
    } else {
      pause = std::min(pause * 2, kMostPause);
    }
  }
  const Limit last = Limit().within(kLastTime);
  const std::lock_guard lock(mutex_);
  batch.insert(batch.end(), std::move_iterator(waiting_.begin()), std::move_iterator(waiting_.end()));
  if (batch.empty() || send(batch, last)) return;
  lost_ += static_cast<std::int64_t>(batch.size());
}

}  // namespace eidos::serve
