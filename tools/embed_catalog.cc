// Build step: embed_catalog DIR OUT checks the catalog in DIR as --catalog would and writes the form the
// binary carries. Any problem is printed with its place and fails the build.

#include <cstdio>

#include "base/files.h"
#include "base/text.h"
#include "catalog/embedded.h"

namespace {

eidos::Result<void> embed(const std::string& dir, const std::string& out) {
  auto files = eidos::real_files();
  EIDOS_TRY(eidos::catalog::Loaded loaded,
            eidos::catalog::load(*files, {.embedded = {}, .catalog_dir = dir}));
  for (const std::string& path : loaded.ignored)
    if (!path.ends_with("README.md"))
      return eidos::fail(eidos::ErrorKind::Invalid, "stands in no place of a catalog", path);
  EIDOS_TRY(std::string blob, eidos::catalog::make_embedded(loaded.catalog));
  return files->write(out, blob, 0644);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: embed_catalog DIR OUT\n", stderr);
    return 1;
  }
  auto done = embed(argv[1], argv[2]);
  if (done) return 0;
  eidos::Error error = std::move(done).error();
  std::fprintf(stderr, "%s: %s %s\n", error.where.c_str(), error.message.c_str(), error.hint.c_str());
  for (const eidos::Error& other : error.others)
    std::fprintf(stderr, "%s: %s %s\n", other.where.c_str(), other.message.c_str(), other.hint.c_str());
  return eidos::exit_code(error.kind);
}
