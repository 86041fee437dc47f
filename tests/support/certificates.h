#pragma once
// Certificates made at test time, by OpenSSL's own functions: an authority and what it signs.

#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace eidos::testing {

/// A certificate and its key, both in PEM form.
struct Identity {
  std::string certificate;
  std::string key;
};

struct Issue {
  std::string names = "DNS:localhost,IP:127.0.0.1";  ///< subjectAltName as in openssl.cnf; empty for none.
  int from_days = -1;
  int to_days = 30;
  bool authority = false;
};

template <auto Release>
struct Freed {
  void operator()(auto* pointer) const { Release(pointer); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free>>;

inline std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

inline void add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// Signs certificates. `name` is its common name; two of one name and different keys are different.
class Authority {
 public:
  explicit Authority(const std::string& name = "eidos test authority") : key_(EVP_EC_gen("P-256")) {
    certificate_ = make(name, key_.get(), {.names = "", .authority = true});
  }

  std::string pem() const { return pem_of(certificate_.get()); }
  /// OpenSSL's file name for it in a hashed directory.
  std::string hashed_name() const {
    char name[16];
    std::snprintf(name, sizeof name, "%08lx.0", X509_NAME_hash_ex(subject(), nullptr, nullptr, nullptr));
    return name;
  }

  Identity issue(const Issue& wish = {}) const {
    KeyPtr key(EVP_EC_gen("P-256"));
    X509Ptr certificate = make("eidos test server", key.get(), wish);
    BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {pem_of(certificate.get()), text_of(bio.get())};
  }

 private:
  X509_NAME* subject() const { return X509_get_subject_name(certificate_.get()); }

  static std::string pem_of(X509* certificate) {
    BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate);
    return text_of(bio.get());
  }

  // Signed by this authority, or by itself when there is none yet.
  X509Ptr make(const std::string& name, EVP_PKEY* key, const Issue& wish) const {
    X509Ptr made(X509_new());
    X509* out = made.get();
    X509_set_version(out, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(out), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(out), wish.from_days * 86400L);
    X509_gmtime_adj(X509_getm_notAfter(out), wish.to_days * 86400L);
    X509_set_pubkey(out, key);
    const auto* bytes = reinterpret_cast<const unsigned char*>(name.c_str());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(out), "CN", MBSTRING_UTF8, bytes, -1, -1, 0);
    X509_set_issuer_name(out, certificate_ ? subject() : X509_get_subject_name(out));
    if (wish.authority) {
      add_extension(out, NID_basic_constraints, "critical,CA:TRUE");
      add_extension(out, NID_key_usage, "critical,keyCertSign,cRLSign");
    }
    if (!wish.names.empty()) add_extension(out, NID_subject_alt_name, wish.names);
    X509_sign(out, key_.get(), EVP_sha256());
    return made;
  }

  mutable long serial_ = 0;
  KeyPtr key_;
  X509Ptr certificate_;
};

}  // namespace eidos::testing
