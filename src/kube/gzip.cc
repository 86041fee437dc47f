#include "kube/gzip.h"

#include <array>
#include <memory>

#include <zlib.h>

#include "base/text.h"

namespace eidos::kube {

namespace {

constexpr int kGzip = 15 + 16;  // the largest window, and a gzip header (zlib.h, deflateInit2)

struct InflateEnd {
  void operator()(z_stream* stream) const { ::inflateEnd(stream); }
};

Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib reads it only
}

}  // namespace

std::string gzip(std::string_view text) {
  z_stream stream{};
  EIDOS_ASSERT(::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) ==
               Z_OK);
  std::string out(::deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = bytes_of(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  int state = ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  EIDOS_ASSERT(state == Z_STREAM_END);
  return out;
}

Result<std::string> gunzip(std::string_view bytes, std::size_t most) {
  z_stream stream{};
  EIDOS_ASSERT(::inflateInit2(&stream, kGzip) == Z_OK);
  std::unique_ptr<z_stream, InflateEnd> ended(&stream);
  stream.next_in = bytes_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 65536> block;
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    int state = ::inflate(&stream, Z_NO_FLUSH);
    out.append(block.data(), block.size() - stream.avail_out);
    if (out.size() > most)
      return fail(ErrorKind::Invalid, cat("there is more than ", most, " bytes in the gzip"));
    if (state == Z_STREAM_END && stream.avail_in == 0) return out;
    if (state != Z_OK) return fail(ErrorKind::Invalid, "the gzip is broken or cut");
  }
}

}  // namespace eidos::kube
