// The collectors of a cluster, each against an API server of the test's own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/deflate.h"
#include "base/text.h"
#include "collect/cluster.h"
#include "collect/collect.h"
#include "data/document.h"
#include "support/fake_api_server.h"

namespace eidos::collect {
namespace {

using model::CollectorStatus;
using testing::ApiClient;
using testing::ApiRequest;
using testing::FakeApiServer;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::json_answer;
using testing::OneClient;
using testing::status_answer;

struct Seen {
  CollectorStatus status = CollectorStatus::Ok;
  std::string detail;
  std::string text;  ///< Subtypes as compact JSON.
  std::vector<std::string> asked;
};

using Reply = FakeApiServer::Reply;

Seen see(Result<Collection> (*collector)(const Source&), const Reply& reply, Options options = {}) {
  FakeApiServer server(reply);
  ApiClient api(server.url());
  OneClient cluster(&api.client());
  options.cluster = &cluster;
  auto done = collector(Source{api.files, api.processes, options, {}});
  Seen seen;
  seen.asked = server.asked();
  if (!done) {
    seen.status = CollectorStatus::Failed;
    seen.detail = done.error().message;
    return seen;
  }
  seen.status = done->status;
  seen.detail = done->detail;
  data::List all;
  for (const model::Subtype& subtype : done->subtypes) all.push_back(data::write_value(subtype));
  seen.text = data::to_compact_json(data::Value(std::move(all)));
  return seen;
}

Reply always(const std::string& body) {
  return [body](const ApiRequest&) { return json_answer(200, body); };
}

std::string list_of(const std::string& items) {
  return cat(R"({"kind":"List","metadata":{},"items":[)", items, "]}");
}

constexpr Result<Collection> (*kAll[])(const Source&) = {
    collect_k8s_server, collect_k8s_node, collect_k8s_image, collect_k8s_policy,
    collect_k8s_helm,   collect_k8s_crd,  collect_topology};

TEST(K8s, WithoutAClusterAllAreAbsent) {
  ApiClient api("http://127.0.0.1:1");
  OneClient none(nullptr);
  for (kube::SharedClient* cluster :
       {static_cast<kube::SharedClient*>(nullptr), static_cast<kube::SharedClient*>(&none)})
    for (auto* collector : kAll) {
      Options options;
      options.cluster = cluster;
      auto done = collector(Source{api.files, api.processes, options, {}});
      ASSERT_TRUE(done);
      EXPECT_EQ(done->status, CollectorStatus::Absent);
      EXPECT_THAT(done->detail, HasSubstr("no cluster"));
    }
}

TEST(K8s, ARefusalIsDeniedWithTheRuleThatIsMissing) {
  struct Case {
    Result<Collection> (*collector)(const Source&);
    const char* rule;
  };
  const Case cases[] = {
      {collect_k8s_node, "resources: [nodes], verbs: [get]"},
      {collect_k8s_image, "resources: [pods], verbs: [list]"},
      {collect_k8s_policy, "apiGroups: [nvidia.com], resources: [clusterpolicies], verbs: [list]"},
      {collect_k8s_helm, "resources: [secrets], verbs: [list]"},
      {collect_k8s_crd, "resources: [customresourcedefinitions], verbs: [list]"},
      {collect_topology, "resources: [nodes], verbs: [list]"}};
  for (const Case& c : cases) {
    FakeApiServer server([](const ApiRequest&) { return status_answer(403, "Forbidden", "no"); });
    ApiClient api(server.url());
    OneClient cluster(&api.client());
    Options options;
    options.cluster = &cluster;
    options.source_node = "n";
    auto done = c.collector(Source{api.files, api.processes, options, {}});
    ASSERT_FALSE(done) << c.rule;
    EXPECT_EQ(done.error().kind, ErrorKind::Denied);
    EXPECT_THAT(done.error().hint, HasSubstr(c.rule));
  }
}

TEST(K8s, TheServerSaysItsVersion) {
  Seen seen = see(
      collect_k8s_server,
      always(
          R"({"major":"1","gitVersion":"v1.33.5-eks-3025e55","goVersion":"go1.24.9","platform":"linux/amd64"})"));
  EXPECT_EQ(
      seen.text,
      R"([{"subtype":"server","data":{"goVersion":"go1.24.9","platform":"linux/amd64","version":"v1.33.5-eks-3025e55"}}])");
  EXPECT_THAT(see(collect_k8s_server, always("{}")).detail, HasSubstr("holds no gitVersion"));
}

TEST(K8s, TheNodeIsThisMachine) {
  const std::string node =
      R"({"metadata":{"name":"n1"},"spec":{"providerID":"aws:///us-west-2a/i-1"},"status":{)"
      R"("allocatable":{"cpu":"4","nvidia.com/gpu":"8","nvidia.com/mig-1g.10gb":"7"},)"
      R"("nodeInfo":{"containerRuntimeVersion":"containerd://2.0.1","architecture":"arm64","kernelVersion":"6.8",)"
      R"("kubeletVersion":"v1.33.5","operatingSystem":"linux","osImage":"Ubuntu","machineID":"secret"}}})";
  Seen seen = see(collect_k8s_node, always(node), {.source_node = "n1"});
  EXPECT_EQ(
      seen.text,
      R"([{"subtype":"node","data":{"architecture":"arm64","container-runtime-id":"containerd://2.0.1",)"
      R"("container-runtime-name":"containerd","container-runtime-version":"2.0.1","kernel-version":"6.8",)"
      R"("kubelet-version":"v1.33.5","nvidia.com/gpu":"8","nvidia.com/mig-1g.10gb":"7","operating-system":"linux",)"
      R"("os-image":"Ubuntu","provider":"eks","provider-id":"aws:///us-west-2a/i-1","source-node":"n1"}}])");
  EXPECT_THAT(seen.asked, ::testing::ElementsAre("GET /api/v1/nodes/n1"));
  struct Case {
    const char* id;
    const char* provider;
  };
  for (const Case& c :
       {Case{"gce://p/z/i", "gke"}, Case{"azure:///x", "aks"}, Case{"oci://x", "oke"},
        Case{"KIND://docker/k", "kind"}, Case{"openstack:///x", "openstack"}, Case{"bare", "bare"}}) {
    Seen one =
        see(collect_k8s_node, always(cat(R"({"spec":{"providerID":")", c.id, "\"}}")), {.source_node = "n"});
    EXPECT_THAT(one.text, HasSubstr(cat(R"("provider":")", c.provider, "\""))) << c.id;
  }
}

TEST(K8s, AMachineThatIsNoNodeIsAbsent) {
  Seen seen = see(collect_k8s_node, [](const ApiRequest&) { return status_answer(404, "NotFound", "no"); },
                  {.source_node = "laptop"});
  EXPECT_EQ(seen.status, CollectorStatus::Absent);
  EXPECT_THAT(seen.detail, HasSubstr("no node called 'laptop'"));
  EXPECT_EQ(see(collect_k8s_node, always("{}")).status, CollectorStatus::Absent);
}

TEST(K8s, AnImageReferenceIsTakenApart) {
  struct Case {
    const char* text;
    const char* name;
    const char* version;
  };
  const Case cases[] = {{"nginx", "nginx", "latest"},
                        {"nginx:1.0", "nginx", "1.0"},
                        {"docker.io/library/nginx:1.0", "nginx", "1.0"},
                        {"host:5000/a/b", "b", "latest"},
                        {"host:5000/a/b:c", "b", "c"},
                        {"gcr.io/y/dig@sha256:ab", "dig", "sha256:ab"},
                        {"gcr.io/y/dig:v1@sha256:ab", "dig", "v1"},
                        {"x:", "x", "latest"},
                        {"", "", "latest"},
                        {"a/", "", "latest"},
                        {":x", "", "x"}};
  for (const Case& c : cases) {
    EXPECT_EQ(image_reference(c.text).name, c.name) << c.text;
    EXPECT_EQ(image_reference(c.text).version, c.version) << c.text;
  }
}

std::string pod(const std::string& containers, const std::string& init = "",
                const std::string& ephemeral = "") {
  auto list = [](const std::string& images) {
    std::string out;
    for (std::string_view image : split(images, ' '))
      if (!image.empty()) out += cat(out.empty() ? "" : ",", R"({"image":")", image, "\"}");
    return out;
  };
  return cat(R"({"spec":{"containers":[)", list(containers), R"(],"initContainers":[)", list(init),
             R"(],"ephemeralContainers":[)", list(ephemeral), "]}}");
}

