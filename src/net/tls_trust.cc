// Which authorities a TLS client trusts. Tables first: the settings, then what distributions have.
#include <algorithm>
#include <array>
#include <climits>
#include <ctime>
#include <mutex>
#include <string_view>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "base/text.h"
#include "net/tls.h"
#include "net/tls_pin.h"

namespace eidos::net {

namespace {

// Debian, Ubuntu, SUSE and Alpine; RHEL and its kin keep hashed names only in the second, from release 10 on.
constexpr std::array<const char*, 2> kSystemDirectories = {"/etc/ssl/certs", "/etc/pki/tls/certs"};
constexpr std::array<const char*, 5> kSystemBundles = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",                   // RHEL, Fedora, Amazon Linux
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL 10
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/etc/ssl/cert.pem",                                  // Alpine
};
constexpr std::int64_t kMostEntries = 20'000;

// ---- PEM into a store ------------------------------------------------------------------------

struct BioDeleter {
  void operator()(BIO* bio) const { ::BIO_free(bio); }
};
struct X509Deleter {
  void operator()(X509* certificate) const { ::X509_free(certificate); }
};

struct Loaded {
  int good = 0;
  int bad = 0;
};

Loaded add_pem(X509_STORE* store, std::string_view pem) {
  Loaded count;
  std::unique_ptr<BIO, BioDeleter> bio(
      ::BIO_new_mem_buf(pem.data(), static_cast<int>(std::min<std::size_t>(pem.size(), INT_MAX))));
  for (;;) {
    ::ERR_clear_error();
    std::unique_ptr<X509, X509Deleter> certificate(
        ::PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr));
    if (certificate) {
      (::X509_STORE_add_cert(store, certificate.get()) == 1 ? count.good : count.bad) += 1;
      continue;
    }
    bool end = ERR_GET_REASON(::ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ::ERR_clear_error();
    if (end || BIO_eof(bio.get())) return count.bad += end ? 0 : 1, count;
    ++count.bad;
  }
}

// A file that somebody named: what it holds has to be right.
Result<void> add_named_file(Files& files, X509_STORE* store, const std::string& path) {
  EIDOS_TRY(std::string pem, files.read(path, {}));
  Loaded count = add_pem(store, pem);
  if (count.bad > 0)
    return fail(ErrorKind::Invalid, cat("certificate ", count.good + 1, " cannot be read"), path);
  if (count.good == 0)
    return fail(ErrorKind::Invalid, cat(quote(path), " holds no certificate"), {},
                "certificates are given in PEM form, -----BEGIN CERTIFICATE-----");
  return {};
}

// ---- directories -----------------------------------------------------------------------------

// "5ed36f99.0": the name by which OpenSSL finds an authority without reading the others.
bool hashed_name(std::string_view name) {
  constexpr std::string_view kHex = "0123456789abcdef";
  return name.size() >= 10 && name[8] == '.' && name.substr(0, 8).find_first_not_of(kHex) == name.npos &&
         name.substr(9).find_first_not_of("0123456789") == name.npos;
}

bool has_hashed_names(const std::vector<DirEntry>& entries) {
  return std::ranges::any_of(entries, [](const DirEntry& entry) { return hashed_name(entry.name); });
}

void add_hashed_directory(X509_STORE* store, const std::string& path) {
  X509_LOOKUP* lookup = ::X509_STORE_add_lookup(store, ::X509_LOOKUP_hash_dir());
  if (lookup != nullptr) X509_LOOKUP_add_dir(lookup, path.c_str(), X509_FILETYPE_PEM);
}

// A directory that somebody named may be a plain one, such as a mounted ConfigMap: then every file is read.
// What is no certificate there (a README, a key) is passed over.
bool add_named_directory(Files& files, X509_STORE* store, const std::string& path) {
  auto entries = files.list(path, kMostEntries);
  if (!entries) return false;
  if (has_hashed_names(*entries)) {
    add_hashed_directory(store, path);
    return true;
  }
  for (const DirEntry& entry : *entries)
    if (auto pem = files.read(cat(path, '/', entry.name), {}); pem) add_pem(store, *pem);
  return true;
}

Result<void> add_named_directories(Files& files, X509_STORE* store, const std::string& list) {
  bool any = false;
  for (std::string_view path : split(list, ':'))
    if (!path.empty() && add_named_directory(files, store, std::string(path))) any = true;
  if (any) return {};
  return fail(ErrorKind::NotFound, cat("SSL_CERT_DIR: no directory of ", quote(list), " can be read"));
}

// ---- the machine's bundle, read when it is needed --------------------------------------------

// Reading 140 authorities takes 40 to 60 ms, finding one in a hashed directory nothing. The bundle is the
// second choice, not left out: people mount their own over it and leave the directory as the image had it.
struct Bundle {
  Files& files;
  std::string path;
  std::once_flag once = {};
};

int find_in_bundle(X509_LOOKUP* lookup, X509_LOOKUP_TYPE type, const X509_NAME* name, X509_OBJECT* found) {
  if (type != X509_LU_X509) return 0;
  auto* bundle = static_cast<Bundle*>(::X509_LOOKUP_get_method_data(lookup));
  X509_STORE* store = ::X509_LOOKUP_get_store(lookup);
  std::call_once(bundle->once, [&] {
    if (auto pem = bundle->files.read(bundle->path, {}); pem) add_pem(store, *pem);
  });
  ::X509_STORE_lock(store);
  X509_OBJECT* object = ::X509_OBJECT_retrieve_by_subject(::X509_STORE_get0_objects(store), type, name);
  X509* certificate = object == nullptr ? nullptr : ::X509_OBJECT_get0_X509(object);
  int ok = certificate == nullptr ? 0 : ::X509_OBJECT_set1_X509(found, certificate);
  // The caller takes a reference of its own; the store keeps the certificate alive.
  if (ok == 1) ::X509_free(certificate);
  ::X509_STORE_unlock(store);
  return ok;
}

void free_bundle(X509_LOOKUP* lookup) {
  delete static_cast<Bundle*>(::X509_LOOKUP_get_method_data(lookup));
}

struct MethodDeleter {
  void operator()(X509_LOOKUP_METHOD* method) const { ::X509_LOOKUP_meth_free(method); }
};

// One for the process: a store keeps the pointer. Made at the first use.
X509_LOOKUP_METHOD* bundle_method() {
  static const std::unique_ptr<X509_LOOKUP_METHOD, MethodDeleter> method = [] {
    std::unique_ptr<X509_LOOKUP_METHOD, MethodDeleter> made(::X509_LOOKUP_meth_new("eidos bundle"));
    ::X509_LOOKUP_meth_set_get_by_subject(made.get(), find_in_bundle);
    ::X509_LOOKUP_meth_set_free(made.get(), free_bundle);
    return made;
  }();
  return method.get();
}

void add_bundle_lazily(Files& files, X509_STORE* store, const std::string& path) {
  X509_LOOKUP* lookup = ::X509_STORE_add_lookup(store, bundle_method());
  if (lookup != nullptr) ::X509_LOOKUP_set_method_data(lookup, new Bundle{files, path});
}

void add_system(Files& files, X509_STORE* store) {
  for (const char* path : kSystemDirectories) {
    auto entries = files.list(path, kMostEntries);
    if (!entries || !has_hashed_names(*entries)) continue;
    add_hashed_directory(store, path);
    break;
  }
  for (const char* path : kSystemBundles) {
    if (!files.kind(path)) continue;
    add_bundle_lazily(files, store, path);
    break;
  }
}

Result<void> add_trust(Files& files, X509_STORE* store, const std::string& ca_file,
                       const Environment& environment) {
  if (!ca_file.empty()) return add_named_file(files, store, ca_file);
  std::string file = environment("SSL_CERT_FILE");
  std::string directories = environment("SSL_CERT_DIR");
  if (file.empty() && directories.empty()) add_system(files, store);
  if (!file.empty())
    if (auto added = add_named_file(files, store, file); !added)
      return std::unexpected(std::move(added).error().within("SSL_CERT_FILE"));
  if (!directories.empty()) EIDOS_CHECK(add_named_directories(files, store, directories));
  return {};
}

Error openssl_error(std::string_view what) {
  const char* reason = ::ERR_reason_error_string(::ERR_peek_last_error());
  return Error{ErrorKind::Internal, cat(what, ": ", reason == nullptr ? "OpenSSL failed" : reason), {}, {}};
}

// A context that trusts nobody yet.
Result<TlsContext> bare_context() {
  // A configuration file could load foreign code; whoever initialises first decides for the process.
  if (::OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) != 1)
    return std::unexpected(openssl_error("starting TLS"));
  TlsContext context(::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free);
  // HTTP/1.1 is what is spoken (RFC 7301).
  constexpr std::array<unsigned char, 9> kProtocol = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      ::SSL_CTX_set_alpn_protos(context.get(), kProtocol.data(), kProtocol.size()) != 0)
    return std::unexpected(openssl_error("starting TLS"));
  ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

