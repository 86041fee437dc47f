// Reads a zip by its central directory and holds every local header to it: whatever two readers could
// understand differently is refused. Entries lie one behind the other from the first byte to the directory.

#include <algorithm>

#include "base/deflate.h"
#include "base/text.h"
#include "seal/formats.h"
#include "seal/zip.h"

namespace eidos::seal {

namespace {

constexpr std::uint64_t kEncrypted = 0x0001 | 0x0040 | 0x2000;
constexpr std::uint64_t kHasDescriptor = 0x0008;
constexpr std::uint64_t kZip64Extra = 0x0001;
constexpr std::uint64_t kOtherNameExtra = 0x7075;  // a second name, which some readers prefer
constexpr std::uint64_t kNone32 = 0xFFFFFFFF;      // "see the zip64 record"
constexpr std::uint64_t kNone16 = 0xFFFF;
constexpr std::uint64_t kMacHost = 19;

// Unix modes, as every Unix has them.
constexpr std::uint64_t kTypeOf = 0170000;
constexpr std::uint64_t kFileType = 0100000;
constexpr std::uint64_t kDirectoryType = 0040000;
constexpr std::uint64_t kLinkType = 0120000;
constexpr std::uint64_t kOwnerMayRun = 0100;

std::unexpected<Error> broken(std::string what) {
  return fail(ErrorKind::Invalid, std::move(what));
}

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  return value;
}

// Takes numbers and texts off the front; asking for more than there is gives zeros and marks it short.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t next(std::size_t size) {
    const std::string_view bytes = text(size);
    return bytes.size() == size ? number(bytes, 0, size) : 0;
  }
  std::string_view text(std::size_t size) {
    short_ = short_ || size > rest_.size();
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(bytes.size());
    return short_ ? std::string_view() : bytes;
  }
  bool cut() const { return short_; }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool short_ = false;
};

// What a local header and its central one both say.
struct Common {
  std::uint64_t flags = 0;
  std::uint64_t method = 0;
  std::uint64_t crc = 0;
  std::uint64_t packed = 0;
  std::uint64_t size = 0;
  std::string_view name;
  std::string_view extra;
};

struct Central {
  std::uint64_t made_by = 0;
  std::uint64_t attributes = 0;
  std::uint64_t offset = 0;
  Common common;
};

struct Lengths {
  std::size_t name;
  std::size_t extra;
};

Lengths common_of(Cursor& at, Common& out) {
  at.next(2);  // version needed
  out.flags = at.next(2);
  out.method = at.next(2);
  at.next(2 + 2);  // time and date
  out.crc = at.next(4);
  out.packed = at.next(4);
  out.size = at.next(4);
  const std::size_t name = at.next(2);
  const std::size_t extra = at.next(2);
  return {name, extra};
}

Result<void> check_extra(std::string_view extra, std::string_view name) {
  Cursor at(extra);
  while (!at.rest().empty()) {
    const std::uint64_t id = at.next(2);
    at.text(at.next(2));
    if (at.cut()) return {};  // some writers pad; nothing in there is used
    if (id == kZip64Extra) return broken(cat(quote(name), " is a zip64 entry, which is not read here"));
    if (id == kOtherNameExtra) return broken(cat(quote(name), " has a second name"));
  }
  return {};
}

Result<void> check_readable(const Common& entry) {
  if ((entry.flags & kEncrypted) != 0) return broken(cat(quote(entry.name), " is encrypted"));
  if (entry.method != kStored && entry.method != kDeflated)
    return broken(cat(quote(entry.name), " is compressed by method ", entry.method,
                      "; only Stored (0) and Deflate (8) are read"));
  if (invalid_utf8(entry.name)) return broken(cat("the name ", quote(entry.name), " is not UTF-8"));
  const bool ascii = std::ranges::all_of(entry.name, [](char c) { return static_cast<signed char>(c) >= 0; });
  if (!ascii && (entry.flags & kUtf8Name) == 0)
    return broken(cat("the name ", quote(entry.name), " is in an unknown character set"));
  return check_extra(entry.extra, entry.name);
}

FileKind kind_of(const Central& entry) {
  if (entry.common.name.ends_with('/')) return FileKind::Directory;
  const std::uint64_t host = entry.made_by >> 8;
  if (host != kUnixHost && host != kMacHost) return FileKind::Regular;
  const std::uint64_t type = entry.attributes >> 16 & kTypeOf;
  if (type == 0 || type == kFileType) return FileKind::Regular;
  if (type == kLinkType) return FileKind::Link;
  return type == kDirectoryType ? FileKind::Directory : FileKind::Other;
}

bool executable(const Central& entry) {
  const std::uint64_t host = entry.made_by >> 8;
  return (host == kUnixHost || host == kMacHost) && (entry.attributes >> 16 & kOwnerMayRun) != 0;
}

class Reader {
 public:
  Reader(std::string_view bytes, const Caps& caps, const Visit& visit)
      : bytes_(bytes), count_(caps), visit_(visit) {}

  Result<void> run() {
    EIDOS_CHECK(find_directory());
    Cursor at(directory_);
    for (std::uint64_t i = 0; i < entries_; ++i) EIDOS_CHECK(entry(at));
    if (!at.rest().empty()) return broken("the archive is damaged: its directory has more than its entries");
    if (next_ != start_) return broken("the archive is damaged: something stands between its entries");
    return {};
  }

