#include "catalog/archive.h"

#include <algorithm>
#include <array>
#include <set>

#include <zlib.h>

#include "base/text.h"
#include "catalog/catalog.h"

namespace eidos::catalog {
namespace {

constexpr std::size_t kBlock = 512;

// The pieces of a tar header that matter here: offset and length.
struct Piece {
  std::size_t offset;
  std::size_t length;
};
constexpr Piece kName{0, 100};
constexpr Piece kSize{124, 12};
constexpr Piece kChecksum{148, 8};
constexpr Piece kType{156, 1};
constexpr Piece kMagic{257, 5};
constexpr Piece kPrefix{345, 155};

constexpr std::string_view kHowTo = "pack a layer with: tar -czf layer.tar.gz -C DIR .";

std::unexpected<Error> broken(const std::string& name, std::string what) {
  return fail(ErrorKind::Invalid, std::move(what), name, std::string(kHowTo));
}

// Closes zlib's state however we leave.
class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, 15 + 16) == Z_OK; }  // 16: gzip, nothing else
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  Result<std::string> run(std::string_view bytes, const std::string& name) {
    if (!ready_) return fail(ErrorKind::Internal, "zlib does not start", name);
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    std::string out;
    for (int done = Z_OK; done != Z_STREAM_END;) {
      constexpr std::size_t kStep = std::size_t{256} * 1024;
      std::size_t before = out.size();
      out.resize(before + kStep);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
      stream_.avail_out = kStep;
      done = inflate(&stream_, Z_NO_FLUSH);
      out.resize(out.size() - stream_.avail_out);
      if (done == Z_BUF_ERROR || (done == Z_OK && stream_.avail_in == 0 && stream_.avail_out != 0))
        return broken(name, "the archive is cut short");
      if (done != Z_OK && done != Z_STREAM_END)
        return broken(name, out.empty() ? "is no gzip-compressed archive" : "the archive is damaged");
      if (std::cmp_greater(out.size(), kMaxArchiveBytes))
        return broken(name, cat("unpacks to more than ", kMaxArchiveBytes / (1024 * 1024), " MiB"));
    }
    if (stream_.avail_in != 0) return broken(name, "something follows the end of the archive");
    return out;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

// Text of a header field, up to its NUL.
std::string_view text_in(std::string_view header, Piece piece) {
  std::string_view field = header.substr(piece.offset, piece.length);
  return field.substr(0, field.find('\0'));
}

// Octal digits between blanks. Sizes beyond eight GiB use another form, which no layer needs.
std::optional<std::size_t> octal_in(std::string_view header, Piece piece) {
  std::string_view digits = trim(text_in(header, piece));
  std::size_t number = 0;
  if (digits.empty() || digits.size() > 11) return std::nullopt;
  for (char digit : digits) {
    if (digit < '0' || digit > '7') return std::nullopt;
    number = number * 8 + static_cast<std::size_t>(digit - '0');
  }
  return number;
}

bool checksum_holds(std::string_view header) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    bool own = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.length;
    sum += own ? std::size_t{' '} : static_cast<unsigned char>(header[i]);
  }
  return octal_in(header, kChecksum) == sum;
}

// The value of `path` among pax records: "LENGTH path=VALUE\n".
Result<std::string> pax_path(std::string_view records, const std::string& name) {
  std::string path;
  while (!records.empty()) {
    std::size_t blank = records.find(' ');
    auto length = to_int(records.substr(0, blank));
    bool fits = blank != std::string_view::npos && length && std::cmp_greater(*length, blank + 1) &&
                std::cmp_less_equal(*length, records.size());
    if (!fits) return broken(name, "an extended header of the archive is damaged");
    std::string_view record = records.substr(blank + 1, static_cast<std::size_t>(*length) - blank - 2);
    if (record.starts_with("path=")) path = record.substr(5);
    records.remove_prefix(static_cast<std::size_t>(*length));
  }
  return path;
}

class Tar {
 public:
  Tar(std::string_view rest, const std::string& name) : rest_(rest), name_(name), layer_(name) {}

  Result<DirectoryLayer> run() {
    while (!rest_.empty()) {
      if (rest_.size() < kBlock) return broken(name_, "the archive is cut short");
      std::string_view header = rest_.substr(0, kBlock);
      if (header.find_first_not_of('\0') == std::string_view::npos) break;
      EIDOS_CHECK(entry(header));
    }
    return std::move(layer_).take();
  }

 private:
  Result<void> entry(std::string_view header) {
    if (!checksum_holds(header))
      return broken(name_, seen_.empty() ? "holds no tar archive" : "a header of the archive is damaged");
    auto size = octal_in(header, kSize);
    std::size_t padded = size ? (*size + kBlock - 1) / kBlock * kBlock : 0;
    if (!size || padded > rest_.size() - kBlock) return broken(name_, "the archive is cut short");
    std::string_view content = rest_.substr(kBlock, *size);
    rest_.remove_prefix(kBlock + padded);
    switch (char type = header[kType.offset]; type) {
      case 'g':  // for all that follows; git writes a comment
      case 'K':  // the long target of a link
        return {};
      case 'L': long_path_ = content.substr(0, content.find('\0')); return {};
      case 'x': {
        EIDOS_TRY(std::string path, pax_path(content, name_));
        if (!path.empty()) long_path_ = std::move(path);
        return {};
      }
      default: {
        std::string path = long_path_.empty() ? path_of(header) : long_path_;
        long_path_.clear();
        return file(path, type, content);
      }
    }
  }

  static std::string path_of(std::string_view header) {
    std::string_view prefix = text_in(header, kPrefix);
    bool ustar = header.substr(kMagic.offset, kMagic.length) == "ustar";
    if (!ustar || prefix.empty()) return std::string(text_in(header, kName));
    return cat(prefix, "/", text_in(header, kName));
  }

  Result<void> file(std::string path, char type, std::string_view content) {
    while (path.starts_with("./")) path.erase(0, 2);
    while (path.ends_with('/')) path.pop_back();
    if (path.empty() || path == ".") return {};
    auto parts = split(path, '/');
    if (path.starts_with('/') || std::ranges::find(parts, "..") != parts.end())
      return broken(name_, cat("the archive holds the path ", quote(path), ", which leads out of it"));
    if (!seen_.insert(path).second) return broken(name_, cat("the archive holds ", quote(path), " twice"));
    constexpr char kDirectory = '5';
    bool regular = type == '0' || type == '\0';
    bool leads = leads_to_a_place(path) && !path.starts_with('.');
    if (type == kDirectory && leads) return {};
    if (!is_catalog_path(path) && (regular || type == kDirectory || !leads)) {
      layer_.ignore(type == kDirectory ? path + "/" : path);
      return {};
    }
    if (!regular) {
      layer_.not_regular(path);
      return {};
    }
    if (std::cmp_greater(content.size(), kMaxFileBytes)) {
      layer_.problem(path, {ErrorKind::Invalid, cat("is larger than ", kMaxFileBytes, " bytes"), {}, {}});
      return {};
    }
    return layer_.add(path, std::string(content));
  }

  std::string_view rest_;
  const std::string& name_;
  LayerBuilder layer_;
  std::string long_path_;  // for the next entry
  std::set<std::string> seen_;
};

}  // namespace

Result<DirectoryLayer> read_archive(std::string_view bytes, const std::string& name) {
  Inflater inflater;
  EIDOS_TRY(std::string tar, inflater.run(bytes, name));
  return Tar(tar, name).run();
}

}  // namespace eidos::catalog
