#include "bundle/bundle.h"

#include <iterator>
#include <span>

#include "base/text.h"
#include "bundle/names.h"
#include "bundle/prepare.h"
#include "bundle/problems.h"
#include "bundle/readme.h"
#include "bundle/size_guard.h"
#include "bundle/umbrella.h"

namespace eidos::bundle {
namespace {

constexpr std::string_view kDeployers[] = {"helm"};
constexpr std::string_view kType = "helm-umbrella";

Result<void> check_options(const Options& options) {
  if (options.deployer != kDeployers[0])
    return fail(ErrorKind::Invalid,
                cat("unknown deployer ", quote(options.deployer), did_you_mean(options.deployer, kDeployers)),
                {}, cat("deployers are ", join(std::span<const std::string_view>(kDeployers), ", ")));
  return check_namespace("--namespace", options.name_space);
}

Result<std::vector<Piece>> with_manifests(const catalog::Catalog& catalog, std::vector<Part> parts) {
  std::vector<Piece> pieces;
  Problems problems;
  for (Part& part : parts) {
    std::vector<Manifest> manifests;
    for (const std::string& path : part.ref->manifest_files) {
      if (auto text = catalog.text(path))
        manifests.push_back({path, *std::move(text)});
      else
        problems.add(std::move(text).error().within(cat("component ", quote(part.ref->name))));
    }
    pieces.push_back({std::move(part), std::move(manifests)});
  }
  EIDOS_CHECK(problems.done());
  return pieces;
}

}  // namespace

Result<Bundle> render(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                      std::string_view recipe_text, const Options& options) {
  EIDOS_CHECK(check_options(options));
  Bundle out;
  EIDOS_TRY(Prepared prepared, prepare(catalog, recipe, options, out.warnings));
  Umbrella umbrella{.chart = {},
                    .version = chart_version(recipe.metadata.version),
                    .name_space = options.name_space,
                    .recipe_text = recipe_text,
                    .recipe = &recipe,
                    .pieces = {},
                    .switched_off = std::move(prepared.switched_off),
                    .not_chosen = std::move(prepared.not_chosen)};
  EIDOS_TRY(umbrella.chart, chart_name(recipe.criteria));
  EIDOS_TRY(umbrella.pieces, with_manifests(catalog, std::move(prepared.parts)));
  EIDOS_CHECK(check_pieces(umbrella.pieces, out.warnings));

  Guide guide = guide_for(umbrella);
  EIDOS_TRY(out.files, umbrella_files(umbrella));
  out.files.emplace("README.md", File{readme(umbrella, guide)});
  EIDOS_CHECK(check_size(umbrella, out.files, out.warnings));
  out.files.emplace(kChecksumsFile, File{checksum_lines(out.files)});

  for (const Piece& piece : umbrella.pieces)
    if (!piece.part.nulls.empty()) {
      out.warnings.push_back(guide.notes.back());
      break;
    }
  out.deployment = {std::string(kType), std::move(guide.install), std::move(guide.notes)};
  return out;
}

Result<std::vector<std::pair<std::string, data::Value>>> component_values(
    const catalog::Catalog& catalog, const model::RecipeResult& recipe, const Options& options,
    std::vector<std::string>& warnings) {
  EIDOS_TRY(Prepared prepared, prepare(catalog, recipe, options, warnings));
  std::vector<std::pair<std::string, data::Value>> out;
  for (Part& part : prepared.parts) out.emplace_back(part.ref->name, std::move(part.values));
  return out;
}

}  // namespace eidos::bundle
