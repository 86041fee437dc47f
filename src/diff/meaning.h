#pragma once
// What a difference at one place means: whether it counts, how its values are compared, of which class it is.
// Tables, each row with its reason; the first row that fits decides (readings.cc, recipe_parts.cc).

#include <string>
#include <string_view>

#include "diff/change.h"

namespace eidos::diff {

/// How two texts at one place are compared.
enum class Shape : std::uint8_t {
  Plain,     ///< As they are, but for blanks, a leading 'v' of a version, and zeros behind the point.
  Set,       ///< Items separated by commas or blanks, in any order, in brackets or not.
  Commands,  ///< systemd's Exec lists: when and as which process they last ran does not count.
};

/// The class by what changed. Versions have a class per part; everything else has one (`major`).
struct Impacts {
  Impact major;
  Impact minor;
  Impact patch;
  Impact added;
  Impact removed;
  constexpr bool is_version() const { return major != minor || minor != patch; }
};

inline constexpr Impact kB = Impact::Breaking;
inline constexpr Impact kP = Impact::Performance;
inline constexpr Impact kC = Impact::Cosmetic;
inline constexpr Impacts kAlwaysBreaking = {kB, kB, kB, kB, kB};
inline constexpr Impacts kAlwaysPerformance = {kP, kP, kP, kP, kP};
inline constexpr Impacts kAlwaysCosmetic = {kC, kC, kC, kC, kC};
inline constexpr Impacts kChangedBreaking = {kB, kB, kB, kC, kC};
inline constexpr Impacts kChangedPerformance = {kP, kP, kP, kC, kC};

struct Meaning {
  bool counts = true;
  Impacts impacts = kAlwaysCosmetic;
  Shape shape = Shape::Plain;
  std::string_view reason = {};
  bool older_breaks = false;  ///< A version going back is as bad as one whose first part changed.
};

/// Of a reading of a snapshot.
const Meaning& meaning_of(std::string_view type, std::string_view subtype, std::string_view key);
/// Of a path in a recipe: "criteria.service", "componentRefs.*.version" with the component's name left out
/// ("component.version"), "values.driver.version".
const Meaning& meaning_of(std::string_view recipe_path);

/// Whether two different values are the same in that shape. Numbers and texts that read alike are.
bool same(const data::Value& from, const data::Value& to, Shape shape);

/// What of the text of a command list counts: without the runs of its commands.
std::string without_runs(std::string_view text);

struct Verdict {
  Impact impact = Impact::Cosmetic;
  std::string detail;  ///< "newer", "older", "gained a, b; lost c", or empty.
};
/// Null stands for "not there".
Verdict judge(const data::Value& from, const data::Value& to, How how, const Meaning& meaning);

}  // namespace eidos::diff
