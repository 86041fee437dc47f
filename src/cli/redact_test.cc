// `eidos redact` and `eidos snapshot --preview`: what leaves the machine, and what would.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "support/canaries.h"
#include "support/fake_world.h"

namespace eidos::cli {
namespace {

using testing::FakeWorld;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(RedactCommand, KeepsTheFormatAndTheOrder) {
  FakeWorld fake;
  fake.files.put("a.yaml", "b: 0755\npassword: x\na: {token: x, url: 'http://u:p@h/'} # a comment\n");
  EXPECT_EQ(fake.run({"redact", "a.yaml"}), 0) << fake.err;
  EXPECT_EQ(fake.out(), "b: 0755\npassword: <redacted:1>\na:\n  token: <redacted:1>\n  url: <redacted:2>\n");
  fake.files.put("a.json", "{\"password\": \"x\", \"n\": 1.10}");
  EXPECT_EQ(fake.run({"redact", "a.json", "-o", "out"}), 0) << fake.err;
  EXPECT_EQ(fake.files.files().at("out"), "{\n  \"password\": \"<redacted:1>\",\n  \"n\": 1.10\n}\n");
  EXPECT_EQ(fake.run({"redact", "a.json", "-t", "yaml", "-o", "out"}), 0) << fake.err;
  EXPECT_EQ(fake.files.files().at("out"), "password: <redacted:1>\n\"n\": 1.10\n");
}

TEST(RedactCommand, ReadsStandardInputAndUrls) {
  FakeWorld fake;
  fake.files.put_stdin("password: x\n");
  EXPECT_EQ(fake.run({"redact", "-"}), 0) << fake.err;
  EXPECT_EQ(fake.out(), "password: <redacted:1>\n");
  FakeWorld other;
  other.remote.emplace("https://h/a", Result<std::string>("{\"token\": \"x\"}"));
  EXPECT_EQ(other.run({"redact", "https://h/a"}), 0) << other.err;
  EXPECT_EQ(other.out(), "{\n  \"token\": \"<redacted:1>\"\n}\n");
}

TEST(RedactCommand, CheckNamesPlacesAndNoValues) {
  FakeWorld fake;
  fake.files.put("a.yaml",
                 "kind: Snapshot\nmetadata: {redactions: 1}\nenv:\n  - name: DB_TOKEN\n    value: hunter2\n"
                 "ghp_0123456789abcdefghijklmnop: x\n");
  EXPECT_EQ(fake.run({"redact", "--check", "a.yaml"}), 9) << fake.err;
  EXPECT_EQ(fake.out(),
            "a.yaml:5:12: env[0].value: looks like a secret\n"
            "a.yaml:6:1: <redacted:1>: is a name that looks like a secret\n");
  EXPECT_THAT(fake.out() + fake.err, Not(HasSubstr("hunter2")));
  fake.files.put("b.yaml", "kind: Snapshot\nmeasurements: []\n");
  FakeWorld clean;
  clean.files.put("b.yaml", "kind: Snapshot\nmeasurements: []\n");
  EXPECT_EQ(clean.run({"redact", "--check", "b.yaml"}), 0) << clean.err;
  EXPECT_EQ(clean.out(), "b.yaml: Snapshot, valid\n");
}

TEST(RedactCommand, LetsNoCanaryThrough) {
  for (const testing::Planted& planted : testing::canaries()) {
    FakeWorld fake;
    data::Map map;
    map.set(planted.key, data::Value(planted.value));
    fake.files.put("a.yaml", data::to_yaml(data::Value(map)));
    fake.files.put("a.json", data::to_json(data::Value(map)));
    std::string all;
    for (const char* name : {"a.yaml", "a.json"}) {
      EXPECT_EQ(fake.run({"redact", name, "-o", "out"}), 0) << fake.err;
      all += fake.files.files().at("out");
      EXPECT_EQ(fake.run({"redact", name, "--check", "-o", "out"}), 9) << planted.how;
      all += fake.files.files().at("out");
    }
    EXPECT_EQ(testing::canary_found(all + fake.err), "") << planted.how;
  }
}

TEST(RedactCommand, Refuses) {
  struct Case {
    std::vector<std::string> arguments;
    int code;
    const char* says;
  };
  const Case kCases[] = {{{"redact"}, 1, "name the document"},
                         {{"redact", "a.yaml", "b.yaml"}, 1, "b.yaml"},
                         {{"redact", "none.yaml"}, 3, "'none.yaml'"},
                         {{"redact", "bad.yaml"}, 2, "bad.yaml:2:1: "},
                         {{"redact", "two.yaml"}, 2, "two.yaml:"},
                         {{"redact", "a.yaml", "-t", "table"}, 2, "must be one of"},
                         {{"redact", "a.yaml", "-o", "../x"}, 2, "escapes current directory"},
                         {{"redact", "ftp://h/a"}, 2, "ftp"}};
  for (const Case& c : kCases) {
    FakeWorld fake;
    fake.files.put("a.yaml", "a: 1\n");
    fake.files.put("bad.yaml", "a: [password\n");
    fake.files.put("two.yaml", "a: 1\n---\nb: 1\n");
    EXPECT_EQ(fake.run(c.arguments), c.code) << fake.err;
    EXPECT_THAT(fake.err, HasSubstr(c.says));
    EXPECT_EQ(fake.out(), "");
  }
}

TEST(SnapshotPreview, SaysWhatWouldBeReadAndReadsNothing) {
  FakeWorld fake;
  fake.files.put("/proc/cmdline", "quiet\n");
  EXPECT_EQ(fake.run({"snapshot", "--preview", "--filter", "os.grub,os.release"}), 0) << fake.err;
  EXPECT_THAT(fake.out(), HasSubstr("os.grub     OS    /proc/cmdline"));
  EXPECT_THAT(fake.out(), HasSubstr("/etc/os-release, else /usr/lib/os-release"));
  EXPECT_THAT(fake.out(), Not(HasSubstr("os.sysctl")));
  for (const std::string& path : fake.files.read_log()) EXPECT_THAT(path, Not(HasSubstr("/proc"))) << path;
  FakeWorld json;
  EXPECT_EQ(json.run({"snapshot", "--preview", "-t", "json"}), 0) << json.err;
  EXPECT_THAT(json.out(), HasSubstr("\"name\": \"os.runtime\""));
  EXPECT_EQ(json.run({"snapshot", "--preview", "--filter", "nothing"}), 2);
}

// Every collector that runs says what it looks at: an empty row would be a promise not kept.
TEST(SnapshotPreview, HasAWordForEveryCollectorOfTheSystem) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"snapshot", "--preview", "--filter", "os", "-t", "yaml"}), 0) << fake.err;
  EXPECT_THAT(fake.out(), Not(HasSubstr("reads: \"\"")));
  EXPECT_THAT(fake.out(), Not(HasSubstr("brings: \"\"")));
}

}  // namespace
}  // namespace eidos::cli
