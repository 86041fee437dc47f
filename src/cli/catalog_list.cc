// `eidos catalog list`: every complete combination of criteria, and how much there is behind each.

#include "base/table.h"
#include "base/text.h"
#include "catalog/criteria_values.h"
#include "cli/catalog_flags.h"
#include "cli/criteria_flags.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "recipe/combinations.h"
#include "recipe/criteria.h"
#include "recipe/resolve.h"

namespace eidos::cli {

namespace {

struct Row {
  recipe::Combination combination;
  std::size_t overlays = 0;
  std::size_t components = 0;
  std::size_t constraints = 0;
};

Result<Row> row_of(const catalog::Catalog& catalog, recipe::Combination combination) {
  auto resolved = recipe::resolve(catalog, combination.criteria, nullptr);
  if (!resolved)
    return std::unexpected(std::move(resolved)
                               .error()
                               .within(recipe::describe(combination.criteria))
                               .fix("'eidos catalog lint' finds the place"));
  const model::RecipeResult& result = resolved->result;
  return Row{std::move(combination), result.metadata.applied_overlays.size(), result.component_refs.size(),
             result.constraints.size()};
}

std::string table_of(const std::vector<Row>& rows) {
  Table table({"SERVICE", "ACCELERATOR", "INTENT", "OS", "PLATFORM", "NODES", "OVERLAYS", "COMPONENTS",
               "CONSTRAINTS"});
  for (const Row& row : rows) {
    std::vector<Table::Cell> cells;
    for (const model::Dimension& dimension : model::kDimensions) {
      const std::string& value = row.combination.criteria.*dimension.member;
      cells.emplace_back(value.empty() ? std::string("any") : harmless(value));
    }
    std::int64_t nodes = row.combination.criteria.nodes;
    cells.emplace_back(nodes == 0 ? std::string("any") : cat(nodes));
    for (std::size_t number : {row.overlays, row.components, row.constraints})
      cells.emplace_back(cat(number));
    table.add_row(std::move(cells));
  }
  return table.render({});
}

data::Value document_of(const std::vector<Row>& rows) {
  data::List list;
  for (const Row& row : rows) {
    data::Map criteria;
    for (const model::Dimension& dimension : model::kDimensions)
      if (const std::string& value = row.combination.criteria.*dimension.member; !value.empty())
        criteria.set(dimension.name, value);
    if (row.combination.criteria.nodes != 0) criteria.set("nodes", row.combination.criteria.nodes);
    data::List asked_by;
    for (const std::string& name : row.combination.asked_by) asked_by.emplace_back(name);
    data::Map one;
    one.set("criteria", std::move(criteria));
    one.set("askedBy", std::move(asked_by));
    one.set("overlays", static_cast<std::int64_t>(row.overlays));
    one.set("components", static_cast<std::int64_t>(row.components));
    one.set("constraints", static_cast<std::int64_t>(row.constraints));
    list.emplace_back(std::move(one));
  }
  data::Map out;
  out.set("combinations", std::move(list));
  return data::Value(std::move(out));
}

}  // namespace

Result<int> run_catalog_list(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(check_output(flags));
  EIDOS_TRY(const catalog::Catalog* catalog, load_catalog(flags, session));
  EIDOS_TRY(model::Criteria wanted, recipe::normalize(catalog->registry(), criteria_flags(flags)));
  std::vector<Row> rows;
  for (recipe::Combination& one : recipe::combinations(*catalog)) {
    if (!recipe::covers(one.criteria, wanted) || !(one.complete || flags.on("all"))) continue;
    EIDOS_TRY(Row row, row_of(*catalog, std::move(one)));
    rows.push_back(std::move(row));
  }
  if (rows.empty())
    session.context.log.warn(cat("no combination of this catalog has ", recipe::describe(wanted)));
  Format format = format_of(flags, Format::Table);
  if (format == Format::Table)
    EIDOS_CHECK(write_output(table_of(rows), flags, session));
  else
    EIDOS_CHECK(write_output(document_of(rows), format, flags, session));
  return 0;
}

}  // namespace eidos::cli
