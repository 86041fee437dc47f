// PKWARE's APPNOTE 6.3.10, of it: local headers, Deflate, the central directory. Unix modes stand in the
// upper half of the external attributes.

#include <chrono>

#include "base/deflate.h"
#include "seal/formats.h"
#include "seal/zip.h"

namespace eidos::seal {

namespace {

constexpr unsigned kModeFile = 0100644;
constexpr unsigned kModeScript = 0100755;

void put(std::string& out, std::uint64_t value, int bytes) {
  for (; bytes > 0; --bytes, value >>= 8) out += static_cast<char>(value & 0xFF);
}

struct DosTime {
  unsigned time;
  unsigned date;
};

// DOS knows no time zone: it is UTC that is written.
DosTime dos_time(std::int64_t seconds) {
  using namespace std::chrono;
  const sys_seconds when{std::chrono::seconds(std::max(seconds, kDefaultTime))};
  const sys_days day = floor<days>(when);
  const year_month_day date(day);
  const hh_mm_ss clock(when - day);
  return {static_cast<unsigned>(clock.hours().count() << 11 | clock.minutes().count() << 5 |
                                clock.seconds().count() / 2),
          static_cast<unsigned>(int(date.year()) - 1980) << 9 | unsigned(date.month()) << 5 |
              unsigned(date.day())};
}

struct Packed {
  std::uint64_t method;
  std::string bytes;
  std::uint64_t crc;
};

Packed packed(const std::string& bytes) {
  Deflater deflater(Wrap::Raw);
  deflater.add(bytes);
  std::string small = deflater.finish();
  const std::uint64_t crc = crc_of(bytes);
  if (small.size() < bytes.size()) return {kDeflated, std::move(small), crc};
  return {kStored, bytes, crc};
}

// The part that a local header and its central one have in common.
void put_common(std::string& out, const Packed& entry, const DosTime& when, std::size_t size,
                std::size_t name) {
  put(out, kVersion, 2);
  put(out, kUtf8Name, 2);
  put(out, entry.method, 2);
  put(out, when.time, 2);
  put(out, when.date, 2);
  put(out, entry.crc, 4);
  put(out, entry.bytes.size(), 4);
  put(out, size, 4);
  put(out, name, 2);
  put(out, 0, 2);  // no extra field
}

}  // namespace

std::string write_zip(const FileTree& tree, std::int64_t time) {
  const DosTime when = dos_time(time);
  std::string out;
  std::string central;
  for (const auto& [path, file] : tree) {
    const Packed entry = packed(file.bytes);
    put(central, kCentralHeader, 4);
    put(central, kUnixHost << 8 | kVersion, 2);
    put_common(central, entry, when, file.bytes.size(), path.size());
    put(central, 0, 2 + 2 + 2);  // no comment, first disk, no internal attributes
    put(central, std::uint64_t{file.executable ? kModeScript : kModeFile} << 16, 4);
    put(central, out.size(), 4);
    central += path;
    put(out, kLocalHeader, 4);
    put_common(out, entry, when, file.bytes.size(), path.size());
    out += path;
    out += entry.bytes;
  }
  const std::size_t start = out.size();
  out += central;
  put(out, kEndRecord, 4);
  put(out, 0, 2 + 2);  // one disk
  put(out, tree.size(), 2);
  put(out, tree.size(), 2);
  put(out, central.size(), 4);
  put(out, start, 4);
  put(out, 0, 2);  // no comment
  return out;
}

}  // namespace eidos::seal
