#include <algorithm>
#include <optional>

#include "base/text.h"
#include "model/constraint.h"

namespace eidos::model {
namespace {

constexpr std::pair<std::string_view, Operator> kOperators[] = {
    {">=", Operator::AtLeast}, {"<=", Operator::AtMost}, {">", Operator::Above},
    {"<", Operator::Below},    {"==", Operator::Equal},  {"!=", Operator::NotEqual}};

constexpr std::size_t kMaxTerms = 256;
constexpr std::string_view kOperatorCharacters = "<>=!~^|&";
constexpr std::string_view kAllowed =
    "use >=, <=, >, <, ==, != and a value, or a bare value; a comma means and";

// What people write out of habit from other tools, and what they mean by it.
constexpr std::pair<std::string_view, std::string_view> kHabits[] = {
    {"=>", "write >="},
    {"=<", "write <="},
    {"=", "write == or the bare value"},
    {"===", "write == or the bare value"},
    {"<>", "write !="},
    {"!", "write !="},
    {"!==", "write !="},
    {"~>", "write both ends: >= 1.30, < 1.40"},
    {"~", "write both ends: >= 1.30, < 1.40"},
    {"^", "write both ends: >= 1.30, < 1.40"},
    {"&&", "a comma means and"},
    {"&", "a comma means and"},
    {"||", "there is no 'or'"},
    {"|", "there is no 'or'"},
    {"≥", "write >="},
    {"≤", "write <="},
    {"≠", "write !="},
};
constexpr std::string_view kSigns[] = {"≥", "≤", "≠"};

std::unexpected<Error> refuse(std::string_view token) {
  const auto* habit =
      std::ranges::find(kHabits, token, &std::pair<std::string_view, std::string_view>::first);
  std::string hint = habit == std::end(kHabits) ? std::string(kAllowed) : cat(habit->second, "; ", kAllowed);
  return fail(ErrorKind::Invalid, cat(quote(token), " is no operator"), {}, std::move(hint));
}

bool is_operator_character(char c) {
  return kOperatorCharacters.find(c) != std::string_view::npos;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view operator_run(std::string_view text) {
  for (std::string_view sign : kSigns)
    if (text.starts_with(sign)) return sign;
  return text.substr(0, std::min(text.find_first_not_of(kOperatorCharacters), text.size()));
}

// "1.30 || == 1.2", "1.30 <1.40": an operator where a comma or nothing should stand. A lone '=' within a
// word is left alone: readings hold "UUID=…".
std::optional<std::string_view> stray_operator(std::string_view bound) {
  for (std::size_t i = 0; i < bound.size(); ++i) {
    std::string_view rest = bound.substr(i);
    bool begins_word = i == 0 || is_blank(bound[i - 1]);
    bool never_text = bound[i] == '<' || bound[i] == '>' || rest.starts_with("||") || rest.starts_with("&&");
    if (never_text || (begins_word && is_operator_character(bound[i]))) return operator_run(rest);
  }
  return std::nullopt;
}

Result<Term> parse_term(std::string_view text) {
  std::string_view run = operator_run(text);
  const auto* known = std::ranges::find(kOperators, run, &std::pair<std::string_view, Operator>::first);
  if (!run.empty() && known == std::end(kOperators)) return refuse(run);
  std::string_view bound = trim(text.substr(run.size()));
  if (bound.empty())
    return fail(ErrorKind::Invalid,
                run.empty() ? std::string("a part of the list is empty") : cat("nothing follows ", run), {},
                std::string(kAllowed));
  if (auto stray = stray_operator(bound)) return refuse(*stray);
  return Term{run.empty() ? Operator::Exact : known->second, std::string(bound)};
}

}  // namespace

Result<Expression> parse_expression(std::string_view text) {
  if (trim(text).empty())
    return fail(ErrorKind::Invalid, "the expression is empty", {}, std::string(kAllowed));
  if (static_cast<std::size_t>(std::ranges::count(text, ',')) >= kMaxTerms)
    return fail(ErrorKind::Invalid, cat("expression ", quote(text), " has more than ", kMaxTerms, " parts"));
  Expression expression;
  for (std::string_view part : split(text, ',')) {
    auto term = parse_term(trim(part));
    if (!term) return std::unexpected(std::move(term).error().within(cat("expression ", quote(text))));
    expression.push_back(*std::move(term));
  }
  return expression;
}

std::string to_text(const Term& term) {
  const auto* known = std::ranges::find(kOperators, term.op, &std::pair<std::string_view, Operator>::second);
  return known == std::end(kOperators) ? term.bound : cat(known->first, " ", term.bound);
}

std::string to_text(const Expression& expression) {
  std::vector<std::string> terms;
  for (const Term& term : expression) terms.push_back(to_text(term));
  return join(terms, ", ");
}

}  // namespace eidos::model
