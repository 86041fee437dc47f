#include "bundle/component_names.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::bundle {
namespace {

bool is_spelling(const model::Component& entry, std::string_view text) {
  return entry.name == text || entry.display_name == text ||
         std::ranges::find(entry.value_override_keys, text) != entry.value_override_keys.end();
}

}  // namespace

ComponentNames::ComponentNames(const catalog::Catalog& catalog, const std::vector<model::ComponentRef>& refs)
    : catalog_(catalog), refs_(refs) {
  for (std::size_t i = 0; i < refs.size(); ++i) {
    spellings_.push_back({refs[i].name, i});
    const model::Component* entry = catalog.component(refs[i].name);
    if (entry == nullptr) continue;
    if (!entry->display_name.empty()) spellings_.push_back({entry->display_name, i});
    for (const std::string& key : entry->value_override_keys) spellings_.push_back({key, i});
  }
}

std::vector<std::size_t> ComponentNames::positions_of(std::string_view spelling) const {
  std::vector<std::size_t> found;
  for (const Spelling& known : spellings_) {
    if (known.text != spelling) continue;
    if (refs_[known.position].name == spelling) return {known.position};
    if (std::ranges::find(found, known.position) == found.end()) found.push_back(known.position);
  }
  return found;
}

std::unexpected<Error> ComponentNames::unknown(std::string_view spelling) const {
  for (const model::Component& entry : catalog_.registry().components)
    if (is_spelling(entry, spelling))
      return fail(ErrorKind::Invalid,
                  cat("component ", quote(spelling), " is in the catalog, but not in this recipe"), {},
                  "leave it out, or resolve a recipe that has it");
  std::vector<std::string_view> candidates;
  for (const Spelling& known : spellings_) candidates.push_back(known.text);
  std::vector<std::string_view> names;
  for (const model::ComponentRef& ref : refs_) names.push_back(ref.name);
  return fail(ErrorKind::Invalid,
              cat("no component ", quote(spelling), " in this recipe", did_you_mean(spelling, candidates)),
              {}, cat("components are ", join(std::span<const std::string_view>(names), ", ")));
}

Result<std::size_t> ComponentNames::find(std::string_view spelling) const {
  std::vector<std::size_t> found = positions_of(spelling);
  if (found.empty()) return unknown(spelling);
  if (found.size() == 1) return found.front();
  return fail(
      ErrorKind::Invalid,
      cat(quote(spelling), " can mean ", quote(refs_[found[0]].name), " and ", quote(refs_[found[1]].name)),
      {}, "use the component's name");
}

}  // namespace eidos::bundle
