// `eidos catalog show NAME`: an overlay, a component or a file of the catalog, and what stands around it.

#include "base/table.h"
#include "base/text.h"
#include "catalog/chain.h"
#include "catalog/embedded.h"
#include "catalog/usage.h"
#include "cli/catalog_flags.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "data/document.h"
#include "recipe/criteria.h"

namespace eidos::cli {

namespace {

using catalog::Catalog;

data::Value listed(const std::vector<std::string>& items) {
  data::List list;
  for (const std::string& item : items) list.emplace_back(item);
  return data::Value(std::move(list));
}

/// Keys in the order shown; `text` is the source below them.
struct Shown {
  data::Map facts;
  std::string text;
};

Result<Shown> shown_overlay(const Catalog& catalog, const model::Overlay& overlay) {
  EIDOS_TRY(auto chain, catalog::chain(catalog, overlay));
  std::vector<std::string> names;
  for (const model::Overlay* one : chain) names.push_back(one->metadata.name);
  std::vector<std::string> components;
  for (const model::ComponentRef& ref : overlay.spec.component_refs) components.push_back(ref.name);
  Shown out;
  out.facts.set("overlay", overlay.metadata.name);
  out.facts.set("file", catalog.sources().name(overlay.mark.file));
  out.facts.set("chain", listed(names));
  // Without criteria it never applies by itself; the root always does.
  if (overlay.spec.criteria)
    out.facts.set("criteria", recipe::describe(*overlay.spec.criteria));
  else if (overlay.metadata.name != catalog::kRoot)
    out.facts.set("criteria", "none: only as an ancestor");
  out.facts.set("components", listed(components));
  out.facts.set("parentOf", listed(catalog::children_of(catalog, overlay.metadata.name)));
  EIDOS_TRY(out.text, catalog.text(catalog::path_of(catalog, overlay.mark)));
  return out;
}

Shown shown_component(const Catalog& catalog, const model::Component& component) {
  Shown out;
  out.facts.set("component", component.name);
  out.facts.set("file", catalog.sources().name(component.mark.file));
  out.facts.set("files", listed(catalog::files_of(catalog, component.name)));
  out.facts.set("usedBy", listed(catalog::overlays_naming(catalog, component.name)));
  out.text = data::to_yaml(data::write_value(component));
  return out;
}

Result<Shown> shown_file(const Catalog& catalog, const std::string& path, const catalog::CatalogFile& file) {
  Shown out;
  out.facts.set("path", path);
  out.facts.set("file", catalog.sources().name(file.source));
  out.facts.set("digest", cat("sha256:", file.digest));
  out.facts.set("usedBy", listed(catalog::users_of_file(catalog, path)));
  EIDOS_TRY(out.text, catalog.text(path));
  return out;
}

/// One fact a line; several values one below the other.
std::string table_of(const Shown& shown) {
  std::string out;
  Table table({"", ""});
  for (const data::Map::Entry& fact : shown.facts) {
    if (!fact.value.is_list()) {
      table.add_row({fact.key, harmless(fact.value.scalar_text())});
      continue;
    }
    std::vector<std::string> items;
    for (const data::Value& item : fact.value.list()) items.push_back(harmless(item.string()));
    bool chain = fact.key == "chain";
    if (chain || items.empty()) {
      table.add_row({fact.key, items.empty() ? "-" : join(items, " → ")});
      continue;
    }
    for (std::size_t i = 0; i < items.size(); ++i)
      table.add_row({i == 0 ? fact.key : std::string(), std::move(items[i])});
  }
  out = cat(table.render({.header = false}), "\n");
  for (std::string_view line : split(shown.text, '\n')) out += cat(harmless(line), "\n");
  if (shown.text.ends_with('\n')) out.pop_back();
  return out;
}

std::vector<std::string> names_in(const Catalog& catalog) {
  std::vector<std::string> names;
  for (const auto& [name, overlay] : catalog.overlays()) names.push_back(name);
  for (const model::Component& component : catalog.registry().components) names.push_back(component.name);
  for (const auto& [path, file] : catalog.files()) names.push_back(path);
  return names;
}

/// An overlay before a component before a file; "catalog/overlays/eks.yaml", as messages name it, is a file.
Result<Shown> find(const Catalog& catalog, const std::string& name) {
  if (const model::Overlay* overlay = catalog.overlay(name)) return shown_overlay(catalog, *overlay);
  if (const model::Component* component = catalog.component(name))
    return shown_component(catalog, *component);
  for (const auto& [path, file] : catalog.files())
    if (path == name || catalog.sources().name(file.source) == name) return shown_file(catalog, path, file);
  std::vector<std::string> known = names_in(catalog);
  std::vector<std::string_view> names(known.begin(), known.end());
  return fail(ErrorKind::NotFound,
              cat("the catalog has no overlay, component or file ", quote(name), did_you_mean(name, names)),
              {}, "'eidos catalog list' names the overlays");
}

}  // namespace

std::vector<std::string> catalog_names() {
  std::unique_ptr<Files> files = real_files();  // asked for nothing: the embedded catalog is in memory
  auto loaded = catalog::load(*files, {.embedded = catalog::embedded_catalog()});
  return loaded ? names_in(loaded->catalog) : std::vector<std::string>();
}

Result<int> run_catalog_show(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  if (invocation.arguments.empty())
    return fail(ErrorKind::Usage, "name an overlay, a component or a file", {},
                "for example: eidos catalog show gpu-operator");
  EIDOS_CHECK(check_output(flags));
  EIDOS_TRY(const Catalog* catalog, load_catalog(flags, session));
  EIDOS_TRY(Shown shown, find(*catalog, invocation.arguments.front()));
  Format format = format_of(flags, Format::Table);
  if (format == Format::Table) {
    EIDOS_CHECK(write_output(table_of(shown), flags, session));
    return 0;
  }
  shown.facts.set("text", std::move(shown.text));
  EIDOS_CHECK(write_output(data::Value(std::move(shown.facts)), format, flags, session));
  return 0;
}

}  // namespace eidos::cli
