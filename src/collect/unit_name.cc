#include "collect/unit_name.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::collect {

namespace {

constexpr std::size_t kLongest = 255;

// systemd.unit(5), "Description": the types; and the interface that org.freedesktop.systemd1(5) has for each.
struct UnitType {
  std::string_view suffix;
  std::string_view interface;
};
constexpr UnitType kTypes[] = {{"service", "Service"}, {"socket", "Socket"},       {"device", "Device"},
                               {"mount", "Mount"},     {"automount", "Automount"}, {"swap", "Swap"},
                               {"target", "Target"},   {"path", "Path"},           {"timer", "Timer"},
                               {"slice", "Slice"},     {"scope", "Scope"}};

bool allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(":-_.\\@").find(c) != std::string_view::npos;
}

const UnitType* type_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return nullptr;
  auto found = std::ranges::find(kTypes, name.substr(dot + 1), &UnitType::suffix);
  return found == std::end(kTypes) ? nullptr : &*found;
}

std::unexpected<Error> refuse(std::string_view name, std::string_view why, std::string hint = {}) {
  return fail(ErrorKind::Invalid, cat(quote(name), " is no unit name: ", why), {}, std::move(hint));
}

std::string all_types() {
  std::vector<std::string_view> suffixes;
  for (const UnitType& type : kTypes) suffixes.push_back(type.suffix);
  return join(suffixes, ", ");
}

}  // namespace

Result<void> check_unit_name(std::string_view name) {
  if (name.empty()) return refuse(name, "it is empty");
  if (name.size() > kLongest) return refuse(name, cat("it is longer than ", kLongest, " bytes"));
  if (!std::ranges::all_of(name, allowed))
    return refuse(name, "letters, digits and :-_.\\@ are allowed",
                  "systemd-escape writes a path or any other text as a unit name");
  if (type_of(name) == nullptr) {
    const bool bare = name.find('.') == std::string_view::npos;
    return refuse(name, cat("it must end in one of the types ", all_types()),
                  bare ? cat("give ", quote(cat(name, ".service"))) : "");
  }
  const std::string_view stem = name.substr(0, name.rfind('.'));
  const std::size_t at = stem.find('@');
  if (stem.empty() || at == 0) return refuse(name, "nothing stands before its type");
  if (at == stem.size() - 1)
    return refuse(name, "it is a template, which never runs itself", "name an instance of it");
  return {};
}

std::string unit_interface(std::string_view name) {
  const UnitType* type = type_of(name);
  EIDOS_ASSERT(type != nullptr);
  return cat("org.freedesktop.systemd1.", type->interface);
}

std::string unit_path(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "/org/freedesktop/systemd1/unit/";
  const std::size_t start = out.size();
  for (char c : name) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || (digit && out.size() != start)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '_';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xF];
  }
  return out;
}

}  // namespace eidos::collect
