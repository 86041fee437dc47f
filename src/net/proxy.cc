#include "net/proxy.h"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include <arpa/inet.h>

#include "base/text.h"

namespace eidos::net {

namespace {

// Four or sixteen bytes of an address; empty for a name.
std::vector<unsigned char> address_bytes(std::string_view host) {
  std::string text(host);
  std::vector<unsigned char> bytes(16);
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  bytes.resize(4);
  if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return bytes;
  return {};
}

bool in_range(std::string_view host, std::string_view range) {
  std::size_t slash = range.find('/');
  std::vector<unsigned char> address = address_bytes(host);
  std::vector<unsigned char> network = address_bytes(range.substr(0, slash));
  auto length = to_int(range.substr(slash + 1));
  if (address.empty() || address.size() != network.size()) return false;
  if (!length || *length < 0 || *length > std::ssize(address) * 8) return false;
  for (std::size_t bit = 0; bit < static_cast<std::size_t>(*length); ++bit) {
    auto mask = static_cast<unsigned char>(0x80u >> (bit % 8));
    if (((address[bit / 8] ^ network[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

std::string_view without_final_dot(std::string_view host) {
  return host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
}

bool same_host(std::string_view host, std::string_view entry) {
  std::vector<unsigned char> address = address_bytes(host);
  if (!address.empty()) return address == address_bytes(entry);
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  host = without_final_dot(host);
  entry = without_final_dot(entry);
  if (entry.empty() || !host.ends_with(entry)) return false;
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

struct Entry {
  std::string_view host;
  std::optional<std::string_view> port;
};

// "host", "host:port", "1.2.3.4:port", "::1", "[::1]", "[::1]:port".
Entry take_apart(std::string_view text) {
  if (text.starts_with('[')) {
    std::size_t end = text.find(']');
    if (end == std::string_view::npos) return {text, std::nullopt};
    std::string_view rest = text.substr(end + 1);
    if (rest.empty()) return {text.substr(1, end - 1), std::nullopt};
    return {text.substr(1, end - 1), rest.substr(1)};
  }
  std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon != text.rfind(':')) return {text, std::nullopt};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

bool matches(const Url& url, std::string_view text) {
  if (text == "*") return true;
  if (text.find('/') != std::string_view::npos) return in_range(url.host, text);
  Entry entry = take_apart(text);
  if (entry.port && to_int(*entry.port) != url.port) return false;
  return same_host(url.host, entry.host);
}

std::string value_of(const char* lower_name, const char* upper_name, const Environment& environment) {
  std::string value = environment(lower_name);
  return value.empty() ? environment(upper_name) : value;
}

struct Variable {
  std::string name;
  std::string value;
};

Variable proxy_variable(bool secure, const Environment& environment) {
  std::vector<std::string> names = {"https_proxy", "HTTPS_PROXY"};
  if (!secure) {
    names = {"http_proxy"};
    if (environment("REQUEST_METHOD").empty()) names.emplace_back("HTTP_PROXY");
  }
  names.insert(names.end(), {"all_proxy", "ALL_PROXY"});
  for (const std::string& name : names)
    if (std::string value = environment(name.c_str()); !value.empty()) return {name, std::move(value)};
  return {};
}

}  // namespace

Environment process_environment() {
  return [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
}

bool bypasses_proxy(const Url& url, std::string_view no_proxy) {
  std::string list = lower(no_proxy);
  std::ranges::replace_if(list, [](char c) { return c == ' ' || c == '\t'; }, ',');
  return std::ranges::any_of(split(list, ','), [&](std::string_view entry) { return matches(url, entry); });
}

Result<std::optional<Url>> proxy_for(const Url& url, const Environment& environment) {
  Variable variable = proxy_variable(url.secure, environment);
  std::string_view value = trim(variable.value);
  if (value.empty()) return std::nullopt;
  if (bypasses_proxy(url, value_of("no_proxy", "NO_PROXY", environment))) return std::nullopt;
  bool bare = value.find("://") == std::string_view::npos;
  auto proxy = parse_url(bare ? cat("http://", value) : std::string(value));
  if (!proxy) return std::unexpected(std::move(proxy).error().within(variable.name));
  return *std::move(proxy);
}

}  // namespace eidos::net
