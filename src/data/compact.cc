#include "data/compact.h"

#include "data/document.h"

namespace eidos::data {
namespace {

std::unexpected<Error> damaged() {
  return fail(ErrorKind::Internal, "embedded data is damaged");
}

Result<Mark> take_mark(std::string_view& bytes, std::uint32_t file) {
  EIDOS_TRY(std::uint64_t line, take_varint(bytes));
  EIDOS_TRY(std::uint64_t column, take_varint(bytes));
  return Mark{file, static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column)};
}

void append_mark(std::string& out, const Mark& mark) {
  append_varint(out, mark.line);
  append_varint(out, mark.column);
}

Result<Value> take_value(std::string_view& bytes, std::uint32_t file, int depth);

Result<Value> take_list(std::string_view& bytes, std::uint32_t file, int depth) {
  EIDOS_TRY(std::uint64_t size, take_varint(bytes));
  if (size > bytes.size()) return damaged();
  List list;
  list.reserve(size);
  for (std::uint64_t i = 0; i < size; ++i) {
    EIDOS_TRY(Value item, take_value(bytes, file, depth));
    list.push_back(std::move(item));
  }
  return Value(std::move(list));
}

Result<Value> take_map(std::string_view& bytes, std::uint32_t file, int depth) {
  EIDOS_TRY(std::uint64_t size, take_varint(bytes));
  if (size > bytes.size()) return damaged();
  Map map;
  for (std::uint64_t i = 0; i < size; ++i) {
    EIDOS_TRY(std::string_view key, take_text(bytes));
    EIDOS_TRY(Mark mark, take_mark(bytes, file));
    EIDOS_TRY(Value value, take_value(bytes, file, depth));
    map.append({std::string(key), mark, std::move(value)});
  }
  if (map.finish()) return damaged();
  return Value(std::move(map));
}

Result<Value> take_content(Type type, std::string_view& bytes, std::uint32_t file, int depth) {
  if (type == Type::Null) return Value();
  if (type == Type::List) return take_list(bytes, file, depth + 1);
  if (type == Type::Map) return take_map(bytes, file, depth + 1);
  EIDOS_TRY(std::string_view text, take_text(bytes));
  if (type == Type::Bool) return Value(text == "true");
  if (type == Type::Number) return Value(Number{std::string(text)});
  return Value(text);
}

Result<Value> take_value(std::string_view& bytes, std::uint32_t file, int depth) {
  if (bytes.empty() || depth > kMaxDepth) return damaged();
  auto code = static_cast<unsigned char>(bytes.front());
  bytes.remove_prefix(1);
  if (code > static_cast<unsigned char>(Type::Map)) return damaged();
  EIDOS_TRY(Mark mark, take_mark(bytes, file));
  EIDOS_TRY(Value value, take_content(static_cast<Type>(code), bytes, file, depth));
  return std::move(value).with_mark(mark);
}

}  // namespace

void append_varint(std::string& out, std::uint64_t number) {
  while (number >= 0x80) {
    out += static_cast<char>(static_cast<unsigned char>(number) | 0x80u);
    number >>= 7;
  }
  out += static_cast<char>(number);
}

Result<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7Fu) << shift;
    if ((byte & 0x80u) == 0) return number;
  }
  return damaged();
}

void append_text(std::string& out, std::string_view text) {
  append_varint(out, text.size());
  out += text;
}

Result<std::string_view> take_text(std::string_view& bytes) {
  EIDOS_TRY(std::uint64_t size, take_varint(bytes));
  if (size > bytes.size()) return damaged();
  std::string_view text = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return text;
}

void append_compact(std::string& out, const Value& value) {
  out += static_cast<char>(value.type());
  append_mark(out, value.mark());
  if (value.is_null()) return;
  if (value.is_list()) {
    append_varint(out, value.list().size());
    for (const Value& item : value.list()) append_compact(out, item);
  } else if (value.is_map()) {
    append_varint(out, value.map().size());
    for (const Map::Entry& entry : value.map()) {
      append_text(out, entry.key);
      append_mark(out, entry.mark);
      append_compact(out, entry.value);
    }
  } else {
    append_text(out, value.scalar_text());
  }
}

Result<Value> take_compact(std::string_view& bytes, std::uint32_t file) {
  return take_value(bytes, file, 0);
}

}  // namespace eidos::data
