// Reads ustar, pax and GNU tar from gzip, entry by entry; what is not needed to tell a file, a directory and
// a link apart is refused rather than guessed.

#include <algorithm>
#include <array>

#include "base/deflate.h"
#include "base/text.h"
#include "seal/formats.h"
#include "seal/tar.h"

namespace eidos::seal {

namespace {

constexpr std::size_t kLongestExtension = std::size_t{64} * 1024;  // pax records, GNU long names
constexpr std::size_t kLongestTail = std::size_t{1024} * 1024;     // zeros behind the end
constexpr std::uint64_t kOwnerMayRun = 0100;

// Extended headers that would change what the header says, beside the path.
constexpr std::string_view kUnread[] = {"size", "linkpath", "hdrcharset"};

std::unexpected<Error> broken(std::string what) {
  return fail(ErrorKind::Invalid, std::move(what));
}

std::string_view field(std::string_view header, Piece piece) {
  return header.substr(piece.offset, piece.length);
}

std::string_view text_in(std::string_view header, Piece piece) {
  const std::string_view text = field(header, piece);
  return text.substr(0, text.find('\0'));
}

// Octal digits between blanks; the binary form of sizes over 8 GiB is none.
std::optional<std::uint64_t> octal_in(std::string_view header, Piece piece) {
  const std::string_view digits = trim(text_in(header, piece));
  std::uint64_t number = 0;
  for (char digit : digits) {
    if (digit < '0' || digit > '7') return std::nullopt;
    number = number * 8 + static_cast<std::uint64_t>(digit - '0');
  }
  return number;
}

bool all_zero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

// Old writers leave the type of a file empty.
FileKind kind_of(char type) {
  switch (type) {
    case kFile:
    case '\0': return FileKind::Regular;
    case '1':
    case '2': return FileKind::Link;
    case '5': return FileKind::Directory;
    default: return FileKind::Other;
  }
}

class Reader {
 public:
  Reader(std::string_view bytes, const Caps& caps, const Visit& visit)
      : in_(Wrap::Gzip, bytes), count_(caps), visit_(visit) {}

  Result<void> run() {
    for (;;) {
      EIDOS_CHECK(fill(header_.data(), kBlock));
      if (all_zero(header())) return end();
      EIDOS_CHECK(entry());
    }
  }

 private:
  std::string_view header() const { return {header_.data(), kBlock}; }

  Result<void> fill(char* out, std::size_t size) {
    EIDOS_TRY(std::size_t got, in_.read(out, size));
    if (got == size) return {};
    return broken(first_ ? "it is no tar archive" : "the archive is cut short");
  }

  Result<void> entry() {
    const auto sum = octal_in(header(), kSum);
    const std::string_view magic = field(header(), kMagic);
    if (sum != sum_of(header()) || (magic != kUstar && magic != kGnu))
      return broken(first_ ? "it is no tar archive" : "the archive is damaged: a header makes no sense");
    first_ = false;
    const auto size = octal_in(header(), kSize);
    const auto mode = octal_in(header(), kMode);
    if (!size || !mode)
      return broken(cat("the archive is damaged: the header of ", quote(path()), " makes no sense"));
    switch (char type = header()[kType.offset]; type) {
      case kPax:
      case 'g':
      case 'L':
      case 'K': return extension(type, *size);
      default: return file(kind_of(type), *size, (*mode & kOwnerMayRun) != 0);
    }
  }

  // GNU keeps other things where ustar has the prefix.
  std::string path() const {
    if (!long_path_.empty()) return long_path_;
    const std::string_view prefix =
        field(header(), kMagic) == kUstar ? text_in(header(), kPrefix) : std::string_view();
    return prefix.empty() ? std::string(text_in(header(), kName))
                          : cat(prefix, "/", text_in(header(), kName));
  }

