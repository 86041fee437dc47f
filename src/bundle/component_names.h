#pragma once
// Which component of a recipe a person means: every spelling a flag may use.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "model/recipe.h"

namespace eidos::bundle {

class ComponentNames {
 public:
  /// Both must outlive this.
  ComponentNames(const catalog::Catalog& catalog, const std::vector<model::ComponentRef>& refs);

  /// Position in `refs` of the component with this name, display name or override key; the name itself goes
  /// before the other spellings. Invalid: none (with the nearest spelling, or that only the catalog knows
  /// it), or several.
  Result<std::size_t> find(std::string_view spelling) const;

 private:
  struct Spelling {
    std::string_view text;
    std::size_t position;
  };

  std::vector<std::size_t> positions_of(std::string_view spelling) const;
  std::unexpected<Error> unknown(std::string_view spelling) const;

  const catalog::Catalog& catalog_;
  const std::vector<model::ComponentRef>& refs_;
  std::vector<Spelling> spellings_;
};

}  // namespace eidos::bundle
