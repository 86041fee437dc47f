#include "base/tree_survey.h"

#include <algorithm>
#include <optional>
#include <span>

#include <fcntl.h>

#include "base/sha256.h"
#include "base/staging.h"
#include "base/text.h"
#include "base/tree_in_place.h"

namespace eidos {

namespace {

constexpr int kDeepest = 512;
constexpr std::int64_t kMostEntries = 1'000'000;
constexpr std::int64_t kLargestFile = 64 * 1024 * 1024;  // a larger one is not of our making
constexpr std::size_t kMostNamed = 5;
constexpr std::string_view kForce = "give another directory, or --force to replace everything in this one";

class Surveyor {
 public:
  Surveyor(SystemCalls& calls, std::string_view shown) : calls_(calls), shown_(shown) {}

  Result<OldTree> look(int directory) {
    EIDOS_CHECK(enter(directory, "", 0));
    std::ranges::sort(old_.files, {}, &DirEntry::name);
    return std::move(old_);
  }

 private:
  Result<void> enter(int fd, const std::string& prefix, int depth) {
    if (depth > kDeepest) return fail(ErrorKind::Invalid, cat(quote(shown_), " is nested too deep"));
    auto entries = entries_of(calls_, fd, kMostEntries);
    if (!entries) return std::unexpected(file_error(entries.error(), "listing", cat(shown_, "/", prefix)));
    for (const DirEntry& entry : *entries) EIDOS_CHECK(take(fd, prefix, entry, depth));
    return {};
  }

  Result<void> take(int fd, const std::string& prefix, const DirEntry& entry, int depth) {
    if (depth == 0 && entry.name == ".git") {
      old_.git = true;
      return {};
    }
    if (depth == 0 && entry.name.starts_with(kStagePrefix)) {
      old_.leftovers.push_back(entry.name);
      return {};
    }
    if (++count_ > kMostEntries)
      return fail(ErrorKind::Invalid, cat(quote(shown_), " has more than ", kMostEntries, " entries"));
    std::string path = prefix + entry.name;
    if (entry.kind != FileKind::Directory) {
      old_.files.push_back({std::move(path), entry.kind});
      return {};
    }
    auto child = open_child_directory(calls_, fd, entry.name);
    if (!child && child.error() == EXDEV)
      return fail(ErrorKind::Invalid, cat("a file system is mounted at ", quote(cat(shown_, "/", path))), {},
                  "unmount it, or give another directory");
    if (!child) return std::unexpected(file_error(child.error(), "opening", cat(shown_, "/", path)));
    old_.directories.push_back(path);
    return enter(child->get(), path + "/", depth + 1);
  }

  SystemCalls& calls_;
  std::string_view shown_;
  OldTree old_;
  std::int64_t count_ = 0;
};

// The bytes of a plain file, or nothing: whatever the obstacle, it is then not what eidos wrote.
std::optional<std::string> bytes_of(SystemCalls& calls, int directory, const std::string& path) {
  auto file = open_at(calls, directory, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (!file) return std::nullopt;
  auto status = status_of(calls, file->get());
  if (!status || !S_ISREG(status->st_mode) || status->st_size > kLargestFile) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(status->st_size) + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    auto got = retry([&] { return calls.read(file->get(), bytes.data() + size, bytes.size() - size); });
    if (!got) return std::nullopt;
    if (*got == 0) break;
    size += static_cast<std::size_t>(*got);
  }
  bytes.resize(size);
  return bytes;
}

void add_checksums(SystemCalls& calls, int directory, KnownFiles& known) {
  auto text = bytes_of(calls, directory, std::string(kChecksumsFile));
  if (!text) return;
  auto lines = parse_checksums(*text);
  if (!lines) return;
  for (ChecksumLine& line : *lines) known.emplace(std::move(line.path), std::move(line.digest));
  // It cannot list itself, but it is what it was when it was read.
  known.emplace(std::string(kChecksumsFile), sha256_hex(*text));
}

// A path may stand there with several digests, so each line is read for itself; one cut short counts nothing.
void add_record(SystemCalls& calls, int directory, const std::string& path, KnownFiles& known) {
  auto text = bytes_of(calls, directory, path);
  if (!text) return;
  for (std::string_view one : split(*text, '\n'))
    if (auto line = parse_checksums(one); line) known.emplace(line->front().path, line->front().digest);
}

enum class Verdict : std::uint8_t { Ours, Changed, Foreign };

Verdict judge(SystemCalls& calls, int directory, const DirEntry& file, const KnownFiles& known) {
  auto line = known.lower_bound({file.name, ""});
  if (line == known.end() || line->first != file.name || file.kind != FileKind::Regular)
    return Verdict::Foreign;
  auto bytes = bytes_of(calls, directory, file.name);
  return bytes && known.contains({file.name, sha256_hex(*bytes)}) ? Verdict::Ours : Verdict::Changed;
}

bool tolerable(const DirEntry& file, const std::vector<std::string>& tolerated) {
  if (file.kind != FileKind::Regular) return false;
  if (file.name.starts_with("attestation/")) return true;  // ours, and no checksums.txt lists it
  return std::ranges::any_of(tolerated, [&](const auto& pattern) { return matches(pattern, file.name); });
}

std::string enumerate(const std::vector<std::string>& names) {
  std::size_t shown = std::min(names.size(), kMostNamed);
  std::string text = join(std::span(names).first(shown), ", ");
  return names.size() > shown ? cat(text, " and ", names.size() - shown, " more") : text;
}

// What eidos is not known to have put there as it stands.
struct Strange {
  std::vector<std::string> foreign;
  std::vector<std::string> changed;

