#include "cli/mustache.h"

#include <map>
#include <optional>
#include <set>
#include <vector>

#include <kainjow/mustache.hpp>

#include "base/text.h"

namespace eidos::cli {

namespace {

namespace kainjow = ::kainjow::mustache;
using Data = kainjow::data;

// What a rendering may cost: text that sections repeat and values that are put in, written or not.
constexpr std::size_t kMaxWork = std::size_t{64} << 20;
constexpr std::size_t kMaxParts = 100;
constexpr std::size_t kMaxOpenParts = 10;  // partials within partials; each may nest kMaxDepth sections
constexpr int kMaxDepth = 100;             // of sections within one another

struct Tag {
  char kind = 0;  // '#', '^', '/', '>', '!', '&', '{', or 'v' for a plain name
  std::string name;
  std::size_t at = 0;
};

std::string place(const std::string& name, std::string_view text, std::size_t at) {
  std::size_t line = 1;
  std::size_t start = 0;
  for (std::size_t i = 0; i < at && i < text.size(); ++i)
    if (text[i] == '\n') {
      ++line;
      start = i + 1;
    }
  return cat(name, ":", line, ":", at - start + 1);
}

// The tags of one text, in order. Whether they fit each other is for the library to say.
class Tags {
 public:
  Tags(const std::string& name, std::string_view text) : name_(name), text_(text) {}

  Result<std::vector<Tag>> all() {
    for (std::size_t at = text_.find("{{"); at != std::string_view::npos; at = text_.find("{{", at)) {
      EIDOS_TRY(Tag tag, next(at));
      if (tag.kind != '!') tags_.push_back(std::move(tag));
    }
    EIDOS_CHECK(check_sections());
    return std::move(tags_);
  }

 private:
  std::unexpected<Error> error(std::size_t at, std::string message, std::string hint = {}) const {
    return fail(ErrorKind::Invalid, std::move(message), place(name_, text_, at), std::move(hint));
  }

  // Reads the tag at `at` and moves behind it.
  Result<Tag> next(std::size_t& at) const {
    const std::size_t start = at;
    const bool triple = text_.substr(at).starts_with("{{{");
    const std::string_view end = triple ? "}}}" : "}}";
    const std::size_t inner = at + end.size();
    const std::size_t close = text_.find(end, inner);
    if (close == std::string_view::npos) return error(start, cat("a tag begins here and has no ", end));
    at = close + end.size();
    std::string_view content = trim(text_.substr(inner, close - inner));
    if (content.starts_with('=')) return error(start, "other delimiters than {{ and }} are not supported");
    char kind = triple ? '{' : 'v';
    if (!triple && !content.empty() &&
        std::string_view("#^/>!&").find(content.front()) != std::string_view::npos) {
      kind = content.front();
      content = trim(content.substr(1));
    }
    if (content.empty() && kind != '!') return error(start, "a tag without a name");
    return Tag{kind, std::string(content), start};
  }

  Result<void> check_sections() const {
    std::vector<const Tag*> open;
    for (const Tag& tag : tags_) {
      if (tag.kind == '#' || tag.kind == '^') open.push_back(&tag);
      if (open.size() > static_cast<std::size_t>(kMaxDepth))
        return error(tag.at, cat("sections more than ", kMaxDepth, " deep"));
      if (tag.kind != '/') continue;
      if (open.empty() || open.back()->name != tag.name)
        return error(tag.at, cat("{{/", show(tag.name), "}} closes no section",
                                 open.empty() ? "" : cat("; the open one is ", quote(open.back()->name))));
      open.pop_back();
    }
    if (!open.empty())
      return error(open.back()->at, cat("section ", quote(open.back()->name), " is not closed"));
    return {};
  }

  const std::string& name_;
  std::string_view text_;
  std::vector<Tag> tags_;
};

struct Part {
  std::string name;
  std::string text;
  std::vector<Tag> tags;
};

// The template and everything it includes, read once.
class Parts {
 public:
  explicit Parts(const Template& what) : what_(what) {}

  Result<std::map<std::string, Part>> all() {
    EIDOS_CHECK(add("", what_.name, what_.text));
    return std::move(parts_);
  }

 private:
  Result<void> add(const std::string& key, const std::string& name, std::string text) {
    bytes_ += text.size();
    if (bytes_ > kMaxTemplateBytes || parts_.size() >= kMaxParts)
      return fail(ErrorKind::Invalid,
                  cat("the template is larger than ", kMaxTemplateBytes, " bytes or ", kMaxParts, " parts"),
                  name);
    if (auto bad = invalid_utf8(text))
      return fail(ErrorKind::Invalid, "not valid UTF-8", place(name, text, *bad));
    EIDOS_TRY(std::vector<Tag> tags, Tags(name, text).all());
    Part& part = parts_[key] = {name, std::move(text), std::move(tags)};
    open_.push_back(key);
    for (const Tag& tag : part.tags)
      if (tag.kind == '>') EIDOS_CHECK(include(part, tag));
    open_.pop_back();
    return {};
  }

  Result<void> include(const Part& from, const Tag& tag) {
    std::string where = place(from.name, from.text, tag.at);
    for (const std::string& key : open_)
      if (key == tag.name)
        return fail(ErrorKind::Invalid, cat("partial ", quote(tag.name), " includes itself"),
                    std::move(where));
    if (open_.size() >= kMaxOpenParts)
      return fail(ErrorKind::Invalid, cat("partials more than ", kMaxOpenParts, " deep"), std::move(where));
    if (parts_.contains(tag.name)) return {};
    auto text = what_.partial(tag.name);
    if (!text)
      return std::unexpected(std::move(text).error().within(cat("partial ", quote(tag.name))).at(where));
    return add(tag.name, tag.name, *std::move(text));
  }

