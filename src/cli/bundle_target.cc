#include "cli/bundle_target.h"

#include <algorithm>
#include <filesystem>

#include "base/sha256.h"
#include "base/text.h"
#include "cli/output.h"
#include "kube/document.h"
#include "seal/verify.h"

namespace eidos::cli {

namespace {

/// Archives and compressed files that people may ask for, and that would else become directories of that
/// name.
constexpr std::string_view kOtherEndings[] = {".tar",  ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst",
                                              ".tzst", ".gz",     ".xz",  ".bz2",     ".zst",  ".7z",
                                              ".rar",  ".jar",    ".cab", ".zipx"};

/// Nothing for a directory: any other ending, or a '/' behind it.
std::optional<seal::Format> archive_of(const std::string& path) {
  return seal::format_of_name(path);
}

Result<void> check_ending(const std::string& path) {
  if (archive_of(path)) return {};
  const std::string text = lower(path);
  for (std::string_view ending : kOtherEndings)
    if (text.ends_with(ending))
      return fail(
          ErrorKind::Invalid,
          cat(ending, " archives are not written; an archive ends in one of: ", seal::archive_endings()),
          path, "another ending, or none, makes a directory");
  return {};
}

/// SOURCE_DATE_EPOCH, as reproducible-builds.org defines it; 1980-01-01 without it.
Result<std::int64_t> archive_time(const World& world) {
  const std::string text = world.environment("SOURCE_DATE_EPOCH").value_or("");
  if (text.empty()) return seal::kDefaultTime;
  const auto seconds = to_int(text);
  if (seconds && *seconds >= 0 && *seconds <= seal::kLatestTime) return *seconds;
  return fail(ErrorKind::Invalid, cat("SOURCE_DATE_EPOCH must be a whole number of seconds from 0 to ",
                                      seal::kLatestTime, "; got ", quote(text)));
}

/// Why the bytes are not an unchanged bundle, or "".
std::string why_foreign(std::string_view bytes, const Limit& limit) {
  auto contents = seal::archive_contents(bytes, seal::keep_checksums, limit);
  if (!contents) return contents.error().message;
  auto report = seal::verify(*contents, {.strict = true});
  if (!report) return report.error().message;
  if (report->summary.status != seal::Status::Ok)
    return cat(quote(report->findings.front().path), " is not as eidos wrote it");
  const bool ours = std::ranges::any_of(
      contents->entries, [](const TreeEntry& entry) { return entry.path == seal::kBundleMark; });
  return ours ? "" : cat("it does not list ", quote(seal::kBundleMark));
}

/// An archive takes the place of an older one that eidos wrote, and of an empty file; of nothing else.
Result<void> check_archive_free(const std::string& path, Session& session) {
  Files& files = session.context.files;
  auto kind = files.kind(path);
  if (!kind && kind.error().kind == ErrorKind::NotFound) return {};
  if (!kind) return std::unexpected(kind.error());
  if (*kind == FileKind::Directory || *kind == FileKind::Other) return {};  // the writer knows what to say
  auto bytes = files.read(path, {.max_bytes = seal::Caps{}.total_bytes, .limit = session.context.limit});
  if (!bytes && bytes.error().kind == ErrorKind::NotFound) return {};  // a link to nowhere yet
  if (bytes && bytes->empty()) return {};
  const std::string why = bytes ? why_foreign(*bytes, session.context.limit) : bytes.error().message;
  EIDOS_CHECK(session.context.limit.check(cat("reading ", quote(path))));
  if (why.empty()) return {};
  return fail(ErrorKind::Invalid, cat(quote(path), " is there and is no bundle that eidos wrote: ", why), {},
              "give another name, or --force to replace it");
}

/// As a shell reads it back.
std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-,:@%=";
  if (text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  std::string out = "'";
  for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string unpack_command(seal::Format format, const std::string& path) {
  const std::string word = shell_word(path);
  return format == seal::Format::Zip ? cat("unzip ", word, " -d DIR")
                                     : cat("mkdir DIR && tar -xzf ", word, " -C DIR");
}

/// The same file by two spellings; a link to it is another name, and is refused for what stands there.
bool same_path(const std::string& a, const std::string& b) {
  return std::filesystem::path(a).lexically_normal() == std::filesystem::path(b).lexically_normal();
}

Result<Written> write_archive(seal::Format format, const FileTree& tree,
                              const std::vector<std::string>& inputs, const Flags& flags, Session& session) {
  const std::string path = flags.text("output");
  for (const std::string& input : inputs)
    if (same_path(input, path))
      return fail(ErrorKind::Invalid, cat(quote(path), " is an input of this run"), {}, "give another name");
  EIDOS_TRY(std::int64_t time, archive_time(session.world));
  EIDOS_TRY(std::string bytes, seal::pack(tree, format, time));
  if (!flags.on("force")) EIDOS_CHECK(check_archive_free(path, session));
  EIDOS_CHECK(session.context.files.write(path, bytes, 0644));
  return Written{path, cat("sha256:", sha256_hex(bytes)), unpack_command(format, path)};
}

}  // namespace

Result<void> check_target(const Flags& flags) {
  const std::string path = flags.text("output");
  if (flags.has("diff") && !path.empty())
    return fail(ErrorKind::Usage, "--diff and --output cannot both be given", {}, "--diff writes nothing");
  if (path.empty() && (flags.on("dry-run") || flags.has("diff"))) return {};
  if (path.empty())
    return fail(ErrorKind::Usage, "eidos bundle needs --output DIR, or --dry-run", {},
                "a bundle is never written to the working directory unasked");
  if (path == "-")
    return fail(ErrorKind::Invalid, "a bundle is a directory, which does not fit into standard output", {},
                "give --output DIR, or --dry-run to see the tree");
  if (kube::is_config_map(path))
    return fail(ErrorKind::Invalid, "a bundle is a directory, which does not fit into a ConfigMap", path,
                "write a directory, or an archive");
  if (path.starts_with("oci://"))
    return fail(ErrorKind::Invalid, "oci:// targets are not in this version yet", path, "write a directory");
  EIDOS_CHECK(check_ending(path));
  if (archive_of(path) && flags.on("fsync"))
    return fail(ErrorKind::Usage, "--fsync is for directories; an archive is one file", path,
                "leave it out, and call sync afterwards");
  return check_output(flags);
}

Result<Written> write_bundle(const FileTree& tree, const std::vector<std::string>& inputs, const Flags& flags,
                             Session& session) {
  session.world.watch_signals();
  EIDOS_CHECK(session.context.limit.check("writing the bundle"));
  const std::string path = flags.text("output");
  if (auto format = archive_of(path)) return write_archive(*format, tree, inputs, flags, session);
  EIDOS_CHECK(session.context.files.write_tree(path, tree,
                                               {.tolerated = seal::helm_patterns(),
                                                .mark = std::string(seal::kBundleMark),
                                                .inputs = inputs,
                                                .force = flags.on("force"),
                                                .fsync = flags.on("fsync"),
                                                .limit = session.context.limit}));
  return Written{path, {}, {}};
}

}  // namespace eidos::cli