TEST(K8s, ImagesKeepEveryVersionAndWhereTheyComeFrom) {
  const std::string pods =
      list_of(cat(pod("docker.io/library/nginx:1.0 r/driver:570@sha256:ab", "quay.io/x/nginx:2.0"), ",",
                  pod("nginx:1.0", "", "busybox@sha256:cd"), ",", pod("docker.io/library/nginx:1.0"), ",{}"));
  Seen seen = see(collect_k8s_image, always(pods));
  EXPECT_EQ(seen.text,
            R"([{"subtype":"image","data":{"busybox":"sha256:cd","driver":"570","nginx":"1.0,2.0"},)"
            R"("context":{"busybox":"busybox@sha256:cd","driver":"r/driver:570@sha256:ab",)"
            R"("nginx":"docker.io/library/nginx:1.0,nginx:1.0,quay.io/x/nginx:2.0"}}])");
  EXPECT_EQ(seen.detail, "");
}

TEST(K8s, NarrowedImagesSaySo) {
  Seen seen = see(collect_k8s_image, always(list_of("")),
                  {.pod_namespace = "ns", .pod_selector = "a=b", .field_selector = "spec.nodeName=n"});
  EXPECT_EQ(seen.detail, "only pods of namespace 'ns', labels 'a=b', fields 'spec.nodeName=n'");
  EXPECT_THAT(seen.asked,
              ::testing::ElementsAre("GET /api/v1/namespaces/ns/pods?labelSelector=a%3Db&fieldSelector="
                                     "spec.nodeName%3Dn&resourceVersion=0"));
}

