#pragma once
// Spans on their way to a collector: handed over by whoever answers, sent by a thread of its own.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/log.h"
#include "trace/delivery.h"

namespace eidos::serve {

struct SpanCounts {
  std::int64_t sent = 0;
  std::int64_t lost = 0;
};

/// Spans leave after a second, or once there are enough of them; what is left at its end has three seconds.
/// While the collector does not take them a bounded number waits, and more are lost, counted, and warned of
/// when that begins.
class SpanQueue final : public SpanSink {
 public:
  /// `log` must outlive it.
  SpanQueue(std::unique_ptr<trace::Delivery> delivery, Log& log);
  ~SpanQueue() override;
  SpanQueue(const SpanQueue&) = delete;
  SpanQueue& operator=(const SpanQueue&) = delete;

  void take(SpanRecord span) override;
  SpanCounts counts() const { return {sent_, lost_}; }

 private:
  void run(const std::stop_token& stop);
  bool send(const std::vector<SpanRecord>& batch, const Limit& limit);

  std::unique_ptr<trace::Delivery> delivery_;
  Log& log_;
  std::atomic<std::int64_t> sent_ = 0;
  std::atomic<std::int64_t> lost_ = 0;
  bool failing_ = false;  ///< Of the thread; it has said so.
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<SpanRecord> waiting_;
  std::jthread sender_;
};

}  // namespace eidos::serve
