#include "model/upgrade.h"

#include <algorithm>

#include "base/text.h"
#include "data/document.h"
#include "model/document.h"

namespace eidos::model {
namespace {

// Where a mark points in the text; columns count characters.
std::size_t offset_of(std::string_view text, const data::Mark& mark) {
  constexpr std::string_view kBom = "\xEF\xBB\xBF";
  std::size_t at = text.starts_with(kBom) ? kBom.size() : 0;
  for (std::uint32_t line = 1; line < mark.line && at != std::string_view::npos; ++line) {
    at = text.find('\n', at);
    if (at != std::string_view::npos) ++at;
  }
  for (std::uint32_t column = 1; column < mark.column && at < text.size(); ++column)
    next_code_point(text, at);
  return std::min(at, text.size());
}

// Writes `to` where `value` stands as `from`, plain or between quotes.
Result<void> replace(std::string& text, const data::Value& value, std::string_view to,
                     const data::Sources& sources) {
  std::string from = value.scalar_text();
  std::size_t at = offset_of(text, value.mark());
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) ++at;
  if (!std::string_view(text).substr(at).starts_with(from))
    return fail(ErrorKind::Invalid, cat(quote(from), " cannot be replaced where it stands"),
                sources.place(value.mark()), cat("write it plainly: ", to));
  text.replace(at, from.size(), to);
  return {};
}

// One key of the header.
struct Change {
  std::string_view key;
  std::string_view to;
};

Result<data::Value> changed(const data::Value& root, const Change& change) {
  data::Value out = root;
  out.map().set(change.key, data::Value(change.to));
  return out;
}

Result<std::string_view> kind_of(const data::Value& root, const data::Sources& sources) {
  const data::Value* kind = root.find("kind");
  std::string text = kind != nullptr && kind->is_scalar() ? kind->scalar_text() : std::string();
  if (auto known = known_kind(text)) return *known;
  return fail(ErrorKind::Invalid, text.empty() ? "key 'kind' is missing" : cat("unknown kind ", quote(text)),
              sources.place(kind != nullptr ? kind->mark() : root.mark()),
              "only documents of eidos and older tools of its family are upgraded");
}

}  // namespace

Result<std::string> upgraded(std::string_view text, const std::string& name) {
  data::Sources sources;
  EIDOS_TRY(data::Value root, data::parse(text, sources, name));
  if (!root.is_map())
    return fail(ErrorKind::Invalid, cat("expected a document, got ", data::describe(root.type())),
                sources.place(root.mark()));
  EIDOS_TRY(std::string_view kind, kind_of(root, sources));
  data::Reading reading{sources};
  check_header(root, kind, HeaderRule::Optional, reading);
  EIDOS_CHECK(reading.done());
  std::string out(text);
  for (const Change& change : {Change{"kind", kind}, Change{"apiVersion", kApiVersion}}) {
    data::Sources again;
    EIDOS_TRY(data::Value now, data::parse(out, again, name));
    const data::Value* value = now.find(change.key);
    if (value == nullptr || !value->is_scalar() || value->scalar_text() == change.to) continue;
    EIDOS_CHECK(replace(out, *value, change.to, again));
    EIDOS_TRY(data::Value want, changed(now, change));
    auto got = data::parse(out, again, name);
    if (!got || *got != want)
      return fail(ErrorKind::Invalid, cat(change.key, " cannot be replaced without changing something else"),
                  again.place(value->mark()), cat("write it there: ", change.key, ": ", change.to));
  }
  return out;
}

}  // namespace eidos::model