/// Kinds by their path.
Reply policies(const std::string& nvidia, const std::string& mellanox) {
  return [=](const ApiRequest& asked) {
    const std::string& items = asked.has("/nvidia.com/v1/clusterpolicies") ? nvidia : mellanox;
    return items == "404"   ? status_answer(404, "NotFound", "no")
           : items == "403" ? status_answer(403, "Forbidden", "no")
                            : json_answer(200, list_of(items));
  };
}

TEST(K8s, APolicyIsItsSpecByPath) {
  const std::string spec =
      R"({"driver":{"enabled":true,"version":"570","startupProbe":{"periodSeconds":10},"x":null,"l":[],"m":{}},)"
      R"("tolerations":[{"operator":"Exists","effect":"NoSchedule"}],"a.b":"c"})";
  Seen seen = see(collect_k8s_policy, policies(cat(R"({"metadata":{"name":"p"},"spec":)", spec, "}"), "404"));
  EXPECT_EQ(
      seen.text,
      R"([{"subtype":"policy","data":{"a.b":"c","driver.enabled":"true",)"
      R"("driver.startupProbe.periodSeconds":"10","driver.version":"570","driver.x":"null",)"
      R"("tolerations":"[{\"effect\":\"NoSchedule\",\"operator\":\"Exists\"}]"},"context":{"objects":"p"}}])");
}

TEST(K8s, PoliciesOfDifferentKindsAreNeverMixed) {
  Seen seen = see(collect_k8s_policy, policies(R"({"metadata":{"name":"p"},"spec":{"v":"1"}})",
                                               R"({"metadata":{"name":"n"},"spec":{"v":"2"}})"));
  EXPECT_EQ(seen.text,
            R"([{"subtype":"policy","data":{"v":"1"},"context":{"objects":"p"}},)"
            R"({"subtype":"nicclusterpolicies.mellanox.com","data":{"v":"2"},"context":{"objects":"n"}}])");
}

TEST(K8s, OfSeveralPoliciesEachKeySaysWhose) {
  Seen seen =
      see(collect_k8s_policy,
          policies(R"({"metadata":{"name":"b"},"spec":{"v":"1"}},{"metadata":{"name":"a"},"spec":{"v":"2"}},)"
                   R"({"metadata":{"name":"c"},"spec":{"v":"3"},"status":{"state":"ignored"}})",
                   "404"));
  EXPECT_EQ(seen.text, R"([{"subtype":"policy","data":{"a.v":"2","b.v":"1"},"context":{"objects":"a,b"}}])");
}

TEST(K8s, PoliciesThatCannotBeSeen) {
  EXPECT_EQ(see(collect_k8s_policy, policies("404", "404")).status, CollectorStatus::Absent);
  EXPECT_EQ(see(collect_k8s_policy, policies("", "")).status, CollectorStatus::Absent);
  Seen partial = see(collect_k8s_policy, policies(R"({"metadata":{"name":"p"},"spec":{"v":"1"}})", "403"));
  EXPECT_EQ(partial.status, CollectorStatus::Partial);
  EXPECT_THAT(partial.detail, HasSubstr("nicclusterpolicies.mellanox.com"));
  EXPECT_EQ(see(collect_k8s_policy, policies("403", "404")).status, CollectorStatus::Failed);
}

