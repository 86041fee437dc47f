#include "kube/kubeconfig.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/text.h"
#include "support/fake_files.h"

namespace eidos::kube {
namespace {

using ::testing::ElementsAre;
using testing::FakeFiles;
using ::testing::HasSubstr;
using ::testing::Pair;

using Variables = std::map<std::string, std::string>;

net::Environment environment_of(const Variables& variables) {
  return [variables](const char* name) {
    auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

Result<std::optional<Config>> find(FakeFiles& files, const Variables& variables,
                                   const Selection& chosen = {}) {
  return find_config(files, environment_of(variables), chosen);
}

/// A kubeconfig with one context; `cluster` and `user` are lines of their entries.
std::string kubeconfig(const std::string& cluster = "server: https://api:6443",
                       const std::string& user = "token: t", const std::string& name = "dev") {
  return cat("apiVersion: v1\nkind: Config\ncurrent-context: ", name, "\ncontexts:\n- name: ", name,
             "\n  context: {cluster: c, user: u, namespace: n}\nclusters:\n- name: c\n  cluster:\n    ",
             cluster, "\nusers:\n- name: u\n  user:\n    ", user, "\n");
}

Result<Config> from(const std::string& text, const Selection& more = {}) {
  FakeFiles files{{"/k/config", text}, {"/k/ca.crt", "CA"}, {"/k/sub/c.crt", "C"}, {"/abs/k.key", "K"}};
  auto config = find(files, {}, {"/k/config", more.context});
  if (!config) return std::unexpected(std::move(config).error());
  return **config;
}

TEST(Kubeconfig, IsReadInFull) {
  auto config = from(kubeconfig(
      "server: https://api:6443/prefix\n    tls-server-name: other\n    proxy-url: http://proxy:3128\n"
      "    certificate-authority: ca.crt",
      "client-certificate: sub/c.crt\n    client-key: /abs/k.key\n    tokenFile: token\n    username: a\n"
      "    password: b\n    as: root\n    as-uid: '7'\n    as-groups: [g, h]\n    as-user-extra: {s: [x, "
      "y]}\n"
      "    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: bin/login\n      args: "
      "[get, token]\n"
      "      env: [{name: P, value: v}]\n      installHint: install it\n      provideClusterInfo: true\n"
      "      interactiveMode: IfAvailable"));
  ASSERT_TRUE(config) << config.error().message << config.error().where;
  EXPECT_EQ(config->context, "dev");
  EXPECT_EQ(config->ns, "n");
  EXPECT_EQ(config->server, "https://api:6443/prefix");
  EXPECT_EQ(config->server_name, "other");
  EXPECT_EQ(config->proxy, "http://proxy:3128");
  EXPECT_EQ(config->authorities, "CA");
  EXPECT_EQ(config->certificate, "C");
  EXPECT_EQ(config->key, "K");
  EXPECT_EQ(config->token_file, "/k/token");
  EXPECT_EQ(config->basic, "a:b");
  EXPECT_EQ(config->as.user, "root");
  EXPECT_EQ(config->as.uid, "7");
  EXPECT_THAT(config->as.groups, ElementsAre("g", "h"));
  EXPECT_THAT(config->as.extra, ElementsAre(Pair("s", "x"), Pair("s", "y")));
  ASSERT_TRUE(config->exec);
  EXPECT_EQ(config->exec->command, "/k/bin/login");
  EXPECT_THAT(config->exec->arguments, ElementsAre("get", "token"));
  EXPECT_THAT(config->exec->environment, ElementsAre(Pair("P", "v")));
  EXPECT_EQ(config->exec->install_hint, "install it");
  EXPECT_TRUE(config->exec->wants_cluster);
}

TEST(Kubeconfig, DataGoesBeforeFiles) {
  auto config = from(kubeconfig(
      cat("server: https://api\n    certificate-authority: missing\n    certificate-authority-data: ",
          to_base64("PEM")),
      cat("client-certificate-data: ", to_base64("C2"), "\n    client-key-data: ", to_base64("K2"))));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->authorities, "PEM");
  EXPECT_EQ(config->certificate, "C2");
  EXPECT_EQ(config->key, "K2");
}

TEST(Kubeconfig, JsonIsFineAndUnknownKeysAreOthersBusiness) {
  auto config = from(R"({"kind":"Config","preferences":{},"extensions":[],"current-context":"x",
    "contexts":[{"name":"x","context":{"cluster":"c","user":""}}],
    "clusters":[{"name":"c","cluster":{"server":"https://a","extensions":[{"name":"minikube"}]}}]})");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->user, "");
}

TEST(Kubeconfig, BrokenOnesSayWhatAndWhere) {
  struct Case {
    std::string text;
    const char* message;
    const char* where = "/k/config";
  };
  const std::string good = kubeconfig();
  auto without = [&](std::string_view line) {
    std::string text = good;
    text.erase(text.find(line), line.size());
    return text;
  };
  const Case cases[] = {
      {"", "no current-context"},
      {"[]", "a kubeconfig is a map, not a list"},
      {"a: [", "", "/k/config:"},
      {"{\"kind\":", "", "/k/config:1"},
      {"kind: Pod\n", "its kind is not Config", "/k/config:1:7"},
      {without("current-context: dev\n"), "no current-context"},
      {good + "current-context: [x]\n", "", "/k/config:"},
      {kubeconfig("server: https://api", "token: t", "'dev'") + "", ""},
      {"current-context: dve\ncontexts: [{name: dev, context: {cluster: c}}]\n",
       "no context 'dve'; did you mean 'dev'?"},
      {"current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\n", "no cluster 'c'"},
      {"current-context: a\ncontexts: [{name: a, context: {user: u}}]\n", "names no cluster", "/k/config:2"},
      {"current-context: a\ncontexts: {}\n", "contexts must be a list", "/k/config:2"},
      {"current-context: a\ncontexts: [{context: {}}]\n", "must have a name", "/k/config:2"},
      {"contexts: [{name: a}, {name: a}]\n", "two entries called 'a'", "/k/config:1"},
      {"current-context: a\ncontexts: [{name: a, context: 7}]\n", "context must be a map", "/k/config:2"},
      {"current-context: a\ncontexts: [{name: a, context: {cluster: c, user: v}}]\n"
       "clusters: [{name: c, cluster: {server: 'https://a'}}]\nusers: [{name: u, user: {}}]\n",
       "no user 'v'"},
      {kubeconfig("x: y"), "cluster 'c' has no server", "/k/config:10"},
      {kubeconfig("server: 7"), "server must be a string, not a number", "/k/config:10"},
      {kubeconfig("server: api:6443"), "server", "/k/config:10"},
      {kubeconfig("server: http://api:8080"), "is plain http and not this machine", "/k/config:10"},
      {kubeconfig("server: https://a\n    proxy-url: socks5://p:1"), "proxy-url", "/k/config:10"},
      {kubeconfig("server: https://a\n    insecure-skip-tls-verify: 'yes'"), "must be true or false"},
      {kubeconfig("server: https://a\n    insecure-skip-tls-verify: true\n    certificate-authority: ca.crt"),
       "exclude each other"},
      {kubeconfig("server: https://a\n    certificate-authority-data: '%%%'"), "is not base64",
       "/k/config:10"},
      {kubeconfig("server: https://a\n    certificate-authority: gone.crt"), "'/k/gone.crt' does not exist"},
      {kubeconfig("server: https://a", "client-certificate: sub/c.crt"), "but no client-key"},
      {kubeconfig("server: https://a", "client-key: /abs/k.key"), "but no client-certificate"},
      {kubeconfig("server: https://a", "token: [t]"), "token must be a string, not a list"},
      {kubeconfig("server: https://a", "as-groups: [g]"), "want an as"},
      {kubeconfig("server: https://a", "as: x\n    as-groups: g"), "as-groups must be a list"},
      {kubeconfig("server: https://a", "auth-provider: {name: gcp}"),
       "auth-provider entries are not understood"},
      {kubeconfig("server: https://a", "exec: []"), "exec must be a map"},
      {kubeconfig("server: https://a", "exec: {apiVersion: client.authentication.k8s.io/v1}"),
       "exec has no command"},
      {kubeconfig("server: https://a",
                  "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: c}"),
       "is none of client.authentication.k8s.io/v1, client.authentication.k8s.io/v1beta1"},
      {kubeconfig("server: https://a",
                  "exec: {apiVersion: client.authentication.k8s.io/v1, command: c, interactiveMode: Always}"),
       "wants a terminal"},
      {kubeconfig("server: https://a",
                  "exec: {apiVersion: client.authentication.k8s.io/v1, command: c, env: [{value: x}]}"),
       "env wants a name"},
      {kubeconfig("server: https://a",
                  "exec: {apiVersion: client.authentication.k8s.io/v1, command: c, args: [1]}"),
       "args must hold strings"},
      {std::string(5 * 1024 * 1024, ' '), "is larger than"},
  };
  for (const Case& c : cases) {
    auto config = from(c.text);
    if (c.text == kubeconfig("server: https://api", "token: t", "'dev'")) {
      EXPECT_TRUE(config);
      continue;
    }
    ASSERT_FALSE(config) << c.text;
    EXPECT_THAT(config.error().message, HasSubstr(c.message)) << c.text;
    if (config.error().message.find("/k/") == std::string::npos) {
      EXPECT_THAT(config.error().where, ::testing::StartsWith(c.where)) << c.text << config.error().message;
    }
  }
}

TEST(Kubeconfig, ContextsAreChosenByName) {
  const std::string text = kubeconfig() + "";
  auto config = from(text, {.context = "prod"});
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("no context 'prod'"));
  EXPECT_EQ(config.error().hint, "there are: dev");
}

TEST(Kubeconfig, OfSeveralFilesTheFirstToSaySomethingWins) {
  FakeFiles files{{"/a", kubeconfig("server: https://first")},
                  {"/b", kubeconfig("server: https://second", "token: t2", "prod")},
                  {"/rel/c",
                   "clusters:\n- name: c3\n  cluster: {server: 'https://third', certificate-authority: ca}\n"
                   "contexts:\n- name: three\n  context: {cluster: c3, user: u}\n"},
                  {"/rel/ca", "CA3"}};
  const Variables list = {{"KUBECONFIG", "/gone:/a::/b:/rel/c"}, {"HOME", "/home"}};
  auto config = find(files, list);
  ASSERT_TRUE(config && *config);
  EXPECT_EQ((*config)->context, "dev");
  EXPECT_EQ((*config)->server, "https://first");
  config = find(files, list, {.context = "prod"});
  ASSERT_TRUE(config && *config) << config.error().message;
  EXPECT_EQ((*config)->server, "https://first");  // both call their cluster c
  EXPECT_EQ((*config)->token, "t");
  config = find(files, list, {.context = "three"});
  ASSERT_TRUE(config && *config) << config.error().message;
  EXPECT_EQ((*config)->authorities, "CA3");
}

TEST(Kubeconfig, IsLookedForInOrder) {
  FakeFiles files{{"/flag", kubeconfig("server: https://flag")},
                  {"/env", kubeconfig("server: https://env")},
                  {"/home/.kube/config", kubeconfig("server: https://home")},
                  {"/var/run/secrets/kubernetes.io/serviceaccount/token", "pod"},
                  {"/var/run/secrets/kubernetes.io/serviceaccount/ca.crt", "PODCA"},
                  {"/var/run/secrets/kubernetes.io/serviceaccount/namespace", "ns\n"}};
  const Variables pod = {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}, {"KUBERNETES_SERVICE_PORT", "443"}};
  Variables all = pod;
  all["KUBECONFIG"] = "/env";
  all["HOME"] = "/home";
  EXPECT_EQ((*find(files, all, {.kubeconfig = "/flag"}))->server, "https://flag");
  EXPECT_EQ((*find(files, all))->server, "https://env");
  all.erase("KUBECONFIG");
  EXPECT_EQ((*find(files, all))->server, "https://home");
  auto config = find(files, pod);
  ASSERT_TRUE(config && *config);
  EXPECT_EQ((*config)->server, "https://10.0.0.1:443");
  EXPECT_EQ((*config)->authorities, "PODCA");
  EXPECT_EQ((*config)->ns, "ns");
  EXPECT_EQ((*config)->token_file, "/var/run/secrets/kubernetes.io/serviceaccount/token");
  EXPECT_EQ(
      (*find(files, {{"KUBERNETES_SERVICE_HOST", "fd00::1"}, {"KUBERNETES_SERVICE_PORT", "6443"}}))->server,
      "https://[fd00::1]:6443");
}

