// A run against an API server of the test's own that keeps objects: what is left when it ends, however it
// ends.

#include "agent/run.h"

#include <map>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/cleanup.h"
#include "base/sha256.h"
#include "base/text.h"
#include "data/document.h"
#include "kube/tree.h"
#include "support/fake_api_server.h"

namespace eidos::agent {
namespace {

using testing::ApiClient;
using testing::ApiRequest;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeApiServer;
using ::testing::HasSubstr;
using testing::json_answer;
using testing::status_answer;

constexpr const char* kDocument = "kind: Snapshot\n";

RunOptions plain() {
  RunOptions options;
  options.agent = {.ns = "gpus", .image = "registry.example/eidos:v1", .seconds = 5, .run = "r1"};
  options.agent.make_namespace = false;
  options.between_looks = Milliseconds(1);
  options.patience = Milliseconds(0);
  return options;
}

data::Value parsed(const std::string& text) {
  data::Sources sources;
  auto value = data::parse(text, sources, "test");
  return value ? *value : data::Value();
}

// Objects by their paths, and a Job controller that is done at once.
struct Cluster {
  std::map<std::string, data::Value> objects;
  std::function<void(Cluster&, const std::string&)> on_job = succeed;
  std::function<bool(const ApiRequest&, int)> before = {};  // true: no answer, as if the connection broke
  std::function<bool(const ApiRequest&)> after = {};        // the same, once it was done
  std::vector<std::string> denied = {};                     // plurals
  int requests = 0;
  int uids = 0;
  std::string log = "collecting\nwritten\n";
  std::mutex mutex;

  static void put(Cluster& cluster, const std::string& path, data::Value object) {
    object.map().find("metadata")->map().set("uid", cat("uid-", ++cluster.uids));
    cluster.objects[path] = std::move(object);
  }
  static void pod(Cluster& cluster, const std::string& job, const std::string& status) {
    const std::string run = kube::text_at(cluster.objects[job], {"metadata", "labels", kRunLabel});
    put(cluster, "/api/v1/namespaces/gpus/pods/eidos-x",
        parsed(cat(R"({"metadata":{"name":"eidos-x","labels":{")", kRunLabel, R"(":")", run,
                   R"("}},"spec":{"nodeName":"n1"},"status":)", status, "}")));
  }
  static void end_job(Cluster& cluster, const std::string& job, const std::string& condition) {
    cluster.objects[job].map().set(
        "status", parsed(cat(R"({"conditions":[{"type":")", condition, R"(","status":"True"}]})")));
  }
  static void write(Cluster& cluster, const std::string& job) {
    const std::string args =
        data::to_compact_json(*kube::dig(cluster.objects[job], {"spec", "template", "spec"}));
    std::size_t at = args.find("cm://gpus/") + std::string_view("cm://gpus/").size();
    const std::string name = args.substr(at, args.find('"', at) - at);
    cluster.objects[cat("/api/v1/namespaces/gpus/configmaps/", name)].map().set(
        "data", parsed(cat(R"({"format":"yaml","digest":"sha256:)", sha256_hex(kDocument),
                           R"(","snapshot.yaml":"kind: Snapshot\n"})")));
  }
  static void succeed(Cluster& cluster, const std::string& job) {
    pod(cluster, job, R"({"phase":"Succeeded"})");
    write(cluster, job);
    end_job(cluster, job, "Complete");
  }

