#pragma once
// TLS clients: which authorities are trusted, and a channel that verifies its peer. OpenSSL is initialised
// here, at the first use, and never with a configuration file.

#include <memory>
#include <string>

#include "base/error.h"
#include "base/files.h"
#include "net/channel.h"
#include "net/proxy.h"

struct ssl_ctx_st;

namespace eidos::net {

/// What a client trusts; safe to share between threads.
using TlsContext = std::shared_ptr<ssl_ctx_st>;

/// Trusts the certificates of `ca_file` alone when it is named; else those of SSL_CERT_FILE and SSL_CERT_DIR
/// (colons between directories) when either is set; else the machine's, wherever its distribution keeps them.
/// TLS 1.2 at least. NotFound, Denied, Invalid: a named file is missing, unreadable or holds no certificate.
/// `files` must outlive the context.
Result<TlsContext> tls_context(Files& files, const std::string& ca_file, const Environment& environment);

/// Shakes hands over `inner`, checking the chain and that the certificate names `host`. Denied: not to be
/// trusted, with the reason. Unavailable: no TLS there, or the connection broke.
Result<std::unique_ptr<Channel>> connect_tls(std::unique_ptr<Channel> inner, const TlsContext& context,
                                             const std::string& host);

}  // namespace eidos::net
