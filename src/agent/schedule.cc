#include "agent/schedule.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/text.h"

namespace eidos::agent {

namespace {

constexpr std::string_view kMonths[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::string_view kWeekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::string_view kDescriptors[] = {"@yearly", "@annually", "@monthly", "@weekly",
                                             "@daily",  "@midnight", "@hourly"};
constexpr int kDays[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

struct Field {
  std::string_view name;
  int least;
  int most;
  std::span<const std::string_view> names = {};  // of `least` and those after it
};
enum At : std::uint8_t { kMinute, kHour, kDay, kMonth, kWeekday, kFields };
constexpr Field kTable[kFields] = {{"minute", 0, 59},
                                   {"hour", 0, 23},
                                   {"day of the month", 1, 31},
                                   {"month", 1, 12, kMonths},
                                   {"weekday", 0, 6, kWeekdays}};

struct Times {
  std::uint64_t bits = 0;
  bool any = false;  // "*" without a step
};

std::unexpected<Error> no(std::string problem) {
  return fail(ErrorKind::Invalid, std::move(problem), {},
              "give minute, hour, day, month and weekday, as in '0 2 * * *', or @daily");
}

Result<int> number(std::string_view text, const Field& field) {
  const auto found = std::ranges::find(field.names, lower(text));
  if (found != field.names.end()) return field.least + static_cast<int>(found - field.names.begin());
  const auto value = to_int(text);
  if (!value || *value < field.least || *value > field.most)
    return no(cat("the ", field.name, " ", quote(text), " is not one of ", field.least, " to ", field.most,
                  text == "7" && field.most == 6 ? "; Sunday is 0" : ""));
  return static_cast<int>(*value);
}

// "*", "*/5", "3", "1-5", "1-30/2", "mon-fri"; "3/5" goes on to the end.
Result<Times> part(std::string_view text, const Field& field) {
  const std::size_t slash = text.find('/');
  const std::string_view range = text.substr(0, slash);
  std::int64_t step = 1;
  if (slash != std::string_view::npos) {
    step = to_int(text.substr(slash + 1)).value_or(0);
    if (step < 1) return no(cat("the ", field.name, " ", quote(text), " has no step above 0"));
  }
  const bool all = range == "*" || range == "?";
  int from = field.least;
  int to = field.most;
  if (!all) {
    const std::size_t dash = range.find('-');
    EIDOS_TRY(from, number(range.substr(0, dash), field));
    if (slash == std::string_view::npos) to = from;
    if (dash != std::string_view::npos) {
      EIDOS_TRY(to, number(range.substr(dash + 1), field));
    }
  }
  if (from > to) return no(cat("the ", field.name, " ", quote(text), " goes backwards"));
  Times out{.any = all && step == 1};
  for (std::int64_t i = from; i <= to; i += step) out.bits |= std::uint64_t{1} << i;
  return out;
}

Result<Times> times_of(std::string_view text, const Field& field) {
  Times out;
  for (std::string_view one : split(text, ',')) {
    EIDOS_TRY(const Times times, part(one, field));
    out.bits |= times.bits;
    out.any = out.any || times.any;
  }
  return out;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = text.find_first_not_of(" \t"); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(" \t", at), text.size());
    out.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(" \t", end);
  }
  return out;
}

// The 31st of February. With a weekday beside it, one of the two is enough.
bool never_comes(const std::array<Times, kFields>& times) {
  if (times[kDay].any || !times[kWeekday].any) return false;
  for (int month = 1; month <= 12; ++month) {
    if ((times[kMonth].bits >> month & 1U) == 0) continue;
    for (int day = 1; day <= kDays[month - 1]; ++day)
      if ((times[kDay].bits >> day & 1U) != 0) return false;
  }
  return true;
}

// "1h30m": whole hours, minutes and seconds.
bool is_span(std::string_view text) {
  bool any = false;
  while (!text.empty()) {
    const std::size_t unit = text.find_first_of("hms");
    if (unit == std::string_view::npos) return false;
    const auto count = to_int(text.substr(0, unit));
    if (!count || *count < 0) return false;
    any = any || *count > 0;
    text.remove_prefix(unit + 1);
  }
  return any;
}

Result<void> check(std::string_view text) {
  if (text.starts_with("TZ=") || text.starts_with("CRON_TZ="))
    return no("a schedule holds no time zone; a CronJob runs in that of its controller");
  if (text.starts_with("@every ")) {
    if (is_span(text.substr(7))) return {};
    return no("@every needs a duration such as 6h or 90m");
  }
  if (text.starts_with('@')) {
    if (std::ranges::find(kDescriptors, text) != std::end(kDescriptors)) return {};
    return no(cat("it is none of ", join(kDescriptors, ", "), ", '@every 6h'"));
  }
  const std::vector<std::string_view> fields = words(text);
  if (fields.size() != kFields) return no(cat("it has ", fields.size(), " fields, not five"));
  std::array<Times, kFields> times;
  for (std::size_t i = 0; i < kFields; ++i) {
    EIDOS_TRY(times[i], times_of(fields[i], kTable[i]));
  }
  if (never_comes(times)) return no("that day never comes");
  return {};
}

}  // namespace

Result<void> check_schedule(std::string_view text) {
  auto checked = check(text);
  if (!checked) return std::unexpected(std::move(checked).error().within(cat("--schedule ", quote(text))));
  return {};
}

}  // namespace eidos::agent
