#include "cli/recipe_settings.h"

#include <map>
#include <set>

#include "base/text.h"
#include "bundle/images.h"
#include "tune/settings.h"

namespace eidos::cli {

namespace {

/// "driver" and "580.105.08-ubuntu24.04", or "sha256:…", of a whole reference.
std::pair<std::string, std::string> name_and_tag(std::string_view reference) {
  std::string_view last = reference.substr(reference.rfind('/') + 1);
  if (std::size_t at = last.find('@'); at != std::string_view::npos) {
    std::string_view digest = last.substr(at + 1);
    last = last.substr(0, at);
    return {std::string(last.substr(0, last.find(':'))), std::string(digest)};
  }
  std::size_t colon = last.find(':');
  if (colon == std::string_view::npos) return {std::string(last), "latest"};
  return {std::string(last.substr(0, colon)), std::string(last.substr(colon + 1))};
}

Result<void> add_images(const catalog::Catalog& catalog, const model::RecipeResult& recipe, bool context,
                        Session& session, tune::Measurements& out) {
  std::vector<std::string> warnings;
  EIDOS_TRY(bundle::ImageList list, bundle::list_images(catalog, recipe, {}, "", warnings));
  for (const std::string& warning : warnings) session.context.log.debug(warning);
  struct Image {
    std::set<std::string> tags;
    std::set<std::string> components;
  };
  std::map<std::string, Image> images;
  for (const bundle::ImageRow& row : list.images) {
    auto [name, tag] = name_and_tag(row.reference);
    images[name].tags.insert(tag);
    images[name].components.insert(row.component);
  }
  for (const auto& [name, image] : images) {
    std::vector<std::string> tags(image.tags.begin(), image.tags.end());
    std::vector<std::string> components(image.components.begin(), image.components.end());
    std::string words = context ? cat("Image of ", join(components, ", ")) : "";
    out.add("K8s", "image", name, data::Value(join(tags, ", ")), words);
  }
  if (list.gaps.empty()) return {};
  std::set<std::string> incomplete;
  for (const bundle::ImageGap& gap : list.gaps) incomplete.insert(gap.component);
  std::vector<std::string> names(incomplete.begin(), incomplete.end());
  session.context.log.warn(cat("K8s.image lacks ", list.gaps.size(), " images that are not known, of ",
                               join(names, ", "), "; 'eidos images' says which"));
  return {};
}

}  // namespace

Result<std::vector<model::Measurement>> recommended_settings(const catalog::Catalog& catalog,
                                                             const model::RecipeResult& recipe, bool context,
                                                             Session& session) {
  tune::Measurements out;
  EIDOS_CHECK(tune::add_settings(catalog, recipe.criteria, context, out));
  EIDOS_CHECK(tune::add_component_settings(catalog, recipe, context, out));
  EIDOS_CHECK(add_images(catalog, recipe, context, session, out));
  return std::move(out).take();
}

}  // namespace eidos::cli
