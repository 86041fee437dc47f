// Constraints along a chain: a child may ask for more than its ancestors, not for less.

#include <algorithm>
#include <map>

#include "base/text.h"
#include "catalog/chain.h"
#include "catalog/lint_collect.h"
#include "model/constraint.h"

namespace eidos::catalog {

namespace {

using model::Expression;
using model::Operator;
using model::Term;

bool holds(const Term& term, const std::string& value) {
  return model::check_value({term}, value).verdict == model::Verdict::Passed;
}

bool is_lower(Operator op) {
  return op == Operator::AtLeast || op == Operator::Above;
}
bool is_upper(Operator op) {
  return op == Operator::AtMost || op == Operator::Below;
}
bool is_value(Operator op) {
  return op == Operator::Exact || op == Operator::Equal;
}

/// Whether everything that `child` accepts meets `parent`, as far as one term of it can tell. What cannot be
/// compared is taken for meant.
bool implies(const Term& child, const Term& parent) {
  if (child == parent) return true;
  if (is_value(child.op)) return model::check_value({parent}, child.bound).verdict != model::Verdict::Failed;
  bool same_side = (is_lower(child.op) && is_lower(parent.op)) || (is_upper(child.op) && is_upper(parent.op));
  if (same_side) {
    // "> 5" asks for more than "> 5" and ">= 5", but ">= 5" for less than "> 5".
    bool open = child.op == Operator::Above || child.op == Operator::Below;
    Term bound = parent;
    if (open && bound.op == Operator::Above) bound.op = Operator::AtLeast;
    if (open && bound.op == Operator::Below) bound.op = Operator::AtMost;
    return model::check_value({bound}, child.bound).verdict != model::Verdict::Failed;
  }
  // A range that leaves the unwanted value out.
  return parent.op == Operator::NotEqual && (is_lower(child.op) || is_upper(child.op)) &&
         !holds(child, parent.bound);
}

/// The first term of `parent` that `child` does not ensure; nullptr when it ensures all.
const Term* loosened(const Expression& parent, const Expression& child) {
  auto values = [](const Expression& all) {
    return std::ranges::count_if(all, [](const Term& term) { return is_value(term.op); });
  };
  if (values(parent) > 1) return parent == child ? nullptr : &parent.front();  // a list, word for word
  for (const Term& term : parent)
    if (std::ranges::none_of(child, [&](const Term& mine) { return implies(mine, term); })) return &term;
  return nullptr;
}

struct Stated {
  const model::Constraint* constraint = nullptr;
  const model::Overlay* by = nullptr;
};
using Effective = std::map<std::string, Stated>;

class Chains {
 public:
  explicit Chains(LintCollector& lint) : lint_(lint) {}

  // Parents before children, each once, so that deep chains cost no more than many short ones.
  void run() {
    for (const auto& [name, overlay] : lint_.catalog().overlays()) {
      std::vector<const model::Overlay*> open;
      const model::Overlay* at = &overlay;
      while (at != nullptr && !done_.contains(at) && open.size() <= lint_.catalog().overlays().size()) {
        open.push_back(at);
        at = parent_of(lint_.catalog(), *at);
      }
      for (; !open.empty(); open.pop_back())
        if (!done_.contains(open.back())) look(*open.back());
    }
  }

 private:
  void look(const model::Overlay& overlay) {
    Effective effective;
    if (const model::Overlay* parent = parent_of(lint_.catalog(), overlay))
      if (auto above = done_.find(parent); above != done_.end()) effective = above->second;
    take(overlay, "", overlay.spec.constraints, effective);
    const model::Validation& validation = overlay.spec.validation;
    take_phase(overlay, "readiness", validation.readiness, effective);
    take_phase(overlay, "deployment", validation.deployment, effective);
    take_phase(overlay, "performance", validation.performance, effective);
    take_phase(overlay, "conformance", validation.conformance, effective);
    done_.emplace(&overlay, std::move(effective));
  }

  void take_phase(const model::Overlay& overlay, std::string_view name,
                  const std::optional<model::ValidationPhase>& phase, Effective& effective) {
    if (phase) take(overlay, cat(name, ": "), phase->constraints, effective);
  }

  void take(const model::Overlay& overlay, std::string_view prefix,
            const std::vector<model::Constraint>& constraints, Effective& effective) {
    for (const model::Constraint& constraint : constraints) {
      Stated& slot = effective[cat(prefix, constraint.name)];
      if (slot.constraint != nullptr) compare(overlay, constraint, slot);
      slot = {&constraint, &overlay};
    }
  }

  void compare(const model::Overlay& overlay, const model::Constraint& own, const Stated& above) {
    auto parent = model::parse_expression(above.constraint->value);
    auto child = model::parse_expression(own.value);
    if (!parent || !child) return;  // said at load
    const Term* term = loosened(*parent, *child);
    if (term == nullptr) return;
    lint_.add(
        "loosened-constraint", own.mark,
        cat(own.name, " is ", show(own.value), " in ", quote(overlay.metadata.name), ", which allows what ",
            show(model::to_text(*term)), " of its ancestor ", quote(above.by->metadata.name), " forbids (",
            lint_.catalog().sources().place(above.constraint->mark), ")"),
        "ask for at least as much, or move the stricter constraint to where it is needed");
  }

  LintCollector& lint_;
  std::map<const model::Overlay*, Effective> done_;
};

}  // namespace

void lint_constraints(LintCollector& lint) {
  Chains(lint).run();
}

}  // namespace eidos::catalog