TEST(K8s, FurtherKindsAreReadByName) {
  Seen seen = see(collect_k8s_policy,
                  [](const ApiRequest& asked) {
                    if (!asked.has("/apis/example.com/v1beta1/things?"))
                      return status_answer(404, "NotFound", "no");
                    return json_answer(
                        200, list_of(R"({"metadata":{"name":"t","namespace":"ns"},"spec":{"v":"1"}})"));
                  },
                  {.policy_kinds = {"things.v1beta1.example.com", "clusterpolicies.v1.nvidia.com"}});
  EXPECT_EQ(seen.text, R"([{"subtype":"things.example.com","data":{"v":"1"},"context":{"objects":"ns/t"}}])");
  EXPECT_EQ(seen.asked.size(), 3);
  for (const char* bad : {"", "things", "things.v1", "things.example.com", "things.v1.", ".v1.example.com"}) {
    Seen refused = see(collect_k8s_policy, always("{}"), {.policy_kinds = {bad}});
    EXPECT_THAT(refused.detail, HasSubstr("is not of the form PLURAL.VERSION.GROUP")) << bad;
    EXPECT_THAT(refused.asked, IsEmpty()) << bad;
  }
}

// ---- helm --------------------------------------------------------------------------------------

std::string release(const std::string& json) {
  return to_base64(to_base64(gzip(json)));
}

TEST(K8s, AHelmReleaseGivesItsChartAndNothingElse) {
  auto got = read_helm_release(release(
      R"({"name":"r","chart":{"values":{"metadata":{"name":"no"}},"metadata":{"name":"gpu-operator","version":"v25.3.0",)"
      R"("dependencies":[{"name":"nfd","version":"0.1"}]},"templates":[{"name":"t","data":"x"}]},)"
      R"("config":{"chart":{"metadata":{"name":"canary"}}},"metadata":{"name":"x"}})"));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->chart, "gpu-operator");
  EXPECT_EQ(got->version, "v25.3.0");
  for (const std::string& bad :
       {std::string(), std::string("%"), to_base64("x"), to_base64(to_base64("x")), release("{"),
        release("[]"), release(R"({"chart":{}})"), release(R"({"chart":{"metadata":{"name":"\udc00"}}})"),
        to_base64(to_base64(gzip(std::string(65 << 20, ' '))))}) {
    auto refused = read_helm_release(bad);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Invalid);
    EXPECT_THAT(refused.error().message, HasSubstr("no Helm release"));
  }
}

TEST(K8s, TheNewestRevisionOfEachReleaseCounts) {
  auto secret = [](const std::string& ns, const std::string& name, int revision, const std::string& status) {
    return cat(R"({"metadata":{"namespace":")", ns, R"(","name":"sh.helm.release.v1.)", name, ".v", revision,
               R"(","labels":{"owner":"helm","name":")", name, R"(","version":")", revision,
               R"(","status":")", status, "\"}}}");
  };
  Seen seen = see(collect_k8s_helm, [&](const ApiRequest& asked) {
    if (asked.has("/secrets?")) {
      EXPECT_NE(asked.head.find("as=PartialObjectMetadataList"), std::string::npos);
      return json_answer(
          200, list_of(cat(secret("a", "gpu", 9, "superseded"), ",", secret("a", "gpu", 10, "deployed"), ",",
                           secret("a", "nfd", 1, "deployed"), ",", secret("b", "nfd", 2, "failed"))));
    }
    if (asked.has("/namespaces/b/")) return json_answer(200, R"({"data":{"release":"broken"}})");
    return json_answer(200, cat(R"({"data":{"release":")",
                                release(R"({"chart":{"metadata":{"name":"c","version":"1"}}})"), "\"}}"));
  });
  EXPECT_EQ(
      seen.text,
      R"([{"subtype":"helm","data":{"a/nfd.chart":"c","a/nfd.namespace":"a","a/nfd.revision":"1","a/nfd.status":"deployed",)"
      R"("a/nfd.version":"1","b/nfd.namespace":"b","b/nfd.revision":"2","b/nfd.status":"failed","gpu.chart":"c",)"
      R"("gpu.namespace":"a","gpu.revision":"10","gpu.status":"deployed","gpu.version":"1"}}])");
  EXPECT_EQ(seen.status, CollectorStatus::Partial);
  EXPECT_THAT(seen.detail, HasSubstr("b/sh.helm.release.v1.nfd.v2"));
  EXPECT_EQ(seen.asked.size(), 4);
}

