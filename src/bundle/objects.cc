#include "bundle/objects.h"

#include <algorithm>
#include <set>

#include "base/file_tree.h"
#include "base/text.h"
#include "bundle/manifests.h"
#include "bundle/names.h"
#include "bundle/problems.h"
#include "data/document.h"

namespace eidos::bundle {
namespace {

constexpr std::string_view kOci = "oci://";
constexpr std::size_t kMaxReleaseName = 53;
constexpr std::size_t kMaxRevision = 250;

bool is_revision(std::string_view text) {
  constexpr std::string_view kPlain = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._/-+";
  bool plain = text.find_first_not_of(kPlain) == std::string_view::npos;
  return plain && !text.empty() && text.size() <= kMaxRevision && !text.starts_with('-') &&
         text.find("..") == std::string_view::npos;
}

Result<void> check_release_name(const Piece& piece, const std::string& name) {
  if (name.size() <= kMaxReleaseName) return {};
  return fail(
      ErrorKind::Invalid,
      cat("component ", quote(piece.name()), ": ", quote(name), " is too long for a Helm release"), {},
      cat("Helm allows ", kMaxReleaseName, " bytes; use the umbrella layout of helm, or a shorter name"));
}

// git@host:path and ssh://host/path become an https:// address to be checked as one.
std::string as_https(std::string_view repo) {
  constexpr std::string_view kUser = "git@";
  constexpr std::string_view kSsh = "ssh://";
  if (repo.starts_with(kSsh)) {
    repo.remove_prefix(kSsh.size());
    if (repo.starts_with(kUser)) repo.remove_prefix(kUser.size());
    return cat("https://", repo);
  }
  std::size_t colon = repo.find(':');
  if (repo.starts_with(kUser) && colon != std::string_view::npos)
    return cat("https://", repo.substr(kUser.size(), colon - kUser.size()), "/", repo.substr(colon + 1));
  return std::string(repo);
}

}  // namespace

data::Map fields(std::initializer_list<std::pair<std::string_view, data::Value>> given) {
  data::Map out;
  for (const auto& [key, value] : given) out.set(key, value);
  return out;
}

data::Map object(const Stack& stack, std::string_view api_version, std::string_view kind,
                 std::string_view name, std::string_view name_space) {
  data::Map labels =
      fields({{"app.kubernetes.io/managed-by", "eidos"}, {"app.kubernetes.io/part-of", stack.name}});
  return fields({{"apiVersion", api_version},
                 {"kind", kind},
                 {"metadata", fields({{"name", name}, {"namespace", name_space}, {"labels", labels}})}});
}

std::string namespace_of(const Piece& piece, std::string_view fallback) {
  const std::string& wanted = piece.part.ref->name_space;
  return wanted.empty() ? std::string(fallback) : wanted;
}

bool is_oci(const Piece& piece) {
  return piece.part.ref->source.starts_with(kOci);
}

std::string_view bare_source(const Piece& piece) {
  std::string_view source = piece.part.ref->source;
  if (is_oci(piece)) source.remove_prefix(kOci.size());
  while (source.ends_with('/')) source.remove_suffix(1);
  return source;
}

std::string oci_chart(const Piece& piece) {
  return cat(kOci, bare_source(piece), "/", piece.chart());
}

std::string last_release(const Piece& piece) {
  return piece.has_chart() && !piece.manifests.empty() ? manifests_name(piece) : piece.name();
}

std::vector<const Piece*> waits_for(const Stack& stack, const Piece& piece) {
  std::vector<const Piece*> out;
  for (const std::string& name : piece.part.ref->dependency_refs) {
    auto found = std::ranges::find(stack.pieces, name, &Piece::name);
    if (found != stack.pieces.end()) out.push_back(&*found);
  }
  return out;
}

std::string values_text(const Piece& piece) {
  return data::to_yaml(piece.part.values);
}

Result<void> check_release_names(const Stack& stack) {
  Problems problems;
  std::set<std::string_view> names;
  for (const Piece& piece : stack.pieces) names.insert(piece.name());
  for (const Piece& piece : stack.pieces) {
    const std::string last = last_release(piece);
    problems.check(check_release_name(piece, last));
    if (last != piece.name() && names.contains(last))
      problems.add(cat("component ", quote(last), " has the name that the manifests of ", quote(piece.name()),
                       " are released under"),
                   "name the component otherwise");
  }
  return problems.done();
}

Result<void> check_release_names(const Stack& stack, const std::string& (Piece::*name)() const) {
  Problems problems;
  for (const Piece& piece : stack.pieces) problems.check(check_release_name(piece, (piece.*name)()));
  return problems.done();
}

Result<void> check_repo(const Options& options) {
  if (options.repo.empty()) return {};
  std::string address = as_https(options.repo);
  auto fits = check_address("--repo", address);
  if (fits && address.starts_with(kOci))
    fits = fail(ErrorKind::Invalid, cat("--repo ", quote(options.repo), " is no Git repository"));
  if (!fits) {
    fits.error().hint = "give https://…, ssh://… or git@host:path, without a user or password";
    return fits;
  }
  if (!is_revision(options.repo_revision))
    return fail(ErrorKind::Invalid,
                cat("--repo-revision ", quote(options.repo_revision), " is no revision of Git"), {},
                "give a branch, a tag or a commit");
  if (options.repo_path.empty() || options.repo_path == ".") return {};
  auto path = check_tree_path(options.repo_path);
  if (!path)
    return fail(ErrorKind::Invalid, cat("--repo-path: ", path.error().message), {},
                "give the folder inside the repository, as in clusters/prod");
  return {};
}

std::string path_in_repo(const Options& options, std::string_view path) {
  std::string_view folder = options.repo_path == "." ? std::string_view() : options.repo_path;
  if (path.empty()) return std::string(folder.empty() ? "." : folder);
  return cat(folder, folder.empty() ? "" : "/", path);
}

std::string repo_url(const Options& options) {
  std::string_view repo = options.repo;
  std::size_t colon = repo.find(':');
  if (!repo.starts_with("git@") || colon == std::string_view::npos) return options.repo;
  return cat("ssh://", repo.substr(0, colon), "/", repo.substr(colon + 1));
}

Result<void> need_repo_for_manifests(const Stack& stack, std::string_view why) {
  if (!stack.options->repo.empty()) return {};
  std::vector<std::string> names;
  for (const Piece& piece : stack.pieces)
    if (!piece.manifests.empty()) names.push_back(piece.name());
  if (names.empty()) return {};
  return fail(ErrorKind::Invalid,
              cat(names.size() == 1 ? "component has" : "components have", " manifests, which ", why, ": ",
                  join(std::span<const std::string>(names), ", ")),
              {}, "give --repo URL, the Git repository that the bundle will be pushed to");
}

}  // namespace eidos::bundle
