#pragma once
// How often may be asked: a token bucket for the process and one for each client.

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/limit.h"

namespace eidos::serve {

struct RateOptions {
  std::int64_t rate = 100;        ///< Requests a second in all; 0: no limit.
  std::int64_t burst = 200;       ///< At once, after a pause.
  std::int64_t client_rate = 50;  ///< The same for each client, with twice as much at once; 0: no limit.
};

/// What is said of a request's place in the buckets.
struct Allowance {
  bool granted = true;
  std::int64_t limit = 0;      ///< The burst of the bucket that has less left.
  std::int64_t remaining = 0;  ///< Of it.
  std::int64_t reset = 0;      ///< Seconds until it is full again.
  std::int64_t retry = 0;      ///< Seconds until the next one is granted; of a refusal.
};

class Limits {
 public:
  explicit Limits(const RateOptions& options)
      : options_(options), all_{static_cast<double>(options.burst), {}} {}

  /// Takes a token of both buckets, or of neither. IPv6 clients share the bucket of their /64.
  Allowance ask(std::string_view client, SteadyTime now);
  /// Tokens left for everybody.
  double left() const;

 private:
  struct Bucket {
    double tokens = 0;
    std::optional<SteadyTime> at = {};  ///< When it was looked at; unset: it is as full as it says.
  };
  static void refill(Bucket& bucket, double rate, double burst, SteadyTime now);
  void forget_the_quiet(SteadyTime now);

  RateOptions options_;
  mutable std::mutex mutex_;
  Bucket all_;
  std::unordered_map<std::string, Bucket> clients_;
};

/// The part of an address that is one client: an IPv4 address, or the first half of an IPv6 one.
std::string client_key(std::string_view address);

}  // namespace eidos::serve
