#include "base/deflate.h"
#include "base/text.h"
#include "seal/formats.h"
#include "seal/tar.h"

namespace eidos::seal {

namespace {

constexpr std::uint64_t kModeFile = 0644;
constexpr std::uint64_t kModeScript = 0755;

struct Header {
  std::string_view prefix;
  std::string_view name;
  std::uint64_t mode = kModeFile;
  std::uint64_t size = 0;
  std::int64_t time = 0;
  char type = kFile;
};

void put(std::string& header, Piece piece, std::string_view text) {
  header.replace(piece.offset, text.size(), text);
}

// Octal digits up to the NUL that ends the field.
void put(std::string& header, Piece piece, std::uint64_t number) {
  for (std::size_t i = piece.length - 1; i > 0; --i, number /= 8)
    header[piece.offset + i - 1] = static_cast<char>('0' + number % 8);
}

std::string block_of(const Header& from) {
  std::string header(kBlock, '\0');
  put(header, kName, from.name);
  put(header, kPrefix, from.prefix);
  put(header, kMode, from.mode);
  put(header, kSize, from.size);
  put(header, kTime, static_cast<std::uint64_t>(from.time));
  for (Piece zero : {kOwner, kGroup, kMajor, kMinor}) put(header, zero, 0);
  put(header, kType, std::string_view(&from.type, 1));
  put(header, kMagic, kUstar);
  // Six digits, a NUL, a blank: the one field with an end of its own.
  put(header, {kSum.offset, kSum.length - 1}, sum_of(header));
  header[kSum.offset + kSum.length - 1] = ' ';
  return header;
}

// Where ustar can cut a long path in two: behind the last '/' that leaves room for both.
std::optional<std::size_t> cut_of(std::string_view path) {
  for (std::size_t at = path.rfind('/', kPrefix.length); at != std::string_view::npos && at > 0;
       at = path.rfind('/', at - 1))
    if (path.size() - at - 1 <= kName.length) return at;
  return std::nullopt;
}

// "LENGTH path=VALUE\n", its own length included.
std::string pax_record(std::string_view path) {
  const std::size_t rest = std::string_view(" path=\n").size() + path.size();
  std::size_t length = rest + 1;
  while (cat(length).size() + rest != length) ++length;
  return cat(length, " path=", path, "\n");
}

class Writer {
 public:
  explicit Writer(std::int64_t time) : time_(time) {}

  void add(std::string_view path, const File& file) {
    Header header{.prefix = {},
                  .name = path,
                  .mode = file.executable ? kModeScript : kModeFile,
                  .size = file.bytes.size(),
                  .time = time_};
    if (path.size() > kName.length) {
      if (auto cut = cut_of(path)) {
        header.prefix = path.substr(0, *cut);
        header.name = path.substr(*cut + 1);
      } else {
        const std::string record = pax_record(path);
        entry({.prefix = {}, .name = "path", .size = record.size(), .time = time_, .type = kPax}, record);
        header.name = path.substr(0, kName.length);
      }
    }
    entry(header, file.bytes);
  }

  std::string finish() {
    out_.add(std::string(2 * kBlock, '\0'));
    return out_.finish();
  }

 private:
  void entry(const Header& header, std::string_view bytes) {
    out_.add(block_of(header));
    out_.add(bytes);
    out_.add(std::string(padding(bytes.size()), '\0'));
  }

  std::int64_t time_;
  Deflater out_{Wrap::Gzip};
};

}  // namespace

std::string write_tar_gz(const FileTree& tree, std::int64_t time) {
  Writer writer(time);
  for (const auto& [path, file] : tree) writer.add(path, file);
  return writer.finish();
}

}  // namespace eidos::seal
