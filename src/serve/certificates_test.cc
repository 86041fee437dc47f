// Certificates that are changed under a running service.

#include "serve/certificates.h"

#include <boost/asio/ssl/context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/capture_log.h"
#include "support/certificates.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"

namespace eidos::serve {
namespace {

using ::testing::HasSubstr;
using testing::Identity;

class CertificatesTest : public ::testing::Test {
 protected:
  CertificatesTest() {
    put(first_);
    files_.put("/ca", authority_.pem());
  }

  void put(const Identity& identity) {
    files_.put("/cert", identity.certificate);
    files_.put("/key", identity.key);
  }
  Result<std::unique_ptr<CertificateFiles>> open(std::string authorities = {}) {
    return CertificateFiles::open({"/cert", "/key", std::move(authorities)}, files_, clock_, log_);
  }
  // What a caller would be shown.
  static std::string shown(CertificateFiles& files) {
    testing::BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), SSL_CTX_get0_certificate(files.context()->native_handle()));
    return testing::text_of(bio.get());
  }
  std::size_t lines(LogLevel level) const {
    return static_cast<std::size_t>(
        std::ranges::count(log_.lines(), level, &testing::CaptureLog::Line::level));
  }

  testing::Authority authority_;
  Identity first_ = authority_.issue();
  Identity second_ = authority_.issue();
  testing::FakeFiles files_;
  testing::FakeClock clock_;
  testing::CaptureLog log_;
};

TEST_F(CertificatesTest, ThoseThatChangeAreReadAgain) {
  auto files = open();
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(shown(**files), first_.certificate);
  put(second_);
  EXPECT_EQ(shown(**files), first_.certificate) << "not at every connection";
  clock_.advance(std::chrono::seconds(2));
  EXPECT_EQ(shown(**files), second_.certificate);
  EXPECT_EQ(lines(LogLevel::Info), 1U);
  clock_.advance(std::chrono::seconds(2));
  const auto same = (*files)->context();
  clock_.advance(std::chrono::seconds(2));
  EXPECT_EQ((*files)->context(), same) << "nothing is made anew for nothing";
  EXPECT_EQ(log_.lines().size(), 1U);
}

TEST_F(CertificatesTest, HalfAChangeClosesNoDoor) {
  auto files = open();
  ASSERT_TRUE(files);
  files_.put("/cert", second_.certificate);  // its key comes a moment later
  for (int i = 0; i < 3; ++i) {
    clock_.advance(std::chrono::seconds(2));
    EXPECT_EQ(shown(**files), first_.certificate);
  }
  ASSERT_EQ(lines(LogLevel::Warning), 1U) << "said once";
  EXPECT_THAT(log_.lines().front().fields,
              ::testing::Contains(::testing::Pair("cause", HasSubstr("not that of the certificate"))));
  files_.put("/key", second_.key);
  clock_.advance(std::chrono::seconds(2));
  EXPECT_EQ(shown(**files), second_.certificate);
}

TEST_F(CertificatesTest, WhoHasAuthoritiesAsksForCertificates) {
  auto open_to_all = open();
  auto closed = open("/ca");
  ASSERT_TRUE(open_to_all && closed);
  EXPECT_EQ(SSL_CTX_get_verify_mode((*open_to_all)->context()->native_handle()), SSL_VERIFY_NONE);
  const auto context = (*closed)->context();
  EXPECT_EQ(SSL_CTX_get_verify_mode(context->native_handle()),
            SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
  files_.put("/ca", testing::Authority("another").pem());
  clock_.advance(std::chrono::seconds(2));
  EXPECT_NE((*closed)->context(), context);
  files_.put("/ca", "");
  clock_.advance(std::chrono::seconds(2));
  EXPECT_EQ(SSL_CTX_get_verify_mode((*closed)->context()->native_handle()),
            SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT)
      << "an empty file opens no door";
  EXPECT_EQ(lines(LogLevel::Warning), 1U);
}

TEST_F(CertificatesTest, WhatCannotBeUsedIsNamed) {
  struct Case {
    const char* file;
    std::string text;
    const char* message;
  };
  const Case kCases[] = {{"/cert", "", "the certificate cannot be read"},
                         {"/cert", "no PEM", "the certificate cannot be read"},
                         {"/key", "no PEM", "the key cannot be read"},
                         {"/key", second_.key, "is not that of the certificate"},
                         {"/ca", "no PEM", "the authorities of clients cannot be read"},
                         {"/ca", "", "the authorities of clients cannot be read"}};
  for (const Case& c : kCases) {
    put(first_);
    files_.put("/ca", authority_.pem());
    files_.put(c.file, c.text);
    auto got = open("/ca");
    ASSERT_FALSE(got) << c.file << " " << c.message;
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
    EXPECT_EQ(got.error().where, c.file);
    EXPECT_THAT(got.error().message, HasSubstr(c.message));
  }
}

}  // namespace
}  // namespace eidos::serve