  const Template& what_;
  std::map<std::string, Part> parts_;
  std::vector<std::string> open_;
  std::size_t bytes_ = 0;
};

Data data_of(const data::Value& value) {
  if (value.is_map()) {
    Data map(Data::type::object);
    for (const data::Map::Entry& entry : value.map()) map.set(entry.key, data_of(entry.value));
    return map;
  }
  if (value.is_list()) {
    Data list(Data::type::list);
    for (const data::Value& item : value.list()) list.push_back(data_of(item));
    return list;
  }
  if (value.is_bool() && !value.boolean()) return Data(Data::type::bool_false);
  return Data(value.scalar_text());
}

// Thrown through the library, and caught in this file.
struct Stopped {
  Error error;
};

class Context final : public kainjow::basic_context<std::string> {
 public:
  Context(const Data& root, const std::map<std::string, Part>& parts) : parts_(parts), stack_{&root} {
    for (const auto& [key, part] : parts) {
      if (!key.empty()) partials_.emplace(key, Data(part.text));
      for (const Tag& tag : part.tags)
        if (tag.kind == '#' || tag.kind == '^') asked_.insert(tag.name);
      text_bytes_ += part.text.size();
    }
  }

  void push(const Data* data) override {
    spend(text_bytes_);
    stack_.push_back(data);
  }
  void pop() override { stack_.pop_back(); }

  const Data* get(const std::string& name) const override {
    const Data* found = find(name);
    const bool asked = asked_.contains(name);
    if (found == nullptr && !asked) throw Stopped{unknown(name)};
    if (found == nullptr) return nullptr;
    spend(found->is_string() ? found->string_value().size() + 1 : 1);
    if (found->is_false() && !asked) return &false_text_;
    if (!asked && !found->is_string()) throw Stopped{no_text(name)};
    return found;
  }

  const Data* get_partial(const std::string& name) const override {
    auto found = partials_.find(name);
    spend(text_bytes_);
    return found == partials_.end() ? nullptr : &found->second;
  }

 private:
  void spend(std::size_t bytes) const {
    work_ += bytes;
    if (work_ > kMaxWork)
      throw Stopped{
          {ErrorKind::Invalid, "the template repeats too much", {}, "sections within sections multiply"}};
  }

  const Data* find(const std::string& name) const {
    if (name == ".") return stack_.back();
    for (auto item = stack_.rbegin(); item != stack_.rend(); ++item)
      if (const Data* found = within(**item, name, 0)) return found;
    return nullptr;
  }

  // A key may have dots of its own: the whole first, then ever more of the front as a map's name.
  static const Data* within(const Data& in, const std::string& name, std::size_t from) {
    if (!in.is_object()) return nullptr;
    if (const Data* whole = in.get(name.substr(from))) return whole;
    for (std::size_t dot = name.find('.', from); dot != std::string::npos; dot = name.find('.', dot + 1)) {
      const Data* front = in.get(name.substr(from, dot - from));
      const Data* found = front == nullptr ? nullptr : within(*front, name, dot + 1);
      if (found != nullptr) return found;
    }
    return nullptr;
  }

  std::string where(const std::string& name) const {
    for (const auto& [key, part] : parts_)
      for (const Tag& tag : part.tags)
        if (tag.name == name) return place(part.name, part.text, tag.at);
    return {};
  }
  Error unknown(const std::string& name) const {
    return {ErrorKind::Invalid, cat("nothing is called ", quote(name), " here"), where(name),
            cat("where it may be missing, ask with {{#", show(name), "}}…{{/", show(name), "}}")};
  }
  Error no_text(const std::string& name) const {
    return {ErrorKind::Invalid, cat(quote(name), " is a map or a list, not a text"), where(name),
            "open it with {{#…}}"};
  }

  const std::map<std::string, Part>& parts_;
  std::vector<const Data*> stack_;
  std::map<std::string, Data> partials_;
  std::set<std::string> asked_;
  std::size_t text_bytes_ = 1;
  mutable std::size_t work_ = 0;
  Data false_text_ = Data("false");
};

// The stream that the library writes to.
struct Output {
  std::string text;
  Output& operator<<(const std::string& more) {
    if (text.size() + more.size() > kMaxRenderedBytes)
      throw Stopped{
          {ErrorKind::Invalid, cat("the template makes more than ", kMaxRenderedBytes, " bytes"), {}, {}}};
    text += more;
    return *this;
  }
};

}  // namespace

Result<std::string> render(const Template& what, const data::Value& root) {
  EIDOS_TRY(auto parts, Parts(what).all());
  const Data data = data_of(root);
  Context context(data, parts);
  try {
    ::kainjow::mustache::mustache parsed(what.text);
    parsed.set_custom_escape([](const std::string& text) { return text; });
    Output output;
    if (parsed.is_valid()) parsed.render(context, output);
    if (!parsed.is_valid()) return fail(ErrorKind::Invalid, parsed.error_message(), what.name);
    return std::move(output.text);
  } catch (Stopped& stopped) {
    return std::unexpected(std::move(stopped.error).at(what.name));
  }
}

}  // namespace eidos::cli
