#include <algorithm>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "base/text.h"
#include "data/document.h"
#include "data/text_check.h"

namespace eidos::data {
namespace {

// The encoding is checked before (checked_text), many times faster than RapidJSON does.
constexpr unsigned kFlags = rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;

// Builds a Value from RapidJSON's SAX events. A handler that returns false stops the parser; `problem_` says
// why.
class JsonBuilder {
 public:
  using Stream = rapidjson::MemoryStream;

  JsonBuilder(std::string_view text, std::uint32_t file, const Sources& sources, const Stream& stream)
      : text_(text), file_(file), sources_(sources), stream_(stream) {}

  bool Null() { return add(Value()); }
  bool Bool(bool flag) { return add(Value(flag)); }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    Number number{std::string(text, size)};
    if (!converts(number)) return stop(token_mark(), "not valid JSON: a number too large for a double");
    return add(Value(std::move(number)));
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    std::string_view whole(text, size);
    if (has_lone_surrogate(whole)) return stop_at_surrogate(token_mark());
    return add(Value(whole));
  }
  bool StartObject() { return open(Value(Map())); }
  bool EndObject(rapidjson::SizeType) {
    Value done = pop();
    if (auto twice = done.map().finish()) {
      const Map& map = done.map();
      return stop(map[twice->second].mark,
                  cat("key ", quote(map[twice->second].key), " stands twice in one object; first at ",
                      sources_.place(map[twice->first].mark)));
    }
    return place(std::move(done));
  }
  bool StartArray() { return open(Value(List())); }
  bool EndArray(rapidjson::SizeType) { return place(pop()); }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    Mark at = token_mark();
    if (!counted(at)) return false;
    if (has_lone_surrogate({text, size})) return stop_at_surrogate(at);
    frames_.back().key = std::string(text, size);
    frames_.back().key_mark = at;
    return true;
  }
  // Required by the handler concept; numbers arrive through RawNumber.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  Value take() { return std::move(root_); }
  const std::optional<Error>& problem() const { return problem_; }

 private:
  struct Frame {
    Value value;
    std::string key;
    Mark key_mark;
  };

  // The token starts behind the last one and its separators. The parser stands behind it, or on it when it
  // is a bracket.
  Mark token_mark() {
    std::size_t start = text_.find_first_not_of(" \t\r\n,:", scanned_);
    if (start == std::string_view::npos) start = text_.size();
    advance_to(start);
    Mark at{file_, line_, column_};
    advance_to(std::max(stream_.Tell(), start + 1));
    return at;
  }

  void advance_to(std::size_t offset) {
    for (; scanned_ < offset && scanned_ < text_.size(); ++scanned_) {
      auto byte = static_cast<unsigned char>(text_[scanned_]);
      if (byte == '\n') {
        ++line_;
        column_ = 1;
      } else if ((byte & 0xC0) != 0x80) {
        ++column_;
      }
    }
  }

  bool stop(const Mark& at, std::string message) {
    problem_ = Error{ErrorKind::Invalid, std::move(message), sources_.place(at), {}};
    return false;
  }

  // RapidJSON refuses a high surrogate alone (\ud800) but not a low one (\udc00), and makes bytes of it that
  // are no UTF-8. The document is UTF-8, so such bytes come from an escape only.
  static bool has_lone_surrogate(std::string_view text) {
    for (std::size_t at = text.find('\xED'); at != std::string_view::npos; at = text.find('\xED', at + 1))
      if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;
    return false;
  }

  bool stop_at_surrogate(const Mark& at) { return stop(at, "not valid JSON: half of a surrogate pair"); }

  bool counted(const Mark& at) {
    if (++nodes_ > kMaxNodes) return stop(at, cat("more than ", kMaxNodes, " values"));
    return true;
  }

  bool add(Value value) {
    Mark at = token_mark();
    return counted(at) && place(std::move(value).with_mark(at));
  }

  bool open(Value container) {
    Mark at = token_mark();
    if (frames_.size() >= static_cast<std::size_t>(kMaxDepth))
      return stop(at, cat("nested deeper than ", kMaxDepth, " levels"));
    if (!counted(at)) return false;
    frames_.push_back({std::move(container).with_mark(at), {}, {}});
    return true;
  }

  Value pop() {
    advance_to(stream_.Tell() + 1);
    Value done = std::move(frames_.back().value);
    frames_.pop_back();
    return done;
  }

  bool place(Value value) {
    if (frames_.empty()) {
      root_ = std::move(value);
      return true;
    }
    Frame& top = frames_.back();
    if (top.value.is_list())
      top.value.list().push_back(std::move(value));
    else
      top.value.map().append({std::move(top.key), top.key_mark, std::move(value)});
    return true;
  }

  std::string_view text_;
  std::uint32_t file_;
  const Sources& sources_;
  const Stream& stream_;
  std::vector<Frame> frames_;
  Value root_;
  std::optional<Error> problem_;
  std::size_t nodes_ = 0;
  std::size_t scanned_ = 0;  // line_ and column_ belong to this offset
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
};

}  // namespace

Result<Value> parse_json(std::string_view text, Sources& sources, std::string name) {
  std::uint32_t file = sources.add(std::move(name));
  EIDOS_TRY(std::string_view clean, checked_text(text, file, sources));
  rapidjson::MemoryStream stream(clean.data(), clean.size());
  JsonBuilder builder(clean, file, sources, stream);
  rapidjson::Reader reader;
  rapidjson::ParseResult done = reader.Parse<kFlags>(stream, builder);
  if (builder.problem()) return std::unexpected(*builder.problem());
  if (done.IsError()) {
    std::string why(rapidjson::GetParseError_En(done.Code()));
    if (why.ends_with('.')) why.pop_back();
    return fail(ErrorKind::Invalid, cat("not valid JSON: ", why),
                sources.place(mark_at(clean, done.Offset(), file)));
  }
  return builder.take();
}

}  // namespace eidos::data
