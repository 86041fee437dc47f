// Commands and a cluster: cm:// sources and outputs, and what --kubeconfig does.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_api_server.h"
#include "support/fake_world.h"

namespace eidos::cli {
namespace {

using testing::ApiClient;
using testing::ApiRequest;
using testing::FakeApiServer;
using testing::FakeWorld;
using ::testing::HasSubstr;
using testing::json_answer;
using testing::OneClient;
using ::testing::StartsWith;
using testing::status_answer;

class NoClient final : public kube::SharedClient {
 public:
  Result<kube::Client*> get() override { return fail(ErrorKind::NotFound, "'/k' does not exist"); }
};

struct WithCluster {
  explicit WithCluster(const FakeApiServer::Reply& reply) : server(reply), api(server.url()) {
    fake.cluster = std::make_unique<OneClient>(&api.client());
  }
  FakeApiServer server;
  ApiClient api;
  FakeWorld fake;
};

constexpr const char* kCriteria =
    "kind: RecipeCriteria\napiVersion: eidos.nvidia.com/v1alpha1\nspec:\n  service: eks\n";

TEST(Cluster, ADocumentIsReadFromAConfigMap) {
  WithCluster with([](const ApiRequest& asked) {
    if (!asked.has("/api/v1/namespaces/ns/configmaps/c")) return status_answer(404, "NotFound", "no such");
    return json_answer(
        200,
        R"({"data":{"criteria.yaml":"kind: RecipeCriteria\napiVersion: eidos.nvidia.com/v1alpha1\nspec:\n  service: eks\n"}})");
  });
  EXPECT_EQ(with.fake.run({"recipe", "-c", "cm://ns/c"}), 0) << with.fake.err;
  std::string from_cluster = with.fake.out();
  FakeWorld local;
  local.files.put("c.yaml", kCriteria);
  EXPECT_EQ(local.run({"recipe", "-c", "c.yaml"}), 0);
  EXPECT_EQ(from_cluster, local.out());
  EXPECT_EQ(with.fake.run({"recipe", "-c", "cm://ns/gone"}), 3);
  EXPECT_THAT(with.fake.err, HasSubstr("no such"));
}

TEST(Cluster, ADocumentThatCannotBeWrittenIsNotLost) {
  for (int status : {403, 409, 422, 500}) {
    WithCluster with([status](const ApiRequest&) { return status_answer(status, "Reason", "the reason"); });
    EXPECT_EQ(with.fake.run({"recipe", "--service", "eks", "-o", "cm://ns/c"}), 6) << status;
    EXPECT_THAT(with.fake.out(), StartsWith("kind: RecipeResult")) << status;
    EXPECT_THAT(with.fake.err,
                HasSubstr("not written to cm://ns/c (the document is on standard output instead)"));
    EXPECT_THAT(with.fake.err, HasSubstr("the reason"));
  }
}

TEST(Cluster, WithoutOneTheDocumentIsNotLostEither) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"recipe", "--service", "eks", "-o", "cm://ns/c"}), 6);
  EXPECT_THAT(fake.out(), StartsWith("kind: RecipeResult"));
  EXPECT_THAT(fake.err, HasSubstr("no cluster: there is no kubeconfig"));
}

TEST(Cluster, ADocumentThatIsWrittenIsNotPrinted) {
  std::string applied;
  WithCluster with([&](const ApiRequest& asked) {
    if (asked.method == "PATCH") applied = asked.body;
    return asked.method == "PATCH" ? json_answer(200, "{}") : status_answer(404, "NotFound", "");
  });
  EXPECT_EQ(with.fake.run({"recipe", "--service", "eks", "-t", "json", "-o", "cm://ns/c"}), 0)
      << with.fake.err;
  EXPECT_EQ(with.fake.out(), "");
  EXPECT_THAT(applied, HasSubstr(R"("format":"json")"));
  EXPECT_THAT(applied, HasSubstr(R"("reciperesult.json":")"));
  EXPECT_THAT(applied, HasSubstr(R"("app.kubernetes.io/component":"reciperesult")"));
}

TEST(Cluster, AStopRequestWhileWritingPrintsNothing) {
  FakeWorld* world = nullptr;
  WithCluster with([&](const ApiRequest&) {
    world->stop.request_stop();
    return json_answer(200, "{}");
  });
  world = &with.fake;
  EXPECT_EQ(with.fake.run({"recipe", "--service", "eks", "-o", "cm://ns/c"}), 130);
}

TEST(Cluster, ANamedKubeconfigHasToWork) {
  FakeWorld fake;
  fake.cluster = std::make_unique<NoClient>();
  EXPECT_EQ(fake.run({"snapshot", "--filter", "os.release", "-k", "/k"}), 3);
  EXPECT_THAT(fake.err, HasSubstr("'/k' does not exist"));
  EXPECT_EQ(fake.out(), "");
  // One that merely happens to be configured is a failure of those who need it.
  EXPECT_EQ(fake.run({"snapshot", "--filter", "os.release"}), 0) << fake.err;
  EXPECT_EQ(fake.run({"snapshot", "--filter", "k8s.server"}), 6) << fake.err;
  EXPECT_THAT(fake.err, HasSubstr("k8s.server failed ('/k' does not exist)"));
}

TEST(Cluster, OneCauseIsSaidOnce) {
  FakeWorld fake;
  fake.cluster = std::make_unique<NoClient>();
  EXPECT_EQ(fake.run({"snapshot", "--filter", "k8s"}), 6);
  EXPECT_THAT(fake.err,
              HasSubstr("the snapshot is not whole: k8s.crd, k8s.helm, k8s.image, k8s.node, k8s.policy, "
                        "k8s.server failed ('/k' does not exist)"));
}

}  // namespace
}  // namespace eidos::cli
