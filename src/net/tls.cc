#include "net/tls.h"

#include <array>
#include <climits>
#include <vector>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "net/tls_pin.h"
#include "net/url.h"

namespace eidos::net {

namespace {

struct SslDeleter {
  void operator()(SSL* ssl) const { ::SSL_free(ssl); }
};
struct NamesDeleter {
  void operator()(GENERAL_NAMES* names) const { ::GENERAL_NAMES_free(names); }
};

// ---- why a certificate was refused -----------------------------------------------------------

std::vector<std::string> names_of(const X509* certificate) {
  constexpr std::size_t kMost = 4;
  std::vector<std::string> out;
  std::unique_ptr<GENERAL_NAMES, NamesDeleter> names(
      static_cast<GENERAL_NAMES*>(::X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
  for (int i = 0; i < count && out.size() < kMost; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    const ASN1_STRING* text = name->d.dNSName;
    out.push_back(quote({reinterpret_cast<const char*>(::ASN1_STRING_get0_data(text)),
                         static_cast<std::size_t>(::ASN1_STRING_length(text))}));
  }
  return out;
}

bool wrong_name(long reason) {
  return reason == X509_V_ERR_HOSTNAME_MISMATCH || reason == X509_V_ERR_IP_ADDRESS_MISMATCH;
}

bool no_tls_there(unsigned long code) {
  int reason = ERR_GET_REASON(code);
  return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_PACKET_LENGTH_TOO_LONG ||
         reason == SSL_R_HTTP_REQUEST || reason == SSL_R_UNEXPECTED_MESSAGE;
}

// ---- the channel -----------------------------------------------------------------------------

// OpenSSL works on two memory buffers; the bytes between them and the layer below are moved here, so that
// one way of waiting serves every layer and TLS can run inside TLS.
class TlsChannel final : public Channel {
 public:
  TlsChannel(std::unique_ptr<Channel> inner, SSL* ssl, std::string host)
      : inner_(std::move(inner)), ssl_(ssl), host_(std::move(host)) {
    incoming_ = ::BIO_new(::BIO_s_mem());
    outgoing_ = ::BIO_new(::BIO_s_mem());
    BIO_set_mem_eof_return(incoming_, -1);  // empty means "later" until the layer below ends
    ::SSL_set_bio(ssl_.get(), incoming_, outgoing_);
    ::SSL_set_ex_data(ssl_.get(), 0, this);
    if (::SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE)
      ::SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER, remember_names);
  }

  Result<void> shake_hands() {
    if (!name_peer()) return std::unexpected(failure(SSL_ERROR_SSL));
    for (;;) {
      ::ERR_clear_error();
      int done = ::SSL_connect(ssl_.get());
      int error = ::SSL_get_error(ssl_.get(), done);
      long verified = ::SSL_get_verify_result(ssl_.get());
      if (done != 1 && verified != X509_V_OK && error != SSL_ERROR_WANT_READ) {
        (void)flush();  // the alert that tells the other side
        return untrusted(verified);
      }
      EIDOS_CHECK(flush());
      if (done == 1) return check_pin(ssl_.get(), host_);
      EIDOS_CHECK(go_on(error));
    }
  }

  Result<std::size_t> read(std::span<char> into) override {
    for (;;) {
      ::ERR_clear_error();
      std::size_t got = 0;
      if (::SSL_read_ex(ssl_.get(), into.data(), into.size(), &got) == 1) return got;
      int error = ::SSL_get_error(ssl_.get(), 0);
      if (error == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
      EIDOS_CHECK(flush());
      EIDOS_CHECK(go_on(error));
    }
  }

  Result<void> write(std::string_view bytes) override {
    while (!bytes.empty()) {
      ::ERR_clear_error();
      std::size_t sent = 0;
      int done = ::SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
      int error = ::SSL_get_error(ssl_.get(), done);
      EIDOS_CHECK(flush());
      if (done == 1)
        bytes.remove_prefix(sent);
      else
        EIDOS_CHECK(go_on(error));
    }
    return {};
  }

 private:
  // Names have a place in the handshake (SNI), addresses do not; both are checked against the certificate.
  bool name_peer() {
    X509_VERIFY_PARAM* check = ::SSL_get0_param(ssl_.get());
    if (is_address(host_)) return ::X509_VERIFY_PARAM_set1_ip_asc(check, host_.c_str()) == 1;
    std::string name = host_.ends_with('.') ? host_.substr(0, host_.size() - 1) : host_;
    ::X509_VERIFY_PARAM_set_hostflags(check, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return ::SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) ==
               1 &&
           ::X509_VERIFY_PARAM_set1_host(check, name.c_str(), name.size()) == 1;
  }

  // Changes no verdict: a refused certificate is gone by the time the handshake has failed.
  static int remember_names(int good, X509_STORE_CTX* chain) {
    if (good == 1 || !wrong_name(::X509_STORE_CTX_get_error(chain))) return good;
    const void* ssl = ::X509_STORE_CTX_get_ex_data(chain, ::SSL_get_ex_data_X509_STORE_CTX_idx());
    auto* self = static_cast<TlsChannel*>(::SSL_get_ex_data(static_cast<const SSL*>(ssl), 0));
    if (const X509* peer = ::X509_STORE_CTX_get0_cert(chain)) self->peer_names_ = names_of(peer);
    return good;
  }

  std::unexpected<Error> untrusted(long reason) const {
    std::string why = ::X509_verify_cert_error_string(reason);
    if (wrong_name(reason))
      why = peer_names_.empty() ? "it does not name the host" : cat("it is for ", join(peer_names_, ", "));
    return fail(ErrorKind::Denied, cat("the certificate of ", quote(host_), " is not to be trusted: ", why));
  }

  Result<void> flush() {
    char* bytes = nullptr;
    long size = BIO_get_mem_data(outgoing_, &bytes);
    if (size <= 0) return {};
    std::string out(bytes, static_cast<std::size_t>(size));
    (void)BIO_reset(outgoing_);
    return inner_->write(out);
  }

  // After a call that did not succeed: more input, or the end.
  Result<void> go_on(int error) {
    if (error != SSL_ERROR_WANT_READ) return std::unexpected(failure(error));
    std::array<char, 16384> block;
    EIDOS_TRY(std::size_t got, inner_->read(block));
    if (got == 0)
      BIO_set_mem_eof_return(incoming_, 0);
    else
      ::BIO_write(incoming_, block.data(), static_cast<int>(got));
    return {};
  }

  Error failure(int error) const {
    unsigned long code = ::ERR_peek_last_error();
    std::string why = "the connection was cut off";
    if (error == SSL_ERROR_SSL && ERR_GET_REASON(code) != SSL_R_UNEXPECTED_EOF_WHILE_READING) {
      const char* reason = ::ERR_reason_error_string(code);
      why = no_tls_there(code) ? "the other side does not speak TLS" : reason == nullptr ? "failed" : reason;
    }
    return Error{ErrorKind::Unavailable, cat("TLS with ", quote(host_), ": ", why), {}, {}};
  }

  std::unique_ptr<Channel> inner_;
  std::unique_ptr<SSL, SslDeleter> ssl_;
  std::string host_;
  std::vector<std::string> peer_names_;
  BIO* incoming_ = nullptr;  // owned by ssl_
  BIO* outgoing_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<Channel>> connect_tls(std::unique_ptr<Channel> inner, const TlsContext& context,
                                             const std::string& host) {
  SSL* ssl = ::SSL_new(context.get());
  if (ssl == nullptr) return fail(ErrorKind::Internal, "starting TLS: OpenSSL failed");
  auto channel = std::make_unique<TlsChannel>(std::move(inner), ssl, host);
  EIDOS_CHECK(channel->shake_hands());
  return channel;
}

}  // namespace eidos::net