// ---- what the client shows -------------------------------------------------------------------

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
};

std::unique_ptr<BIO, BioDeleter> reading(std::string_view pem) {
  return std::unique_ptr<BIO, BioDeleter>(
      ::BIO_new_mem_buf(pem.data(), static_cast<int>(std::min<std::size_t>(pem.size(), INT_MAX))));
}

// There is nobody to ask for a passphrase.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

Result<void> add_identity(SSL_CTX* context, const TlsSettings& settings) {
  ::ERR_clear_error();
  auto chain = reading(settings.certificate);
  std::unique_ptr<X509, X509Deleter> leaf(::PEM_read_bio_X509(chain.get(), nullptr, no_passphrase, nullptr));
  if (!leaf || ::SSL_CTX_use_certificate(context, leaf.get()) != 1)
    return fail(ErrorKind::Invalid, "the client certificate cannot be read", {},
                "certificates are given in PEM form, -----BEGIN CERTIFICATE-----");
  while (X509* more = ::PEM_read_bio_X509(chain.get(), nullptr, no_passphrase, nullptr))
    if (SSL_CTX_add_extra_chain_cert(context, more) != 1) ::X509_free(more);
  auto text = reading(settings.key);
  std::unique_ptr<EVP_PKEY, KeyDeleter> key(
      ::PEM_read_bio_PrivateKey(text.get(), nullptr, no_passphrase, nullptr));
  bool locked = settings.key.find("ENCRYPTED") != std::string::npos;
  if (!key)
    return fail(
        ErrorKind::Invalid, locked ? "the client key is encrypted" : "the client key cannot be read", {},
        locked ? "decrypt it: there is nobody to ask for a passphrase" : "keys are given in PEM form");
  if (::SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    return fail(ErrorKind::Invalid, "the client key belongs to another certificate");
  ::ERR_clear_error();
  return {};
}

Result<void> add_authorities(X509_STORE* store, std::string_view pem) {
  Loaded count = add_pem(store, pem);
  if (count.bad == 0 && count.good > 0) return {};
  return fail(ErrorKind::Invalid,
              count.good == 0 ? std::string("no certificate of an authority")
                              : cat("certificate ", count.good + 1, " of the authorities cannot be read"),
              {}, "certificates are given in PEM form, -----BEGIN CERTIFICATE-----");
}

}  // namespace

