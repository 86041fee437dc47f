#pragma once
// Private to this room: where things stand in a tar header (POSIX.1-2017, pax, "ustar Interchange Format").

#include <cstddef>
#include <string_view>

namespace eidos::seal {

constexpr std::size_t kBlock = 512;

struct Piece {
  std::size_t offset;
  std::size_t length;
};
constexpr Piece kName{0, 100};
constexpr Piece kMode{100, 8};
constexpr Piece kOwner{108, 8};
constexpr Piece kGroup{116, 8};
constexpr Piece kSize{124, 12};
constexpr Piece kTime{136, 12};
constexpr Piece kSum{148, 8};
constexpr Piece kType{156, 1};
constexpr Piece kMagic{257, 8};
constexpr Piece kMajor{329, 8};
constexpr Piece kMinor{337, 8};
constexpr Piece kPrefix{345, 155};

constexpr std::string_view kUstar(
    "ustar\0"
    "00",
    8);
constexpr std::string_view kGnu("ustar  \0", 8);

constexpr char kFile = '0';
constexpr char kPax = 'x';

/// The sum over a header with its own field as blanks.
inline std::size_t sum_of(std::string_view header) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const bool own = i >= kSum.offset && i < kSum.offset + kSum.length;
    sum += own ? std::size_t{' '} : static_cast<unsigned char>(header[i]);
  }
  return sum;
}

/// Up to the next whole block.
constexpr std::size_t padding(std::size_t size) {
  return (kBlock - size % kBlock) % kBlock;
}

}  // namespace eidos::seal
