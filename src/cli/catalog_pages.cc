#include "cli/catalog_pages.h"

#include "base/text.h"
#include "bundle/markdown.h"
#include "catalog/chain.h"
#include "catalog/lint.h"
#include "catalog/usage.h"
#include "data/document.h"
#include "model/recipe_fields.h"
#include "recipe/combinations.h"
#include "recipe/criteria.h"
#include "recipe/resolve.h"

namespace eidos::cli {

namespace {

using bundle::md_code;
using bundle::md_text;
using catalog::Catalog;

std::string row(const std::vector<std::string>& cells) {
  return cat("| ", join(cells, " | "), " |\n");
}

std::string heading(const std::vector<std::string>& names) {
  return row(names) + row(std::vector<std::string>(names.size(), "---"));
}

std::string link(std::string_view name, std::string_view to) {
  return cat("[", md_text(name), "](", to, ")");
}

std::string dash(std::string_view text) {
  return std::string(text.empty() ? "–" : text);
}

/// A block that holds any text: its fence is longer than every run of backticks inside.
std::string block(std::string_view text) {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  return cat(fence, "yaml\n", text, fence, "\n");
}

/// Paragraphs as the head comment of a file has them.
std::string paragraphs(std::string_view text) {
  std::string out;
  for (std::string_view line : split(text, '\n'))
    if (!line.empty()) out += cat(md_text(line), "\n\n");
  return out;
}

/// "--service eks --intent training"
std::string flags_of(const model::Criteria& criteria) {
  std::string out;
  for (const model::Dimension& dimension : model::kDimensions)
    if (const std::string& value = criteria.*dimension.member; !value.empty())
      out += cat(" --", dimension.name, " ", value);
  return criteria.nodes == 0 ? out : cat(out, " --nodes ", criteria.nodes);
}

class Pages {
 public:
  explicit Pages(const Catalog& catalog) : catalog_(catalog) {}

  Result<FileTree> run() {
    EIDOS_TRY(std::string index, index_page());
    EIDOS_CHECK(add("README.md", std::move(index)));
    for (const auto& [name, overlay] : catalog_.overlays()) {
      EIDOS_TRY(std::string page, overlay_page(overlay));
      EIDOS_CHECK(add(cat("overlays/", name, ".md"), std::move(page)));
    }
    for (const model::Component& component : catalog_.registry().components)
      EIDOS_CHECK(add(cat("components/", component.name, ".md"), component_page(component)));
    tree_.emplace(kChecksumsFile, File{checksum_lines(tree_)});
    return std::move(tree_);
  }

 private:
  Result<void> add(std::string path, std::string text) {
    EIDOS_CHECK(check_tree_path(path));
    tree_.emplace(std::move(path), File{std::move(text)});
    return {};
  }

  std::string description(const model::Overlay& overlay) const {
    const catalog::CatalogFile* file = catalog_.file_of(overlay.mark.file);
    if (file == nullptr) return {};
    auto text = catalog_.text_of(*file);
    return text ? catalog::description_of(*text) : std::string();
  }

  Result<std::string> index_page() const {
    std::string out = "# Catalog\n\n## Combinations\n\n";
    out += heading({"criteria", "overlay", "overlays", "components", "constraints"});
    for (const recipe::Combination& one : recipe::combinations(catalog_)) {
      if (!one.complete) continue;
      EIDOS_TRY(recipe::Resolved resolved, recipe::resolve(catalog_, one.criteria, nullptr));
      const model::RecipeResult& result = resolved.result;
      std::vector<std::string> links;
      for (const std::string& name : one.asked_by) links.push_back(link(name, cat("overlays/", name, ".md")));
      out += row({md_code(recipe::describe(one.criteria)), join(links, ", "),
                  cat(result.metadata.applied_overlays.size()), cat(result.component_refs.size()),
                  cat(result.constraints.size())});
    }
    out += "\n## Overlays\n\n" + heading({"overlay", "base", "what it is for"});
    for (const auto& [name, overlay] : catalog_.overlays())
      out +=
          row({link(name, cat("overlays/", name, ".md")),
               name == catalog::kRoot ? "–" : md_text(overlay.spec.base.empty() ? "base" : overlay.spec.base),
               md_text(first_line(description(overlay)))});
    out += "\n## Components\n\n" + heading({"component", "version", "namespace", "source"});
    for (const model::Component& component : catalog_.registry().components)
      out += row({link(component.name, cat("components/", component.name, ".md")),
                  dash(md_code(component.helm ? component.helm->default_version : "")),
                  dash(md_code(component.helm       ? component.helm->default_namespace
                               : component.manifest ? component.manifest->default_namespace
                                                    : "")),
                  dash(md_code(component.helm ? component.helm->default_repository : ""))});
    return out;
  }

