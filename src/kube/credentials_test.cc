#include "kube/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "support/certificates.h"
#include "support/fake_api_server.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"
#include "support/fake_processes.h"

namespace eidos::kube {
namespace {

using ::testing::Contains;
using testing::FakeClock;
using testing::FakeFiles;
using testing::FakeProcesses;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

struct World {
  FakeFiles files;
  FakeProcesses processes;
  FakeClock clock;
  Config config{.user = "u", .server = "https://api"};

  std::unique_ptr<Credentials> credentials(Variables inherited = {}) {
    return std::make_unique<Credentials>(config, CredentialWorld{files, processes, clock},
                                         std::move(inherited));
  }
};

std::string shown(Credentials& credentials) {
  auto now = credentials.now({});
  if (!now) return "error: " + now.error().message;
  std::string out;
  for (const net::Field& field : now->fields) out += cat(field.name, ": ", field.value, "\n");
  return out;
}

std::string credential(const std::string& status, const std::string& version = "v1") {
  return cat(R"({"apiVersion":"client.authentication.k8s.io/)", version,
             R"(","kind":"ExecCredential","status":{)", status, "}}");
}

ExecPlugin plugin(const std::string& version = "v1") {
  return {.api_version = "client.authentication.k8s.io/" + version, .command = "login"};
}

TEST(Credentials, AreShownOncePerRequest) {
  struct Case {
    Config config;
    const char* want;
  };
  const Case cases[] = {
      {{.server = "https://a"}, ""},
      {{.server = "https://a", .token = "t"}, "Authorization: Bearer t\n"},
      {{.server = "https://a", .token_file = "/token"}, "Authorization: Bearer from-file\n"},
      {{.server = "https://a", .token = "t", .token_file = "/token"}, "Authorization: Bearer from-file\n"},
      {{.server = "https://a", .basic = "a:b"}, "Authorization: Basic YTpi\n"},
      {{.server = "https://a", .token = "t", .basic = "a:b"}, "Authorization: Bearer t\n"},
      {{.server = "http://127.0.0.1", .token = "t"}, ""},
      {{.server = "https://a",
        .as = {.user = "x", .uid = "7", .groups = {"g", "h"}, .extra = {{"a/b c", "v"}}}},
       "Impersonate-User: x\nImpersonate-Uid: 7\nImpersonate-Group: g\nImpersonate-Group: h\n"
       "Impersonate-Extra-a%2Fb%20c: v\n"},
      {{.server = "https://a", .token_file = "/gone"}, "error: reading the token: '/gone' does not exist"},
      {{.server = "https://a", .token_file = "/empty"}, "error: the token file is empty"},
  };
  for (const Case& c : cases) {
    World world;
    world.files.put("/token", "from-file\n");
    world.files.put("/empty", "\n");
    world.config = c.config;
    EXPECT_EQ(shown(*world.credentials()), c.want);
  }
}

TEST(Credentials, ATokenFileIsReadAgain) {
  World world;
  world.config.token_file = "/token";
  world.files.put("/token", "one");
  auto credentials = world.credentials();
  EXPECT_EQ(shown(*credentials), "Authorization: Bearer one\n");
  world.files.put("/token", "two");
  EXPECT_EQ(shown(*credentials), "Authorization: Bearer two\n");
}

TEST(Credentials, APluginRunsUntilItsAnswerExpires) {
  World world;
  world.config.exec = plugin();
  world.processes.answer(
      "login", {0, credential(R"("token":"one","expirationTimestamp":"2026-01-02T18:02:13Z")"), ""});
  auto credentials = world.credentials();
  EXPECT_EQ(shown(*credentials), "Authorization: Bearer one\n");
  world.processes.answer("login", {0, credential(R"("token":"two")", "v1"), ""});
  world.clock.advance(std::chrono::seconds(44));
  EXPECT_EQ(shown(*credentials), "Authorization: Bearer one\n");
  world.clock.advance(std::chrono::seconds(1));  // 15 s before
  EXPECT_EQ(shown(*credentials), "Authorization: Bearer two\n");
  world.clock.advance(std::chrono::hours(24));
  EXPECT_EQ(shown(*credentials), "Authorization: Bearer two\n");  // it named no end
  EXPECT_THAT(world.processes.commands(), SizeIs(2));
  EXPECT_TRUE(credentials->forget());
  EXPECT_FALSE(credentials->forget());
  (void)shown(*credentials);
  EXPECT_THAT(world.processes.commands(), SizeIs(3));
}

