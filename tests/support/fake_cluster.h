#pragma once
// An API server of the test's own that keeps objects, and what it takes to run an agent's Job.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "agent/options.h"
#include "base/limit.h"
#include "base/sha256.h"
#include "base/text.h"
#include "data/document.h"
#include "kube/tree.h"
#include "support/fake_api_server.h"

namespace eidos::testing {

using agent::kRunLabel;

inline constexpr const char* kDocument = "kind: Snapshot\n";

inline data::Value parsed(const std::string& text) {
  data::Sources sources;
  auto value = data::parse(text, sources, "test");
  return value ? *value : data::Value();
}

/// Objects by their paths, and a Job controller that is done at once.
struct FakeCluster {
  std::map<std::string, data::Value> objects;
  std::function<void(FakeCluster&, const std::string&)> on_job = succeed;
  std::function<bool(const ApiRequest&, int)> before = {};  // true: no answer, as if the connection broke
  std::function<bool(const ApiRequest&)> after = {};        // the same, once it was done
  std::vector<std::string> denied = {};                     // plurals
  int requests = 0;
  int uids = 0;
  std::string log = "collecting\nwritten\n";
  std::mutex mutex;

  static void put(FakeCluster& cluster, const std::string& path, data::Value object) {
    object.map().find("metadata")->map().set("uid", cat("uid-", ++cluster.uids));
    cluster.objects[path] = std::move(object);
  }
  static void pod(FakeCluster& cluster, const std::string& job, const std::string& status) {
    const std::string run = kube::text_at(cluster.objects[job], {"metadata", "labels", kRunLabel});
    const std::string name = job.substr(job.rfind('/') + 1);
    put(cluster, cat("/api/v1/namespaces/gpus/pods/", name, "-x"),
        parsed(cat(R"({"metadata":{"name":")", name, R"(-x","labels":{"job-name":")", name, R"(",")",
                   kRunLabel, R"(":")", run, R"("}},"spec":{"nodeName":"n1"},"status":)", status, "}")));
  }
  static void end_job(FakeCluster& cluster, const std::string& job, const std::string& condition) {
    cluster.objects[job].map().set(
        "status", parsed(cat(R"({"conditions":[{"type":")", condition, R"(","status":"True"}]})")));
  }
  static void write(FakeCluster& cluster, const std::string& job) {
    const std::string args =
        data::to_compact_json(*kube::dig(cluster.objects[job], {"spec", "template", "spec"}));
    std::size_t at = args.find("cm://gpus/") + std::string_view("cm://gpus/").size();
    const std::string name = args.substr(at, args.find('"', at) - at);
    cluster.objects[cat("/api/v1/namespaces/gpus/configmaps/", name)].map().set(
        "data", parsed(cat(R"({"format":"yaml","digest":"sha256:)", sha256_hex(kDocument),
                           R"(","snapshot.yaml":"kind: Snapshot\n"})")));
  }
  static void succeed(FakeCluster& cluster, const std::string& job) {
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
    if (path.contains("/jobs/"))
      objects.erase(cat("/api/v1/namespaces/gpus/pods/", path.substr(path.rfind('/') + 1), "-x"));
    return json_answer(200, "{}");
  }
  std::string answer_to(const ApiRequest& request) {
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
      out = answer(200, log, "Content-Type: text/plain\r\n");
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
  FakeApiServer server{[this](const ApiRequest& request) { return answer_to(request); }};
  ApiClient api{server.url()};
};

/// Runs something on a fresh World (a FakeCluster) with a stop request at its first request, at its second,
/// and so on to its last: never is an object left. `run(world, limit)` returns its Result.
template <class World, class Run>
void expect_nothing_left_when_stopped(int least_requests, int least_cancelled, Run run) {
  int all = 0;
  {
    World world;
    world.before = [](const ApiRequest&, int) { return false; };
    ASSERT_TRUE(run(world, Limit()));
    all = world.requests;
  }
  ASSERT_GT(all, least_requests);
  int cancelled = 0;
  for (int n = 1; n <= all; ++n) {
    World world;
    std::stop_source stop;
    world.before = [&](const ApiRequest&, int number) {
      if (number == n) stop.request_stop();
      return false;
    };
    auto done = run(world, Limit(stop.get_token(), std::nullopt));
    if (!done && done.error().kind == ErrorKind::Cancelled) ++cancelled;
    EXPECT_TRUE(world.paths().empty()) << "stopped at request " << n << ": " << world.paths().front();
  }
  EXPECT_GT(cancelled, least_cancelled) << "the stops came too late to be one";
}

}  // namespace eidos::testing
