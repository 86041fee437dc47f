#include "serve/target.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::serve {

namespace {

constexpr std::size_t kMostPairs = 1'000;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> decoded(std::string_view text, bool form) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += form && text[at] == '+' ? ' ' : text[at];
      continue;
    }
    const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hex_digit(text[at + 2]) : -1;
    if (high < 0 || low < 0)
      return fail(ErrorKind::Invalid, cat("the target has a broken escape: ", quote(text.substr(at, 3))), {},
                  "write % itself as %25");
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  if (invalid_utf8(out)) return fail(ErrorKind::Invalid, "the target is no UTF-8 once its escapes are read");
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::ranges::any_of(out, control))
    return fail(ErrorKind::Invalid, cat("the target has a control character: ", quote(out, 100)));
  return out;
}

// What stands behind the host of "http://host/path?query"; all of "/path?query".
Result<std::string_view> behind_host(std::string_view target) {
  constexpr std::string_view kSchemes[] = {"http://", "https://"};
  for (const std::string_view scheme : kSchemes) {
    if (lower(target.substr(0, scheme.size())) != scheme) continue;
    target.remove_prefix(scheme.size());
    const std::string_view host = target.substr(0, target.find_first_of("/?"));
    if (host.empty() || !is_host(host))
      return fail(ErrorKind::Invalid, cat("the target names no host: ", quote(host, 100)));
    return target.substr(host.size());
  }
  if (target.starts_with('/')) return target;
  return fail(ErrorKind::Invalid, "the target of a request begins with '/'");
}

}  // namespace

bool is_host(std::string_view value) {
  constexpr std::string_view kSigns = "-._~%!$&'()*+,;=:[]";  // RFC 3986, 3.2.2
  return std::ranges::all_of(value, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kSigns.contains(c);
  });
}

Result<Target> parse_target(std::string_view target) {
  EIDOS_TRY(target, behind_host(target));
  const std::size_t mark = target.find('?');
  Target out;
  EIDOS_TRY(out.path, decoded(target.substr(0, mark), false));
  if (out.path.empty()) out.path = "/";  // "http://host"
  if (mark == std::string_view::npos) return out;
  for (std::string_view pair : split(target.substr(mark + 1), '&')) {
    if (pair.empty()) continue;
    if (out.query.size() == kMostPairs)
      return fail(ErrorKind::Invalid, cat("the query has more than ", kMostPairs, " parameters"));
    const std::size_t equals = pair.find('=');
    EIDOS_TRY(std::string name, decoded(pair.substr(0, equals), true));
    std::string value;
    if (equals != std::string_view::npos) {
      EIDOS_TRY(value, decoded(pair.substr(equals + 1), true));
    }
    out.query.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

}  // namespace eidos::serve