  // A header about the entry that follows, or, 'g', about all that follow.
  Result<void> extension(char type, std::uint64_t size) {
    EIDOS_TRY(bool fits, count_.take(path(), 0));
    if (!fits || size > kLongestExtension)
      return broken(cat("the archive has an extended header of ", size, " bytes"));
    std::string text(size, '\0');
    EIDOS_CHECK(fill(text.data(), size));
    EIDOS_CHECK(skip(padding(size)));
    if (type == 'L') long_path_ = text.substr(0, text.find('\0'));
    if (type == kPax || type == 'g') EIDOS_CHECK(pax(text, type));
    return {};
  }

  Result<void> pax(std::string_view records, char type) {
    while (!records.empty()) {
      const std::size_t blank = records.find(' ');
      const auto length = to_int(records.substr(0, blank));
      if (blank == std::string_view::npos || !length || std::cmp_less(*length, blank + 2) ||
          std::cmp_greater(*length, records.size()) || records[static_cast<std::size_t>(*length) - 1] != '\n')
        return broken("the archive is damaged: an extended header makes no sense");
      const auto whole = static_cast<std::size_t>(*length);
      const std::string_view record = records.substr(blank + 1, whole - blank - 2);
      records.remove_prefix(whole);
      const std::string_view key = record.substr(0, record.find('='));
      if (key.size() == record.size())
        return broken("the archive is damaged: an extended header makes no sense");
      if (std::ranges::find(kUnread, key) != std::end(kUnread) || key.starts_with("GNU.sparse.") ||
          (type == 'g' && key == "path"))
        return broken(cat("the archive has an extended header ", quote(key), ", which is not read here"));
      if (key == "path") long_path_ = record.substr(key.size() + 1);
    }
    return {};
  }

  Result<void> file(FileKind kind, std::uint64_t size, bool executable) {
    TreeEntry out;
    out.path = path();
    long_path_.clear();
    out.kind = kind;
    out.executable = executable;
    out.size = static_cast<std::int64_t>(size);
    if (kind != FileKind::Regular && size != 0)
      return broken(cat(quote(out.path), " is no file and has bytes"));
    EIDOS_TRY(bool fits, count_.take(out.path, out.size));
    if (fits) {
      out.bytes.resize(size);
      EIDOS_CHECK(fill(out.bytes.data(), size));
    } else {
      out.problem = count_.too_large();
      EIDOS_CHECK(pass_over(out));
    }
    EIDOS_CHECK(skip(padding(size)));
    return visit_(std::move(out));
  }

  // Bytes that nobody reads cost time all the same.
  Result<void> pass_over(const TreeEntry& entry) {
    constexpr std::int64_t kMostPassedOver = std::int64_t{1024} * 1024 * 1024;
    passed_over_ += std::min(entry.size, kMostPassedOver + 1);
    if (passed_over_ > kMostPassedOver)
      return broken(
          cat("the archive unpacks to more than a GiB; ", quote(entry.path), " is the file too many"));
    return skip(static_cast<std::size_t>(entry.size));
  }

  Result<void> skip(std::size_t size) {
    std::array<char, std::size_t{16} * 1024> buffer;
    for (; size > 0; size -= std::min(size, buffer.size()))
      EIDOS_CHECK(fill(buffer.data(), std::min(size, buffer.size())));
    return {};
  }

  // Two blocks of zeros, and what writers pad with.
  Result<void> end() {
    EIDOS_CHECK(fill(header_.data(), kBlock));
    std::size_t tail = 0;
    while (all_zero(header())) {
      EIDOS_TRY(std::size_t got, in_.read(header_.data(), kBlock));
      std::fill(header_.begin() + static_cast<std::ptrdiff_t>(got), header_.end(), '\0');
      tail += got;
      if (got == 0 && in_.left() == 0) return {};
      if (got == 0 || tail > kLongestTail) break;
    }
    return broken("something follows the end of the archive");
  }

  Inflater in_;
  Count count_;
  const Visit& visit_;
  std::array<char, kBlock> header_ = {};
  std::string long_path_;  // of the next entry
  std::int64_t passed_over_ = 0;
  bool first_ = true;
};

}  // namespace

Result<void> read_tar_gz(std::string_view bytes, const Caps& caps, const Visit& visit) {
  return Reader(bytes, caps, visit).run();
}

}  // namespace eidos::seal
