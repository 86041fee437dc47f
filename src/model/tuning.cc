#include "model/tuning.h"

#include <algorithm>

#include "base/text.h"
#include "model/known_readings.h"

namespace eidos::model {
namespace {

using Text = std::string_view;

constexpr Text kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

// Who sets the readings of a subtype, and what their keys and values may hold: both end up in files of other
// programs, where a blank or a line break would start something else.
struct Place {
  Text type;
  Text subtype;  // "*": any
  Text category;
  Text key_extra;    // beside letters and digits
  Text value_extra;  // the same for values
};
constexpr Place kPlaces[] = {
    {"OS", "grub", "grub", "_.-",
     "_.,:;=+-/@%"},  // the kernel's parameters, admin-guide/kernel-parameters.rst
    {"OS", "sysctl", "sysctl", "_./-", "_.,:;=+-/ "},  // sysctl.d(5)
    {"OS", "kmod", "kmod", "_", ""},
    {"SystemD", "*", "systemd", "", "_.,:;=+-/ "},  // systemd.exec(5)
    {"GPU", "smi", "gpu", "_.*-", "_.,:;=+-/ "},
    {"K8s", "policy", "kubernetes", "_.-", "_.,:;=+-/ "},
};
constexpr std::size_t kMostBytes = 256;
constexpr Text kSysctlRoot = "/proc/sys/";

const Place* place_of(const ReadingPath& reading) {
  const auto* found = std::ranges::find_if(kPlaces, [&](const Place& place) {
    return place.type == reading.type && (place.subtype == "*" || place.subtype == reading.subtype);
  });
  return found == std::end(kPlaces) ? nullptr : found;
}

bool consists_of(Text text, Text extra) {
  return text.size() <= kMostBytes && std::ranges::all_of(text, [&](char c) {
           return kLetters.find(c) != Text::npos || extra.find(c) != Text::npos;
         });
}

bool is_sysctl_key(Text key) {
  return key.starts_with(kSysctlRoot) && key.size() > kSysctlRoot.size() && key.find("..") == Text::npos &&
         key.find("//") == Text::npos && !key.ends_with('/');
}

// "gpu.*.mig-mode" is read as that of some device.
ReadingPath of_one_device(ReadingPath reading) {
  if (std::size_t star = reading.key.find('*'); star != std::string::npos) reading.key.replace(star, 1, "0");
  return reading;
}

/// The one value that a bound names, if it does.
std::optional<std::string> only_value(const Expression& expression) {
  if (expression.size() != 1) return std::nullopt;
  switch (expression.front().op) {
    case Operator::Exact:
    case Operator::Equal:
    case Operator::AtLeast:
    case Operator::AtMost: return expression.front().bound;
    case Operator::NotEqual:
    case Operator::Above:
    case Operator::Below: return std::nullopt;
  }
  std::unreachable();
}

Result<std::string> chosen_value(const TuningSetting& setting) {
  EIDOS_TRY(Expression expression, parse_expression(setting.value));
  std::optional<std::string> only = only_value(expression);
  if (setting.set.empty() && only) return *only;
  if (setting.set.empty())
    return fail(ErrorKind::Invalid, cat(quote(setting.value), " names no one value"), {},
                "say with 'set' what to set");
  Check check = check_value(expression, setting.set);
  if (check.verdict == Verdict::Passed) return setting.set;
  return fail(ErrorKind::Invalid,
              cat("'set' is ", quote(setting.set), ", which does not satisfy ", quote(setting.value)));
}

}  // namespace

std::optional<std::string_view> tuning_category(const ReadingPath& reading) {
  const Place* place = place_of(reading);
  return place == nullptr ? std::nullopt : std::optional(place->category);
}

Result<ReadingPath> tuned_reading(const TuningSetting& setting) {
  EIDOS_TRY(ReadingPath reading, parse_reading_path(setting.path, nullptr));
  const Place* place = place_of(reading);
  if (place == nullptr || !is_known_reading(of_one_device(reading))) {
    std::string meant = suggestion_for(of_one_device(reading), nullptr);
    return fail(ErrorKind::Invalid,
                cat(place == nullptr ? "nobody sets " : "no collector reads ", quote(setting.path),
                    meant.empty() ? "" : cat("; did you mean ", quote(meant), "?")),
                {}, "settings are of OS.grub, OS.sysctl, OS.kmod, SystemD.UNIT, GPU.smi and K8s.policy");
  }
  if (!consists_of(reading.key, place->key_extra) ||
      (place->category == "sysctl" && !is_sysctl_key(reading.key)))
    return fail(ErrorKind::Invalid, cat(quote(reading.key), " is no key of ", place->category), {},
                place->category == "sysctl" ? "write it as in OS.sysctl./proc/sys/vm/swappiness" : "");
  if (reading.key.find('*') != std::string::npos &&
      (!reading.key.starts_with("gpu.*.") || std::ranges::count(reading.key, '*') != 1))
    return fail(ErrorKind::Invalid, cat(quote(reading.key), ": '*' stands for a GPU only"), {},
                "write it as in GPU.smi.gpu.*.mig-mode");
  return reading;
}

Result<std::string> value_to_set(const TuningSetting& setting, const ReadingPath& reading) {
  const Place* place = place_of(reading);
  EIDOS_ASSERT(place != nullptr);
  if (setting.value.empty()) {
    if (place->category == "grub" && setting.set.empty()) return std::string();
    return fail(ErrorKind::Invalid, "has no value", {}, "only a boot parameter may have none");
  }
  EIDOS_TRY(std::string value, chosen_value(setting));
  if (place->category == "kmod" && value != "true")
    return fail(ErrorKind::Invalid, cat("a module is loaded or not; got ", quote(value)), {},
                "write value: true");
  if (!consists_of(value, place->value_extra))
    return fail(ErrorKind::Invalid,
                cat(quote(value), " cannot be written into a setting of ", place->category));
  return value;
}

}  // namespace eidos::model
