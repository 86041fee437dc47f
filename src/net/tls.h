#pragma once
// TLS clients: which authorities are trusted, and a channel that verifies its peer. OpenSSL is initialised
// here, at the first use, and never with a configuration file.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

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

/// What a client trusts and shows, as PEM text.
struct TlsSettings {
  std::string authorities = {};  ///< Trusted alone; empty: as tls_context() without a file.
  std::string certificate = {};  ///< Of the client, with the chain behind it.
  std::string key = {};          ///< Belongs to it; both or neither.
  bool insecure = false;         ///< Any certificate of the server will do.
  /// SHA-256 of the server's own certificate (DER), 64 small hexadecimal digits: only this one, which must be
  /// trusted besides. Empty: any.
  std::string fingerprint = {};
  bool operator==(const TlsSettings&) const = default;
};

/// Invalid names the part that cannot be read: a key that is encrypted or belongs to another certificate,
/// text that is no PEM. Otherwise as above.
Result<TlsContext> tls_context(Files& files, const TlsSettings& settings, const Environment& environment);

/// When the first certificate of a PEM text ends. Invalid: there is none that can be read.
Result<std::chrono::system_clock::time_point> certificate_end(std::string_view pem);

/// Shakes hands over `inner`, checking the chain and that the certificate names `host`, unless the context is
/// an insecure one. Denied: not to be
/// trusted, with the reason. Unavailable: no TLS there, or the connection broke.
Result<std::unique_ptr<Channel>> connect_tls(std::unique_ptr<Channel> inner, const TlsContext& context,
                                             const std::string& host);

}  // namespace eidos::net
