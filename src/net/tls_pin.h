#pragma once
// Private to this room: a server's certificate that is known beforehand.

#include <string>

#include <openssl/ssl.h>

#include "base/error.h"

namespace eidos::net {

/// Every connection of `context` must show the certificate of this SHA-256 (64 hexadecimal digits).
void pin(SSL_CTX* context, const std::string& fingerprint);
/// After the handshake. Denied: another certificate than the one that is pinned, with its fingerprint.
Result<void> check_pin(const SSL* ssl, const std::string& host);

}  // namespace eidos::net
