#pragma once
// Which proxy a URL goes through, by the environment variables that curl and Go programs read.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/url.h"

namespace eidos::net {

/// The value of an environment variable, empty when it is not set. A function, so that tests bring their own.
using Environment = std::function<std::string(const char* name)>;
Environment process_environment();

/// The proxy for `url`, or none. `https_proxy` and `http_proxy` by the scheme of `url`, then `all_proxy`; the
/// lower-case name goes before the upper-case one, and an empty value counts as unset. HTTP_PROXY is not read
/// when REQUEST_METHOD is set: in a CGI program it is a request header. A value without a scheme is http://,
/// a proxy without a port has its scheme's (80, 443). Invalid names the variable, never the credentials.
Result<std::optional<Url>> proxy_for(const Url& url, const Environment& environment);

/// Whether a NO_PROXY list (commas or blanks) takes `url` out. An entry is "*", a domain (its subdomains
/// count; a leading "." or "*." changes nothing), an address, or a range in CIDR form; ":port" may follow a
/// domain or address. Entries that are none of these match nothing.
bool bypasses_proxy(const Url& url, std::string_view no_proxy);

}  // namespace eidos::net
