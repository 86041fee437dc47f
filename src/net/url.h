#pragma once
// http and https URLs (RFC 3986): parsing, following a reference, and forms that are safe to show.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace eidos::net {

struct Url {
  bool secure = false;      ///< https
  std::string credentials;  ///< Decoded "user:password"; empty when the URL has none.
  std::string host;         ///< Lower case: a name, an IPv4 address, or an IPv6 address without brackets.
  std::uint16_t port = 0;   ///< The scheme's own when the URL names none.
  std::string target;       ///< Path and query as they go into a request; starts with '/'.
  bool operator==(const Url&) const = default;
};

/// True when `text` has a scheme this room speaks, so that it is no file name.
bool looks_like_url(std::string_view text);

/// Invalid: another scheme (the allowed ones are named), no host, a host or port out of its grammar, a byte
/// that has to be percent-encoded, more than 8,192 bytes. Messages never show credentials or the query.
Result<Url> parse_url(std::string_view text);

/// What `reference` (a Location header) means on the page `base`. Its own credentials are dropped; those of
/// `base` are kept only when scheme, host and port stay the same.
Result<Url> follow(const Url& base, std::string_view reference);

/// "host:port", with brackets round IPv6: names a peer, always with the port.
std::string peer_name(const Url& url);
/// "host" or "host:port" as a Host header has it: without the port when it is the scheme's own.
std::string authority(const Url& url);
/// Scheme, authority and target, without credentials and fragment: what a proxy is asked for.
std::string absolute_form(const Url& url);
/// For messages: like absolute_form, with "?…" in place of a query, which may hold a token.
std::string shown(const Url& url);
/// The same for text that may be no URL at all.
std::string shown(std::string_view text);

/// IPv4 or IPv6, as opposed to a name that has to be looked up.
bool is_address(std::string_view host);

}  // namespace eidos::net
