#include <algorithm>
#include <compare>

#include "base/text.h"
#include "model/constraint.h"
#include "model/decimal.h"
#include "model/version.h"

namespace eidos::model {
namespace {

struct Outcome {
  Verdict verdict = Verdict::Passed;
  std::string reason;
};

Outcome decided(bool holds, const Term& term, std::string_view actual) {
  if (holds) return {};
  return {Verdict::Failed, cat("expected ", show(to_text(term)), ", got ", show(actual))};
}

bool holds(Operator op, std::strong_ordering order) {
  switch (op) {
    case Operator::Exact:
    case Operator::Equal: return order == 0;
    case Operator::NotEqual: return order != 0;
    case Operator::AtLeast: return order >= 0;
    case Operator::AtMost: return order <= 0;
    case Operator::Above: return order > 0;
    case Operator::Below: return order < 0;
  }
  std::unreachable();
}

// The order of the reading to the bound, as versions; nullopt when either is none.
std::optional<std::strong_ordering> order_as_versions(std::string_view actual, std::string_view bound) {
  auto a = parse_version(actual);
  auto b = parse_version(bound);
  if (!a || !b) return std::nullopt;
  return compare_to_bound(*a, *b);
}

// "300" equals "300" only as text; "1.30" has a precision to compare at.
bool is_version_bound(std::string_view bound) {
  bool digit = std::ranges::any_of(bound, [](char c) { return c >= '0' && c <= '9'; });
  return digit && bound.find('.') != std::string_view::npos;
}

Outcome check_equality(const Term& term, std::string_view actual) {
  std::optional<std::strong_ordering> order;
  if (term.op != Operator::Exact && is_version_bound(term.bound))
    order = order_as_versions(actual, term.bound);
  return decided(holds(term.op, order.value_or(actual <=> std::string_view(term.bound))), term, actual);
}

std::string no_order(std::string_view actual, std::string_view bound) {
  auto a = parse_amount(actual);
  auto b = parse_amount(bound);
  if (a && b) return cat(show(actual), " and ", show(bound), " are no versions, and their units differ");
  bool bound_is_bad = !b && !parse_version(bound);
  bool actual_is_bad = !a && !parse_version(actual);
  if (bound_is_bad) return cat("the bound ", quote(bound), " is neither a version nor a number");
  if (actual_is_bad) return cat("the reading ", quote(actual), " is neither a version nor a number");
  return cat(show(actual), " and ", show(bound), " have no common order: one is a version, one a number");
}

Outcome check_order(const Term& term, std::string_view actual) {
  if (auto order = order_as_versions(actual, term.bound)) {
    Outcome outcome = decided(holds(term.op, *order), term, actual);
    if (*order == 0 && outcome.verdict == Verdict::Failed && actual != term.bound)
      outcome.reason += cat(", which ", show(term.bound), " includes");
    return outcome;
  }
  auto a = parse_amount(actual);
  auto b = parse_amount(term.bound);
  auto order = a && b ? compare(*a, *b) : std::nullopt;
  if (!order) return {Verdict::Unknown, no_order(actual, term.bound)};
  return decided(holds(term.op, *order), term, actual);
}

Outcome check_term(const Term& term, std::string_view actual) {
  switch (term.op) {
    case Operator::Exact:
    case Operator::Equal:
    case Operator::NotEqual: return check_equality(term, actual);
    case Operator::AtLeast:
    case Operator::AtMost:
    case Operator::Above:
    case Operator::Below: return check_order(term, actual);
  }
  std::unreachable();
}

// A reading may be a list itself (kernel parameters given twice, images in several versions).
bool is_this_list(const Expression& expression, std::string_view actual) {
  std::vector<std::string_view> items = split(actual, ',');
  return expression.size() > 1 &&
         std::ranges::equal(expression, items, [](const Term& term, std::string_view item) {
           return term.op == Operator::Exact && term.bound == trim(item);
         });
}

}  // namespace

Check check_value(const Expression& expression, std::string_view actual) {
  Check check{.verdict = Verdict::Passed, .actual = std::string(actual), .reason = {}};
  std::string_view text = trim(actual);
  if (is_this_list(expression, text)) return check;
  for (const Term& term : expression) {
    Outcome outcome = check_term(term, text);
    bool worse = outcome.verdict == Verdict::Failed ||
                 (outcome.verdict == Verdict::Unknown && check.verdict == Verdict::Passed);
    if (!worse) continue;
    check.verdict = outcome.verdict;
    check.cause = outcome.verdict == Verdict::Unknown ? Cause::Unparsable : Cause::None;
    check.reason = std::move(outcome.reason);
    if (check.verdict == Verdict::Failed) break;
  }
  return check;
}

}  // namespace eidos::model
