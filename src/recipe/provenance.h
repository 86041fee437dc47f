#pragma once
// Where the values of a recipe come from: everything that writes them, and the history of one value among it.
// Resolution knows nothing of this and does nothing for it: the marks that values carry are enough.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "data/path.h"
#include "model/recipe.h"

namespace eidos::recipe {

enum class Writer : std::uint8_t {
  Registry,
  ValuesFile,
  Overlay,
  Recipe,
  Snapshot,
  CriteriaFile,
  Configuration,
  Environment,
  Flag,
};
/// A document outside the catalog that marks point into.
struct Text {
  const data::Sources* sources = nullptr;
  std::string_view text;
};

/// A key or list item, as it is called in a path, and where it stands.
struct Key {
  std::string name;
  data::Mark mark;
};

/// One thing that one writer says. Paths are those of the hydrated document (query.h), with components and
/// constraints by name: components.gpu-operator.values.driver, constraints."OS.release.ID".value.
struct Write {
  Writer writer = Writer::Overlay;
  std::string name = {};  ///< "eks-training", "--set gpu-operator:driver.version".
  data::Path at = {};
  data::Value value = {};
  bool merges = false;            ///< Laid over what is there, as data::merge does; else it replaces that.
  std::string because = {};       ///< Why this writer has a say; a clause, or empty.
  std::vector<Key> keys = {};     ///< Around the value, outermost first, its own last.
  std::optional<Text> text = {};  ///< What the marks point into; the catalog when absent.
};

/// One writer's say on one value.
struct Event {
  Writer by = Writer::Overlay;
  std::string name = {};
  std::string because = {};
  std::string file = {};  ///< Empty: it stands in no file.
  std::int64_t line = 0;
  std::int64_t column = 0;
  std::optional<data::Value> value = {};     ///< Absent: it took away what was there.
  std::string part = {};                     ///< Not empty: it wrote only this, below the value asked for.
  std::optional<data::Value> replaced = {};  ///< What the event before it had put there.
  std::string comment = {};     ///< That stands above it, or else above the nearest key around it.
  std::string comment_on = {};  ///< That key, when it is another than the value's own.
};

/// Everything that wrote `recipe`, in the order it took effect. A component, constraint or phase that is not
/// what its overlays give (or whose overlays this catalog does not have) was written by the recipe's own
/// document, `root`; nullptr when it was just resolved. Internal: damaged embedded data.
Result<std::vector<Write>> recipe_writes(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                                         const data::Value* root, const Text& text);

/// `path` as Write::at spells it: componentRefs[3].version → components.gpu-operator.version.
data::Path by_name(const data::Value& document, const data::Path& path);

class Provenance {
 public:
  /// `catalog` and the texts of `writes` must outlive it.
  Provenance(const catalog::Catalog& catalog, std::vector<Write> writes)
      : catalog_(catalog), writes_(std::move(writes)) {}

  /// Every say on the value at `path` (as Write::at spells it), oldest first. The last one holds.
  std::vector<Event> history(const data::Path& path);

 private:
  struct Found;
  static std::optional<Found> follow(const Write& write, const data::Path& path);
  Event event_of(const Write& write, const Found& found);
  std::string_view text_of(const Write& write, std::uint32_t source);

  const catalog::Catalog& catalog_;
  std::vector<Write> writes_;
  std::map<std::uint32_t, std::string> texts_;  // of the catalog, inflated once
};

/// The comment lines directly above `line` that are not indented deeper than `column`, without their '#';
/// licence lines left out. Lines count from 1.
std::string comment_above(std::string_view text, std::uint32_t line, std::uint32_t column);

}  // namespace eidos::recipe