  std::string create(const ApiRequest& request) {
    data::Value object = parsed(request.body);
    std::string path = cat(request.target, "/", kube::text_at(object, {"metadata", "name"}));
    if (objects.contains(path)) return status_answer(409, "AlreadyExists", "it already exists");
    put(*this, path, std::move(object));
    const std::string answer = data::to_compact_json(objects[path]);
    if (request.has("/jobs")) on_job(*this, path);
    return json_answer(201, answer);
  }
  std::string list(const std::string& collection, const std::string& query) {
    std::string items;
    for (const auto& [path, object] : objects) {
      if (!path.starts_with(collection + "/") || path.find('/', collection.size() + 1) != std::string::npos)
        continue;
      const std::string run = kube::text_at(object, {"metadata", "labels", kRunLabel});
      if (query.find("labelSelector") != std::string::npos &&
          (run.empty() || (query.find("%3D") != std::string::npos && !query.contains(cat("%3D", run)))))
        continue;
      items += cat(items.empty() ? "" : ",", data::to_compact_json(object));
    }
    return json_answer(200, cat(R"({"kind":"List","metadata":{},"items":[)", items, "]}"));
  }
  std::string remove(const std::string& path, const std::string& body) {
    auto at = objects.find(path);
    if (at == objects.end()) return status_answer(404, "NotFound", "not found");
    if (kube::text_at(at->second, {"metadata", "uid"}) !=
        kube::text_at(parsed(body), {"preconditions", "uid"}))
      return status_answer(409, "Conflict", "the UID is another");
    objects.erase(at);
    if (path.contains("/jobs/")) objects.erase("/api/v1/namespaces/gpus/pods/eidos-x");
    return json_answer(200, "{}");
  }
  std::string answer(const ApiRequest& request) {
    std::lock_guard lock(mutex);
    if (request.has("/selfsubjectaccessreviews")) return json_answer(201, R"({"status":{"allowed":true}})");
    if (before && before(request, ++requests)) return "";
    const std::string path = request.target.substr(0, request.target.find('?'));
    const std::string query = request.target.substr(path.size());
    std::string out;
    if (request.method == "POST")
      out = create(request);
    else if (request.method == "DELETE")
      out = remove(path, request.body);
    else if (path.ends_with("/log"))
      out = testing::answer(200, log, "Content-Type: text/plain\r\n");
    else if (auto at = objects.find(path); at != objects.end())
      out = json_answer(200, data::to_compact_json(at->second));
    else if (path.ends_with("s"))
      out = list(path, query);
    else
      out = status_answer(404, "NotFound", "not found");
    return after && after(request) ? "" : out;
  }

  std::vector<std::string> paths() {
    std::lock_guard lock(mutex);
    std::vector<std::string> out;
    for (const auto& [path, object] : objects) out.push_back(path);
    return out;
  }
  FakeApiServer server{[this](const ApiRequest& request) { return answer(request); }};
  ApiClient api{server.url()};
  std::vector<std::string> said;
  Result<RunResult> run(const RunOptions& options = plain(), const Limit& limit = {}) {
    return run_agent(
        api.client(), options, [this](std::string_view line) { said.emplace_back(line); }, limit);
  }
};

TEST(Run, BringsTheSnapshotAndLeavesNothing) {
  Cluster cluster;
  auto done = cluster.run();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->document, kDocument);
  EXPECT_FALSE(done->failure);
  EXPECT_TRUE(cluster.paths().empty());
  EXPECT_THAT(cluster.said, Contains("agent: collecting"));
}

TEST(Run, KeepsWhatItMadeWhenAskedTo) {
  Cluster cluster;
  RunOptions options = plain();
  options.keep = true;
  ASSERT_TRUE(cluster.run(options));
  EXPECT_EQ(cluster.paths().size(), 8U) << "five of RBAC, ConfigMap, Job, pod";
  EXPECT_THAT(cluster.said.back(), HasSubstr("eidos agent cleanup -n gpus --run r1"));
  auto removed = remove_runs(cluster.api.client(), "gpus", "r1", Limit{});
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(removed->size(), 7U);
  EXPECT_TRUE(cluster.paths().empty());
}

// What others made is neither used, changed nor removed.
TEST(Run, ATakenNameGetsTheRunsId) {
  const std::string taken[] = {"/api/v1/namespaces/gpus/configmaps/eidos-snapshot",
                               "/api/v1/namespaces/gpus/serviceaccounts/eidos",
                               "/apis/batch/v1/namespaces/gpus/jobs/eidos"};
  for (const std::string& path : taken) {
    Cluster cluster;
    Cluster::put(cluster, path, parsed(R"({"metadata":{"name":"x"},"data":{"mine":"1"}})"));
    const std::string before = data::to_compact_json(cluster.objects[path]);
    auto done = cluster.run();
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->document, kDocument);
    EXPECT_THAT(cluster.paths(), ElementsAre(path));
    EXPECT_EQ(data::to_compact_json(cluster.objects[path]), before);
  }
}

TEST(Run, StoppedAtEachRequestItLeavesNothing) {
  int all = 0;
  {
    Cluster cluster;
    cluster.before = [](const ApiRequest&, int) { return false; };
    ASSERT_TRUE(cluster.run());
    all = cluster.requests;
  }
  ASSERT_GT(all, 15);
  int cancelled = 0;
  for (int n = 1; n <= all; ++n) {
    Cluster cluster;
    std::stop_source stop;
    cluster.before = [&](const ApiRequest&, int number) {
      if (number == n) stop.request_stop();
      return false;
    };
    auto done = cluster.run(plain(), Limit(stop.get_token(), std::nullopt));
    if (!done && done.error().kind == ErrorKind::Cancelled) ++cancelled;
    EXPECT_TRUE(cluster.paths().empty()) << "stopped at request " << n << ": " << cluster.paths().front();
  }
  EXPECT_GT(cancelled, 7) << "the stops came too late to be one";
}