TEST(Kubeconfig, NoneIsNoError) {
  FakeFiles files;
  auto config = find(files, {{"HOME", "/home"}});
  ASSERT_TRUE(config);
  EXPECT_FALSE(*config);
  EXPECT_EQ(find(files, {}, {.context = "x"}).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(find(files, {}, {.kubeconfig = "/x"}).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(find(files, {{"KUBECONFIG", "/x:/y"}}).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(find(files, {{"KUBERNETES_SERVICE_HOST", "h"}}).error().kind, ErrorKind::NotFound);
}

TEST(Kubeconfig, ABrokenDefaultOneIsAnError) {
  FakeFiles files{{"/home/.kube/config", "a: ["}};
  EXPECT_EQ(find(files, {{"HOME", "/home"}, {"KUBERNETES_SERVICE_HOST", "h"}}).error().kind,
            ErrorKind::Invalid);
}

TEST(Kubeconfig, PlainHttpStaysOnThisMachine) {
  for (const char* host : {"localhost", "127.0.0.1", "127.8.9.1", "::1", "a.localhost"})
    EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host : {"127.0.0.1.example", "10.0.0.1", "localhost.example", "127.", "::2", ""})
    EXPECT_FALSE(is_loopback(host)) << host;
  EXPECT_TRUE(from(kubeconfig("server: http://localhost:8001")));
  EXPECT_TRUE(from(kubeconfig("server: http://[::1]:8001")));
}

}  // namespace
}  // namespace eidos::kube
