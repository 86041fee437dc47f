#include "net/tls_pin.h"

#include <memory>
#include <string_view>

#include <openssl/x509.h>

#include "base/sha256.h"
#include "base/text.h"

namespace eidos::net {

namespace {

// The context owns what is pinned.
void forget(void*, void* pinned, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<std::string*>(pinned);
}

int place() {
  static const int kPlace = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, forget);
  return kPlace;
}

struct CertificateDeleter {
  void operator()(X509* certificate) const { ::X509_free(certificate); }
};

std::string shown_by(const SSL* ssl) {
  const std::unique_ptr<X509, CertificateDeleter> certificate(::SSL_get1_peer_certificate(ssl));
  unsigned char* bytes = nullptr;
  const int size = certificate ? ::i2d_X509(certificate.get(), &bytes) : -1;
  if (size < 0) return "";
  std::string out = sha256_hex({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)});
  ::OPENSSL_free(bytes);
  return out;
}

}  // namespace

void pin(SSL_CTX* context, const std::string& fingerprint) {
  EIDOS_ASSERT(::SSL_CTX_set_ex_data(context, place(), new std::string(fingerprint)) == 1);
}

Result<void> check_pin(const SSL* ssl, const std::string& host) {
  const auto* pinned =
      static_cast<const std::string*>(::SSL_CTX_get_ex_data(::SSL_get_SSL_CTX(ssl), place()));
  if (pinned == nullptr) return {};
  const std::string shown = shown_by(ssl);
  if (shown == *pinned) return {};
  return fail(ErrorKind::Denied,
              cat("the certificate of ", quote(host), " is not the one that is pinned: it is ", shown), {},
              "if it was renewed on purpose, pin this one");
}

}  // namespace eidos::net