// The server did it, and the connection broke before it said so.
TEST(Run, LostAnswersLeaveNothing) {
  for (int n = 1; n <= 7; ++n) {
    Cluster cluster;
    int creates = 0;
    cluster.after = [&](const ApiRequest& request) { return request.method == "POST" && ++creates == n; };
    auto done = cluster.run();
    ASSERT_TRUE(done) << n << ": " << done.error().message;
    EXPECT_EQ(done->document, kDocument);
    EXPECT_TRUE(cluster.paths().empty()) << n;
  }
}

TEST(Run, WhatCannotBeRemovedIsNamedAndTheSnapshotIsNotLost) {
  Cluster cluster;
  cluster.before = [](const ApiRequest& request, int) {
    return request.method == "DELETE" && request.has("/clusterroles/");
  };
  auto done = cluster.run();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->document, kDocument);
  ASSERT_TRUE(done->failure);
  EXPECT_EQ(done->failure->kind, ErrorKind::Unavailable);
  EXPECT_THAT(done->failure->message, HasSubstr("clusterroles"));
  EXPECT_THAT(done->failure->hint, HasSubstr("eidos agent cleanup --run r1"));
  EXPECT_THAT(cluster.paths(), ElementsAre(HasSubstr("/clusterroles/")));
}

TEST(Run, APodThatFailsIsExplained) {
  Cluster cluster;
  cluster.on_job = [](Cluster& c, const std::string& job) {
    Cluster::pod(c, job, R"({"phase":"Failed","containerStatuses":[
        {"state":{"terminated":{"reason":"OOMKilled","exitCode":137}}}]})");
    Cluster::end_job(c, job, "Failed");
  };
  auto done = cluster.run();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(done->document.empty());
  ASSERT_TRUE(done->failure);
  EXPECT_EQ(done->failure->message, "the agent failed in pod eidos-x on node n1: OOMKilled, exit status 137");
  EXPECT_TRUE(cluster.paths().empty());
}

TEST(Run, AFailedPodThatWroteItsSnapshotGivesBoth) {
  Cluster cluster;
  cluster.on_job = [](Cluster& c, const std::string& job) {
    Cluster::pod(c, job,
                 R"({"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":4}}}]})");
    Cluster::write(c, job);
    Cluster::end_job(c, job, "Failed");
  };
  auto done = cluster.run();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->document, kDocument);
  ASSERT_TRUE(done->failure);
  EXPECT_THAT(done->failure->message, HasSubstr("exit status 4"));
}

TEST(Run, APodThatNeverRunsSaysWhyAtTheEnd) {
  Cluster cluster;
  cluster.on_job = [](Cluster& c, const std::string& job) {
    Cluster::pod(c, job, R"({"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False",
        "reason":"Unschedulable","message":"0/3 nodes are available"}]})");
  };
  auto done = cluster.run(plain(), Limit().within(Milliseconds(300)));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::Timeout);
  EXPECT_THAT(done.error().message, HasSubstr("Unschedulable: 0/3 nodes are available"));
  EXPECT_THAT(cluster.said, Contains(HasSubstr("0/3 nodes are available")));
  EXPECT_TRUE(cluster.paths().empty());
}

TEST(Run, AnApiServerThatRestartsIsWaitedFor) {
  Cluster cluster;
  int asked = 0;
  cluster.before = [&](const ApiRequest& request, int) {
    return request.method == "GET" && request.has("/jobs/") && ++asked <= 5;
  };
  auto done = cluster.run();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->document, kDocument);
  EXPECT_TRUE(cluster.paths().empty());
}

TEST(Run, SuccessWithoutASnapshotIsNone) {
  Cluster cluster;
  cluster.on_job = [](Cluster& c, const std::string& job) {
    Cluster::pod(c, job, R"({"phase":"Succeeded"})");
    Cluster::end_job(c, job, "Complete");
  };
  auto done = cluster.run();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("wrote no snapshot"));
  EXPECT_TRUE(cluster.paths().empty());
}

TEST(Cleanup, OneRunOfOneNamespace) {
  Cluster cluster;
  RunOptions options = plain();
  options.keep = true;
  ASSERT_TRUE(cluster.run(options));
  auto none = remove_runs(cluster.api.client(), "gpus", "r2", Limit{});
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_TRUE(none->empty());
  auto elsewhere = remove_runs(cluster.api.client(), "other", "", Limit{});
  ASSERT_TRUE(elsewhere) << elsewhere.error().message;
  EXPECT_TRUE(elsewhere->empty());
  EXPECT_EQ(cluster.paths().size(), 8U);
}

}  // namespace
}  // namespace eidos::agent
