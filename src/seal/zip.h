#pragma once
// Private to this room: the numbers of the zip format that its writer and its reader share.

#include <cstdint>
#include <string_view>

#include <zlib.h>

namespace eidos::seal {

constexpr std::uint64_t kLocalHeader = 0x04034b50;
constexpr std::uint64_t kCentralHeader = 0x02014b50;
constexpr std::uint64_t kEndRecord = 0x06054b50;
constexpr std::uint64_t kDescriptor = 0x08074b50;

constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kEndSize = 22;

constexpr std::uint64_t kVersion = 20;  // 2.0: Deflate
constexpr std::uint64_t kUnixHost = 3;
constexpr std::uint64_t kUtf8Name = 0x0800;

constexpr std::uint64_t kStored = 0;
constexpr std::uint64_t kDeflated = 8;

inline std::uint64_t crc_of(std::string_view bytes) {
  return crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
}

}  // namespace eidos::seal
