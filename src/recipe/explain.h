#pragma once
// Why a recipe is what it is: its overlays, its order, its values. One document, for people and for programs.

#include <map>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "recipe/provenance.h"
#include "recipe/query.h"

namespace eidos::recipe {

enum class Taken : std::uint8_t {
  Applied,
  Excluded,  ///< By the snapshot.
  Left,
};

/// Why one overlay of the catalog is in the recipe, or is not.
struct OverlayReason {
  std::string name = {};
  Taken verdict = Taken::Left;
  std::string why = {};
  std::string file = {};  ///< Where it stands; empty: not in this catalog.
};

/// Why one component is at its place in the deployment order.
struct OrderReason {
  std::string name = {};
  std::int64_t place = 0;               ///< From 1.
  std::vector<std::string> after = {};  ///< What it depends on.
  std::string why = {};
};

/// One value and its history.
struct ValueReason {
  data::Value value = {};
  std::string note = {};            ///< Of what is computed and not written: why it is so.
  std::vector<Event> history = {};  ///< Oldest first; the last one holds.
};

struct Explanation {
  std::string kind = {};
  std::string api_version = {};
  model::Criteria criteria = {};
  std::vector<OverlayReason> overlays = {};
  std::vector<OrderReason> deployment_order = {};
  std::map<std::string, ValueReason> values = {};  ///< By JSON pointer into the hydrated document.
};

/// Applied ones in the order applied, then those a snapshot excluded, then the others by name.
std::vector<OverlayReason> overlay_reasons(const catalog::Catalog& catalog,
                                           const model::RecipeResult& recipe);

/// In deployment order.
std::vector<OrderReason> order_reasons(const model::RecipeResult& recipe);

/// The history of each of `matches`, which point into `document` (the hydrated one of `recipe`).
std::vector<ValueReason> value_reasons(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                                       const data::Value& document, const std::vector<Write>& writes,
                                       const std::vector<Match>& matches);

/// Scalars and empty maps and lists at and below `match`, in document order.
std::vector<Match> leaves(const Match& match);

data::Value to_document(const Explanation& explanation);

}  // namespace eidos::recipe
