#include "cli/server.h"

#include <algorithm>

#include "base/file_tree.h"
#include "base/text.h"
#include "cli/bundle_target.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/recipe_table.h"
#include "cli/server_client.h"
#include "data/document.h"
#include "recipe/resolve.h"
#include "seal/archive.h"

namespace eidos::cli {

namespace {

constexpr std::int64_t kMostRecipeBytes = std::int64_t{16} << 20;
constexpr std::int64_t kMostBundleBytes = std::int64_t{64} << 20;

// What a service has no part in: it has its own catalog, and reads no files of ours.
constexpr std::string_view kOnlyHere[] = {"catalog", "data", "lock", "values-file", "diff", "dry-run"};
constexpr std::string_view kWarningsFile = "WARNINGS.txt";

// What stays here when a service does the rest.
constexpr std::string_view kNotSent[] = {
    "output",       "format",    "allow-outside", "criteria", "snapshot",           "recipe",
    "force",        "server",    "token-file",    "ca-file",  "server-fingerprint", "kubeconfig",
    "kube-context", "fail-fast", "fsync"};

Result<void> check_flags(const Flags& flags) {
  for (std::string_view name : kOnlyHere)
    if (flags.knows(name) && flags.has(name))
      return fail(ErrorKind::Usage, cat("--", name, " and --server cannot both be given"), {},
                  cat("the service has its own catalog and reads no file of yours; drop one of them"));
  return {};
}

// Each flag of the command that a service follows, as it was given. With a document only what the command
// line says: a setting does not override what the document states.
std::vector<std::pair<std::string, std::string>> parameters(const Flags& flags, const Command& command,
                                                            bool document) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const Flag& flag : command.flags) {
    const bool counts = flags.has(flag.name) && (!document || flags.has_from(flag.name, Origin::CommandLine));
    if (!counts || std::ranges::find(kNotSent, flag.name) != std::end(kNotSent) ||
        std::ranges::find(kOnlyHere, flag.name) != std::end(kOnlyHere))
      continue;
    if (flag.takes == Takes::Nothing)
      out.emplace_back(flag.name, flags.on(flag.name) ? "true" : "false");
    else
      for (const std::string& value : flags.all(flag.name)) out.emplace_back(flag.name, value);
  }
  return out;
}

// A recipe of JSON carries its warnings, which are no part of it.
void hand_over_warnings(data::Value& root, Log& log) {
  if (!root.is_map()) return;
  const data::Value* warnings = root.find("warnings");
  if (warnings != nullptr && warnings->is_list())
    for (const data::Value& warning : warnings->list())
      if (warning.is_string()) log.warn(warning.string());
  root.map().erase("warnings");
}

// A bundle as it would have been made here: what the service warned of stands in a file of its own there.
Result<FileTree> bundle_in(std::string_view archive, Log& log) {
  EIDOS_TRY(FileTree tree, seal::unpack(archive));
  const auto checksums = tree.find(kChecksumsFile);
  if (checksums == tree.end() || checksums->second.bytes != checksum_lines(tree))
    return fail(ErrorKind::Unavailable, "its files are not what its checksums say");
  const auto warnings = tree.find(kWarningsFile);
  if (warnings == tree.end()) return tree;
  for (std::string_view line : split(warnings->second.bytes, '\n'))
    if (!line.empty()) log.warn(line);
  tree.erase(warnings);
  tree.find(kChecksumsFile)->second.bytes = checksum_lines(tree);
  return tree;
}

}  // namespace

bool uses_server(const Flags& flags) {
  return flags.has("server");
}

Result<int> recipe_from_server(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(check_flags(flags));
  if (flags.has("criteria") && flags.has("snapshot"))
    return fail(ErrorKind::Usage, "--criteria and --snapshot cannot both go to a service", {}, "give one");
  const std::string source = flags.has("criteria") ? flags.text("criteria") : flags.text("snapshot");
  ServerRequest request{.accept = "application/json", .most_bytes = kMostRecipeBytes, .keep = true};
  if (!source.empty()) {
    EIDOS_TRY(request.body, read_source(source, flags, session));
    request.method = "POST";
  }
  request.target = cat("/v1/recipe", query_of(parameters(flags, *invocation.command, !source.empty())));
  EIDOS_TRY(std::string answer, ask_server(request, flags, session));
  Document document{.name = "the service's answer", .text = std::move(answer), .sources = {}, .root = {}};
  EIDOS_TRY(document.root, data::parse(document.text, document.sources, document.name));
  hand_over_warnings(document.root, session.context.log);
  auto recipe = recipe_of(document);
  if (!recipe) {
    recipe.error().kind = ErrorKind::Unavailable;
    return std::unexpected(
        std::move(recipe).error().fix("is this the address of an eidosd of this version?"));
  }
  const Format format = format_of(flags);
  if (format == Format::Table)
    EIDOS_CHECK(write_output(recipe_table(*recipe), flags, session));
  else
    EIDOS_CHECK(write_output(document.root, format, flags, session));
  return 0;
}

Result<int> bundle_from_server(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(check_flags(flags));
  EIDOS_CHECK(check_target(flags));
  ServerRequest request{.method = "POST", .accept = "application/zip", .most_bytes = kMostBundleBytes};
  EIDOS_TRY(request.body, read_source(flags.text("recipe"), flags, session));
  request.target = cat("/v1/bundle", query_of(parameters(flags, *invocation.command, false)));
  EIDOS_TRY(const std::string answer, ask_server(request, flags, session));
  auto tree = bundle_in(answer, session.context.log);
  if (!tree)
    return std::unexpected(std::move(tree).error().within("the service's answer").at(flags.text("server")));
  EIDOS_TRY(const Written written, write_bundle(*tree, {flags.text("recipe")}, flags, session));
  return print(cat(written.path, "\n"), session.world);
}

}  // namespace eidos::cli
