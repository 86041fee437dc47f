#pragma once
// The certificates of files that may change while the service runs.

#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"

namespace boost::asio::ssl {
class context;
}

namespace eidos::serve {

/// PEM files.
struct CertificatePaths {
  std::string certificate;              ///< The chain behind it.
  std::string key;                      ///< Its own, without a passphrase.
  std::string client_authorities = {};  ///< A client has to show a certificate of theirs; empty: none has to.
};

/// Reads again at most once a second. What cannot be used any more is a warning, and all stays as it was: a
/// certificate that was written before its key closes no door.
class CertificateFiles {
 public:
  /// As Files::read; Invalid names the file that cannot be used.
  static Result<std::unique_ptr<CertificateFiles>> open(CertificatePaths paths, Files& files,
                                                        const Clock& clock, Log& log);
  /// TLS, 1.2 at least, for the next connection. Safe to call from many threads.
  std::shared_ptr<boost::asio::ssl::context> context();

 private:
  CertificateFiles(CertificatePaths paths, Files& files, const Clock& clock, Log& log)
      : paths_(std::move(paths)), files_(files), clock_(clock), log_(log) {}
  Result<bool> read();

  CertificatePaths paths_;
  Files& files_;
  const Clock& clock_;
  Log& log_;
  std::mutex mutex_;
  SteadyTime at_;
  std::string seen_;  // digest of what was read last
  std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace eidos::serve
