#include "cli/facts.h"

#include <algorithm>

#include "base/text.h"
#include "model/constraint.h"
#include "model/version.h"

namespace eidos::cli {

namespace {

struct Known {
  std::string_view name;
  std::string_view shown;
  std::vector<std::string_view> paths;
};

const std::vector<Known>& known_facts() {
  static const std::vector<Known> kFacts = {
      {"osv", "--osv", {"OS.release.VERSION_ID"}},
      {"kernel", "--kernel", {"OS.sysctl./proc/sys/kernel/osrelease", "K8s.node.kernel-version"}},
      {"k8s", "--k8s", {"K8s.server.version"}},
  };
  return kFacts;
}

/// The fact stops before the bound does, and agrees with it as far as it goes.
bool less_precise(const std::string& fact, const std::string& bound) {
  auto have = model::parse_version(fact);
  auto want = model::parse_version(bound);
  if (!have || !want || have->parts.size() >= want->parts.size()) return false;
  return std::equal(have->parts.begin(), have->parts.end(), want->parts.begin());
}

FactVerdict judge_term(const Fact& fact, const model::Term& term) {
  if (less_precise(fact.value, term.bound)) return FactVerdict::Undecided;
  model::Check check = model::check_value({term}, fact.value);
  if (check.verdict == model::Verdict::Unknown) return FactVerdict::Undecided;
  return check.verdict == model::Verdict::Passed ? FactVerdict::Agrees : FactVerdict::Contradicts;
}

FactVerdict judge_constraint(const Fact& fact, const model::Constraint& constraint) {
  auto expression = model::parse_expression(constraint.value);
  if (!expression) return FactVerdict::Undecided;
  FactVerdict worst = FactVerdict::Agrees;
  for (const model::Term& term : *expression) {
    FactVerdict verdict = judge_term(fact, term);
    if (verdict == FactVerdict::Contradicts) return verdict;
    if (verdict == FactVerdict::Undecided) worst = verdict;
  }
  return worst;
}

std::string clause(const Fact& fact, const model::Constraint& constraint, FactVerdict verdict) {
  std::string wanted = cat(constraint.name, " ", constraint.value);
  if (verdict == FactVerdict::Contradicts)
    return cat(fact.flag, " ", quote(fact.value), " contradicts the recipe, which asks for ", wanted);
  return cat(fact.flag, " ", quote(fact.value), " is undecided: less precise than ", wanted);
}

}  // namespace

Result<std::vector<Fact>> stated_facts(const Flags& flags) {
  std::vector<Fact> facts;
  std::vector<Error> problems;
  for (const Known& known : known_facts()) {
    if (!flags.has(known.name)) continue;
    std::string value(trim(flags.text(known.name)));
    if (auto version = model::parse_version(value); !version)
      problems.push_back(std::move(version).error().within(known.shown));
    facts.push_back({known.shown, std::move(value), known.paths});
  }
  if (!problems.empty()) return std::unexpected(together(std::move(problems)));
  return facts;
}

FactResult judge(const Fact& fact, const model::RecipeResult& recipe) {
  FactResult result{FactVerdict::NotChecked,
                    cat(fact.flag, " ", quote(fact.value), " is not checked: no constraint looks at it")};
  for (const model::Constraint& constraint : recipe.constraints) {
    if (std::find(fact.paths.begin(), fact.paths.end(), constraint.name) == fact.paths.end()) continue;
    FactVerdict verdict = judge_constraint(fact, constraint);
    if (verdict == FactVerdict::Agrees && result.verdict == FactVerdict::NotChecked) result = {verdict, {}};
    if (verdict == FactVerdict::Agrees) continue;
    result = {verdict, clause(fact, constraint, verdict)};
    if (verdict == FactVerdict::Contradicts) break;
  }
  return result;
}

Result<void> check_facts(const std::vector<Fact>& facts, const model::RecipeResult& recipe, bool strict,
                         Log& log) {
  std::vector<Error> problems;
  for (const Fact& fact : facts) {
    FactResult result = judge(fact, recipe);
    if (result.verdict == FactVerdict::Agrees)
      log.debug("fact agrees", {{"fact", fact.value}});
    else if (result.verdict == FactVerdict::Contradicts || strict)
      problems.push_back({ErrorKind::Invalid, result.text, {}, {}});
    else
      log.warn(result.text);
  }
  if (!problems.empty()) return std::unexpected(together(std::move(problems)));
  return {};
}

}  // namespace eidos::cli
