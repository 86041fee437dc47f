// Makes a bundle in a program of one's own: reads a recipe, renders it over the catalog that eidos was built
// with, prints each file and its size. Nothing is written to disk. Usage: embed RECIPE [DEPLOYER]

#include <cstdio>

#include "base/files.h"
#include "bundle/bundle.h"
#include "catalog/catalog.h"
#include "catalog/embedded.h"
#include "data/document.h"
#include "recipe/resolve.h"

namespace {

eidos::Result<eidos::bundle::Bundle> make(const char* path, const eidos::bundle::Options& options) {
  auto files = eidos::real_files();
  EIDOS_TRY(std::string text, files->read(path, {}));
  eidos::data::Sources sources;
  EIDOS_TRY(eidos::data::Value root, eidos::data::parse(text, sources, path));
  eidos::data::Reading reading{sources};
  EIDOS_TRY(eidos::model::RecipeResult recipe, eidos::recipe::read_recipe(root, reading));
  EIDOS_TRY(auto loaded, eidos::catalog::load(
                             *files, {.embedded = eidos::catalog::embedded_catalog(), .catalog_dir = {}}));
  return eidos::bundle::render(loaded.catalog, recipe, text, options);
}

int complain(const eidos::Error& error) {
  std::fprintf(stderr, "embed: %s%s%s\n", error.where.c_str(), error.where.empty() ? "" : ": ",
               error.message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fputs("usage: embed RECIPE [DEPLOYER]\n", stderr);
    return 1;
  }
  eidos::bundle::Options options;
  if (argc == 3) options.deployer = argv[2];
  auto made = make(argv[1], options);
  if (!made) return complain(made.error());
  for (const std::string& warning : made->warnings) std::fprintf(stderr, "embed: %s\n", warning.c_str());
  for (const auto& [path, file] : made->files) std::printf("%8zu  %s\n", file.bytes.size(), path.c_str());
  return 0;
}
