#pragma once
// Small tar and gzip writers, to make archives that are right and archives that are not.

#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/text.h"

namespace eidos::testing {

/// One entry of a ustar archive: header, content, padding.
inline std::string tar_entry(std::string_view path, std::string_view content, char type = '0') {
  std::string header(512, '\0');
  auto octal = [](std::size_t number, int digits) {
    std::string text;
    for (int i = 0; i < digits; ++i, number /= 8) text.insert(0, 1, static_cast<char>('0' + number % 8));
    return text;
  };
  header.replace(0, path.size(), path);
  header.replace(124, 11, octal(content.size(), 11));
  header.replace(148, 8, "        ");
  header[156] = type;
  header.replace(257, 8,
                 std::string_view("ustar\0"
                                  "00",
                                  8));
  std::size_t sum = 0;
  for (char c : header) sum += static_cast<unsigned char>(c);
  header.replace(148, 7, octal(sum, 6) + '\0');
  std::size_t padding = (512 - content.size() % 512) % 512;
  return cat(header, content, std::string(padding, '\0'));
}

inline std::string tar_end() {
  return std::string(1024, '\0');
}

inline std::string gzip(std::string_view bytes) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace eidos::testing
