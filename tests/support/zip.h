#pragma once
// A small zip writer that says whatever it is told, to make archives that are right and archives that are
// not.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <zlib.h>

namespace eidos::testing {

struct ZipEntry {
  std::string name;
  std::string bytes = {};  ///< As they stand in the archive: stored, unless `method` says otherwise.
  std::uint32_t mode = 0100644;
  std::uint32_t method = 0;
  std::uint32_t flags = 0;
  std::uint32_t host = 3;
  std::string extra = {};
  std::string local_name = {};  ///< Another one in the local header.
  std::int64_t size = -1;       ///< Claimed; else that of the bytes.
  std::int64_t offset = -1;     ///< Claimed; else the right one.
  std::uint32_t wrong_crc = 0;  ///< Added to the right one.
  std::string before = {};      ///< Put before the local header.
  std::string behind = {};      ///< Put behind the bytes: a data descriptor.
};

inline std::string little(std::uint64_t value, int bytes) {
  std::string out;
  for (; bytes > 0; --bytes, value >>= 8) out += static_cast<char>(value & 0xFF);
  return out;
}

inline std::uint32_t zip_crc(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

inline std::string zip_of(const std::vector<ZipEntry>& entries) {
  std::string out;
  std::string central;
  for (const ZipEntry& entry : entries) {
    const std::uint64_t size = entry.size < 0 ? entry.bytes.size() : static_cast<std::uint64_t>(entry.size);
    const std::uint64_t crc = zip_crc(entry.bytes) + entry.wrong_crc;
    const bool late = (entry.flags & 8) != 0;  // CRC and sizes come behind the bytes
    auto common = [&](bool known, std::size_t name) {
      return little(20, 2) + little(entry.flags, 2) + little(entry.method, 2) + little(0x21U << 16, 4) +
             little(known ? crc : 0, 4) + little(known ? entry.bytes.size() : 0, 4) +
             little(known ? size : 0, 4) + little(name, 2) + little(entry.extra.size(), 2);
    };
    const std::string local = entry.local_name.empty() ? entry.name : entry.local_name;
    out += entry.before;
    const std::uint64_t offset = entry.offset < 0 ? out.size() : static_cast<std::uint64_t>(entry.offset);
    out += little(0x04034b50, 4) + common(!late, local.size()) + local + entry.extra + entry.bytes +
           entry.behind;
    central += little(0x02014b50, 4) + little(entry.host << 8 | 20, 2) + common(true, entry.name.size()) +
               little(0, 6) + little(std::uint64_t{entry.mode} << 16, 4) + little(offset, 4) + entry.name +
               entry.extra;
  }
  return out + central + little(0x06054b50, 4) + little(0, 4) + little(entries.size(), 2) +
         little(entries.size(), 2) + little(central.size(), 4) + little(out.size(), 4) + little(0, 2);
}

}  // namespace eidos::testing
