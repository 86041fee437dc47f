#include "recipe/query.h"

#include <algorithm>

#include "base/text.h"
#include "recipe/resolve.h"

namespace eidos::recipe {
namespace {

constexpr std::string_view kComponents = "components";
constexpr std::string_view kValues = "values";
// A message stays one line that can be read.
constexpr std::size_t kMostNamed = 30;

bool can_be(const data::Selector& selector, std::size_t part, std::string_view key) {
  if (part >= selector.size() || std::holds_alternative<data::Each>(selector[part])) return true;
  const auto* wanted = std::get_if<std::string>(&selector[part]);
  return wanted != nullptr && *wanted == key;
}

data::Value component_map(const model::ComponentRef& ref, const data::Value& document) {
  data::Map out;
  for (const data::Map::Entry& entry : document.map())
    if (entry.key != "overrides") out.set(entry.key, entry.value, entry.mark);
  EIDOS_ASSERT(out.find("name")->string() == ref.name);
  return out;
}

}  // namespace

std::vector<std::size_t> reached_values(const model::RecipeResult& recipe,
                                        std::span<const data::Selector> selectors) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < recipe.component_refs.size(); ++i)
    if (std::ranges::any_of(selectors, [&](const data::Selector& selector) {
          return can_be(selector, 0, kComponents) && can_be(selector, 1, recipe.component_refs[i].name) &&
                 can_be(selector, 2, kValues);
        }))
      positions.push_back(i);
  return positions;
}

Result<data::Value> hydrated_document(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                                      const std::vector<std::size_t>& positions) {
  data::Value document = to_document(recipe);
  data::Map components;
  for (std::size_t i = 0; i < recipe.component_refs.size(); ++i) {
    const model::ComponentRef& ref = recipe.component_refs[i];
    data::Value component = component_map(ref, document.find("componentRefs")->list()[i]);
    if (std::ranges::find(positions, i) != positions.end()) {
      EIDOS_TRY(data::Value values, hydrate(catalog, ref));
      component.map().set(kValues, std::move(values));
    }
    components.set(ref.name, std::move(component));
  }
  document.map().set(kComponents, std::move(components));
  return document;
}

namespace {

using Matches = std::vector<Match>;

void add(Matches& out, const Match& from, data::PathPart part, const data::Value& value) {
  Match& next = out.emplace_back(Match{from.path, &value});
  next.path.push_back(std::move(part));
}

/// What a list item is called: its name, or what it says.
const std::string* name_of(const data::Value& item) {
  if (item.is_string()) return &item.string();
  const data::Value* name = item.find("name");
  return name != nullptr && name->is_string() ? &name->string() : nullptr;
}

void step_key(Matches& out, const Match& from, const std::string& key) {
  if (const data::Value* found = from.value->find(key)) return add(out, from, key, *found);
  if (!from.value->is_list()) return;
  const data::List& list = from.value->list();
  for (std::size_t i = 0; i < list.size(); ++i)
    if (const std::string* name = name_of(list[i]); name != nullptr && *name == key)
      add(out, from, i, list[i]);
}

void step_each(Matches& out, const Match& from) {
  if (from.value->is_map())
    for (const data::Map::Entry& entry : from.value->map()) add(out, from, entry.key, entry.value);
  if (from.value->is_list())
    for (std::size_t i = 0; i < from.value->list().size(); ++i) add(out, from, i, from.value->list()[i]);
}

Matches step(const Matches& from, const data::SelectorPart& part) {
  Matches out;
  for (const Match& match : from) {
    if (std::holds_alternative<data::Each>(part))
      step_each(out, match);
    else if (const auto* key = std::get_if<std::string>(&part))
      step_key(out, match, *key);
    else if (std::size_t index = std::get<std::size_t>(part);
             match.value->is_list() && index < match.value->list().size())
      add(out, match, index, match.value->list()[index]);
  }
  return out;
}

// What could have been asked of these places: keys of maps, names of list items; each once.
std::vector<std::string_view> names_in(const Matches& places) {
  std::vector<std::string_view> names;
  auto keep = [&](std::string_view name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const Match& place : places) {
    if (place.value->is_map())
      for (const data::Map::Entry& entry : place.value->map()) keep(entry.key);
    if (place.value->is_list())
      for (const data::Value& item : place.value->list())
        if (const std::string* name = name_of(item)) keep(*name);
  }
  return names;
}

std::string listed(std::vector<std::string_view> names) {
  std::size_t all = names.size();
  if (all > kMostNamed) names.resize(kMostNamed);
  std::vector<std::string> shown;
  for (std::string_view name : names) shown.push_back(show(name));
  return cat(join(shown, ", "), all > kMostNamed ? cat(" and ", all - kMostNamed, " more") : "");
}

std::string place_name(const data::Path& path) {
  return path.empty() ? std::string("the recipe") : quote(data::to_text(path));
}

/// Why the step from `places` (not empty) to the last part of `tried` found nothing.
class Miss {
 public:
  Miss(const Matches& places, data::Selector tried) : places_(places), tried_(std::move(tried)) {}

  std::unexpected<Error> error() const {
    std::vector<std::string_view> names = names_in(places_);
    const auto* key = std::get_if<std::string>(&tried_.back());
    std::string nearest = key == nullptr ? std::string() : did_you_mean(*key, names);
    return fail(ErrorKind::NotFound, cat("nothing at ", quote(data::to_text(tried_)), why(), nearest), {},
                hint(names));
  }

 private:
  const Match& first() const { return places_.front(); }

  std::string why() const {
    const data::Value& value = *first().value;
    if (places_.size() > 1) return {};
    std::string place = place_name(first().path);
    if (value.is_scalar())
      return cat(": ", place, " is ", data::describe(value.type()), " and has nothing below it");
    if (value.is_list() && std::holds_alternative<std::size_t>(tried_.back()))
      return cat(": ", place, " has ", value.list().size(), " items, counted from 0");
    if (value.is_map() && std::holds_alternative<std::size_t>(tried_.back()))
      return cat(": ", place, " is a map, not a list");
    if (value.is_map() ? value.map().empty() : value.list().empty()) return cat(": ", place, " is empty");
    return {};
  }

  std::string hint(const std::vector<std::string_view>& names) const {
    std::string out;
    std::string place = places_.size() == 1 ? place_name(first().path) : "those places";
    if (!names.empty())
      out = cat(place, places_.size() == 1 ? " has: " : " have: ", listed(names));
    else if (places_.size() == 1 && first().value->is_list())
      out = "take a list item as [0], all of them as [*]";
    // charts have defaults of their own, which no catalog file repeats
    bool in_values = tried_.size() > 3 && can_be(tried_, 0, kComponents) && can_be(tried_, 2, kValues);
    if (in_values)
      out += cat(out.empty() ? "" : "; ", "what no file of the catalog sets is left to the chart");
    return out;
  }

  const Matches& places_;
  data::Selector tried_;
};

}  // namespace

Result<std::vector<Match>> select(const data::Value& root, const data::Selector& selector) {
  Matches at = {{{}, &root}};
  for (std::size_t i = 0; i < selector.size(); ++i) {
    Matches next = step(at, selector[i]);
    if (next.empty())
      return Miss(at, {selector.begin(), selector.begin() + static_cast<std::ptrdiff_t>(i) + 1}).error();
    at = std::move(next);
  }
  return at;
}

}  // namespace eidos::recipe
