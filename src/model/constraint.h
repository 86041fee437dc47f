#pragma once
// One constraint against one snapshot: path, expression, verdict. Rules: docs of constraints
// (constraints.md).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/recipe.h"
#include "model/snapshot.h"

namespace eidos::model {

enum class Operator : std::uint8_t { Exact, Equal, NotEqual, AtLeast, AtMost, Above, Below };

struct Term {
  Operator op = Operator::Exact;
  std::string bound;
  bool operator==(const Term&) const = default;
};
/// All terms must hold.
using Expression = std::vector<Term>;

/// An operator and a bound, or a bare value; several joined by commas. Blanks around each are trimmed.
/// Invalid, with the operators listed, for anything that looks like an operator and is none (=>, =, ~>, ^,
/// ||), an empty expression or an empty bound, and more than 256 terms.
Result<Expression> parse_expression(std::string_view text);

/// ">= 1.30, < 1.40": parse_expression of it gives the same expression back.
std::string to_text(const Expression& expression);
std::string to_text(const Term& term);

/// "K8s.server.version" split against what a snapshot holds: the longest subtype that is a prefix at a dot.
struct ReadingPath {
  std::string type;
  std::string subtype;
  std::string key;
};
/// Invalid when the type is none of kMeasurementTypes or there are fewer than three parts. Without a snapshot
/// that has the subtype, the subtype is the second part (or, for SystemD, up to and with the unit's ending,
/// ".service" and the like).
Result<ReadingPath> parse_reading_path(std::string_view text, const Snapshot* snapshot);
/// True for "kubelet.service", "docker.socket", …: a name with an ending that systemd gives its units.
bool is_unit_name(std::string_view name);

enum class Verdict : std::uint8_t { Passed, Failed, Skipped, Unknown };
enum class Cause : std::uint8_t { None, Absent, Denied, TimedOut, Unparsable, NotCollected };

struct Check {
  Verdict verdict = Verdict::Unknown;
  Cause cause = Cause::None;  ///< Why the verdict is unknown.
  std::string actual;         ///< Source text of the reading; empty when there is none.
  std::string reason;         ///< One clause for people: "expected >= 1.32.4, got 1.30.1".
};

/// The comparison alone: `expression` against the text of a reading, blanks around it trimmed. An ordering of
/// what is neither a version nor an amount of the same unit is Unknown, cause Unparsable. One failed term
/// fails the list, else one unknown term makes it unknown. A list of bare values also holds when the reading
/// is that very list ("tty0,ttyS0").
Check check_value(const Expression& expression, std::string_view actual);
/// Looks the reading up and compares. A missing reading is Unknown with the cause the snapshot's collectors
/// give. Older spellings GPU.smi.driver-version and GPU.smi.gpu-name are understood. An invalid expression or
/// path is an error.
Result<Check> check_constraint(const Constraint& constraint, const Snapshot& snapshot);

}  // namespace eidos::model