TEST(Credentials, APluginIsToldWhatItMayKnow) {
  World world;
  world.config.exec = plugin("v1beta1");
  world.config.exec->arguments = {"--cluster", "c; rm -rf /"};
  world.config.exec->environment = {{"AWS_PROFILE", "prod"}};
  world.processes.answer("login", {0, credential(R"("token":"t")", "v1beta1"), ""});
  EXPECT_EQ(shown(*world.credentials({{"AWS_PROFILE", "dev"}, {"X", "y"}})), "Authorization: Bearer t\n");
  const Command& command = world.processes.commands().front();
  EXPECT_THAT(command.argv, ::testing::ElementsAre("login", "--cluster", "c; rm -rf /"));
  EXPECT_THAT(command.environment, Contains(Pair("X", "y")));
  EXPECT_EQ(command.environment[2].second, "prod");  // later wins
  EXPECT_THAT(
      command.environment,
      Contains(Pair(
          "KUBERNETES_EXEC_INFO",
          R"({"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","spec":{"interactive":false}})")));
  world.config.exec->wants_cluster = true;
  world.config.authorities = "PEM";
  (void)shown(*world.credentials());
  EXPECT_THAT(world.processes.commands().back().environment.back().second,
              HasSubstr(R"("cluster":{"server":"https://api","certificate-authority-data":"UEVN"})"));
}

TEST(Credentials, ACertificateOfAPluginIsShown) {
  World world;
  world.config.exec = plugin();
  world.processes.answer("login", {0, credential(R"("clientCertificateData":"C","clientKeyData":"K")"), ""});
  auto now = world.credentials()->now({});
  ASSERT_TRUE(now);
  EXPECT_EQ(now->certificate, "C");
  EXPECT_EQ(now->key, "K");
  EXPECT_TRUE(now->fields.empty());
}

TEST(Credentials, APluginThatFailsSaysWhy) {
  struct Case {
    Result<Finished> finished;
    ErrorKind kind;
    const char* part;
  };
  auto out = [](std::string text) { return Finished{0, std::move(text), ""}; };
  const Case cases[] = {
      {Finished{1, "", "token expired\ndetails"}, ErrorKind::Denied,
       "ended with exit code 1: 'token expired'"},
      {Finished{139, "", ""}, ErrorKind::Denied, "ended with exit code 139"},
      {fail(ErrorKind::Timeout, "hangs"), ErrorKind::Timeout, "credential plugin 'login': hangs"},
      {fail(ErrorKind::Invalid, "more than 1048576 bytes"), ErrorKind::Invalid, "more than"},
      {out(""), ErrorKind::Invalid, "no ExecCredential"},
      {out("Please log in: https://x"), ErrorKind::Invalid, "no ExecCredential"},
      {out("{"), ErrorKind::Invalid, "cannot be read"},
      {out(R"({"kind":"Pod"})"), ErrorKind::Invalid, "no ExecCredential"},
      {out(credential(R"("token":"t")", "v1beta1")), ErrorKind::Invalid, "it answered in"},
      {out(credential("")), ErrorKind::Invalid, "neither a token nor a certificate"},
      {out(credential(R"("clientKeyData":"K")")), ErrorKind::Invalid, "one of certificate and key"},
      {out(credential(R"("token":"t","expirationTimestamp":"tomorrow")")), ErrorKind::Invalid,
       "'tomorrow' is no time"},
      {out(std::string(R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"})")),
       ErrorKind::Invalid, "neither"},
  };
  for (const Case& c : cases) {
    World world;
    world.config.exec = plugin();
    world.config.where = "/k/config";
    if (c.finished)
      world.processes.answer("login", *c.finished);
    else
      world.processes.fail_on("login", c.finished.error());
    auto now = world.credentials()->now({});
    ASSERT_FALSE(now) << c.part;
    EXPECT_EQ(now.error().kind, c.kind) << c.part;
    EXPECT_THAT(now.error().message, HasSubstr(c.part));
    EXPECT_THAT(now.error().where, "/k/config");
  }
  World world;
  world.config.exec = plugin();
  world.config.exec->install_hint = "get it from the vendor\nand so on";
  auto now = world.credentials()->now({});
  ASSERT_FALSE(now);
  EXPECT_EQ(now.error().kind, ErrorKind::NotFound);
  EXPECT_EQ(now.error().hint, "'get it from the vendor'");
}

// ---- with a server -----------------------------------------------------------------------------

TEST(Credentials, ARefusedOneIsAskedForAnewOnce) {
  testing::Authority authority;
  testing::FakeApiServer server(
      [](const testing::ApiRequest& asked) {
        bool good = asked.head.find("Bearer two") != std::string::npos;
        return good ? testing::json_answer(200, "{}") : testing::status_answer(401, "Unauthorized", "who?");
      },
      testing::TlsServer{authority.issue()});
  testing::ApiClient api(
      {.user = "u", .server = server.url(), .authorities = authority.pem(), .exec = plugin()});
  api.processes.answer("login", {0, credential(R"("token":"one")"), ""});
  auto got = api.client().get({nodes(), {}, "n"}, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Denied);
  EXPECT_THAT(api.processes.commands(), SizeIs(2));
  api.processes.answer("login", {0, credential(R"("token":"two")"), ""});
  EXPECT_TRUE(api.client().get({nodes(), {}, "n"}, {}));
}

TEST(Credentials, AnExpiredCertificateIsSaidBeforeAnythingIsAsked) {
  testing::Authority authority;
  testing::Identity identity = authority.issue();
  testing::ApiClient api(
      {.user = "u", .server = "https://api", .certificate = identity.certificate, .key = identity.key});
  api.clock.advance(std::chrono::hours(24 * 365 * 50));
  auto client = api.open();
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().kind, ErrorKind::Denied);
  EXPECT_THAT(client.error().message, HasSubstr("the client certificate of user 'u' expired on 20"));
  testing::ApiClient other({.user = "u", .server = "https://api", .certificate = "x", .key = "y"});
  EXPECT_EQ(other.open().error().kind, ErrorKind::Invalid);
}

TEST(Credentials, AnotherAuthorityIsNotTrusted) {
  testing::Authority authority;
  testing::Authority other("other");
  testing::FakeApiServer server([](const testing::ApiRequest&) { return testing::json_answer(200, "{}"); },
                                testing::TlsServer{authority.issue()});
  testing::ApiClient api({.context = "dev", .user = "u", .server = server.url(), .authorities = other.pem()});
  auto got = api.client().get({nodes(), {}, "n"}, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Denied);
  EXPECT_THAT(got.error().message, HasSubstr("not to be trusted"));
  EXPECT_THAT(got.error().hint, HasSubstr("certificate-authority"));
}

}  // namespace
}  // namespace eidos::kube
