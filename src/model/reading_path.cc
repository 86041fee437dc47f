#include <algorithm>

#include "base/text.h"
#include "model/constraint.h"

namespace eidos::model {
namespace {

// Names of systemd units hold dots; these end one (systemd.unit(5)).
constexpr std::string_view kUnitEndings[] = {".service",   ".socket", ".device", ".mount",
                                             ".automount", ".swap",   ".target", ".path",
                                             ".timer",     ".slice",  ".scope"};

// Length of the longest subtype of `type` that is a prefix of `rest` at a dot; 0 when none is.
std::size_t longest_subtype(std::string_view type, std::string_view rest, const Snapshot& snapshot) {
  std::size_t longest = 0;
  for (const Measurement& measurement : snapshot.measurements) {
    if (measurement.type != type) continue;
    for (const Subtype& group : measurement.subtypes) {
      const std::string& name = group.subtype;
      if (name.size() > longest && rest.size() > name.size() && rest.starts_with(name) &&
          rest[name.size()] == '.')
        longest = name.size();
    }
  }
  return longest;
}

std::size_t usual_subtype(std::string_view type, std::string_view rest) {
  std::size_t best = std::string_view::npos;
  if (type == "SystemD")
    for (std::string_view ending : kUnitEndings) {
      std::size_t at = rest.find(cat(ending, "."));
      if (at != std::string_view::npos) best = std::min(best, at + ending.size());
    }
  return best == std::string_view::npos ? rest.find('.') : best;
}

}  // namespace

bool is_unit_name(std::string_view name) {
  return std::ranges::any_of(kUnitEndings, [&](std::string_view e) { return name.ends_with(e); });
}

Result<ReadingPath> parse_reading_path(std::string_view text, const Snapshot* snapshot) {
  constexpr std::string_view kForm = "write Type.Subtype.Key, such as K8s.server.version";
  std::size_t dot = text.find('.');
  std::string_view type = text.substr(0, dot);
  if (std::ranges::find(kMeasurementTypes, type) == std::end(kMeasurementTypes))
    return fail(ErrorKind::Invalid,
                cat("path ", quote(text), ": type ", quote(type), " is none of ",
                    join(kMeasurementTypes, ", "), did_you_mean(type, kMeasurementTypes)),
                {}, std::string(kForm));
  std::string_view rest = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  std::size_t length = snapshot == nullptr ? 0 : longest_subtype(type, rest, *snapshot);
  if (length == 0) length = usual_subtype(type, rest);
  if (length == 0 || length == std::string_view::npos || length + 1 >= rest.size())
    return fail(ErrorKind::Invalid, cat("path ", quote(text), " has fewer than three parts"), {},
                std::string(kForm));
  return ReadingPath{std::string(type), std::string(rest.substr(0, length)),
                     std::string(rest.substr(length + 1))};
}

}  // namespace eidos::model
