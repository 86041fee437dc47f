#pragma once
// Deflate (RFC 1951), raw or as gzip (RFC 1952): zlib, whose state ends with its owner.

#include <cstddef>
#include <string>
#include <string_view>

#include <zlib.h>

#include "base/error.h"

namespace eidos {

enum class Wrap : std::uint8_t { Raw, Gzip };

/// Compresses piece by piece. The gzip header names no time, no file, and Unix.
class Deflater {
 public:
  explicit Deflater(Wrap wrap);
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater();

  void add(std::string_view bytes);
  /// Everything, complete.
  std::string finish();

 private:
  void run(std::string_view bytes, int flush);

  z_stream stream_ = {};
  std::string out_;
};

/// Decompresses as much as is asked for. `bytes` stay with the caller.
class Inflater {
 public:
  Inflater(Wrap wrap, std::string_view bytes);
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater();

  /// Fills `out` as far as there is something; fewer bytes only at the end of the stream. Invalid: damaged,
  /// cut short.
  Result<std::size_t> read(char* out, std::size_t size);
  /// Bytes behind the end of the stream; all that is left before it was reached.
  std::size_t left() const { return stream_.avail_in; }
  bool ended() const { return ended_; }

 private:
  z_stream stream_ = {};
  bool ended_ = false;
};

/// The gzip of `text`: the same bytes whenever and wherever it is made.
std::string gzip(std::string_view text);
/// Invalid: broken, cut, something behind it, or more than `most` bytes in it.
Result<std::string> gunzip(std::string_view bytes, std::size_t most);

}  // namespace eidos
