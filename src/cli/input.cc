#include "cli/input.h"

#include "base/text.h"
#include "catalog/lock.h"
#include "cli/cluster.h"
#include "data/document.h"
#include "data/fields.h"
#include "recipe/criteria.h"
#include "recipe/resolve.h"

namespace eidos::cli {

namespace {

/// "https" of "https://host/x"; "" for a path.
std::string scheme_of(std::string_view source) {
  std::size_t end = source.find("://");
  if (end == std::string_view::npos || source.find('/') < end) return {};
  return lower(source.substr(0, end));
}

/// URLs may carry a password in front of the host or a token in the query, which must not reach a message.
std::string without_secrets(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  std::size_t start = url.find("://") + 3;
  std::size_t end = std::min(url.find_first_of("/?#", start), url.size());
  std::size_t at = url.substr(start, end - start).rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  return cat(url.substr(0, start), url.substr(start + at + 1));
}

template <class T>
Result<T> read_as(const Document& document, Result<T> (*read)(const data::Value&, data::Reading&)) {
  data::Reading reading{document.sources};
  auto result = read(document.root, reading);
  if (!result) return std::unexpected(std::move(result).error().at(document.name));
  return result;
}

}  // namespace

bool has_scheme(std::string_view source) {
  return !scheme_of(source).empty();
}

bool is_remote(std::string_view source) {
  std::string scheme = scheme_of(source);
  return scheme == "http" || scheme == "https";
}

std::string shown_source(const std::string& source) {
  if (source == "-") return "standard input";
  return scheme_of(source).empty() ? source : without_secrets(source);
}

Error with_neighbour(Error error, const std::string& path, Files& files) {
  constexpr std::int64_t kMostNames = 1000;
  std::size_t slash = path.rfind('/');
  std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  auto entries = files.list(directory, kMostNames);
  if (error.kind != ErrorKind::NotFound || !entries) return error;
  std::string_view name = std::string_view(path).substr(slash + 1);
  std::vector<std::string_view> names;
  for (const DirEntry& entry : *entries) names.push_back(entry.name);
  if (auto near = nearest(name, names))
    error.hint = cat("did you mean ", quote(cat(path.substr(0, slash + 1), *near)), "?");
  return error;
}

Result<std::string> read_source(const std::string& source, const Flags& flags, Session& session) {
  const Limit& limit = session.context.limit;
  std::string scheme = scheme_of(source);
  bool remote = is_remote(source);
  if (source == "-" || remote) session.world.watch_signals();
  if (source == "-") return session.context.files.read_stdin({.limit = limit});
  if (remote) return session.world.fetch({source, flags.text("ca-file")}, limit);
  if (scheme == "cm") return read_from_cluster(source, flags, session);
  if (!scheme.empty())
    return fail(ErrorKind::Invalid, cat("sources of kind ", quote(scheme), " are not read"), source,
                "give a file, '-', http://, https:// or cm://");
  auto bytes = session.context.files.read(source, {.limit = limit});
  if (bytes || bytes.error().kind != ErrorKind::NotFound) return bytes;
  return std::unexpected(with_neighbour(std::move(bytes).error(), source, session.context.files));
}

Result<Document> read_document(const std::string& source, const Flags& flags, Session& session) {
  Document document;
  document.name = shown_source(source);
  EIDOS_TRY(document.text, read_source(source, flags, session));
  EIDOS_TRY(document.root, data::parse(document.text, document.sources, document.name));
  return document;
}

Result<model::RecipeResult> recipe_of(const Document& document) {
  return read_as(document, &recipe::read_recipe);
}

Result<model::Snapshot> snapshot_of(const Document& document) {
  return read_as(document, &model::read_snapshot);
}

Result<model::Criteria> criteria_of(const Document& document) {
  return read_as(document, &recipe::read_criteria);
}

Result<model::CatalogLock> lock_in(const Document& document) {
  return read_as(document, &catalog::read_lock);
}

Result<void> check_one_stdin(const Flags& flags, const std::vector<std::string_view>& names) {
  std::vector<std::string> readers;
  for (std::string_view name : names)
    for (const std::string& value : flags.all(name))
      if (value == "-" || value.ends_with("=-")) readers.push_back(cat("--", name));
  if (readers.size() < 2) return {};
  return fail(ErrorKind::Usage, cat(join(readers, " and "), " cannot both be '-'"), {},
              "standard input holds one document; give files for the others");
}

}  // namespace eidos::cli
