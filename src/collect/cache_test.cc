#include "collect/cache.h"

#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "collect/collect.h"
#include "support/capture_log.h"
#include "support/fake_api_server.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"
#include "support/fake_processes.h"
#include "support/temp_dir.h"

namespace eidos::collect {
namespace {

using testing::TempDir;

class CacheTest : public ::testing::Test {
 protected:
  CacheTest() {
    files.put("/etc/os-release", "ID=one\n");
    options.filter = {"os.release"};
    options.reuse = Milliseconds(5000);
    options.version = "1.2.3";
    options.cache = memory_cache();
  }

  model::Snapshot collected() {
    auto result = collect(context, options);
    EXPECT_TRUE(result) << result.error().message;
    return std::move(result->snapshot);
  }
  std::string id() {
    model::Snapshot snapshot = collected();
    detail = snapshot.collectors.at(0).detail;
    const data::Value* found = model::find_reading(snapshot, "OS", "release", "ID");
    return found == nullptr ? "none" : found->scalar_text();
  }

  testing::FakeFiles files;
  testing::FakeClock clock;
  testing::FakeProcesses processes;
  testing::CaptureLog log;
  Context context{files, clock, processes, log};
  Options options;
  std::string detail;
};

TEST_F(CacheTest, AYoungResultIsTakenAgainAndSaysSo) {
  EXPECT_EQ(id(), "one");
  EXPECT_EQ(detail, "");
  files.put("/etc/os-release", "ID=two\n");
  clock.advance(Milliseconds(4999));
  EXPECT_EQ(id(), "one");
  EXPECT_EQ(detail, "kept from 4s ago");
  clock.advance(Milliseconds(1));
  EXPECT_EQ(id(), "two") << "five seconds old is too old";
  EXPECT_EQ(detail, "");
  clock.advance(Milliseconds(-1000));
  files.put("/etc/os-release", "ID=three\n");
  EXPECT_EQ(id(), "three") << "from the future";
}

TEST_F(CacheTest, AnotherQuestionIsAskedAnew) {
  EXPECT_EQ(id(), "one");
  files.put("/host/etc/os-release", "ID=host\n");
  options.root = "/host";
  EXPECT_EQ(id(), "host");
  files.put("/host/etc/os-release", "ID=again\n");
  options.units = {"a.service"};
  EXPECT_EQ(id(), "again") << "with a unit more";
  files.put("/host/etc/os-release", "ID=detailed\n");
  options.detail = true;
  EXPECT_EQ(id(), "detailed");
  options.root = "";
  options.version = "1.2.4";
  files.put("/etc/os-release", "ID=two\n");
  EXPECT_EQ(id(), "two") << "another version may read it differently";
}

TEST_F(CacheTest, IsOffUnlessAskedFor) {
  EXPECT_EQ(id(), "one");
  files.put("/etc/os-release", "ID=two\n");
  options.reuse = Milliseconds(0);
  options.reuse_gpu = Milliseconds(5000);
  EXPECT_EQ(id(), "two") << "the GPU's time is the GPU's alone";
}

TEST_F(CacheTest, FailuresAndSecretsAreNotKept) {
  files.put("/etc/os-release", "ID=one\nDB_PASSWORD=hunter2\n");
  EXPECT_EQ(id(), "one");
  files.put("/etc/os-release", "ID=two\n");
  EXPECT_EQ(id(), "two") << "what was kept of a secret could not be numbered again";
  options.reuse = Milliseconds(10000);
  options.cache = memory_cache();
  files.fail_on("/etc/os-release", {ErrorKind::Denied, "no", {}, {}});
  EXPECT_EQ(collected().collectors.at(0).status, model::CollectorStatus::Denied);
  EXPECT_FALSE(options.cache->read("os.release"));
}

TEST_F(CacheTest, ADirectoryKeepsThemBetweenRuns) {
  TempDir dir;
  options.cache = directory_cache(dir.path());
  EXPECT_EQ(id(), "one");
  files.put("/etc/os-release", "ID=two\n");
  options.cache = directory_cache(dir.path());
  EXPECT_EQ(id(), "one");
  EXPECT_TRUE(std::filesystem::exists(dir / "eidos/os.release.json"));
}

TEST_F(CacheTest, WhatCannotBeTrustedIsPassedOver) {
  const char* kCorrupt[] = {"",
                            "{",
                            "[]",
                            R"({"asked":"x","readAt":"y"})",
                            R"({"readAt":1})",
                            "{\"x\":\xff}",
                            R"({"asked":"[]","readAt":1,"status":"fine"})"};
  for (const char* entry : kCorrupt) {
    options.cache = memory_cache();
    ASSERT_TRUE(options.cache->write("os.release", entry));
    EXPECT_EQ(id(), "one") << entry;
    EXPECT_EQ(detail, "");
  }
  auto passed_over = [](const testing::CaptureLog::Line& line) {
    return line.level == LogLevel::Debug && line.message == "cache entry passed over";
  };
  EXPECT_EQ(std::ranges::count_if(log.lines(), passed_over),
            static_cast<std::ptrdiff_t>(std::size(kCorrupt)));
  TempDir dir;
  options.cache = directory_cache(dir.path());
  EXPECT_EQ(id(), "one");
  std::filesystem::permissions(dir / "eidos", std::filesystem::perms(0755));
  files.put("/etc/os-release", "ID=two\n");
  EXPECT_EQ(id(), "two") << "others could have written it";
  options.cache = directory_cache(dir / "no/such");
  EXPECT_EQ(id(), "two");
}

class StaleTest : public CacheTest {
 protected:
  StaleTest() {
    options.filter = {"k8s.server"};
    options.reuse = Milliseconds(0);
    options.allow_stale = Milliseconds(60'000);
  }

  // How the collector ends, its reading, and the start of its detail.
  std::string outcome(const std::string& context_name = "dev") {
    testing::ApiClient api(
        kube::Config{.context = context_name, .cluster = "c", .user = "u", .server = server.url()});
    testing::OneClient cluster(&api.client());
    options.cluster = &cluster;
    auto result = collect(context, options);
    options.cluster = nullptr;
    EXPECT_TRUE(result);
    warnings = result->warnings;
    const model::CollectorOutcome& one = result->snapshot.collectors.at(0);
    const data::Value* version = model::find_reading(result->snapshot, "K8s", "server", "version");
    return cat(data::write_value(one.status).string(), " ", version == nullptr ? "" : version->scalar_text(),
               " ", one.detail.substr(0, one.detail.find(':')));
  }

  const std::string good = testing::json_answer(200, R"({"gitVersion":"v1.36.3"})");
  const std::string away = testing::status_answer(503, "ServiceUnavailable", "starting");
  std::string reply = good;
  std::string refused_path = {};  // answered with a refusal, while the rest is not away
  testing::FakeApiServer server{[this](const testing::ApiRequest& asked) {
    const bool refuse = !refused_path.empty() && asked.has(refused_path) && reply != away;
    return refuse ? testing::status_answer(403, "Forbidden", "no") : reply;
  }};
  std::vector<std::string> warnings;
};

TEST_F(StaleTest, AnEarlierReadingStandsInForAClusterThatIsAway) {
  EXPECT_EQ(outcome(), "ok v1.36.3 ");
  reply = away;
  clock.advance(Milliseconds(59'999));
  EXPECT_EQ(outcome(), "stale v1.36.3 kept from 59s ago");
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0],
              ::testing::AllOf(::testing::HasSubstr("k8s.server: an earlier reading stands in: "),
                               ::testing::HasSubstr("503 Service Unavailable: starting")));
  EXPECT_EQ(outcome(), "stale v1.36.3 kept from 59s ago") << "it grows no younger by being taken";
  clock.advance(Milliseconds(1));
  EXPECT_THAT(outcome(), ::testing::StartsWith("failed  ")) << "a minute old is too old";
  reply = good;
  EXPECT_EQ(outcome(), "ok v1.36.3 ") << "a cluster that answers is asked";
}

TEST_F(StaleTest, AnotherClusterOrQuestionHasNoPartInIt) {
  EXPECT_EQ(outcome(), "ok v1.36.3 ");
  reply = away;
  EXPECT_THAT(outcome("other"), ::testing::StartsWith("failed  "));
  options.pod_namespace = "ns";
  EXPECT_THAT(outcome(), ::testing::StartsWith("failed  "));
}

TEST_F(StaleTest, ARefusalIsNotPaperedOver) {
  EXPECT_EQ(outcome(), "ok v1.36.3 ");
  reply = testing::status_answer(403, "Forbidden", "no");
  EXPECT_THAT(outcome(), ::testing::StartsWith("denied  "));
  reply = testing::json_answer(200, "{}");
  EXPECT_THAT(outcome(), ::testing::StartsWith("failed  "));
}

TEST_F(StaleTest, WhatWasSeenInPartIsNotWholeForBeingOld) {
  options.filter = {"k8s.policy"};
  refused_path = "nicclusterpolicies";
  reply = testing::json_answer(
      200, R"({"metadata":{},"items":[{"metadata":{"name":"p"},"spec":{"driver":{"version":"1"}}}]})");
  EXPECT_THAT(outcome(), ::testing::StartsWith("partial  "));
  reply = away;
  EXPECT_THAT(outcome(), ::testing::StartsWith("partial  "));
  ASSERT_FALSE(warnings.empty());
  EXPECT_THAT(warnings, ::testing::Contains(::testing::HasSubstr("an earlier reading stands in")));
}

TEST_F(StaleTest, IsOffUnlessAskedFor) {
  options.allow_stale = Milliseconds(0);
  EXPECT_EQ(outcome(), "ok v1.36.3 ");
  options.allow_stale = Milliseconds(60'000);
  reply = away;
  EXPECT_THAT(outcome(), ::testing::StartsWith("failed  ")) << "nothing was kept";
}

}  // namespace
}  // namespace eidos::collect