  Result<std::string> overlay_page(const model::Overlay& overlay) const {
    EIDOS_TRY(auto chain, catalog::chain(catalog_, overlay));
    std::string out =
        cat("# Overlay ", md_text(overlay.metadata.name), "\n\n", paragraphs(description(overlay)));
    std::vector<std::string> links;
    for (const model::Overlay* one : chain)
      links.push_back(one == &overlay ? md_text(one->metadata.name)
                                      : link(one->metadata.name, cat(one->metadata.name, ".md")));
    out += cat("Chain: ", join(links, " → "), "\n\n");
    if (overlay.spec.criteria)
      out += cat("Criteria: ", md_code(recipe::describe(*overlay.spec.criteria)), "\n\n", "    eidos recipe",
                 flags_of(*overlay.spec.criteria), "\n\n");
    else if (overlay.metadata.name != catalog::kRoot)
      out += "Criteria: none; it is used as an ancestor only.\n\n";
    std::vector<std::string> children;
    for (const std::string& name : catalog::children_of(catalog_, overlay.metadata.name))
      children.push_back(link(name, cat(name, ".md")));
    if (!children.empty()) out += cat("Base of: ", join(children, ", "), "\n\n");
    out += constraint_table("## Constraints\n\n", overlay.spec.constraints);
    out += components_of(overlay);
    out += phases_of(overlay.spec.validation);
    return out + "[Index](../README.md)\n";
  }

  static std::string constraint_table(std::string_view title,
                                      const std::vector<model::Constraint>& constraints) {
    if (constraints.empty()) return {};
    std::string out = cat(title, heading({"reading", "must be", "severity", "when it fails"}));
    for (const model::Constraint& constraint : constraints)
      out += row({md_code(constraint.name), md_code(constraint.value),
                  constraint.severity.empty() ? "error" : md_text(constraint.severity),
                  dash(md_text(constraint.remediation))});
    return out + "\n";
  }

  static std::string components_of(const model::Overlay& overlay) {
    if (overlay.spec.component_refs.empty()) return {};
    std::string out = "## Components\n\n";
    for (const model::ComponentRef& ref : overlay.spec.component_refs) {
      data::Value fields = data::write_value(ref);
      fields.map().erase("name");
      std::string lines;
      data::Map said;
      for (const data::Map::Entry& field : fields.map())
        if (!data::is_empty(field.value)) said.set(field.key, field.value);
      out += cat("### ", link(ref.name, cat("../components/", ref.name, ".md")), "\n\n");
      if (!said.empty()) out += block(data::to_yaml(data::Value(std::move(said)))) + "\n";
    }
    return out;
  }

  static std::string phases_of(const model::Validation& validation) {
    std::string out;
    auto phase = [&](std::string_view name, const std::optional<model::ValidationPhase>& one) {
      if (!one) return;
      out += cat("## Validation: ", name, "\n\n");
      for (const std::string& check : one->checks) out += cat("- ", md_code(check), "\n");
      if (!one->checks.empty()) out += "\n";
      out += constraint_table("", one->constraints);
    };
    phase("readiness", validation.readiness);
    phase("deployment", validation.deployment);
    phase("performance", validation.performance);
    phase("conformance", validation.conformance);
    return out;
  }

  std::string component_page(const model::Component& component) const {
    std::string out = cat("# Component ", md_text(component.name), "\n\n");
    if (component.display_name != component.name && !component.display_name.empty())
      out += cat(md_text(component.display_name), "\n\n");
    out += "## What the registry says\n\n" + block(data::to_yaml(data::write_value(component))) + "\n";
    std::vector<std::string> files = catalog::files_of(catalog_, component.name);
    if (!files.empty()) out += "## Files\n\n" + heading({"file", "named by"});
    for (const std::string& path : files)
      out += row({md_code(path), dash(md_text(join(catalog::users_of_file(catalog_, path), ", ")))});
    if (!files.empty()) out += "\n";
    std::vector<std::string> users = catalog::overlays_naming(catalog_, component.name);
    if (!users.empty())
      out += "## Overlays that name it\n\n" + heading({"overlay", "version", "values file"});
    for (const std::string& name : users)
      for (const model::ComponentRef& ref : catalog_.overlay(name)->spec.component_refs)
        if (ref.name == component.name)
          out += row({link(name, cat("../overlays/", name, ".md")), dash(md_code(ref.version)),
                      dash(md_code(ref.values_file))});
    return cat(out, users.empty() ? "" : "\n", "[Index](../README.md)\n");
  }

  const Catalog& catalog_;
  FileTree tree_;
};

}  // namespace

Result<FileTree> catalog_pages(const Catalog& catalog) {
  return Pages(catalog).run();
}

}  // namespace eidos::cli
