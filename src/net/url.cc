// Our own reading of RFC 3986, and no library's: Boost.URL 1.81 takes "http://h:8o/" for port 8 and path "o/"
// (docs/decisions/boost.md).
#include "net/url.h"

#include <array>
#include <optional>

#include <arpa/inet.h>

#include "base/text.h"

namespace eidos::net {

namespace {

constexpr std::size_t kLongest = 8192;
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

/// The five parts of RFC 3986 section 3, still encoded. An absent part differs from an empty one.
struct Parts {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query;
};

// Of the URL itself a message quotes nothing but shown(): where one part ends and a password begins is not
// known in a malformed one.
std::unexpected<Error> refuse(std::string_view text, std::string_view why, std::string_view hint = {}) {
  return fail(ErrorKind::Invalid, cat("URL ", quote(shown(text)), ": ", why), {}, std::string(hint));
}

bool is_scheme(std::string_view text) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
  std::string name = lower(text);
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
         name.find_first_not_of(kAllowed) == std::string::npos;
}

// The fragment never travels.
Parts take_apart(std::string_view text) {
  Parts parts;
  text = text.substr(0, text.find('#'));
  if (std::size_t query = text.find('?'); query != std::string_view::npos) {
    parts.query = text.substr(query + 1);
    text = text.substr(0, query);
  }
  if (std::size_t colon = text.find(':');
      is_scheme(text.substr(0, colon)) && colon != std::string_view::npos) {
    parts.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    std::size_t slash = std::min(text.find('/'), text.size());
    parts.authority = text.substr(0, slash);
    text.remove_prefix(slash);
  }
  parts.path = text;
  return parts;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool escape_at(std::string_view text, std::size_t at) {
  return at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0;
}

// Square brackets are taken although the RFC wants them encoded outside a host: queries have them.
bool well_formed(std::string_view text) {
  constexpr std::string_view kRefused = "\"<>\\^`{|}";
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto byte = static_cast<unsigned char>(text[at]);
    if (byte <= 0x20 || byte >= 0x7F || kRefused.find(text[at]) != std::string_view::npos) return false;
    if (text[at] == '%' && !escape_at(text, at)) return false;
  }
  return true;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    out += static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
    at += 2;
  }
  return out;
}

// ---- authority -------------------------------------------------------------------------------

// RFC 3986 allows almost anything percent-encoded in a name; DNS, certificates and request headers do not.
bool host_name(std::string_view host) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-._";
  return !host.empty() && host.size() <= 253 && !host.starts_with('.') &&
         host.find_first_not_of(kAllowed) == std::string_view::npos &&
         host.find("..") == std::string_view::npos;
}

// One spelling for one address, so that two URLs of one host compare equal.
std::optional<std::string> canonical_ipv6(std::string_view host) {
  std::string text(host);
  in6_addr address{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (::inet_pton(AF_INET6, text.c_str(), &address) != 1) return std::nullopt;
  return ::inet_ntop(AF_INET6, &address, out.data(), out.size());
}

Result<std::string> read_host(std::string_view host, std::string_view text) {
  if (host.starts_with('[')) {
    auto address = canonical_ipv6(host.substr(1, host.size() - 2));
    if (address) return *std::move(address);
    return refuse(text, "no IPv6 address between '[' and ']'");
  }
  std::string name = lower(host);
  if (name.empty()) return refuse(text, "no host");
  if (host_name(name)) return name;
  return refuse(text, "the host is no DNS name",
                "names have letters, digits, '-', '_' and '.'; write an international one as xn--...");
}

Result<std::uint16_t> read_port(std::string_view digits, bool secure, std::string_view text) {
  if (digits.empty()) return secure ? kHttpsPort : kHttpPort;
  auto port =
      digits.find_first_not_of("0123456789") == std::string_view::npos ? to_int(digits) : std::nullopt;
  if (!port || *port < 1 || *port > 65535) return refuse(text, "the port is no number between 1 and 65535");
  return static_cast<std::uint16_t>(*port);
}

Result<void> read_authority(std::string_view authority, std::string_view text, Url& url) {
  if (std::size_t at = authority.find('@'); at != std::string_view::npos) {
    url.credentials = decoded(authority.substr(0, at));
    authority.remove_prefix(at + 1);
    if (authority.find('@') != std::string_view::npos)
      return refuse(text, "more than one '@' before the host", "write an '@' in a password as %40");
  }
  std::size_t host_end = authority.starts_with('[') ? authority.find(']') : authority.find(':');
  if (authority.starts_with('[')) {
    if (host_end == std::string_view::npos) return refuse(text, "no ']' after an IPv6 address");
    ++host_end;
  }
  std::string_view host = authority.substr(0, host_end);
  std::string_view rest = authority.substr(host.size());
  if (!rest.empty() && rest[0] != ':') return refuse(text, "only a port can follow ']'");
  EIDOS_TRY(url.host, read_host(host, text));
  EIDOS_TRY(url.port, read_port(rest.empty() ? rest : rest.substr(1), url.secure, text));
  return {};
}

// ---- references ------------------------------------------------------------------------------

// RFC 3986 section 5.2.4, for a path that starts with '/'.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  std::vector<std::string_view> all = split(path.substr(1), '/');
  for (std::size_t i = 0; i < all.size(); ++i) {
    bool last = i + 1 == all.size();
    bool up = all[i] == "..";
    if (up && !kept.empty()) kept.pop_back();
    if (!up && all[i] != ".")
      kept.push_back(all[i]);
    else if (last)
      kept.emplace_back();
  }
  return cat('/', join(kept, "/"));
}

