// `eidos complete-paths -- WORD [WORDS...]`: what the shells offer for a path into a recipe. WORDS is the
// command line so far without 'eidos', so that the recipe meant is looked into. Whatever is wrong with it,
// this offers less and fails never.

#include <algorithm>

#include "base/text.h"
#include "cli/output.h"
#include "cli/parse.h"
#include "cli/recipe_input.h"
#include "cli/runs.h"
#include "recipe/query.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kReading[] = {"recipe", "criteria", "snapshot", "data", "catalog"};

/// A key press may look into files, not wait for the network or take standard input.
bool is_at_hand(const Flags& flags) {
  return std::ranges::all_of(kReading, [&](std::string_view name) {
    return std::ranges::all_of(flags.all(name), [](const std::string& source) {
      return source != "-" && source.find("://") == std::string::npos;
    });
  });
}

Invocation line_of(std::vector<std::string> words) {
  // the flag being completed has no value yet
  if (!words.empty() && words.back() == "=") words.pop_back();
  if (!words.empty() && words.back().starts_with('-')) words.pop_back();
  auto line = parse(words);
  bool usable = line && line->command != nullptr &&
                (line->command->name == "query" || line->command->name == "explain");
  if (usable && is_at_hand(line->flags)) return *std::move(line);
  const Command* query = find_command("query");
  Invocation nothing;
  nothing.command = query;
  nothing.flags = Flags(query);
  return nothing;
}

/// Keys that need quotes would need the shell's too.
bool is_plain(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::string name_of(const data::Value& item) {
  const data::Value* name = item.is_map() ? item.find("name") : &item;
  return name != nullptr && name->is_string() ? name->string() : std::string();
}

std::string suffix(const data::Value& value) {
  return value.is_map() && !value.map().empty() ? "." : "";
}

/// Each child of `place` as the whole word that leads to it.
std::vector<std::string> children(const std::string& parent, const data::Value& place) {
  std::vector<std::string> out;
  std::string stem = parent.empty() ? parent : cat(parent, ".");
  if (place.is_map())
    for (const data::Map::Entry& entry : place.map())
      if (is_plain(entry.key)) out.push_back(cat(stem, entry.key, suffix(entry.value)));
  if (place.is_list())
    for (const data::Value& item : place.list())
      if (std::string name = name_of(item); is_plain(name)) out.push_back(cat(stem, name, suffix(item)));
  return out;
}

Result<std::vector<std::string>> offers(const std::string& word, const Flags& flags, Session& session) {
  std::string parent = word.substr(0, word.rfind('.') == std::string::npos ? 0 : word.rfind('.'));
  EIDOS_TRY(data::Selector selector, data::parse_selector(parent));
  EIDOS_TRY(RecipeInput input, recipe_input(flags, session, "nodes"));
  // one step further than what is typed
  data::Selector below = selector;
  below.emplace_back(data::Each());
  std::vector<std::size_t> reached = recipe::reached_values(input.recipe, std::vector<data::Selector>{below});
  if (selector.size() < 2) reached.clear();
  EIDOS_TRY(data::Value document, recipe::hydrated_document(*input.catalog, input.recipe, reached));
  EIDOS_TRY(std::vector<recipe::Match> places, recipe::select(document, selector));
  return children(parent, *places.front().value);
}

}  // namespace

Result<int> run_complete_paths(const Invocation& invocation, Session& session) {
  if (invocation.arguments.empty()) return 0;
  std::string word = invocation.arguments.front();
  if (word.starts_with("--")) word = word.substr(std::min(word.find('=') + 1, word.size()));
  Invocation line = line_of({invocation.arguments.begin() + 1, invocation.arguments.end()});
  auto found = offers(word, line.flags, session);
  std::string out;
  if (found)
    for (const std::string& offer : *found)
      if (offer.starts_with(word)) out += cat(offer, "\n");
  return print(out, session.world);
}

}  // namespace eidos::cli
