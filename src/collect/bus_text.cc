#include "collect/bus_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "model/secrets.h"

namespace eidos::collect {

namespace {

using Kind = BusValue::Kind;

constexpr std::string_view kWithheld = "<redacted>";

// ---- marks that reading() leaves and flatten() reads: a map whose first key is empty
// -----------------------
//
//   {"": "NAME=", "NAME": value}   part of a text whose value may be redacted
//   {"": null, key: value, …}      a dictionary

data::Value set_apart(std::string_view shown, std::string_view name, std::string_view value) {
  data::Map map;
  map.set("", data::Value(shown));
  map.set(name, data::Value(value));
  return data::Value(std::move(map));
}

// ---- GVariant text
// -----------------------------------------------------------------------------------------

std::string variant_text(const BusValue& value);

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string listed(const std::vector<BusValue>& items, std::string_view open, std::string_view close) {
  std::vector<std::string> parts;
  for (const BusValue& item : items) parts.push_back(variant_text(item));
  return cat(open, join(parts, ", "), close);
}

std::string basic_variant_text(const BusValue& value) {
  switch (value.type) {
    case 'b':
    case 'i':
    case 'd': return value.text;
    case 's': return quoted(value.text);
    case 'o':
    case 'g': return cat("@", value.type, " ", quoted(value.text));
    default: return cat("@", value.type, " ", value.text);
  }
}

std::string dict_variant_text(const BusValue& value) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i + 1 < value.items.size(); i += 2)
    parts.push_back(cat(variant_text(value.items[i]), ": ", variant_text(value.items[i + 1])));
  std::ranges::sort(parts);
  return cat("{", join(parts, ", "), "}");
}

std::string bytes_text(std::string_view bytes, std::string_view between) {
  std::string out = "[";
  for (char byte : bytes) {
    if (out.size() > 1) out += between;
    out += cat(static_cast<int>(static_cast<unsigned char>(byte)));
  }
  return out + ']';
}

std::string variant_text(const BusValue& value) {
  switch (value.kind) {
    case Kind::Basic: return basic_variant_text(value);
    case Kind::Bytes: return cat("@ay ", bytes_text(value.text, ", "));
    case Kind::Array: return listed(value.items, "[", "]");
    case Kind::Struct: return listed(value.items, "(", ")");
    case Kind::Variant: return listed(value.items, "<", ">");
    case Kind::Dict: return dict_variant_text(value);
  }
  std::unreachable();
}

// ---- readings
// ----------------------------------------------------------------------------------------------

class Reading {
 public:
  explicit Reading(std::int64_t& withheld) : withheld_(withheld) {}

  data::Value part(const BusValue& value) {
    switch (value.kind) {
      case Kind::Basic: return data::Value(value.text);
      case Kind::Bytes: return bytes(value.text);
      case Kind::Array:
      case Kind::Struct: return parts(value.items);
      case Kind::Variant: return variant(value.items);
      case Kind::Dict: return dict(value.items);
    }
    std::unreachable();
  }

 private:
  // Spelled as GVariant text, nobody would see a secret in it any more.
  data::Value variant(const std::vector<BusValue>& items) {
    if (items.empty()) return data::Value("");
    if (!std::ranges::any_of(items, has_secret)) return data::Value(variant_text(items.front()));
    ++withheld_;
    return data::Value(kWithheld);
  }

  static bool has_secret(const BusValue& value) {
    const bool text = value.kind == Kind::Bytes || value.kind == Kind::Basic;
    if (text) return is_secret_text(value.text);
    return std::ranges::any_of(value.items, has_secret);
  }

  // By itself, or as "NAME=value".
  static bool is_secret_text(std::string_view text) {
    const std::size_t sign = text.find('=');
    return model::looks_secret_value(text) ||
           (sign != std::string_view::npos &&
            (model::looks_secret_value(text.substr(0, sign)) ||
             model::is_secret(text.substr(0, sign), text.substr(sign + 1))));
  }

