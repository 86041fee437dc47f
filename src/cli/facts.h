#pragma once
// Facts about the target that the user states (--osv, --kernel, --k8s), held against a recipe's constraints.

#include <string>
#include <vector>

#include "base/log.h"
#include "cli/flags.h"
#include "model/recipe.h"

namespace eidos::cli {

struct Fact {
  std::string_view flag;  ///< "--k8s"
  std::string value;
  std::vector<std::string_view> paths;  ///< Constraints that look at it.
};

enum class FactVerdict : std::uint8_t {
  Agrees,
  Contradicts,
  Undecided,   ///< Less precise than the bound: 1.32 against >= 1.32.4.
  NotChecked,  ///< No constraint looks at it.
};

/// Invalid: a value that is no version ("cannot contain negative numbers").
Result<std::vector<Fact>> stated_facts(const Flags& flags);

struct FactResult {
  FactVerdict verdict = FactVerdict::NotChecked;
  std::string text;  ///< A clause for people, empty when it agrees.
};
FactResult judge(const Fact& fact, const model::RecipeResult& recipe);

/// Invalid for every contradiction, and with `strict` for what is undecided or not checked; without, those
/// are warnings.
Result<void> check_facts(const std::vector<Fact>& facts, const model::RecipeResult& recipe, bool strict,
                         Log& log);

}  // namespace eidos::cli
