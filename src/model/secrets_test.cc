#include "model/secrets.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "support/canaries.h"

namespace eidos::model {
namespace {

TEST(Secrets, NamesCountByWholeWords) {
  struct Case {
    const char* key;
    bool want;
  };
  const Case kCases[] = {
      {"password", true},
      {"dbPassword", true},
      {"DB_PASSWORD", true},
      {"vncpassword", true},
      {"rd.iscsi.password", true},
      {"api-key", true},
      {"APIKey", true},
      {"apiKeyV2", true},
      {"AWS_SECRET_ACCESS_KEY", true},
      {"/proc/sys/net/ipv4/tcp_fastopen_key", true},
      {"auth.token.value", true},
      {"registry-auth", true},
      {"db_pass", true},
      {"Authorization", true},
      {"--token=", true},
      {"key", true},
      {"", false},
      {"=", false},
      {"valkey", false},
      {"keymap", false},
      {"KeyringMode", false},
      {"mouse_button2_keycode", false},
      {"monkey", false},
      {"tokenizer", false},
      {"pass_through", false},
      {"net/sctp/auth_enable", false},
      {"/proc/sys/kernel/keys/maxkeys", false},
      {"/proc/sys/kernel/keys/root_maxbytes", false},
      {"secretName", false},
      {"token-file", false},
      {"tls-private-key-file", false},
      {"imagePullSecretsNames", false},
      {"passwd_type", false},
      {"BOOT_IMAGE", false},
      {"random.trust_cpu", false},
  };
  for (const Case& c : kCases) EXPECT_EQ(is_secret_key(c.key), c.want) << c.key;
}

TEST(Secrets, ShapesCountWhereverTheyStand) {
  const std::string kDocker = R"({"auths":{"r.example":{"auth":"dXNlcjpodW50ZXIyaHVudGVyMg=="}}})";
  struct Case {
    std::string text;
    bool want;
  };
  const Case kCases[] = {
      {"http://user:hunter2@proxy.example:3128", true},
      {"https://ghp@example.com/x", true},
      {"iscsi:user:hunter2@10.0.0.1::::iqn", true},
      {"-----BEGIN RSA PRIVATE KEY-----\nMIIB", true},
      {"eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln", true},
      {"AKIAIOSFODNN7EXAMPLE", true},
      {"id AKIAIOSFODNN7EXAMPLE, and more", true},
      {"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", true},
      {"ghp_0123456789abcdefghijklmnopqrstuvwxyz", true},
      {"$6$salt$hash", true},
      {"user=a password=hunter2", true},
      {"user=a password=\"hunter 2\"", true},
      {"{ path=/x ; argv[]=/x --token hunter2 }", true},
      {"[HTTP_PROXY=http://u:p@h/ NO_PROXY=localhost]", true},
      {"Authorization: Bearer 0123456789abcdef0", true},
      {"Basic dXNlcjpodW50ZXIy", true},
      {R"([{"name":"DB_PASSWORD","value":"hunter2"}])", true},
      {R"({"a":{"clientSecret":"hunter2"}})", true},
      {kDocker, true},
      {"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUI=", true},  // base64 of PEM
      {"cGFzc3dvcmQ9aHVudGVyMg==", true},                      // base64 of password=hunter2
      {"x=cGFzc3dvcmQ9aHVudGVyMg==", true},
      {"cGFzc3fDtnJkPXVtbCZwYXNzd29yZD1odW50ZXIy", true},  // of a text beyond ASCII
      {"70617373776f72643d68756e74657232", true},          // hexadecimal
      {"password%3Dhunter2hunter2", true},                 // percent-encoded
      {"http%3A%2F%2Fme%3Ahunter2%40h%2F", true},
      {R"(X={\"password\": \"hunter2\"})", true},
      {R"(X={"password" : "hunter2"} y)", true},
      {"[db]\npassword = hunter2\n", true},
      {"map[password:hunter2 user:me]", true},
      {"[map[name:DB_PASSWORD value:hunter2]]", true},
      {"/x -token hunter2", true},
      {"https://b.example/o?sv=2022&sig=abcdef0123", true},
      {"kubeadm join --token abcdef.0123456789abcdef", true},
      {"abcdef.0123456789abcdef", true},
      {"$apr1$salt$hash", true},
      {"", false},
      {"http://proxy.example:3128/a@b", false},
      {"https://bugs.example/", false},
      {"ssh://git@example.com/x", false},
      {"docker-pullable://nginx@sha256:0123456789abcdef", false},
      {"oci://example.com/x@sha256:0123", false},
      {"|/usr/share/apport/apport -p%p -s%s -c%c -- %E", false},
      {"kill_process kill_thread trap errno user_notif trace log allow", false},
      {"/boot/vmlinuz-6.14.0-1018-aws-64k", false},
      {"#1 SMP PREEMPT_DYNAMIC Tue Jan  6 12:00:00 UTC 2026", false},
      {"08f60126-bd81-4611-a52a-69e0f3760815", false},
      {"da39a3ee5e6b4b0d3255bfef95601890afd80709", false},
      {"--token-file /var/run/token", false},
      {"[map[effect:NoSchedule key:nvidia.com/gpu operator:Exists]]", false},
      {"[map[name:LOG_LEVEL value:info]]", false},
      {"ghcr.io/external-secrets/external-secrets:main", false},
      {"registry.example/token-service@sha256:0123456789abcdef", false},
      {"token:", false},
      {"100%25 sure of %h and %zz", false},
      {"0123456789abcdef0123456789abcdef", false},
      {"kernel.modules_disabled", false},
      {"a basic driver", false},
      {R"([{"effect":"NoSchedule","key":"nvidia.com/gpu","operator":"Exists"}])", false},
      {R"([{"name":"LOG_LEVEL","value":"info"}])", false},
      {"{not json at all: 1", false},
  };
  for (const Case& c : kCases) EXPECT_EQ(looks_secret_value(c.text), c.want) << c.text;
}

TEST(Secrets, ValuesThatCannotBeSecretsStay) {
  for (const char* value : {"", "[]", "true", "off", "0", "1", "v1.2.3", "0.26.0", "<redacted:3>"})
    EXPECT_FALSE(is_secret("password", value)) << value;
  for (const char* value : {"hunter2", "12345", "1.", "truest", "<redacted:x>", "<redacted:0>"})
    EXPECT_TRUE(is_secret("password", value)) << value;
}

data::Value yaml(std::string_view text) {
  data::Sources sources;
  auto value = data::parse_yaml(text, sources, "t");
  EXPECT_TRUE(value) << value.error().message;
  return value ? *std::move(value) : data::Value();
}

TEST(Redactor, ReplacesAndCounts) {
  struct Case {
    const char* name;
    const char* before;
    const char* after;
    std::int64_t count;
  };
  const Case kCases[] = {
      {"equal secrets get equal numbers", "a: {password: x}\nb: {token: y, pwd: x}",
       "a: {password: <redacted:1>}\nb: {token: <redacted:2>, pwd: <redacted:1>}", 3},
      {"numbers too, switches not", "password: 12345\nsecret: true\ntoken: 0",
       "password: <redacted:1>\nsecret: true\ntoken: 0", 1},
      {"all below a secret name", "credentials: {user: bob, nested: [x, {y: z}]}",
       "credentials: {user: <redacted:1>, nested: [<redacted:2>, {y: <redacted:3>}]}", 3},
      {"but not what names it", "imagePullSecrets: [{name: regcred}]", "imagePullSecrets: [{name: regcred}]",
       0},
      {"pairs", "env: [{name: TOKEN, value: x}, {name: LEVEL, value: info}]",
       "env: [{name: TOKEN, value: <redacted:1>}, {name: LEVEL, value: info}]", 1},
      {"tolerations", "tolerations: [{key: dedicated, operator: Equal, value: gpu}]",
       "tolerations: [{key: dedicated, operator: Equal, value: gpu}]", 0},
      {"a secret for a name", "cmdline: {ghp_0123456789abcdefghijklmnopqrstuvwxyz: ''}",
       "cmdline: {<redacted:1>: ''}", 1},
      {"a secret in a name", "limits: {pam.ghp_0123456789abcdefghijklmnop.soft.core: '0', a/b.c: x}",
       "limits: {<redacted:1>: '0', a/b.c: x}", 1},
      {"redacted before", "a: <redacted:7>\npassword: x", "a: <redacted:7>\npassword: <redacted:8>", 1},
      {"nothing to do", "ID: ubuntu\nlist: [1, null, true]", "ID: ubuntu\nlist: [1, null, true]", 0},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    data::Value value = yaml(c.before);
    Redactor redactor;
    redactor.redact(value);
    EXPECT_EQ(data::to_yaml(value), data::to_yaml(yaml(c.after)));
    EXPECT_EQ(redactor.count(), c.count);
  }
}

TEST(Redactor, IsIdempotent) {
  data::Value once = yaml("a: {password: x, url: 'http://u:p@h/'}");
  Redactor().redact(once);
  data::Value twice = once;
  Redactor again;
  again.redact(twice);
  EXPECT_EQ(again.count(), 0);
  EXPECT_EQ(once, twice);
}

TEST(Redactor, TakesImageNamesForNames) {
  data::Map images;
  images.set("external-secrets", data::Value("2024.05-g1"));
  Snapshot snapshot;
  snapshot.measurements.push_back({"K8s", {{"image", images, {}, {}}, {"policy", images, {}, {}}}, {}});
  Redactor().redact(snapshot);
  EXPECT_EQ(snapshot.measurements[0].subtypes[0].data.find("external-secrets")->string(), "2024.05-g1");
  EXPECT_EQ(snapshot.measurements[0].subtypes[1].data.find("external-secrets")->string(), "<redacted:1>");
  EXPECT_EQ(snapshot.metadata.redactions, 1);
}

TEST(Redactor, TakesSnapshotsAsDocuments) {
  data::Value value = yaml(R"(
kind: Snapshot
metadata: {redactions: 2}
measurements:
  - type: K8s
    subtypes:
      - {subtype: image, data: {external-secrets: 2024.05-g1, x: "http://me:hunter2@h/"}}
      - {subtype: policy, data: {external-secrets: 2024.05-g1}}
  - nonsense
extra: {password: hunter2}
)");
  Redactor().redact_document(value);
  EXPECT_EQ(value, yaml(R"(
kind: Snapshot
metadata: {redactions: 5}
measurements:
  - type: K8s
    subtypes:
      - {subtype: image, data: {external-secrets: 2024.05-g1, x: <redacted:1>}}
      - {subtype: policy, data: {external-secrets: <redacted:2>}}
  - nonsense
extra: {password: <redacted:3>}
)"));
  data::Value again = value;
  Redactor().redact_document(again);
  EXPECT_EQ(again, value);
  for (const char* text : {"kind: Snapshot", "kind: Snapshot\nmeasurements: 7\nmetadata: x", "[]", "text"}) {
    data::Value odd = yaml(text);
    Redactor().redact_document(odd);
    EXPECT_EQ(odd, yaml(text)) << text;
  }
}

TEST(Redactor, LooksAtWhatCollectorsSay) {
  Snapshot snapshot;
  snapshot.metadata.source_node = "gpu-node-7";
  snapshot.collectors = {{"os.cpu", CollectorStatus::Partial, "1ms", "1 file could not be read: /a/b"},
                         {"x", CollectorStatus::Failed, "1ms", "cannot reach http://me:hunter2@h/"}};
  Redactor().redact(snapshot);
  EXPECT_EQ(snapshot.metadata.source_node, "gpu-node-7");
  EXPECT_EQ(snapshot.collectors[0].detail, "1 file could not be read: /a/b");
  EXPECT_EQ(snapshot.collectors[1].detail, "<redacted:1>");
  EXPECT_EQ(snapshot.metadata.redactions, 1);
}

TEST(Redactor, LeavesNoCanaryInADocument) {
  for (const testing::Planted& planted : testing::canaries()) {
    SCOPED_TRACE(planted.how);
    data::Map map;
    map.set(planted.key, data::Value(planted.value));
    map.set("harmless", data::Value("stays"));
    data::Value value(std::move(map));
    Redactor redactor;
    redactor.redact(value);
    const std::string text = data::to_yaml(value) + data::to_json(value);
    EXPECT_EQ(testing::canary_found(text), "");
    EXPECT_NE(text.find("harmless: stays"), std::string::npos);
    EXPECT_EQ(redactor.count(), 1);
  }
}

TEST(Redactor, LeavesNoCanaryInASnapshot) {
  Snapshot snapshot;
  snapshot.metadata.redactions = 2;
  data::Map readings;
  const std::vector<testing::Planted> planted = testing::canaries();
  for (const testing::Planted& one : planted) readings.set(one.key, data::Value(one.value));
  readings.set("harmless", data::Value("stays"));
  snapshot.measurements.push_back({"OS", {{"release", readings, {}, {}}}, {}});
  Redactor().redact(snapshot);
  const std::string text = data::to_yaml(data::write_value(snapshot));
  EXPECT_EQ(testing::canary_found(text), "");
  EXPECT_NE(text.find("stays"), std::string::npos);
  EXPECT_EQ(snapshot.metadata.redactions, 2 + std::ssize(planted));
}

// What the harness looks for is what an output could hold: a search that finds nothing would prove nothing.
TEST(Canaries, AreFoundInEveryForm) {
  using testing::kCanary;
  const std::string kCases[] = {
      cat("x", kCanary, "y"),
      cat("...", kCanary.substr(kCanary.size() / 2)),
      lower(kCanary),
      testing::reversed(kCanary),
      testing::hex_of(kCanary),
      testing::percent_of(kCanary, true),
      testing::base64_of(kCanary),
      testing::base64_of(cat("a", kCanary, "b")),
      testing::base64_of(cat("password=", kCanary, "\n")),
  };
  for (const std::string& text : kCases) EXPECT_NE(testing::canary_found(text), "") << text;
  EXPECT_EQ(testing::canary_found("Canary sings at night 4711"), "");
  EXPECT_EQ(testing::base64_of("password=hunter2"), "cGFzc3dvcmQ9aHVudGVyMg==");
}

// A hostile value must cost time in proportion to its size: with anything worse this test does not end.
TEST(Secrets, LongInputStaysCheap) {
  constexpr std::size_t kSize = 200'000;
  for (std::string_view piece : {"a", "://", "://a@", "@", "password ", "=", "a=", "{\"a\":", "[", "AKIA",
                                 "Y", " ", "iscsi:", "61", "%61", "%", ": ", "a:", "name:a value:"}) {
    std::string text;
    while (text.size() < kSize) text += piece;
    EXPECT_EQ(is_secret("harmless", text), piece == "://a@") << piece;
  }
}

}  // namespace
}  // namespace eidos::model
