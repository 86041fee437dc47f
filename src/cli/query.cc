// `eidos query`: values of a recipe, by path.

#include "recipe/query.h"

#include <algorithm>

#include "base/table.h"
#include "base/text.h"
#include "cli/catalog_flags.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/recipe_input.h"
#include "cli/runs.h"
#include "data/document.h"

namespace eidos::cli {

namespace {

enum class Shape : std::uint8_t { Text, Yaml, Json, Table };

struct ShapeName {
  std::string_view name;
  Shape shape;
};
constexpr ShapeName kShapes[] = {
    {"text", Shape::Text}, {"yaml", Shape::Yaml}, {"json", Shape::Json}, {"table", Shape::Table}};

/// What is printed: one value, or several by their paths.
struct Answer {
  bool one = false;
  std::vector<recipe::Match> matches;

  bool is_scalar() const { return one && matches.front().value->is_scalar(); }
  data::Value document() const {
    if (one) return *matches.front().value;
    data::Map out;
    for (const recipe::Match& match : matches) out.set(data::to_text(match.path), *match.value);
    return out;
  }
};

Result<std::vector<data::Selector>> selectors_of(const Flags& flags) {
  std::vector<data::Selector> selectors;
  std::vector<Error> problems;
  for (const std::string& text : flags.all("selector")) {
    auto selector = data::parse_selector(text);
    if (selector)
      selectors.push_back(*std::move(selector));
    else
      problems.push_back(std::move(selector).error().within("--selector"));
  }
  if (!problems.empty()) return std::unexpected(together(std::move(problems)));
  if (selectors.empty()) selectors.emplace_back();
  return selectors;
}

bool is_wild(const data::Selector& selector) {
  return std::ranges::any_of(
      selector, [](const data::SelectorPart& part) { return std::holds_alternative<data::Each>(part); });
}

Result<Answer> answer(const data::Value& document, const std::vector<data::Selector>& selectors) {
  Answer out;
  std::vector<Error> problems;
  for (const data::Selector& selector : selectors) {
    auto found = recipe::select(document, selector);
    if (found)
      std::ranges::move(*found, std::back_inserter(out.matches));
    else
      problems.push_back(std::move(found).error());
  }
  if (!problems.empty()) return std::unexpected(together(std::move(problems)));
  out.one = selectors.size() == 1 && out.matches.size() == 1 && !is_wild(selectors.front());
  return out;
}

Shape shape_of(const Flags& flags, const Answer& answer) {
  for (const ShapeName& row : kShapes)
    if (flags.text("format") == row.name) return row.shape;
  if (format_of(flags) == Format::Json) return Shape::Json;
  return answer.is_scalar() ? Shape::Text : Shape::Yaml;
}

/// On a terminal a value may break lines and nothing else.
std::string for_terminal(std::string_view text) {
  std::vector<std::string> lines;
  for (std::string_view line : split(text, '\n')) lines.push_back(harmless(line));
  return join(lines, "\n");
}

/// A scalar bare, anything else as one line of JSON.
std::string bare(const data::Value& value) {
  if (value.is_null()) return "null";
  return value.is_scalar() ? value.scalar_text() : data::to_compact_json(value);
}

std::string text_of(const Answer& answer, bool terminal) {
  std::string out;
  for (const recipe::Match& match : answer.matches) {
    std::string text = bare(*match.value);
    // one line each, or nobody could tell which is which
    if (!answer.one && text.find('\n') != std::string::npos) text = data::to_compact_json(*match.value);
    out += cat(terminal ? for_terminal(text) : text, '\n');
  }
  return out;
}

void add_rows(Table& table, const data::Path& path, const data::Value& value) {
  auto below = [&](data::PathPart part, const data::Value& item) {
    data::Path next = path;
    next.push_back(std::move(part));
    add_rows(table, next, item);
  };
  bool holds_more = (value.is_map() && !value.map().empty()) || (value.is_list() && !value.list().empty());
  if (!holds_more) return table.add_row({data::to_text(path), bare(value)});
  if (value.is_map())
    for (const data::Map::Entry& entry : value.map()) below(entry.key, entry.value);
  else
    for (std::size_t i = 0; i < value.list().size(); ++i) below(i, value.list()[i]);
}

std::string table_of(const Answer& answer) {
  Table table({"PATH", "VALUE"});
  for (const recipe::Match& match : answer.matches) add_rows(table, match.path, *match.value);
  return table.render({});
}

}  // namespace

Result<int> run_query(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(check_output(flags));
  EIDOS_TRY(std::vector<data::Selector> selectors, selectors_of(flags));
  EIDOS_TRY(RecipeInput input, recipe_input(flags, session));
  std::vector<std::size_t> reached = recipe::reached_values(input.recipe, selectors);
  EIDOS_CHECK(check_catalog(input, reached, flags, session));
  EIDOS_TRY(data::Value document, recipe::hydrated_document(*input.catalog, input.recipe, reached));
  EIDOS_TRY(Answer found, answer(document, selectors));
  switch (shape_of(flags, found)) {
    case Shape::Text:
      EIDOS_CHECK(
          write_output(text_of(found, to_stdout(flags) && session.world.stdout_is_terminal), flags, session));
      break;
    case Shape::Table: EIDOS_CHECK(write_output(table_of(found), flags, session)); break;
    case Shape::Json: EIDOS_CHECK(write_output(found.document(), Format::Json, flags, session)); break;
    case Shape::Yaml: EIDOS_CHECK(write_output(found.document(), Format::Yaml, flags, session)); break;
  }
  return 0;
}

}  // namespace eidos::cli