 private:
  Result<void> find_directory() {
    if (bytes_.size() < kEndSize) return broken("the archive is cut short");
    const std::size_t end = bytes_.size() - kEndSize;
    if (number(bytes_, end, 4) != kEndRecord || number(bytes_, end + 20, 2) != 0) return no_end();
    Cursor at(bytes_.substr(end + 4));
    const std::uint64_t disks = at.next(2) + at.next(2);
    const std::uint64_t here = at.next(2);
    entries_ = at.next(2);
    const std::uint64_t size = at.next(4);
    start_ = at.next(4);
    if (entries_ == kNone16 || size == kNone32 || start_ == kNone32)
      return broken("it is a zip64 archive, which is not read here");
    if (disks != 0 || here != entries_) return broken("it is one part of an archive in several");
    if (start_ + size != end) return broken("the archive is damaged: its directory is not where it says");
    directory_ = bytes_.substr(start_, size);
    return {};
  }

  // A comment counts as more, too: it could be an archive of its own.
  Result<void> no_end() const {
    const std::string_view mark("PK\x05\x06", 4);
    if (bytes_.rfind(mark) != std::string_view::npos)
      return broken("something follows the end of the archive");
    return broken("the archive is cut short");
  }

  Result<void> entry(Cursor& at) {
    Central central;
    if (at.next(4) != kCentralHeader) return broken("the archive is damaged: its directory makes no sense");
    central.made_by = at.next(2);
    const Lengths lengths = common_of(at, central.common);
    const std::size_t comment = at.next(2);
    const std::uint64_t disk = at.next(2);
    at.next(2);  // internal attributes
    central.attributes = at.next(4);
    central.offset = at.next(4);
    central.common.name = at.text(lengths.name);
    central.common.extra = at.text(lengths.extra);
    at.text(comment);
    if (at.cut() || disk != 0) return broken("the archive is damaged: its directory makes no sense");
    EIDOS_CHECK(check_readable(central.common));
    if (central.offset != next_)
      return broken(cat("the archive is damaged: ", quote(central.common.name),
                        " overlaps another entry, or something stands before it"));
    EIDOS_TRY(std::string_view data, data_of(central));
    return hand_over(central, data);
  }

  // The packed bytes, behind a local header that says what the directory says.
  Result<std::string_view> data_of(const Central& central) {
    Cursor at(bytes_.substr(next_, start_ - next_));
    Common local;
    const std::uint64_t signature = at.next(4);
    const Lengths lengths = common_of(at, local);
    local.name = at.text(lengths.name);
    local.extra = at.text(lengths.extra);
    const std::string_view data = at.text(central.common.packed);
    const bool later = (local.flags & kHasDescriptor) != 0;
    if (later && !at.cut()) take_descriptor(at, local);
    const Common& want = central.common;
    if (at.cut() || signature != kLocalHeader || local.name != want.name || local.flags != want.flags ||
        local.method != want.method || local.crc != want.crc || local.packed != want.packed ||
        local.size != want.size)
      return broken(cat("the archive is damaged: ", quote(want.name), " is not what its directory says"));
    EIDOS_CHECK(check_extra(local.extra, local.name));
    next_ = start_ - at.rest().size();
    return data;
  }

  // Written as a stream: sizes and CRC come behind the data, with or without a signature.
  static void take_descriptor(Cursor& at, Common& local) {
    local.crc = at.next(4);
    if (local.crc == kDescriptor) local.crc = at.next(4);
    local.packed = at.next(4);
    local.size = at.next(4);
  }

  Result<void> hand_over(const Central& central, std::string_view data) {
    TreeEntry out;
    out.path = central.common.name;
    out.kind = kind_of(central);
    out.executable = executable(central);
    out.size = static_cast<std::int64_t>(central.common.size);
    EIDOS_TRY(bool fits, count_.take(out.path, out.size));
    if (!fits)
      out.problem = count_.too_large();
    else
      EIDOS_CHECK(inflate_into(out.bytes, central.common, data));
    if (out.kind == FileKind::Directory && out.size != 0)
      return broken(cat("the directory ", quote(out.path), " has bytes"));
    return visit_(std::move(out));
  }

  static Result<void> inflate_into(std::string& out, const Common& entry, std::string_view data) {
    auto named = [&](Error error) { return std::unexpected(std::move(error).within(quote(entry.name))); };
    if (entry.method == kStored) {
      if (data.size() != entry.size) return broken(cat(quote(entry.name), ": its two sizes differ"));
      out = data;
    } else {
      out.resize(entry.size);
      Inflater inflater(Wrap::Raw, data);
      auto got = inflater.read(out.data(), out.size());
      char more = 0;  // the end of the stream is seen only by asking for more
      auto after = got ? inflater.read(&more, 1) : got;
      if (!after) return named(after.error());
      if (*got != out.size() || *after != 0 || inflater.left() != 0)
        return broken(cat(quote(entry.name), ": it does not unpack to the size it should have"));
    }
    if (crc_of(out) != entry.crc) return broken(cat(quote(entry.name), ": its CRC is wrong"));
    return {};
  }

  std::string_view bytes_;
  Count count_;
  const Visit& visit_;
  std::uint64_t entries_ = 0;
  std::size_t start_ = 0;  // of the directory
  std::string_view directory_;
  std::size_t next_ = 0;  // where the next entry must begin
};

}  // namespace

Result<void> read_zip(std::string_view bytes, const Caps& caps, const Visit& visit) {
  return Reader(bytes, caps, visit).run();
}

}  // namespace eidos::seal
