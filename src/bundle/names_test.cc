#include "bundle/names.h"

#include <string>

#include <gtest/gtest.h>

namespace eidos::bundle {
namespace {

struct Case {
  std::string text;
  bool fits = false;
};

template <class Check>
void expect_all(std::initializer_list<Case> cases, Check check) {
  for (const Case& row : cases) EXPECT_EQ(check(row.text), row.fits) << "'" << row.text << "'";
}

TEST(Names, DnsLabelsAreThoseOfRfc1123) {
  expect_all({{"a", true},
              {"gpu-operator", true},
              {"0a", true},
              {std::string(63, 'a'), true},
              {std::string(64, 'a'), false},
              {"", false},
              {"-a", false},
              {"a-", false},
              {"a.b", false},
              {"A", false},
              {"a_b", false},
              {"a b", false},
              {"a\n", false}},
             is_dns_label);
}

TEST(Names, LabelKeysMayHaveADomain) {
  expect_all({{"nodeGroup", true},
              {"nvidia.com/gpu", true},
              {"a/b_c.d-e", true},
              {"", false},
              {"/b", false},
              {"a/", false},
              {"a/b/c", false},
              {"-a", false},
              {"a b", false},
              {"Domain.com/x", false},
              {std::string(64, 'k'), false}},
             is_label_key);
}

TEST(Names, LabelValuesMayBeEmpty) {
  expect_all({{"", true}, {"v1.2_3-a", true}, {"-a", false}, {"a,b", false}, {std::string(64, 'v'), false}},
             is_label_value);
}

TEST(Names, SemverIsSemver2) {
  expect_all({{"1.2.3", true},
              {"0.0.0-rc.1+build.05", true},
              {"1.2.3-0a.b-c", true},
              {"1.2", false},
              {"v1.2.3", false},
              {"1.2.3.4", false},
              {"01.2.3", false},
              {"1.2.3-01", false},
              {"1.2.3-", false},
              {"1.2.3+", false},
              {"1.2.3-a..b", false},
              {"", false},
              {"1.2.3 ", false}},
             is_semver);
}

TEST(Names, ChartVersionsAreVersionsNotRanges) {
  expect_all({{"v25.3.4", true},
              {"82.8.0", true},
              {"2.1", true},
              {"v1", true},
              {"v0.13.0-rc.1", true},
              {"", false},
              {"v", false},
              {">=1.2", false},
              {"~1.2.3", false},
              {"*", false},
              {"1.x", false},
              {"1.0; touch /tmp/x #", false},
              {std::string(200, '1'), false}},
             is_chart_version);
}

TEST(Names, SourcesAreRepositoryAddresses) {
  expect_all({{"https://helm.ngc.nvidia.com/nvidia", true},
              {"oci://ghcr.io/nvidia/kai-scheduler", true},
              {"http://localhost:8080/charts", true},
              {"https://127.0.0.1:5000", true},
              {"https://Host.Example", true},
              {"file:///charts", false},
              {"ftp://host/x", false},
              {"https://", false},
              {"https:///path", false},
              {"https://user:word@host/x", false},
              {"https://host/x?y=1", false},
              {"https://host/$(id)", false},
              {"https://host/a b", false},
              {"https://host/a'b", false},
              {"https://host:0x1/", false},
              {"https://host:1234567/", false},
              {"host/path", false}},
             [](const std::string& text) { return check_source("component 'x'", text).has_value(); });
}

TEST(Names, ComponentNamesKeepOutOfTheUmbrellasOwnKeys) {
  expect_all({{"gpu-operator", true},
              {"data", true},
              {"enabled", false},
              {"global", false},
              {"tags", false},
              {"attestation", false},
              {"charts", false},
              {"..", false},
              {"a/b", false},
              {"deploy.sh", false},
              {"", false}},
             [](const std::string& text) { return check_component_name(text).has_value(); });
}

TEST(Names, ARefusalSaysWhatWouldDo) {
  auto refused = check_namespace("component 'a'", "$(touch x)");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Invalid);
  EXPECT_EQ(refused.error().message, "component 'a': '$(touch x)' cannot be a namespace");
  EXPECT_FALSE(refused.error().hint.empty());
}

}  // namespace
}  // namespace eidos::bundle
