#include "bundle/size_guard.h"

#include <array>
#include <iterator>

#include <zlib.h>

#include "base/base64.h"
#include "base/text.h"

namespace eidos::bundle {
namespace {

constexpr std::string_view kTemplates = "templates/";
// Ignored by .helmignore, so no part of the release.
constexpr std::string_view kNotStored[] = {"recipe.yaml", "checksums.txt"};

/// zlib's state, ended whatever happens.
class Deflate {
 public:
  Deflate() { EIDOS_ASSERT(deflateInit(&stream_, Z_BEST_COMPRESSION) == Z_OK); }
  Deflate(const Deflate&) = delete;
  Deflate& operator=(const Deflate&) = delete;
  ~Deflate() { deflateEnd(&stream_); }

  std::int64_t count(std::string_view text) {
    std::array<Bytef, 64 * 1024> out;
    std::int64_t bytes = 0;
    constexpr std::size_t kChunk = std::size_t{1} << 30;
    do {
      std::string_view chunk = text.substr(0, kChunk);
      text.remove_prefix(chunk.size());
      // zlib's interface has no const; it does not write here.
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(chunk.data()));
      stream_.avail_in = static_cast<uInt>(chunk.size());
      do {
        stream_.next_out = out.data();
        stream_.avail_out = static_cast<uInt>(out.size());
        deflate(&stream_, text.empty() ? Z_FINISH : Z_NO_FLUSH);
        bytes += static_cast<std::int64_t>(out.size() - stream_.avail_out);
      } while (stream_.avail_out == 0);
    } while (!text.empty());
    return bytes;
  }

 private:
  z_stream stream_ = {};
};

bool is_crd(std::string_view document) {
  return document.find("kind: CustomResourceDefinition") != std::string_view::npos ||
         document.find("\"kind\": \"CustomResourceDefinition\"") != std::string_view::npos;
}

void name_large_crds(const Piece& piece, std::vector<std::string>& warnings) {
  for (const Manifest& manifest : piece.manifests) {
    std::string_view text = manifest.text;
    while (!text.empty()) {
      std::size_t end = text.find("\n---");
      std::string_view document = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 4);
      if (document.size() > kLargeCrd && is_crd(document))
        warnings.push_back(cat("component ", quote(piece.name()), ": ", manifest.path, " has a CRD of ",
                               document.size() / 1024, " KiB: apply it with kubectl apply --server-side"));
    }
  }
}

std::string in_kib(std::int64_t bytes) {
  return cat((bytes + 1023) / 1024, " KiB");
}

std::string release_text(const FileTree& files) {
  std::string stored;
  for (const auto& [path, file] : files) {
    if (path == kNotStored[0] || path == kNotStored[1]) continue;
    bool values = path == "values.yaml";
    bool chart = path == "Chart.yaml";
    // Chart.yaml and values are stored as JSON, the values a second time as what -f gave; other files in
    // base64, templates once more as what they become.
    stored += values || chart ? file.bytes : cat(path, to_base64(file.bytes));
    if (values || path.starts_with(kTemplates)) stored += file.bytes;
  }
  return stored;
}

std::int64_t in_base64(std::int64_t bytes) {
  return (bytes + 2) / 3 * 4;
}

/// What is known of the charts' sizes.
struct Charts {
  std::int64_t bytes = 0;
  std::vector<std::string> not_counted;
};

Charts charts_of(const Stack& stack) {
  Charts out;
  for (const Piece& piece : stack.pieces) {
    if (!piece.has_chart()) continue;
    const model::Component* entry = piece.part.entry;
    if (entry != nullptr && entry->helm && entry->helm->chart_bytes > 0)
      out.bytes += entry->helm->chart_bytes;
    else
      out.not_counted.push_back(piece.name());
  }
  return out;
}

}  // namespace

std::int64_t gzip_bytes(std::string_view text) {
  constexpr std::int64_t kGzipOverZlib = 12;  // an 18-byte frame instead of 6
  return Deflate().count(text) + kGzipOverZlib;
}

std::int64_t own_release_bytes(const FileTree& files) {
  return in_base64(gzip_bytes(release_text(files)));
}

std::string size_note(const Stack& stack) {
  const std::vector<std::string> not_counted = charts_of(stack).not_counted;
  if (not_counted.empty()) return {};
  return cat(
      "Helm keeps a release in one Secret, which holds ", in_kib(kReleaseLimit),
      ". How much of it these charts take is not recorded, so nothing warns of it: ", join(not_counted, ", "),
      ". If Helm says that the Secret is too long, make the bundle with --layout component.");
}

Result<void> check_size(const Stack& stack, const FileTree& files, std::vector<std::string>& warnings) {
  for (const Piece& piece : stack.pieces) name_large_crds(piece, warnings);
  const auto [charts, not_counted] = charts_of(stack);
  std::string text = release_text(files);
  // Most bundles would fit even uncompressed: compressing is what costs time here.
  if (charts + in_base64(std::ssize(text)) < kReleaseWarning) return {};
  std::int64_t bytes = charts + in_base64(gzip_bytes(text));
  if (bytes < kReleaseWarning) return {};
  std::string what = cat("Helm would keep about ", in_kib(bytes), " for this release; a Secret holds ",
                         in_kib(kReleaseLimit),
                         not_counted.empty() ? "" : cat(" (not counted: ", join(not_counted, ", "), ")"));
  if (bytes > kReleaseLimit)
    return fail(ErrorKind::Invalid, std::move(what), {},
                "use --layout component, which gives each component a release of its own");
  warnings.push_back(std::move(what));
  return {};
}

}  // namespace eidos::bundle
