#include "base/clock.h"

#include "base/text.h"

namespace eidos {

namespace {

class RealClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override { return std::chrono::system_clock::now(); }
  std::chrono::steady_clock::time_point steady() const override { return std::chrono::steady_clock::now(); }
};

std::string padded(std::int64_t number, std::size_t width) {
  std::string digits = cat(number);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

}  // namespace

std::unique_ptr<Clock> real_clock() {
  return std::make_unique<RealClock>();
}

std::string rfc3339(std::chrono::system_clock::time_point time) {
  auto day = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  auto two = [](auto number) { return padded(static_cast<std::int64_t>(number), 2); };
  return cat(padded(static_cast<int>(date.year()), 4), '-', two(static_cast<unsigned>(date.month())), '-',
             two(static_cast<unsigned>(date.day())), 'T', two(clock.hours().count()), ':',
             two(clock.minutes().count()), ':', two(clock.seconds().count()), 'Z');
}

}  // namespace eidos
