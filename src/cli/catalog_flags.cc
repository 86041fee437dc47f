#include "cli/catalog_flags.h"

#include <algorithm>

#include "base/sha256.h"
#include "base/text.h"
#include "catalog/embedded.h"
#include "catalog/lock.h"
#include "cli/input.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kDigestMark = "#sha256:";

/// DIR, FILE.tar.gz or URL, with the digest that was asked for behind '#sha256:'.
struct LayerSource {
  std::string source;
  std::string digest;  ///< 64 hex digits, or empty.
};

Result<LayerSource> layer_source(const std::string& text) {
  std::size_t mark = text.rfind(kDigestMark);
  LayerSource layer{text.substr(0, mark), {}};
  if (mark == std::string::npos) return layer;
  layer.digest = lower(text.substr(mark + kDigestMark.size()));
  constexpr std::size_t kDigits = 64;
  if (layer.digest.size() == kDigits &&
      layer.digest.find_first_not_of("0123456789abcdef") == std::string::npos)
    return layer;
  return fail(
      ErrorKind::Invalid,
      cat("the digest behind '#sha256:' has ", layer.digest.size(), " characters where 64 hex digits belong"),
      shown_source(layer.source), "sha256sum prints it");
}

/// The bytes of an archive, held against its digest.
Result<std::string> archive_of(const LayerSource& layer, const Flags& flags, Session& session) {
  std::string name = shown_source(layer.source);
  EIDOS_TRY(std::string bytes, read_source(layer.source, flags, session));
  std::string got = sha256_hex(bytes);
  if (layer.digest.empty() || layer.digest == got) return bytes;
  return fail(ErrorKind::Invalid, cat("is not the archive asked for: its digest is sha256:", got), name,
              cat("asked for was sha256:", layer.digest));
}

/// Puts one layer where the loader finds it; the name it goes by from now on.
Result<std::string> add_layer(const std::string& text, catalog::LoadOptions& options, const Flags& flags,
                              Session& session) {
  EIDOS_TRY(LayerSource layer, layer_source(text));
  std::string name = shown_source(layer.source);
  bool remote = has_scheme(layer.source);
  if (is_remote(layer.source) && layer.digest.empty())
    return fail(ErrorKind::Invalid, "a layer from the network needs its digest", name,
                "write URL#sha256:DIGEST; sha256sum of the archive prints it");
  auto kind = remote ? Result<FileKind>(FileKind::Regular) : session.context.files.kind(layer.source);
  if (!kind && kind.error().kind == ErrorKind::NotFound)
    return std::unexpected(with_neighbour(std::move(kind).error(), layer.source, session.context.files));
  if (!kind || *kind != FileKind::Regular) {
    if (layer.digest.empty()) return layer.source;
    return fail(ErrorKind::Invalid, "only an archive has a digest here", name,
                "hold directories to a lock: eidos catalog lock");
  }
  EIDOS_TRY(std::string bytes, archive_of(layer, flags, session));
  auto [there, fresh] = options.archives.emplace(name, std::move(bytes));
  if (!fresh) return fail(ErrorKind::Invalid, "is given twice", name, "give each layer once");
  return name;
}

/// `dir` stands for --catalog when it is not empty.
Result<catalog::LoadOptions> load_options(const Flags& flags, Session& session, const std::string& dir = {}) {
  catalog::LoadOptions options;
  options.embedded = catalog::embedded_catalog();
  std::vector<Error> problems;
  auto add = [&](const std::string& text, std::string& name) {
    auto added = add_layer(text, options, flags, session);
    if (added)
      name = *std::move(added);
    else
      problems.push_back(std::move(added).error());
  };
  if (!dir.empty() || flags.has("catalog"))
    add(dir.empty() ? flags.text("catalog") : dir, options.catalog_dir);
  for (const std::string& text : flags.all("data")) add(text, options.data_dirs.emplace_back());
  if (!problems.empty()) return std::unexpected(together(std::move(problems)));
  return options;
}

Result<catalog::Loaded> load_with(const catalog::LoadOptions& options, Session& session) {
  EIDOS_TRY(catalog::Loaded loaded, stage(session.context, "catalog.load",
                                          [&] { return catalog::load(session.context.files, options); }));
  Log& log = session.context.log;
  for (const std::string& warning : loaded.warnings) log.warn(warning);
  for (const std::string& path : loaded.ignored) log.debug("no part of a catalog, ignored", {{"path", path}});
  log.debug("catalog", {{"digest", loaded.catalog.digest()}, {"files", cat(loaded.catalog.files().size())}});
  return loaded;
}

/// Empty: there is none to hold the catalog to.
Result<std::string> lock_path(const Flags& flags, Session& session) {
  std::string path = flags.knows("lock") ? flags.text("lock") : std::string();
  if (path == "none") return std::string();
  if (!path.empty()) return path;
  auto kind = session.context.files.kind(std::string(kLockFile));
  if (kind) return std::string(kLockFile);
  if (kind.error().kind == ErrorKind::NotFound) return std::string();
  return std::unexpected(std::move(kind).error());
}

}  // namespace

std::string layer_path(const std::string& layer) {
  return layer.substr(0, layer.rfind(kDigestMark));
}

Result<const catalog::Catalog*> load_catalog(const Flags& flags, Session& session) {
  if (session.world.catalog) return session.world.catalog.get();
  EIDOS_TRY(std::string lock_file, lock_path(flags, session));
  EIDOS_TRY(catalog::LoadOptions options, load_options(flags, session));
  options.list_files = !lock_file.empty();
  EIDOS_TRY(catalog::Loaded loaded, load_with(options, session));
  if (!lock_file.empty()) {
    EIDOS_TRY(Document document, read_document(lock_file, flags, session));
    EIDOS_TRY(model::CatalogLock lock, lock_in(document));
    EIDOS_CHECK(catalog::check_lock(lock, loaded, document.name));
    session.context.log.debug("the catalog is what was locked", {{"lock", document.name}});
  }
  auto kept = std::make_shared<const catalog::Catalog>(std::move(loaded.catalog));
  session.world.kept.push_back(kept);
  return kept.get();
}

Result<catalog::Inspected> inspect_catalog(const std::string& dir, const Flags& flags, Session& session) {
  EIDOS_TRY(catalog::LoadOptions options, load_options(flags, session, dir));
  return catalog::inspect(session.context.files, options);
}

Result<catalog::Loaded> load_unlocked(const Flags& flags, Session& session) {
  EIDOS_TRY(catalog::LoadOptions options, load_options(flags, session));
  options.list_files = true;
  return load_with(options, session);
}

}  // namespace eidos::cli