  bool empty() const { return foreign.empty() && changed.empty(); }
  std::string told(std::string message) const {
    if (!foreign.empty()) message += cat(" holds what eidos did not write: ", enumerate(quoted(foreign)));
    if (!changed.empty())
      message += cat(foreign.empty() ? "" : ";",
                     " has files changed since eidos wrote them: ", enumerate(quoted(changed)));
    return message;
  }

 private:
  static std::vector<std::string> quoted(const std::vector<std::string>& paths) {
    std::vector<std::string> out;
    for (const std::string& path : paths) out.push_back(quote(path));
    return out;
  }
};

Strange strange_files(SystemCalls& calls, int directory, const OldTree& old, const KnownFiles& known,
                      const TreeOptions& options) {
  Strange strange;
  for (const DirEntry& file : old.files) {
    Verdict verdict = judge(calls, directory, file, known);
    if (verdict == Verdict::Changed) strange.changed.push_back(file.name);
    if (verdict == Verdict::Foreign && !tolerable(file, options.tolerated))
      strange.foreign.push_back(file.name);
  }
  return strange;
}

bool lists(const KnownFiles& known, const std::string& path) {
  auto line = known.lower_bound({path, ""});
  return line != known.end() && line->first == path;
}

// The user's own files among what would go: a recipe, a values file, a directory of catalog data.
Result<void> check_inputs(SystemCalls& calls, int directory, std::string_view shown, const OldTree& old,
                          const Strange& strange, const TreeOptions& options) {
  for (const std::string& input : options.inputs) {
    auto read = status_at(calls, AT_FDCWD, input, 0);
    if (!read) continue;
    auto stands_at = [&](const std::string& path) {
      auto status = status_at(calls, directory, path, 0);
      return status && same_inode(*status, *read);
    };
    const bool lost = std::ranges::any_of(strange.foreign, stands_at) ||
                      std::ranges::any_of(strange.changed, stands_at) ||
                      std::ranges::any_of(old.directories, stands_at) || stands_at(".");
    if (!lost) continue;
    return fail(ErrorKind::Invalid,
                cat(quote(input), " is an input of this run and stands in ", quote(shown),
                    ", which would be replaced"),
                {}, "give another directory");
  }
  return {};
}

}  // namespace

Result<OldTree> survey(SystemCalls& calls, int directory, std::string_view shown) {
  return Surveyor(calls, shown).look(directory);
}

bool is_cut(const OldTree& old) {
  return !old.leftovers.empty() &&
         std::ranges::find(old.files, kChecksumsFile, &DirEntry::name) == old.files.end();
}

KnownFiles known_files(SystemCalls& calls, int directory, const OldTree& old) {
  KnownFiles known;
  if (!is_cut(old)) {
    add_checksums(calls, directory, known);
    return known;
  }
  for (const std::string& leftover : old.leftovers)
    add_record(calls, directory, cat(leftover, "/", kRecordFile), known);
  return known;
}

Result<void> check_replaceable(SystemCalls& calls, int directory, std::string_view shown, const OldTree& old,
                               const TreeOptions& options) {
  if (options.force && options.inputs.empty()) return {};
  const KnownFiles known = known_files(calls, directory, old);
  const Strange strange = strange_files(calls, directory, old, known, options);
  EIDOS_CHECK(check_inputs(calls, directory, shown, old, strange, options));
  if (options.force) return {};
  if (!strange.empty()) return fail(ErrorKind::Invalid, strange.told(quote(shown)), {}, std::string(kForce));
  const bool marked = options.mark.empty() || is_cut(old) || old.files.empty() || lists(known, options.mark);
  if (marked) return {};
  return fail(ErrorKind::Invalid,
              cat(quote(shown), " holds a tree that eidos did not write: its ", kChecksumsFile,
                  " does not list ", quote(options.mark)),
              {}, std::string(kForce));
}

bool matches(std::string_view pattern, std::string_view path) {
  constexpr std::string_view kAnywhere = "**/";
  if (pattern.starts_with(kAnywhere)) {
    pattern.remove_prefix(kAnywhere.size());
    for (std::size_t slash = path.find('/'); !matches(pattern, path); slash = path.find('/')) {
      if (slash == std::string_view::npos) return false;
      path.remove_prefix(slash + 1);
    }
    return true;
  }
  std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == path;
  std::string_view head = pattern.substr(0, star);
  std::string_view tail = pattern.substr(star + 1);
  if (path.size() < head.size() + tail.size() || !path.starts_with(head) || !path.ends_with(tail))
    return false;
  path.remove_prefix(head.size());
  path.remove_suffix(tail.size());
  return !path.contains('/');
}

}  // namespace eidos
