#include "catalog/embedded.h"

#include <zlib.h>

#include "base/text.h"
#include "data/compact.h"

namespace eidos::catalog {
namespace {

constexpr std::string_view kMagic = "eidos-catalog-1\n";

Result<std::string> deflate(std::string_view text) {
  uLongf size = compressBound(static_cast<uLong>(text.size()));
  std::string out(size, '\0');
  int done =
      compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
                static_cast<uLong>(text.size()), Z_BEST_COMPRESSION);
  if (done != Z_OK) return fail(ErrorKind::Internal, cat("zlib cannot deflate: ", done));
  out.resize(size);
  return out;
}

Result<std::pair<std::string, CatalogFile>> take_file(std::string_view& blob, data::Sources& sources) {
  EIDOS_TRY(std::string_view path, data::take_text(blob));
  EIDOS_TRY(std::string_view digest, data::take_text(blob));
  CatalogFile file;
  file.digest = digest;
  file.source = sources.add(cat("catalog/", path));
  EIDOS_TRY(file.compact, data::take_text(blob));
  EIDOS_TRY(std::uint64_t size, data::take_varint(blob));
  file.text_size = size;
  EIDOS_TRY(file.deflated, data::take_text(blob));
  return std::pair{std::string(path), std::move(file)};
}

}  // namespace

Result<std::map<std::string, CatalogFile, std::less<>>> read_embedded(std::string_view blob,
                                                                      data::Sources& sources) {
  if (!blob.starts_with(kMagic)) return fail(ErrorKind::Internal, "this binary holds no catalog");
  blob.remove_prefix(kMagic.size());
  std::map<std::string, CatalogFile, std::less<>> files;
  while (!blob.empty()) {
    EIDOS_TRY(auto file, take_file(blob, sources));
    files.insert(files.end(), std::move(file));
  }
  return files;
}

Result<std::string> make_embedded(const Catalog& catalog) {
  std::string blob(kMagic);
  for (const auto& [path, file] : catalog.files()) {
    std::string compact;
    if (file.parsed) data::append_compact(compact, *file.parsed);
    EIDOS_TRY(std::string deflated, deflate(file.text));
    data::append_text(blob, path);
    data::append_text(blob, file.digest);
    data::append_text(blob, compact);
    data::append_varint(blob, file.text.size());
    data::append_text(blob, deflated);
  }
  return blob;
}

Result<std::string> inflate(std::string_view deflated, std::size_t size) {
  std::string out(size, '\0');
  auto got = static_cast<uLongf>(size);
  int done = uncompress(reinterpret_cast<Bytef*>(out.data()), &got,
                        reinterpret_cast<const Bytef*>(deflated.data()), static_cast<uLong>(deflated.size()));
  if (done != Z_OK || got != size) return fail(ErrorKind::Internal, "embedded data is damaged");
  return out;
}

}  // namespace eidos::catalog
