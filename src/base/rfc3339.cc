#include "base/rfc3339.h"

namespace eidos {

namespace {

// Exactly `width` digits at the front of `text`, taken off it.
std::optional<int> take_number(std::string_view& text, std::size_t width) {
  int number = 0;
  if (text.size() < width) return std::nullopt;
  for (char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return number;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// "Z" or "+01:00", all that is left of `text`.
std::optional<std::chrono::minutes> zone_of(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  bool behind = text.starts_with('-');
  if (!take(text, "+-")) return std::nullopt;
  auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
  auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59 || !text.empty()) return std::nullopt;
  std::chrono::minutes ahead(*hours * 60 + *minutes);
  return behind ? -ahead : ahead;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text) {
  constexpr std::string_view kBetween[] = {"-", "-", "Tt ", ":", ":", ""};
  constexpr std::size_t kWidths[] = {4, 2, 2, 2, 2, 2};
  int part[6] = {};
  for (std::size_t i = 0; i < 6; ++i) {
    auto number = take_number(text, kWidths[i]);
    if (!number || (i < 5 && !take(text, kBetween[i]))) return std::nullopt;
    part[i] = *number;
  }
  if (take(text, ".")) {
    std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
    text.remove_prefix(digits);
  }
  auto zone = zone_of(text);
  const std::chrono::year_month_day date{std::chrono::year(part[0]),
                                         std::chrono::month(static_cast<unsigned>(part[1])),
                                         std::chrono::day(static_cast<unsigned>(part[2]))};
  if (!zone || !date.ok() || part[3] > 23 || part[4] > 59 || part[5] > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(part[3]) + std::chrono::minutes(part[4]) +
         std::chrono::seconds(part[5]) - *zone;
}

}  // namespace eidos