Result<TlsContext> tls_context(Files& files, const std::string& ca_file, const Environment& environment) {
  EIDOS_TRY(TlsContext context, bare_context());
  EIDOS_CHECK(add_trust(files, ::SSL_CTX_get_cert_store(context.get()), ca_file, environment));
  return context;
}

Result<TlsContext> tls_context(Files& files, const TlsSettings& settings, const Environment& environment) {
  EIDOS_TRY(TlsContext context, bare_context());
  X509_STORE* store = ::SSL_CTX_get_cert_store(context.get());
  if (settings.insecure)
    ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  else if (!settings.authorities.empty())
    EIDOS_CHECK(add_authorities(store, settings.authorities));
  else
    EIDOS_CHECK(add_trust(files, store, {}, environment));
  if (!settings.fingerprint.empty()) pin(context.get(), settings.fingerprint);
  if (!settings.certificate.empty()) EIDOS_CHECK(add_identity(context.get(), settings));
  return context;
}

Result<std::chrono::system_clock::time_point> certificate_end(std::string_view pem) {
  auto text = reading(pem);
  std::unique_ptr<X509, X509Deleter> certificate(
      ::PEM_read_bio_X509(text.get(), nullptr, no_passphrase, nullptr));
  ::ERR_clear_error();
  std::tm end{};
  if (!certificate || ::ASN1_TIME_to_tm(::X509_get0_notAfter(certificate.get()), &end) != 1)
    return fail(ErrorKind::Invalid, "the client certificate cannot be read", {},
                "certificates are given in PEM form, -----BEGIN CERTIFICATE-----");
  return std::chrono::system_clock::from_time_t(::timegm(&end));
}

}  // namespace eidos::net
