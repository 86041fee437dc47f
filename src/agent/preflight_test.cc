// What is asked before an agent is put into a cluster, and what is said when something is missing.

#include "agent/preflight.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "kube/tree.h"
#include "support/fake_api_server.h"

namespace eidos::agent {
namespace {

using ::testing::AllOf;
using testing::ApiClient;
using testing::ApiRequest;
using testing::FakeApiServer;
using ::testing::HasSubstr;
using testing::json_answer;
using ::testing::Not;

AgentOptions plain() {
  return {.ns = "gpus", .image = "registry.example/eidos:v1"};
}
std::string shown(const kube::Right& right) {
  return cat(right.verb, " ",
             kube::described(
                 {.resource = right.resource, .ns = right.ns, .name = "", .subresource = right.subresource}));
}

// Of a review: "create jobs.batch in namespace 'gpus'".
std::string asked_for(const std::string& body) {
  data::Sources sources;
  auto review = data::parse(body, sources, "review");
  auto at = [&](std::string_view key) {
    return std::string(kube::text_at(*review, {"spec", "resourceAttributes", key}));
  };
  const std::string plural = at("resource");
  const bool wide = plural.starts_with("cluster") || plural.starts_with("nicclu") || plural == "namespaces" ||
                    plural == "nodes" || plural == "customresourcedefinitions";
  return shown({.verb = at("verb"),
                .resource = {.group = at("group"), .plural = plural, .namespaced = !wide},
                .ns = at("namespace"),
                .subresource = at("subresource")});
}

// A cluster where everything is allowed but `withheld`.
struct Cluster {
  std::set<std::string> withheld;
  std::vector<std::string> asked = {};
  std::vector<std::string> other = {};  // requests that are no question
  FakeApiServer server{[this](const ApiRequest& request) {
    if (!request.has("/selfsubjectaccessreviews")) other.push_back(request.target);
    asked.push_back(asked_for(request.body));
    return json_answer(201, withheld.contains(asked.back()) ? R"({"status":{"allowed":false}})"
                                                            : R"({"status":{"allowed":true}})");
  }};
  ApiClient api{server.url()};
};

TEST(Preflight, AsksForEachRightAndMakesNothing) {
  Cluster cluster{{}};
  auto done = preflight(cluster.api.client(), plain(), Limit{});
  ASSERT_TRUE(done) << done.error().message;
  // get and create of ConfigMaps are needed here and given to the pod: asked for once
  EXPECT_EQ(*done, rights_to_run(plain()).size() + rights_given(plain()).size() - 2);
  EXPECT_EQ(cluster.asked.size(), *done);
  EXPECT_TRUE(cluster.other.empty());
}

TEST(Preflight, EachRightWithheldIsNamedInOneMessage) {
  for (const kube::Right& right : rights_to_run(plain())) {
    Cluster cluster{{shown(right)}};
    auto done = preflight(cluster.api.client(), plain(), Limit{});
    ASSERT_FALSE(done) << shown(right);
    EXPECT_EQ(done.error().kind, ErrorKind::Denied);
    EXPECT_THAT(done.error().message, HasSubstr(shown(right)));
    EXPECT_TRUE(done.error().others.empty());
    EXPECT_TRUE(cluster.other.empty());
  }
}

TEST(Preflight, AllThatIsMissingStandsInOneMessageWithTheRules) {
  Cluster cluster{{"create jobs.batch in namespace 'gpus'", "delete jobs.batch in namespace 'gpus'",
                   "get pods/log in namespace 'gpus'"}};
  auto done = preflight(cluster.api.client(), plain(), Limit{});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message,
            "not allowed to run an agent in namespace 'gpus': create, delete jobs.batch in namespace 'gpus'; "
            "get pods/log in namespace 'gpus'");
  EXPECT_THAT(done.error().hint,
              AllOf(HasSubstr("{apiGroups: [batch], resources: [jobs], verbs: [create, delete]}"),
                    HasSubstr("resources: [pods/log], verbs: [get]"), HasSubstr("nothing was made")));
}

TEST(Preflight, WhatTheRolesGiveMustBeHeldOrGivenBeyond) {
  Cluster without{{"list nodes", "escalate clusterroles.rbac.authorization.k8s.io"}};
  auto refused = preflight(without.api.client(), plain(), Limit{});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("list nodes"), Not(HasSubstr("escalate"))));
  Cluster beyond{{"list nodes"}};
  EXPECT_TRUE(preflight(beyond.api.client(), plain(), Limit{}));
}

TEST(Preflight, WithoutRbacOfItsOwnItNeedsNoRightsToRoles) {
  AgentOptions options = plain();
  options.make_rbac = false;
  EXPECT_TRUE(rights_given(options).empty());
  for (const kube::Right& right : rights_to_run(options))
    EXPECT_NE(right.resource.group, "rbac.authorization.k8s.io") << shown(right);
}

}  // namespace
}  // namespace eidos::agent
