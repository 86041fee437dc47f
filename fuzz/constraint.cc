// An expression, a path and a reading, a line each: refused with one clear line, or read so that their text
// reads the same; a verdict is always given, never changes with blanks, and opposites oppose.

#include "model/constraint.h"

#include "base/text.h"
#include "fuzz/properties.h"

namespace eidos::fuzz {
namespace {

using model::Check;
using model::Expression;
using model::Operator;
using model::Verdict;

void check_verdict(const Check& check) {
  EIDOS_ASSERT(check.verdict != Verdict::Skipped);
  EIDOS_ASSERT((check.verdict == Verdict::Unknown) == (check.cause != model::Cause::None));
  EIDOS_ASSERT(check.verdict == Verdict::Passed || !check.reason.empty());
  check_line(check.reason);
}

Verdict verdict(Operator op, const std::string& bound, std::string_view actual) {
  return model::check_value({{op, bound}}, actual).verdict;
}

void check_opposites(const std::string& bound, std::string_view actual) {
  constexpr std::pair<Operator, Operator> kOpposites[] = {{Operator::AtLeast, Operator::Below},
                                                          {Operator::AtMost, Operator::Above},
                                                          {Operator::Equal, Operator::NotEqual}};
  for (auto [op, other] : kOpposites) {
    Verdict one = verdict(op, bound, actual);
    Verdict two = verdict(other, bound, actual);
    EIDOS_ASSERT((one == Verdict::Unknown) == (two == Verdict::Unknown));
    EIDOS_ASSERT(one == Verdict::Unknown || one != two);
  }
  EIDOS_ASSERT(verdict(Operator::Equal, bound, actual) != Verdict::Unknown);
  // Never both above and below.
  EIDOS_ASSERT(verdict(Operator::Above, bound, actual) != Verdict::Passed ||
               verdict(Operator::Below, bound, actual) != Verdict::Passed);
}

void check_expression(std::string_view text, const Expression& expression, std::string_view actual) {
  EIDOS_ASSERT(!expression.empty());
  auto again = model::parse_expression(model::to_text(expression));
  EIDOS_ASSERT(again);
  EIDOS_ASSERT(*again == expression);
  auto padded = model::parse_expression(cat(" \t", text, " \r\n"));
  EIDOS_ASSERT(padded);
  EIDOS_ASSERT(*padded == expression);
  Check check = model::check_value(expression, actual);
  check_verdict(check);
  EIDOS_ASSERT(model::check_value(expression, cat("\t", actual, " ")).verdict == check.verdict);
  for (const model::Term& term : expression) check_opposites(term.bound, actual);
}

model::Snapshot snapshot_with(const model::ReadingPath& path, std::string_view actual) {
  data::Map readings;
  readings.set(path.key, actual);
  model::Snapshot snapshot;
  snapshot.measurements.push_back({path.type, {{path.subtype, readings, {}, {}}}, {}});
  return snapshot;
}

void check_path(std::string_view expression, std::string_view text, std::string_view actual) {
  auto path = model::parse_reading_path(text, nullptr);
  if (!path) {
    check_error(path.error());
    return;
  }
  EIDOS_ASSERT(cat(path->type, ".", path->subtype, ".", path->key) == text);
  model::Snapshot snapshot = snapshot_with(*path, actual);
  model::Constraint constraint;
  constraint.name = std::string(text);
  constraint.value = std::string(expression);
  auto check = model::check_constraint(constraint, snapshot);
  auto parsed = model::parse_expression(expression);
  EIDOS_ASSERT(check.has_value() == parsed.has_value());
  if (!check) return;
  check_verdict(*check);
  EIDOS_ASSERT(check->verdict == model::check_value(*parsed, actual).verdict);
  auto nowhere = model::check_constraint(constraint, model::Snapshot());
  EIDOS_ASSERT(nowhere);
  check_verdict(*nowhere);
  EIDOS_ASSERT(nowhere->verdict == Verdict::Unknown);
}

}  // namespace
}  // namespace eidos::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eidos;
  std::string_view text = fuzz::text_of(data, size);
  if (invalid_utf8(text)) return 0;  // Every one of the three comes out of a document.
  std::vector<std::string_view> lines = split(text, '\n');
  lines.resize(3);
  auto expression = model::parse_expression(lines[0]);
  if (expression)
    fuzz::check_expression(lines[0], *expression, lines[2]);
  else
    fuzz::check_error(expression.error());
  fuzz::check_path(lines[0], lines[1], lines[2]);
  return 0;
}
