#include "serve/limits.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <arpa/inet.h>

namespace eidos::serve {

namespace {

constexpr std::size_t kMostClients = 20'000;

double seconds(SteadyTime from, SteadyTime to) {
  return std::chrono::duration<double>(to - from).count();
}

std::int64_t up(double value) {
  return static_cast<std::int64_t>(std::ceil(std::max(value, 0.0)));
}

}  // namespace

std::string client_key(std::string_view address) {
  std::string text(address.substr(0, address.find('%')));
  std::array<unsigned char, 16> bytes{};
  if (text.find(':') == std::string::npos || ::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1)
    return text;
  constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  const bool mapped = std::equal(kMapped.begin(), kMapped.end(), bytes.begin());  // ::ffff:192.0.2.1
  return mapped ? std::string(bytes.begin() + 12, bytes.end())
                : std::string(bytes.begin(), bytes.begin() + 8);
}

void Limits::refill(Bucket& bucket, double rate, double burst, SteadyTime now) {
  if (bucket.at) bucket.tokens = std::min(burst, bucket.tokens + rate * seconds(*bucket.at, now));
  bucket.at = now;
}

// A full bucket is as good as none.
void Limits::forget_the_quiet(SteadyTime now) {
  const auto rate = static_cast<double>(options_.client_rate);
  for (auto at = clients_.begin(); at != clients_.end();) {
    refill(at->second, rate, 2 * rate, now);
    at = at->second.tokens >= 2 * rate ? clients_.erase(at) : std::next(at);
  }
  if (clients_.size() >= kMostClients) clients_.clear();  // nobody is refused for what others do
}

Allowance Limits::ask(std::string_view client, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  Allowance out;
  struct Asked {
    Bucket* bucket;
    double rate;
    double burst;
  };
  std::array<Asked, 2> asked{};
  std::size_t count = 0;
  if (options_.rate > 0)
    asked[count++] = {&all_, static_cast<double>(options_.rate), static_cast<double>(options_.burst)};
  if (options_.client_rate > 0) {
    if (clients_.size() >= kMostClients) forget_the_quiet(now);
    const auto rate = static_cast<double>(options_.client_rate);
    auto [at, fresh] = clients_.try_emplace(client_key(client), Bucket{2 * rate, now});
    asked[count++] = {&at->second, rate, 2 * rate};
  }
  for (std::size_t i = 0; i < count; ++i) {
    refill(*asked[i].bucket, asked[i].rate, asked[i].burst, now);
    if (asked[i].bucket->tokens < 1) out.granted = false;
  }
  double least = -1;
  for (std::size_t i = 0; i < count; ++i) {
    Bucket& bucket = *asked[i].bucket;
    if (out.granted) bucket.tokens -= 1;
    out.retry = std::max(out.retry, up((1 - bucket.tokens) / asked[i].rate));
    if (least >= 0 && bucket.tokens >= least) continue;
    least = bucket.tokens;
    out.limit = static_cast<std::int64_t>(asked[i].burst);
    out.remaining = static_cast<std::int64_t>(bucket.tokens);
    out.reset = up((asked[i].burst - bucket.tokens) / asked[i].rate);
  }
  if (out.granted) out.retry = 0;
  return out;
}

double Limits::left() const {
  const std::lock_guard lock(mutex_);
  return all_.tokens;
}

}  // namespace eidos::serve
