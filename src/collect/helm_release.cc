// One Helm release as it lies in its Secret. A document of it may be large, and most of it is values and
// templates, which nobody is to see: RapidJSON's SAX reader passes over them.

#include <array>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "base/base64.h"
#include "base/deflate.h"
#include "base/text.h"
#include "collect/cluster.h"

namespace eidos::collect {

namespace {

constexpr std::size_t kMostJsonBytes = std::size_t{64} * 1024 * 1024;

std::unexpected<Error> no_release(std::string_view why) {
  return fail(ErrorKind::Invalid, cat("this is no Helm release: ", why));
}

// Keeps two strings by where they stand: chart.metadata.name and .version.
class Handler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Handler> {
 public:
  HelmRelease release;

  bool Default() { return true; }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    if (depth_ <= path_.size()) path_[depth_ - 1] = std::string(text, std::min<std::size_t>(size, 16));
    return true;
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    if (depth_ != path_.size() || path_[0] != "chart" || path_[1] != "metadata") return true;
    if (path_[2] == "name") release.chart.assign(text, size);
    if (path_[2] == "version") release.version.assign(text, size);
    return true;
  }
  bool StartObject() { return enter(); }
  bool EndObject(rapidjson::SizeType) { return leave(); }
  bool StartArray() { return enter(); }
  bool EndArray(rapidjson::SizeType) { return leave(); }

 private:
  bool enter() {
    if (++depth_ <= path_.size()) path_[depth_ - 1].clear();
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  std::array<std::string, 3> path_;
  std::size_t depth_ = 0;
};

}  // namespace

Result<HelmRelease> read_helm_release(std::string_view encoded) {
  auto once = from_base64(encoded);                       // the API's
  auto twice = once ? from_base64(*once) : std::nullopt;  // Helm's own
  if (!twice) return no_release("it is not base64 twice over");
  auto text = gunzip(*twice, kMostJsonBytes);
  if (!text) return no_release(text.error().message);
  rapidjson::MemoryStream stream(text->data(), text->size());
  rapidjson::Reader reader;
  Handler handler;
  constexpr unsigned kFlags = rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;
  if (reader.Parse<kFlags>(stream, handler).IsError()) return no_release("it is no JSON");
  if (handler.release.chart.empty()) return no_release("it names no chart");
  if (invalid_utf8(handler.release.chart) || invalid_utf8(handler.release.version))
    return no_release("it is not UTF-8");
  return handler.release;
}

}  // namespace eidos::collect
