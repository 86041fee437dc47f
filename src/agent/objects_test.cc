// The objects an agent is made of: what Pod Security and RBAC look at, and what each flag changes.

#include "agent/objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/options.h"
#include "base/text.h"
#include "data/document.h"
#include "kube/tree.h"

namespace eidos::agent {
namespace {

using kube::dig;
using kube::text_at;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

AgentOptions plain() {
  return {.image = "registry.example/eidos:v1"};
}
data::Value pod_of(const AgentOptions& options) {
  return *dig(job_object(options).value, {"spec", "template", "spec"});
}
data::Value container_of(const AgentOptions& options) {
  return dig(pod_of(options), {"containers"})->list().at(0);
}
std::string json(const data::Value& value, std::initializer_list<std::string_view> keys) {
  const data::Value* found = dig(value, keys);
  return found == nullptr ? "" : data::to_compact_json(*found);
}

TEST(AgentObjects, ThePodHasNoRightItCanDoWithout) {
  data::Value pod = pod_of(plain());
  EXPECT_EQ(json(pod, {"securityContext"}),
            R"({"runAsNonRoot":true,"runAsUser":1000,"runAsGroup":1000,"fsGroup":1000,)"
            R"("seccompProfile":{"type":"RuntimeDefault"},"appArmorProfile":{"type":"RuntimeDefault"}})");
  data::Value container = container_of(plain());
  EXPECT_EQ(
      json(container, {"securityContext"}),
      R"({"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{"drop":["ALL"]}})");
  EXPECT_EQ(json(container, {"resources"}),
            R"({"requests":{"cpu":"100m","memory":"128Mi"},"limits":{"cpu":"500m","memory":"256Mi"}})");
  EXPECT_EQ(json(container, {"volumeMounts"}), R"([{"name":"tmp","mountPath":"/tmp"}])");
  EXPECT_EQ(dig(pod, {"hostPID"}), nullptr);
  EXPECT_EQ(json(container, {"args"}), R"(["snapshot","-o","cm://gpu-operator/eidos-snapshot"])");
  EXPECT_THAT(json(container, {"env"}), HasSubstr(R"({"name":"EIDOS_AGENT_MODE","value":"true"})"));
  EXPECT_THAT(json(container, {"env"}), HasSubstr("spec.nodeName"));
}

TEST(AgentObjects, HostAccessAddsReadOnlyMountsAndNothingElse) {
  AgentOptions options = plain();
  data::Value without = pod_of(options);
  options.host_access = true;
  data::Value pod = pod_of(options);
  EXPECT_EQ(json(pod, {"hostPID"}), "true");
  EXPECT_EQ(json(container_of(options), {"volumeMounts"}),
            R"([{"name":"tmp","mountPath":"/tmp"},)"
            R"({"name":"os-release","mountPath":"/etc/os-release","readOnly":true},)"
            R"({"name":"dbus","mountPath":"/run/dbus","readOnly":true}])");
  EXPECT_EQ(json(pod, {"securityContext"}), json(without, {"securityContext"}));
  EXPECT_EQ(json(container_of(options), {"securityContext"}),
            json(container_of(plain()), {"securityContext"}));
}

TEST(AgentObjects, EachFlagIsSeenInThePod) {
  struct Case {
    const char* what;
    void (*change)(AgentOptions&);
    const char* seen;
  };
  const Case cases[] = {
      {"selector", [](AgentOptions& o) { o.node_selector = {{"pool", "gpu"}}; },
       R"("nodeSelector":{"pool":"gpu"})"},
      {"node", [](AgentOptions& o) { o.node = "n1"; },
       R"("matchFields":[{"key":"metadata.name","operator":"In","values":["n1"]}])"},
      {"everything is tolerated", [](AgentOptions&) {}, R"("tolerations":[{"operator":"Exists"}])"},
      {"toleration", [](AgentOptions& o) { o.tolerations = {{"a", "b", "NoExecute"}}; },
       R"("tolerations":[{"key":"a","operator":"Equal","value":"b","effect":"NoExecute"}])"},
      {"secret", [](AgentOptions& o) { o.pull_secrets = {"s"}; }, R"("imagePullSecrets":[{"name":"s"}])"},
      {"class", [](AgentOptions& o) { o.runtime_class = "nvidia"; }, R"("runtimeClassName":"nvidia")"},
      {"all GPUs", [](AgentOptions& o) { o.runtime_class = "nvidia"; },
       R"({"name":"NVIDIA_VISIBLE_DEVICES","value":"all"})"},
      {"a GPU", [](AgentOptions& o) { o.require_gpu = true; }, R"("nvidia.com/gpu":1)"},
      {"debug", [](AgentOptions& o) { o.debug = true; }, R"(["--debug","--log-json","snapshot")"},
      {"filter", [](AgentOptions& o) { o.snapshot_flags = {"--filter", "os"}; },
       R"(["snapshot","--filter","os","-o")"},
      {"one of many", [](AgentOptions& o) { o.one_of_many = true; },
       R"(["snapshot","--exclude","topology,k8s.image,k8s.helm,k8s.crd","-o")"},
      {"retain", [](AgentOptions& o) { o.retain = 30; }, R"("--retain","30"])"},
      {"run", [](AgentOptions& o) { o.run = "abc"; }, R"({"name":"EIDOS_AGENT_RUN","value":"abc"})"},
      {"account", [](AgentOptions& o) { o.service_account = "x"; }, R"("serviceAccountName":"x")"},
      {"unconfined", [](AgentOptions& o) { o.app_armor = AppArmor::Unconfined; },
       R"("appArmorProfile":{"type":"Unconfined"})"},
  };
  for (const Case& c : cases) {
    AgentOptions options = plain();
    c.change(options);
    EXPECT_THAT(data::to_compact_json(pod_of(options)), HasSubstr(c.seen)) << c.what;
  }
  AgentOptions options = plain();
  options.app_armor = AppArmor::Node;
  EXPECT_THAT(data::to_compact_json(pod_of(options)), Not(HasSubstr("appArmor")));
}

TEST(AgentObjects, ARunIsMarkedOnEverythingAndManifestsAreNot) {
  AgentOptions options = plain();
  for (const Object& object : all_objects(options))
    EXPECT_EQ(dig(object.value, {"metadata", "labels", kRunLabel}), nullptr);
  options.run = "r1";
  for (const Object& object : all_objects(options))
    EXPECT_EQ(text_at(object.value, {"metadata", "labels", kRunLabel}), "r1");
  EXPECT_EQ(text_at(job_object(options).value, {"spec", "template", "metadata", "labels", kRunLabel}), "r1");
}

TEST(AgentObjects, TwoNamespacesDoNotShareAClusterRole) {
  AgentOptions one = plain();
  AgentOptions other = plain();
  other.ns = "monitoring";
  EXPECT_EQ(cluster_role_name(one), "eidos-gpu-operator");
  EXPECT_EQ(cluster_role_name(other), "eidos-monitoring");
}

TEST(AgentObjects, OneOfManyNeedsNoListsOfAllThereIs) {
  AgentOptions options = plain();
  auto rights = [&] {
    std::vector<std::string> out;
    for (const Rule& rule : cluster_rules(options))
      out.push_back(cat(rule.resource.plural, " ", join(rule.verbs, ",")));
    return out;
  };
  EXPECT_THAT(rights(), ElementsAre("nodes get,list", "pods list", "clusterpolicies list",
                                    "nicclusterpolicies list", "customresourcedefinitions list"));
  options.one_of_many = true;
  EXPECT_THAT(rights(), ElementsAre("nodes get", "clusterpolicies list", "nicclusterpolicies list"));
}

TEST(AgentObjects, RetentionNeedsTwoVerbsMore) {
  AgentOptions options = plain();
  EXPECT_THAT(role_rules(options).at(0).verbs, ElementsAre("get", "create", "patch"));
  options.retain = 30;
  EXPECT_THAT(role_rules(options).at(0).verbs, ElementsAre("get", "create", "patch", "list", "delete"));
}

TEST(AgentObjects, AScheduleMakesACronJobThatNeverRunsTwice) {
  AgentOptions options = plain();
  options.schedule = "0 2 * * *";
  const data::Value job = all_objects(options).back().value;
  EXPECT_EQ(text_at(job, {"kind"}), "CronJob");
  EXPECT_EQ(text_at(job, {"spec", "schedule"}), "0 2 * * *");
  EXPECT_EQ(text_at(job, {"spec", "concurrencyPolicy"}), "Forbid");
  EXPECT_EQ(text_at(job, {"spec", "successfulJobsHistoryLimit"}), "7");
  EXPECT_EQ(text_at(job, {"spec", "failedJobsHistoryLimit"}), "3");
  EXPECT_EQ(*dig(job, {"spec", "jobTemplate", "spec"}), *dig(job_object(options).value, {"spec"}));
}

TEST(AgentOptions, TolerationsAndSelectorsAreReadAsTheOlderCliTookThem) {
  struct Case {
    const char* text;
    std::optional<Toleration> want;
  };
  const Case cases[] = {
      {"nvidia.com/gpu=present:NoSchedule", Toleration{"nvidia.com/gpu", "present", "NoSchedule"}},
      {"dedicated:NoExecute", Toleration{"dedicated", "", "NoExecute"}},
      {"dedicated", Toleration{"dedicated", "", ""}},
      {"", Toleration{}},
      {"a=b:NoSchedul", std::nullopt},
      {"a=b:", std::nullopt},
      {"=b:NoSchedule", std::nullopt},
      {"a b=c", std::nullopt},
  };
  for (const Case& c : cases) {
    auto got = parse_toleration(c.text);
    EXPECT_EQ(got.has_value(), c.want.has_value()) << c.text;
    if (got && c.want) {
      EXPECT_EQ(*got, *c.want) << c.text;
    }
  }
  EXPECT_THAT(parse_toleration("a=b:NoSchedul").error().message, HasSubstr("did you mean 'NoSchedule'?"));
  EXPECT_TRUE(parse_selector("nvidia.com/gpu.present=true"));
  EXPECT_TRUE(parse_selector("gpu="));
  for (const char* bad : {"gpu", "=x", "a=b c", "a/b/c=d", "-a=b"}) EXPECT_FALSE(parse_selector(bad)) << bad;
}

TEST(AgentOptions, WhatKubernetesWouldRefuseIsSaidAllAtOnce) {
  EXPECT_TRUE(check_options(plain()));
  AgentOptions options{.ns = "Bad", .image = "eidos:latest", .job_name = "a_b"};
  auto error = check_options(options).error();
  EXPECT_THAT(error.message, HasSubstr("--namespace 'Bad'"));
  ASSERT_EQ(error.others.size(), 2U);
  EXPECT_THAT(error.others[0].message, HasSubstr("--job-name 'a_b'"));
  EXPECT_THAT(error.others[1].message, HasSubstr("says no version"));
  for (const char* good : {"r:5000/eidos:v1", "r/eidos@sha256:00", "eidos:v1.2"})
    EXPECT_TRUE(check_options({.image = good})) << good;
  for (const char* bad : {"r:5000/eidos", "eidos", "eidos:latest", "https://r/eidos:v1", "a b:v1", "-x:v1"})
    EXPECT_FALSE(check_options({.image = bad})) << bad;
  EXPECT_FALSE(check_options({.image = "e:v1", .runtime_class = "nvidia", .require_gpu = true}));
}

}  // namespace
}  // namespace eidos::agent
