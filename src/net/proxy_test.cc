#include "net/proxy.h"

#include <map>

#include <gtest/gtest.h>

#include "base/text.h"

namespace eidos::net {
namespace {

Environment of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) {
    auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

// "host:port", with "s" in front of a proxy spoken to over TLS; "-" for none.
std::string proxy_of(const char* url, std::map<std::string, std::string> variables) {
  auto proxy = proxy_for(*parse_url(url), of(std::move(variables)));
  if (!proxy) return proxy.error().message;
  if (!*proxy) return "-";
  return cat((*proxy)->secure ? "s " : "", peer_name(**proxy));
}

TEST(Proxy, ComesFromTheVariablesInCurlsOrder) {
  struct Case {
    const char* url;
    std::map<std::string, std::string> variables;
    const char* want;
  };
  const Case cases[] = {
      {"http://h/", {}, "-"},
      {"http://h/", {{"http_proxy", "http://p:3128"}}, "p:3128"},
      {"http://h/", {{"HTTP_PROXY", "http://p:3128"}}, "p:3128"},
      {"http://h/", {{"HTTP_PROXY", "http://p:3128"}, {"REQUEST_METHOD", "GET"}}, "-"},
      {"http://h/", {{"http_proxy", "http://a"}, {"HTTP_PROXY", "http://b"}}, "a:80"},
      {"http://h/", {{"http_proxy", ""}, {"HTTP_PROXY", "http://b"}}, "b:80"},
      {"http://h/", {{"https_proxy", "http://p"}, {"HTTPS_PROXY", "http://p"}}, "-"},
      {"https://h/", {{"http_proxy", "http://p"}, {"HTTP_PROXY", "http://p"}}, "-"},
      {"https://h/", {{"https_proxy", "http://a"}, {"HTTPS_PROXY", "http://b"}}, "a:80"},
      {"https://h/", {{"HTTPS_PROXY", "https://b"}}, "s b:443"},
      {"https://h/", {{"ALL_PROXY", "http://a"}}, "a:80"},
      {"https://h/", {{"ALL_PROXY", "http://a"}, {"HTTPS_PROXY", "http://b"}}, "b:80"},
      {"https://h/", {{"HTTPS_PROXY", "p:3128"}}, "p:3128"},
      {"https://h/", {{"HTTPS_PROXY", "user:pw@p:3128"}}, "p:3128"},
      {"https://h/", {{"HTTPS_PROXY", " http://[::1]:3128 "}}, "[::1]:3128"},
      {"https://h/", {{"HTTPS_PROXY", "http://p"}, {"no_proxy", "h"}}, "-"},
      {"https://h/", {{"HTTPS_PROXY", "http://p"}, {"NO_PROXY", "x, h"}}, "-"},
      {"https://h/", {{"HTTPS_PROXY", "http://p"}, {"no_proxy", "x"}, {"NO_PROXY", "h"}}, "p:80"},
      {"http://localhost/", {{"http_proxy", "http://p"}}, "p:80"},
      {"https://h/", {{"HTTPS_PROXY", "broken://"}, {"no_proxy", "*"}}, "-"},
  };
  for (const Case& c : cases) EXPECT_EQ(proxy_of(c.url, c.variables), c.want) << c.url << ' ' << c.want;
}

TEST(Proxy, CredentialsAreDecodedAndNeverShown) {
  auto proxy = proxy_for(*parse_url("http://h/"), of({{"http_proxy", "http://us%65r:p%40ss@p"}}));
  ASSERT_TRUE(proxy && *proxy);
  EXPECT_EQ((*proxy)->credentials, "user:p@ss");
  for (const char* bad :
       {"socks5://user:s3cret@p", "http://user:s3cret@p:x", "user:s3cret@", "http://u:s3 cret@p"}) {
    auto refused = proxy_for(*parse_url("https://h/"), of({{"HTTPS_PROXY", bad}}));
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().kind, ErrorKind::Invalid);
    EXPECT_TRUE(refused.error().message.starts_with("HTTPS_PROXY: URL '")) << refused.error().message;
    EXPECT_EQ(refused.error().message.find("s3"), std::string::npos) << refused.error().message;
  }
}

TEST(Proxy, NoProxyTakesHostsOut) {
  struct Case {
    const char* url;
    const char* list;
    bool want;
  };
  const Case cases[] = {
      {"http://example.com/", "", false},
      {"http://example.com/", "*", true},
      {"http://example.com/", "example.com", true},
      {"http://example.com/", "EXAMPLE.com", true},
      {"http://a.example.com/", "example.com", true},
      {"http://a.example.com/", ".example.com", true},
      {"http://example.com/", ".example.com", true},
      {"http://a.example.com/", "*.example.com", true},
      {"http://badexample.com/", "example.com", false},
      {"http://example.com.evil/", "example.com", false},
      {"http://example.com./", "example.com", true},
      {"http://example.com/", "example.com.", true},
      {"http://example.com/", "a,b , example.com", true},
      {"http://example.com/", "a b\texample.com", true},
      {"http://example.com/", ",,.,*.,", false},
      {"http://example.com/", "*example.com", false},
      {"http://example.com/", "example.com:80", true},
      {"http://example.com:8080/", "example.com:80", false},
      {"http://example.com/", "example.com:x", false},
      {"http://10.1.2.3/", "10.0.0.0/8", true},
      {"http://11.1.2.3/", "10.0.0.0/8", false},
      {"http://10.1.2.3/", "10.1.2.3", true},
      {"http://10.1.2.3/", "10.1.2.3:80", true},
      {"http://10.1.2.3/", "2.3", false},
      {"http://10.1.2.3/", ".3", false},
      {"http://10.1.2.3/", "10.1.2.2/31", true},
      {"http://10.1.2.3/", "0.0.0.0/0", true},
      {"http://10.1.2.3/", "10.1.2.3/33", false},
      {"http://10.1.2.3/", "10.1.2.3/x", false},
      {"http://10.1.2.3/", "10.1.2.3/", false},
      {"http://10.1.2.3/", "::/0", false},
      {"http://name/", "10.0.0.0/8", false},
      {"http://[::1]/", "::1", true},
      {"http://[::1]/", "[::1]", true},
      {"http://[::1]:81/", "[::1]:80", false},
      {"http://[::1]/", "0:0::1", true},
      {"http://[2001:db8::9]/", "2001:db8::/32", true},
      {"http://[2001:db9::9]/", "2001:db8::/32", false},
      {"http://[::1]/", "[::1", false},
  };
  for (const Case& c : cases)
    EXPECT_EQ(bypasses_proxy(*parse_url(c.url), c.list), c.want) << c.url << " in '" << c.list << "'";
}

}  // namespace
}  // namespace eidos::net