// ---- all nodes ---------------------------------------------------------------------------------

TEST(K8s, TopologyIsSetsOfNodes) {
  const std::string nodes = list_of(
      R"({"metadata":{"name":"b","labels":{"pool":"gpu","a":"x"}},"spec":{"taints":[)"
      R"({"key":"k","value":"v","effect":"NoSchedule"},{"key":"k","effect":"NoExecute"}]}},)"
      R"({"metadata":{"name":"a","labels":{"pool":"gpu","a.x":""}}},)"
      R"({"metadata":{"name":"c","labels":{"pool":"cpu"}},"spec":{"taints":[{"key":"k","value":"v","effect":"NoSchedule"}]}})");
  Seen seen = see(collect_topology, always(nodes));
  EXPECT_EQ(seen.text, R"([{"subtype":"summary","data":{"label-count":4,"node-count":3,"taint-count":2}},)"
                       R"({"subtype":"label","data":{"a.x=":"a","a=x":"b","pool=cpu":"c","pool=gpu":"a,b"}},)"
                       R"({"subtype":"taint","data":{"k=:NoExecute":"b","k=v:NoSchedule":"b,c"}}])");
}

TEST(K8s, TopologyShowsSoManyNames) {
  std::string items;
  for (int i = 0; i < 5; ++i)
    items += cat(i == 0 ? "" : ",", R"({"metadata":{"name":"n)", i, R"(","labels":{"l":"v"}}})");
  EXPECT_THAT(see(collect_topology, always(list_of(items)), {.max_nodes_per_entry = 3}).text,
              HasSubstr("\"l=v\":\"n0,n1,n2 (+2 more)\""));
  EXPECT_THAT(see(collect_topology, always(list_of(items)), {.max_nodes_per_entry = 0}).text,
              HasSubstr(R"("l=v":"n0,n1,n2,n3,n4")"));
}

TEST(K8s, DefinitionsHaveTheirServedVersions) {
  Seen seen =
      see(collect_k8s_crd,
          always(list_of(R"({"metadata":{"name":"b.x.io"},"spec":{"versions":[{"name":"v1","served":true},)"
                         R"({"name":"v1alpha1","served":false},{"name":"v1beta1","served":true}]}},)"
                         R"({"metadata":{"name":"a.x.io"},"spec":{}})")));
  EXPECT_EQ(seen.text, R"([{"subtype":"crd","data":{"a.x.io":"","b.x.io":"v1,v1beta1"}}])");
}

// ---- together ----------------------------------------------------------------------------------

TEST(K8s, ACommandSeesThemAllWithOneReason) {
  FakeApiServer server([](const ApiRequest&) { return status_answer(401, "Unauthorized", "who are you"); });
  ApiClient api(server.url());
  OneClient cluster(&api.client());
  Options options{.filter = {"k8s", "topology"}, .source_node = "n"};
  options.cluster = &cluster;
  Context context{api.files, api.clock, api.processes, api.log};
  auto collected = collect(context, options);
  ASSERT_TRUE(collected) << collected.error().message;
  EXPECT_EQ(collected->snapshot.collectors.size(), std::size(kAll));
  for (const auto& outcome : collected->snapshot.collectors)
    EXPECT_EQ(outcome.status, CollectorStatus::Denied) << outcome.name;
  EXPECT_EQ(worst_failure(collected->snapshot), ErrorKind::Denied);
}

TEST(K8s, NotToBeAllowedToReadSecretsFailsNothing) {
  model::Snapshot snapshot;
  snapshot.collectors = {{"k8s.helm", CollectorStatus::Denied, "", ""}};
  EXPECT_EQ(worst_failure(snapshot), std::nullopt);
  snapshot.collectors.push_back({"k8s.image", CollectorStatus::Denied, "", ""});
  EXPECT_EQ(worst_failure(snapshot), ErrorKind::Denied);
  snapshot.collectors = {{"k8s.helm", CollectorStatus::TimedOut, "", ""}};
  EXPECT_EQ(worst_failure(snapshot), ErrorKind::Timeout);
}

}  // namespace
}  // namespace eidos::collect
