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
                               const std::vector<std::string>& tolerated) {
  const KnownFiles known = known_files(calls, directory, old);
  std::vector<std::string> foreign;
  std::vector<std::string> changed;
  for (const DirEntry& file : old.files) {
    Verdict verdict = judge(calls, directory, file, known);
    if (verdict == Verdict::Changed) changed.push_back(quote(file.name));
    if (verdict == Verdict::Foreign && !tolerable(file, tolerated)) foreign.push_back(quote(file.name));
  }
  if (foreign.empty() && changed.empty()) return {};
  std::string message = quote(shown);
  if (!foreign.empty()) message += cat(" holds what eidos did not write: ", enumerate(foreign));
  if (!changed.empty())
    message +=
        cat(foreign.empty() ? "" : ";", " has files changed since eidos wrote them: ", enumerate(changed));
  return fail(ErrorKind::Invalid, std::move(message), {},
              "give another directory, or --force to replace everything in this one");
}

bool matches(std::string_view pattern, std::string_view path) {
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
