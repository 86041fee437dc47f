// Where documents come from, seen through the commands that read them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.h"

namespace eidos::cli {
namespace {

using ::testing::ElementsAre;
using testing::FakeWorld;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kCriteria = "kind: RecipeCriteria\nspec: {service: eks}\n";

TEST(Input, IsReadFromWhereItsNameSays) {
  FakeWorld fake;
  fake.files.put("c.json", kCriteria);  // the content decides, not the suffix
  EXPECT_EQ(fake.run({"recipe", "-c", "c.json"}), 0) << fake.err;
  fake.files.put_stdin(R"({"kind": "RecipeCriteria", "spec": {"service": "eks"}})");
  EXPECT_EQ(fake.run({"recipe", "-c", "-"}), 0) << fake.err;
  fake.remote["HTTPS://host/c"] = std::string(kCriteria);
  EXPECT_EQ(fake.run({"recipe", "-c", "HTTPS://host/c", "--ca-file", "ca.pem"}), 0) << fake.err;
  ASSERT_EQ(fake.fetched.size(), 1U);
  EXPECT_EQ(fake.fetched[0].ca_file, "ca.pem");
  EXPECT_THAT(fake.files.read_log(), ElementsAre("c.json"));
}

TEST(Input, OfASchemeThatIsNotReadIsRefused) {
  struct Case {
    const char* source;
    int code;
    const char* want;
  };
  const Case kCases[] = {{"cm://ns/name", 6, "no cluster: there is no kubeconfig"},
                         {"cm://ns/Name", 2, "'cm://ns/Name' names no ConfigMap"},
                         {"ftp://host/x", 2, "sources of kind 'ftp' are not read"},
                         {"http://host/none", 3, "404"},
                         {"./http://x", 3, "'./http://x' does not exist"}};
  for (const Case& c : kCases) {
    FakeWorld fake;
    EXPECT_EQ(fake.run({"recipe", "-c", c.source}), c.code) << c.source;
    EXPECT_THAT(fake.err, HasSubstr(c.want));
  }
}

TEST(Input, NeverShowsThePasswordOfAUrl) {
  FakeWorld fake;
  fake.remote["http://me:hunter2@host/x?token=hunter2"] = std::string("kind: [\n");
  EXPECT_EQ(fake.run({"recipe", "-c", "http://me:hunter2@host/x?token=hunter2"}), 2);
  EXPECT_THAT(fake.err, HasSubstr("http://host/x:"));
  EXPECT_THAT(fake.err, Not(HasSubstr("hunter2")));
}

TEST(Input, NamesThePlaceOfAWrongCriteriaValue) {
  FakeWorld fake;
  fake.files.put("c.yaml", "kind: RecipeCriteria\nspec:\n  service: ekz\n");
  EXPECT_EQ(fake.run({"recipe", "-c", "c.yaml"}), 2);
  EXPECT_THAT(fake.err, HasSubstr("eidos: error: c.yaml:3:"));
  EXPECT_THAT(fake.err, HasSubstr("did you mean 'eks'?"));
}

}  // namespace
}  // namespace eidos::cli
