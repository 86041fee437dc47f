#include "base/confine.h"

#include <climits>
#include <filesystem>
#include <ranges>

#include <fcntl.h>
#include <linux/openat2.h>
#include <unistd.h>

#include "base/text.h"

namespace eidos {

namespace {

constexpr int kMostLinks = 40;  // what the kernel allows, path_resolution(7)

// Resolves a path part by part. The directories entered are kept open and ".." pops them, so that renaming
// one of them meanwhile leads nowhere else.
class Walk {
 public:
  Walk(SystemCalls& calls, int root, Confine how) : calls_(calls), root_(root), how_(how) {}

  Sys<Descriptor> open(const std::string& path, int flags) {
    if (path.empty()) return std::unexpected(ENOENT);
    if (path.size() >= PATH_MAX) return std::unexpected(ENAMETOOLONG);
    if (path.ends_with('/')) flags = (flags | O_DIRECTORY) & ~O_NOFOLLOW;
    EIDOS_CHECK(put_before(path));
    while (!left_.empty()) {
      std::string part = std::move(left_.back());
      left_.pop_back();
      if (part == "..") {
        EIDOS_CHECK(leave());
        continue;
      }
      EIDOS_TRY(Descriptor last, enter(part, flags));
      if (last) return last;
    }
    return open_at(calls_, directory(), ".", flags & ~O_NOFOLLOW);
  }

 private:
  int directory() const { return entered_.empty() ? root_ : entered_.back().get(); }

  // The parts of `text` come before those still left.
  Sys<void> put_before(std::string_view text) {
    if (text.starts_with('/')) {
      if (how_ == Confine::Beneath) return std::unexpected(EXDEV);
      entered_.clear();
    }
    for (std::string_view part : split(text, '/') | std::views::reverse)
      if (!part.empty() && part != ".") left_.emplace_back(part);
    return {};
  }

  Sys<void> leave() {
    if (!entered_.empty())
      entered_.pop_back();
    else if (how_ == Confine::Beneath)
      return std::unexpected(EXDEV);
    return {};
  }

  // Enters a directory or a link's text and returns an empty descriptor, or opens the last part.
  Sys<Descriptor> enter(const std::string& part, int flags) {
    EIDOS_TRY(Descriptor here, open_at(calls_, directory(), part, O_PATH | O_NOFOLLOW));
    EIDOS_TRY(Status status, status_of(calls_, here.get()));
    bool last = left_.empty();
    if (S_ISLNK(status.st_mode) && (!last || (flags & O_NOFOLLOW) == 0)) {
      if (++links_ > kMostLinks) return std::unexpected(ELOOP);
      EIDOS_TRY(std::string text, link_text(calls_, here.get(), ""));
      EIDOS_CHECK(put_before(text));
      return Descriptor();
    }
    if (last) return open_at(calls_, directory(), part, flags | O_NOFOLLOW);
    if (!S_ISDIR(status.st_mode)) return std::unexpected(ENOTDIR);
    entered_.push_back(std::move(here));
    return Descriptor();
  }

  SystemCalls& calls_;
  int root_;
  Confine how_;
  std::vector<Descriptor> entered_;
  std::vector<std::string> left_;  // last part first
  int links_ = 0;
};

}  // namespace

Sys<Descriptor> open_confined(SystemCalls& calls, int root, const std::string& path, int flags, Confine how) {
  constexpr int kMostRaces = 100;  // EAGAIN: something was renamed while ".." was resolved
  std::uint64_t resolve =
      RESOLVE_NO_MAGICLINKS | (how == Confine::InRoot ? RESOLVE_IN_ROOT : RESOLVE_BENEATH);
  for (int race = 0; race < kMostRaces; ++race) {
    auto fd = retry([&] { return calls.openat2(root, path.c_str(), flags | O_CLOEXEC, resolve); });
    if (fd) return Descriptor(calls, *fd);
    if (fd.error() == ENOSYS || fd.error() == EPERM) break;  // old kernel, or a seccomp filter
    if (fd.error() != EAGAIN) return std::unexpected(fd.error());
  }
  return Walk(calls, root, how).open(path, flags);
}

namespace {

Error escapes(const std::string& path) {
  Error error{ErrorKind::Invalid, cat("output path escapes current directory: ", quote(path)), {}, {}};
  std::error_code failed;
  std::string absolute = std::filesystem::weakly_canonical(path, failed).string();
  error.hint = failed || absolute.empty()
                   ? std::string("give the absolute path, or --allow-outside")
                   : cat("give the absolute path ", quote(absolute, PATH_MAX), ", or --allow-outside");
  return error;
}

}  // namespace

Result<void> check_output_path(SystemCalls& calls, const std::string& path, bool allow_outside) {
  EIDOS_CHECK(check_path(path));
  if (allow_outside || path.starts_with('/')) return {};
  auto here = open_at(calls, AT_FDCWD, ".", O_PATH | O_DIRECTORY);
  if (!here) return std::unexpected(file_error(here.error(), "opening", "."));
  // Drops parts from the end until what is left exists; the parts dropped are yet to be made.
  std::string known = path;
  for (;;) {
    auto opened = open_confined(calls, here->get(), known, O_PATH, Confine::Beneath);
    if (opened || opened.error() != ENOENT) {
      if (!opened && opened.error() == EXDEV) return std::unexpected(escapes(path));
      return {};  // any other obstacle is the writer's to report
    }
    std::size_t end = known.find_last_not_of('/');
    std::size_t slash = known.rfind('/', end);
    std::string_view last = std::string_view(known).substr(slash + 1, end - slash);
    if (last == "..") return std::unexpected(escapes(path));
    if (slash == std::string::npos) return {};
    known.resize(slash);
  }
}

Result<void> check_output_path(const std::string& path, bool allow_outside) {
  SystemCalls calls;
  return check_output_path(calls, path, allow_outside);
}

}  // namespace eidos
