#include "net/url.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace eidos::net {
namespace {

TEST(Url, IsTakenApart) {
  struct Case {
    const char* text;
    Url want;
  };
  const Case cases[] = {
      {"http://example.com", {false, "", "example.com", 80, "/"}},
      {"https://example.com/a/b.yaml?x=1&y#part", {true, "", "example.com", 443, "/a/b.yaml?x=1&y"}},
      {"HTTPS://Example.COM:8443/A", {true, "", "example.com", 8443, "/A"}},
      {"http://u:p%40ss@h/", {false, "u:p@ss", "h", 80, "/"}},
      {"http://user@h/", {false, "user", "h", 80, "/"}},
      {"http://[::1]:8080/x", {false, "", "::1", 8080, "/x"}},
      {"http://[2001:DB8:0:0::5]/", {false, "", "2001:db8::5", 80, "/"}},
      {"http://10.0.0.1?q", {false, "", "10.0.0.1", 80, "/?q"}},
      {"http://h:/", {false, "", "h", 80, "/"}},
      {"http://h/a/./b/../c?d=../e", {false, "", "h", 80, "/a/c?d=../e"}},
      {"http://h/a[0]?b[1]", {false, "", "h", 80, "/a[0]?b[1]"}},
      {"http://my_host./%20", {false, "", "my_host.", 80, "/%20"}},
  };
  for (const Case& c : cases) {
    auto got = parse_url(c.text);
    ASSERT_TRUE(got) << c.text << ": " << got.error().message;
    EXPECT_EQ(*got, c.want) << c.text << " -> " << absolute_form(*got);
  }
}

TEST(Url, RefusesWhatItCannotFetch) {
  struct Case {
    std::string text;
    const char* part;
  };
  const Case cases[] = {
      {"file:///etc/passwd", "scheme 'file' is not supported"},
      {"ftp://h/x", "scheme 'ftp' is not supported"},
      {"example.com/x", "no scheme"},
      {"://x", "no scheme"},
      {"http://", "no host"},
      {"http:///path", "no host"},
      {"http://:80/", "no host"},
      {"http://h:0/", "the port is no number"},
      {"http://h:65536/", "the port is no number"},
      {"http://h:99999999999999999999/", "the port"},
      {"http://h:8o/", "the port is no number"},
      {"http://h:80:90/", "the port"},
      {"http://::1/", "no host"},
      {"http://a@b@h/", "more than one '@'"},
      {"http:h/x", "no scheme"},
      {"http://h/a b", "holds a byte"},
      {"http://h/\r\nX: y", "holds a byte"},
      {"http://größe/", "holds a byte"},
      {"http://h%0d%0ax/", "no DNS name"},
      {"http://h%00/", "no DNS name"},
      {"http://a..b/", "no DNS name"},
      {"http://h/%zz", "holds a byte"},
      {"http://h/%2", "holds a byte"},
      {"http://[::1/", "no ']'"},
      {"http://[::1]x/", "only a port"},
      {"http://[v1.x]/", "no IPv6 address between"},
      {"http://[]/", "no IPv6 address between"},
      {"http://[/", "no ']'"},
      {"http://[fe80::1%25eth0]/", "no IPv6 address between"},
      {cat("http://h/", std::string(9000, 'x')), "longer than 8192 bytes"},
      {std::string("http://h/\0x", 11), "holds a byte"},
  };
  for (const Case& c : cases) {
    auto got = parse_url(c.text);
    ASSERT_FALSE(got) << quote(c.text);
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
    EXPECT_NE(got.error().message.find(c.part), std::string::npos) << got.error().message;
  }
}

TEST(Url, NoMessageHoldsASecret) {
  const char* cases[] = {
      "ftp://user:s3cret@h/",
      "http://user:s3cret@h:0/",
      "http://user:s3 cret@h/x",
      "http://user:s3cret/x@h/",
      "http://user:s3cret?x@h/",
      "http://user:s3cret#x@h/y",
      "user:s3cret@h",
      "http://h:0/x?token=s3cret",
      "http://h:0/x?a@b=s3cret",
      "http://user:s3cret@[::1/",
      "http://user:p@s3cret@h:x/",
      "http://u:s3cret@/",
      "http://s3cret@h h/?x=s3cret",
  };
  for (const char* text : cases) {
    auto got = parse_url(text);
    ASSERT_FALSE(got) << text;
    for (const std::string& part : {got.error().message, got.error().hint})
      EXPECT_EQ(part.find("s3cret"), std::string::npos) << part;
  }
}

TEST(Url, FollowResolvesReferences) {
  const Url base = *parse_url("https://u:p@h:8443/a/b?q=1");
  struct Case {
    const char* reference;
    const char* want;
    const char* credentials;
  };
  const Case cases[] = {
      {"/x", "https://h:8443/x", "u:p"},
      {"x?y", "https://h:8443/a/x?y", "u:p"},
      {"../../x", "https://h:8443/x", "u:p"},
      {"?z", "https://h:8443/a/b?z", "u:p"},
      {"", "https://h:8443/a/b?q=1", "u:p"},
      {".", "https://h:8443/a/", "u:p"},
      {"..", "https://h:8443/", "u:p"},
      {"./c/./d/../e/", "https://h:8443/a/c/e/", "u:p"},
      {"c:d", nullptr, ""},
      {"./c:d", "https://h:8443/a/c:d", "u:p"},
      {"//other/x", "https://other/x", ""},
      {"https://h/x", "https://h/x", ""},
      {"http://h:8443/x", "http://h:8443/x", ""},
      {"https://H:8443/x#part", "https://h:8443/x", "u:p"},
      {"https://v:w@h:8443/", "https://h:8443/", "u:p"},
      {"https://v:w@other/", "https://other/", ""},
  };
  for (const Case& c : cases) {
    auto got = follow(base, c.reference);
    if (c.want == nullptr) {  // "c" is a scheme there
      EXPECT_FALSE(got) << c.reference;
      continue;
    }
    ASSERT_TRUE(got) << c.reference << ": " << got.error().message;
    EXPECT_EQ(absolute_form(*got), c.want);
    EXPECT_EQ(got->credentials, c.credentials) << c.reference;
  }
  for (const char* bad : {"file:///etc/passwd", "javascript:alert(1)", "http://h:0/", "a b", "http://"})
    EXPECT_FALSE(follow(base, bad)) << bad;
}

TEST(Url, HasAFormForEachUse) {
  const Url url = *parse_url("http://u:p@[::1]:80/a@v1?token=x");
  EXPECT_EQ(peer_name(url), "[::1]:80");
  EXPECT_EQ(authority(url), "[::1]");
  EXPECT_EQ(absolute_form(url), "http://[::1]/a@v1?token=x");
  EXPECT_EQ(shown(url), "http://[::1]/a@v1?…");
  EXPECT_EQ(shown("http://u:p@h/a?b"), "http://…@h/a?…");
}

TEST(Url, KnowsAddressesFromNames) {
  for (const char* yes : {"127.0.0.1", "::1", "2001:db8::5"}) EXPECT_TRUE(is_address(yes)) << yes;
  for (const char* no : {"h", "1.2.3", "1.2.3.4.5", "[::1]", ""}) EXPECT_FALSE(is_address(no)) << no;
}

}  // namespace
}  // namespace eidos::net
