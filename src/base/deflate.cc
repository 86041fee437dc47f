#include "base/deflate.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"

namespace eidos {

namespace {

constexpr int kRawWindow = -15;
constexpr int kGzipWindow = 15 + 16;
constexpr int kMemory = 8;

int window(Wrap wrap) {
  return wrap == Wrap::Raw ? kRawWindow : kGzipWindow;
}

// zlib's interface has no const; it does not write here.
Bytef* input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

Deflater::Deflater(Wrap wrap) {
  EIDOS_ASSERT(deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window(wrap), kMemory,
                            Z_DEFAULT_STRATEGY) == Z_OK);
}

Deflater::~Deflater() {
  deflateEnd(&stream_);
}

void Deflater::add(std::string_view bytes) {
  constexpr std::size_t kChunk = std::size_t{1} << 30;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kChunk)))
    run(bytes.substr(0, kChunk), Z_NO_FLUSH);
}

std::string Deflater::finish() {
  run({}, Z_FINISH);
  return std::move(out_);
}

void Deflater::run(std::string_view bytes, int flush) {
  std::array<char, std::size_t{64} * 1024> buffer;
  stream_.next_in = input(bytes);
  stream_.avail_in = static_cast<uInt>(bytes.size());
  do {
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_.avail_out = static_cast<uInt>(buffer.size());
    deflate(&stream_, flush);
    out_.append(buffer.data(), buffer.size() - stream_.avail_out);
  } while (stream_.avail_out == 0);
}

Inflater::Inflater(Wrap wrap, std::string_view bytes) {
  EIDOS_ASSERT(bytes.size() <= std::numeric_limits<uInt>::max());
  stream_.next_in = input(bytes);
  stream_.avail_in = static_cast<uInt>(bytes.size());
  EIDOS_ASSERT(inflateInit2(&stream_, window(wrap)) == Z_OK);
}

Inflater::~Inflater() {
  inflateEnd(&stream_);
}

Result<std::size_t> Inflater::read(char* out, std::size_t size) {
  constexpr std::size_t kChunk = std::size_t{1} << 30;
  std::size_t done = 0;
  while (done < size && !ended_) {
    const std::size_t room = std::min(size - done, kChunk);
    stream_.next_out = reinterpret_cast<Bytef*>(out + done);
    stream_.avail_out = static_cast<uInt>(room);
    const int answer = inflate(&stream_, Z_NO_FLUSH);
    done += room - stream_.avail_out;
    ended_ = answer == Z_STREAM_END;
    if (answer == Z_BUF_ERROR || (answer == Z_OK && stream_.avail_in == 0 && stream_.avail_out != 0))
      return fail(ErrorKind::Invalid, "the compressed data are cut short");
    if (answer != Z_OK && answer != Z_STREAM_END)
      return fail(ErrorKind::Invalid, "the compressed data are damaged: they make no sense");
  }
  return done;
}

std::string gzip(std::string_view text) {
  Deflater out(Wrap::Gzip);
  out.add(text);
  return out.finish();
}

Result<std::string> gunzip(std::string_view bytes, std::size_t most) {
  Inflater in(Wrap::Gzip, bytes);
  std::string out;
  while (!in.ended()) {
    const std::size_t done = out.size();
    const std::size_t room = std::min(most + 1 - done, std::max<std::size_t>(done, std::size_t{64} * 1024));
    out.resize(done + room);
    auto got = in.read(out.data() + done, room);
    if (!got) return fail(ErrorKind::Invalid, "the gzip is broken or cut");
    out.resize(done + *got);
    if (out.size() > most)
      return fail(ErrorKind::Invalid, cat("there is more than ", most, " bytes in the gzip"));
  }
  if (in.left() != 0) return fail(ErrorKind::Invalid, "the gzip has something behind its end");
  return out;
}

}  // namespace eidos