  data::Value bytes(std::string_view bytes) {
    if (!is_secret_text(bytes)) return data::Value(bytes_text(bytes, " "));
    ++withheld_;
    return data::Value(kWithheld);
  }

  data::Value parts(const std::vector<BusValue>& items) {
    data::List list;
    std::string_view before;
    for (const BusValue& item : items) {
      const bool text = item.kind == Kind::Basic && item.type == 's';
      list.push_back(text ? word(before, item.text) : part(item));
      before = text ? std::string_view(item.text) : std::string_view();
    }
    return data::Value(std::move(list));
  }

  // "PASSWORD=x" of an environment, "--password=x" and "--password" "x" of a command line.
  static data::Value word(std::string_view before, std::string_view text) {
    const bool flag = before.starts_with('-') && before.find('=') == std::string_view::npos;
    if (flag && !text.starts_with('-') && model::is_secret(before, text)) return set_apart("", before, text);
    const std::size_t sign = text.find('=');
    if (sign != std::string_view::npos && model::looks_secret_value(text.substr(0, sign)))
      return data::Value(text.substr(0, sign));  // the name is one: it is redacted, and what follows is gone
    if (sign != std::string_view::npos && sign != 0 &&
        model::is_secret(text.substr(0, sign), text.substr(sign + 1)))
      return set_apart(text.substr(0, sign + 1), text.substr(0, sign), text.substr(sign + 1));
    return data::Value(text);
  }

  data::Value dict(const std::vector<BusValue>& items) {
    data::Map map;
    map.append({"", {}, {}});
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      data::Value key = part(items[i]);
      flatten(key);
      map.append({key.scalar_text(), {}, part(items[i + 1])});
    }
    map.keep_first_of_equal_keys();
    return data::Value(std::move(map));
  }

  std::int64_t& withheld_;
};

std::string flat(const data::Value& value);

std::string flat_dict(const data::Map& map) {
  std::vector<std::string> parts;
  for (std::size_t i = 1; i < map.size(); ++i) parts.push_back(cat(map[i].key, ":", flat(map[i].value)));
  std::ranges::sort(parts);
  return cat("map[", join(parts, " "), "]");
}

std::string flat(const data::Value& value) {
  if (value.is_list()) {
    std::vector<std::string> parts;
    for (const data::Value& item : value.list()) parts.push_back(flat(item));
    return cat("[", join(parts, " "), "]");
  }
  if (!value.is_map()) return value.scalar_text();
  const data::Map& map = value.map();
  if (map.empty() || map[0].value.is_null()) return flat_dict(map);
  return cat(map[0].value.scalar_text(), map.size() > 1 ? flat(map[1].value) : "");
}

}  // namespace

std::string double_text(double number) {
  constexpr double kLeastPlain = 1e-4;
  constexpr double kLeastExponent = 1e21;
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  const double size = std::fabs(number);
  const bool plain = size == 0 || (size >= kLeastPlain && size < kLeastExponent);
  char text[64];
  auto end = std::to_chars(std::begin(text), std::end(text), number,
                           plain ? std::chars_format::fixed : std::chars_format::scientific);
  return {text, end.ptr};
}

data::Value reading(const BusValue& value, std::int64_t& withheld) {
  // A variant says only what type the property has.
  if (value.kind == Kind::Variant && value.items.size() == 1) return reading(value.items.front(), withheld);
  if (value.kind == Kind::Basic && value.type == 'b') return data::Value(value.text == "true");
  const bool finite = !value.text.empty() && value.text.find_first_of("NI") == std::string::npos;
  if (value.kind == Kind::Basic && std::string_view("xtd").find(value.type) != std::string_view::npos &&
      finite)
    return data::Value(data::Number{value.text});
  return Reading(withheld).part(value);
}

void flatten(data::Value& value) {
  if (value.is_list() || value.is_map()) value = data::Value(flat(value));
}

void flatten(model::Snapshot& snapshot) {
  for (model::Measurement& measurement : snapshot.measurements)
    for (model::Subtype& group : measurement.subtypes)
      for (auto& entry : group.data) flatten(entry.value);
}

}  // namespace eidos::collect
