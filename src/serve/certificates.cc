#include "serve/certificates.h"

#include <boost/asio/ssl/context.hpp>

#include "base/sha256.h"
#include "base/text.h"

namespace eidos::serve {

namespace {

namespace asio = boost::asio;
using Context = std::shared_ptr<asio::ssl::context>;

constexpr std::int64_t kMostBytes = 4 * 1024 * 1024;

struct Pem {
  std::string certificate;
  std::string key;
  std::string client_authorities;
};

// No renegotiation, no compression.
Result<Context> context_of(const Pem& pem, const CertificatePaths& paths) {
  auto out = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(out->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(out->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  boost::system::error_code code;
  out->use_certificate_chain(asio::buffer(pem.certificate), code);
  if (code)
    return fail(ErrorKind::Invalid, "the certificate cannot be read", paths.certificate,
                "it has to be PEM, the chain behind it");
  out->use_private_key(asio::buffer(pem.key), asio::ssl::context::pem, code);
  if (code)
    return fail(ErrorKind::Invalid, "the key cannot be read, or is not that of the certificate", paths.key,
                "it has to be PEM, without a passphrase");
  if (paths.client_authorities.empty()) return out;
  out->add_certificate_authority(asio::buffer(pem.client_authorities), code);
  if (code)
    return fail(ErrorKind::Invalid, "the authorities of clients cannot be read", paths.client_authorities,
                "they have to be certificates as PEM");
  // Without a name for its sessions, OpenSSL refuses every client that goes on with one.
  constexpr std::string_view kSessions = "eidosd";
  SSL_CTX_set_session_id_context(out->native_handle(),
                                 reinterpret_cast<const unsigned char*>(kSessions.data()), kSessions.size());
  out->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  return out;
}

}  // namespace

Result<std::unique_ptr<CertificateFiles>> CertificateFiles::open(CertificatePaths paths, Files& files,
                                                                 const Clock& clock, Log& log) {
  std::unique_ptr<CertificateFiles> out(new CertificateFiles(std::move(paths), files, clock, log));
  EIDOS_CHECK(out->read());
  return out;
}

// Whether they are others than before. What cannot be used is said once, not at every look.
Result<bool> CertificateFiles::read() {
  at_ = clock_.steady();
  Pem pem;
  EIDOS_TRY(pem.certificate, files_.read(paths_.certificate, {.max_bytes = kMostBytes}));
  EIDOS_TRY(pem.key, files_.read(paths_.key, {.max_bytes = kMostBytes}));
  if (!paths_.client_authorities.empty()) {
    EIDOS_TRY(pem.client_authorities, files_.read(paths_.client_authorities, {.max_bytes = kMostBytes}));
  }
  std::string digest =
      cat(sha256_hex(pem.certificate), sha256_hex(pem.key), sha256_hex(pem.client_authorities));
  if (digest == seen_) return false;
  seen_ = std::move(digest);
  EIDOS_TRY(context_, context_of(pem, paths_));
  return true;
}

Context CertificateFiles::context() {
  constexpr std::chrono::seconds kFresh{1};
  const std::lock_guard lock(mutex_);
  if (clock_.steady() - at_ < kFresh) return context_;
  const auto changed = read();
  if (!changed)
    log_.warn("the certificates stay as they were",
              {{"file", changed.error().where}, {"cause", changed.error().message}});
  else if (*changed)
    log_.info("the certificates were read again");
  return context_;
}

}  // namespace eidos::serve