std::string with_query(std::string_view path, std::optional<std::string_view> query) {
  return query ? cat(path, '?', *query) : std::string(path);
}

// Section 5.2.2 for a reference with neither scheme nor authority.
std::string merged_target(const Url& base, const Parts& reference) {
  Parts page = take_apart(base.target);
  if (reference.path.empty()) return with_query(page.path, reference.query ? reference.query : page.query);
  if (reference.path.starts_with('/')) return with_query(without_dots(reference.path), reference.query);
  std::string_view folder = page.path.substr(0, page.path.rfind('/') + 1);
  return with_query(without_dots(cat(folder, reference.path)), reference.query);
}

bool same_origin(const Url& a, const Url& b) {
  return a.secure == b.secure && a.host == b.host && a.port == b.port;
}

std::string bracketed(const Url& url) {
  return url.host.find(':') == std::string::npos ? url.host : cat('[', url.host, ']');
}

std::string without_query(std::string_view text) {
  std::size_t query = text.find('?');
  return query == std::string_view::npos ? std::string(text) : cat(text.substr(0, query), "?…");
}

}  // namespace

bool looks_like_url(std::string_view text) {
  std::string start = lower(text.substr(0, 8));
  return start.starts_with("http://") || start.starts_with("https://");
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kLongest) return refuse(text, cat("longer than ", kLongest, " bytes"));
  Parts parts = take_apart(text);
  if (!parts.scheme || !parts.authority)
    return refuse(text, "no scheme", "start it with http:// or https://");
  std::string scheme = lower(*parts.scheme);
  if (scheme != "http" && scheme != "https")
    return refuse(text, cat("scheme ", quote(scheme), " is not supported"),
                  "allowed are http:// and https://");
  if (!well_formed(text))
    return refuse(text, "holds a byte that URLs do not have",
                  "blanks, quotes and non-ASCII letters are written percent-encoded");
  Url url;
  url.secure = scheme == "https";
  EIDOS_CHECK(read_authority(*parts.authority, text, url));
  url.target = with_query(parts.path.empty() ? "/" : without_dots(parts.path), parts.query);
  return url;
}

Result<Url> follow(const Url& base, std::string_view reference) {
  if (reference.size() > kLongest || !well_formed(reference)) return refuse(reference, "not a URL");
  Parts parts = take_apart(reference);
  Url next = base;
  if (parts.scheme) {
    EIDOS_TRY(next, parse_url(reference));
  } else if (parts.authority) {
    EIDOS_TRY(next, parse_url(cat(base.secure ? "https:" : "http:", reference)));
  } else {
    next.target = merged_target(base, parts);
  }
  next.credentials = same_origin(base, next) ? base.credentials : std::string();
  return next;
}

std::string peer_name(const Url& url) {
  return cat(bracketed(url), ':', url.port);
}

std::string authority(const Url& url) {
  return url.port == (url.secure ? kHttpsPort : kHttpPort) ? bracketed(url) : peer_name(url);
}

std::string absolute_form(const Url& url) {
  return cat(url.secure ? "https://" : "http://", authority(url), url.target);
}

std::string shown(const Url& url) {
  return without_query(absolute_form(url));
}

std::string shown(std::string_view text) {
  std::size_t scheme = text.find("://");
  std::size_t from = scheme == std::string_view::npos ? 0 : scheme + 3;
  // The last '@', not the first before a '/': in a malformed URL a password may hold '/', '?' and '@' itself.
  std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at <= from) return without_query(std::string(text));
  if (text.find('?') < at) return cat(text.substr(0, from), "…");  // password or query, who can tell
  return without_query(cat(text.substr(0, from), "…", text.substr(at)));
}

bool is_address(std::string_view host) {
  std::string text(host);
  in6_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

}  // namespace eidos::net
