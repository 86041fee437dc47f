// The service without a socket: what each route answers, and how it refuses.

#include "serve/service.h"

#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/deflate.h"
#include "base/text.h"
#include "catalog/embedded.h"
#include "data/document.h"
#include "seal/archive.h"
#include "serve/openapi.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"

namespace eidos::serve {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kId = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
constexpr const char* kQuery = "?service=eks&accelerator=h100&intent=training&os=ubuntu";

std::shared_ptr<const catalog::Catalog> embedded() {
  static const std::shared_ptr<const catalog::Catalog> catalog = [] {
    testing::FakeFiles files;
    auto loaded = catalog::load(files, {.embedded = catalog::embedded_catalog()});
    EXPECT_TRUE(loaded);
    return std::make_shared<const catalog::Catalog>(std::move(loaded->catalog));
  }();
  return catalog;
}

ServiceOptions open_options() {
  ServiceOptions options;
  options.build = {"1.2.3", "0123456789abcdef0123456789abcdef01234567", "2026-01-31T12:00:00Z"};
  options.rate = {0, 0, 0};
  return options;
}

class ServiceTest : public ::testing::Test {
 protected:
  void restart(ServiceOptions options) {
    service_ = std::make_unique<Service>(embedded(), std::move(options), clock_);
  }

  Answer ask(std::string method, std::string target, std::string body = {}, Pairs headers = {}) {
    return service_->answer({.method = std::move(method),
                             .target = std::move(target),
                             .headers = std::move(headers),
                             .body = std::move(body),
                             .client = "192.0.2.1"},
                            kId);
  }
  Answer get(std::string target, Pairs headers = {}) {
    return ask("GET", std::move(target), {}, std::move(headers));
  }

  static std::string text(const Answer& answer) { return answer.body ? *answer.body : std::string(); }
  static std::string header(const Answer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.headers)
      if (key == name) return value;
    return {};
  }
  static data::Value json(const Answer& answer) {
    data::Sources sources;
    auto value = data::parse_json(text(answer), sources, "answer");
    EXPECT_TRUE(value) << text(answer);
    return value ? *value : data::Value();
  }
  std::string recipe(const char* accept = "application/json") {
    return text(get(cat("/v1/recipe", kQuery), {{"accept", accept}}));
  }

  testing::FakeClock clock_;
  std::unique_ptr<Service> service_ = std::make_unique<Service>(embedded(), open_options(), clock_);
};

TEST_F(ServiceTest, EachRouteAnswersEachMethod) {
  struct Case {
    const char* method;
    std::string target;
    std::string body;
    int status;
  };
  const std::string resolved = recipe();
  const std::string snapshot =
      "{\"kind\": \"Snapshot\", \"apiVersion\": \"eidos.nvidia.com/v1alpha1\", \"measurements\": []}";
  const std::string criteria = "kind: RecipeCriteria\nspec: {service: eks}\n";
  const Case kCases[] = {
      {"GET", "/v1/recipe", "", 200},
      {"GET", cat("/v1/recipe", kQuery), "", 200},
      {"HEAD", cat("/v1/recipe", kQuery), "", 200},
      {"POST", "/v1/recipe", criteria, 200},
      {"POST", "/v1/recipe?intent=training", snapshot, 200},
      {"POST", "/v1/recipe", "", 400},
      {"POST", "/v1/recipe", "null", 400},
      {"POST", "/v1/recipe", "{\"service\": \"eks\"}", 400},
      {"POST", "/v1/recipe", resolved, 400},
      {"POST", "/v1/recipe", criteria + "more: 1\n", 400},
      {"PUT", "/v1/recipe", "", 405},
      {"DELETE", "/v1/bundle", "", 405},
      {"OPTIONS", "/v1/recipe", "", 204},
      {"OPTIONS", "*", "", 204},
      {"GET", "*", "", 400},
      {"GET", "/v1/recipe?service=foo", "", 400},
      {"GET", "/v1/recipe?service=eks&service=gke", "", 400},
      {"GET", "/v1/recipe?output=/tmp/x", "", 400},
      {"GET", "/v1/recipe?catalog=/etc", "", 400},
      {"GET", "/v1/recipe?nodes=5x", "", 400},
      {"GET", "/v1/recipe?gpu=h100", "", 200},
      {"GET", "/v1/recipe/", "", 404},
      {"GET", "/v2/recipe", "", 404},
      {"GET", "//v1/recipe", "", 404},
      {"GET", cat("/v1/query", kQuery, "&selector=deploymentOrder"), "", 200},
      {"GET", cat("/v1/query", kQuery, "&selector=no.such"), "", 404},
      {"POST", "/v1/query", "{\"criteria\": {\"service\": \"eks\"}, \"selector\": \"criteria.service\"}",
       200},
      {"POST", "/v1/query?selector=criteria.service", resolved, 200},
      {"POST", "/v1/query", "{\"criteria\": {\"service\": [1]}}", 400},
      {"POST", "/v1/query", "{\"other\": 1}", 400},
      {"GET", cat("/v1/explain", kQuery), "", 200},
      {"GET", cat("/v1/explain", kQuery, "&set=gpu-operator:driver.version=1"), "", 200},
      {"POST", "/v1/bundle", resolved, 200},
      {"POST", "/v1/bundle?format=tar.gz&deployer=argocd&repo=https://git.example/x", resolved, 200},
      {"POST", "/v1/bundle?format=rar", resolved, 400},
      {"POST", "/v1/bundle?deployer=floox", resolved, 400},
      {"POST", "/v1/bundle?set=foo", resolved, 400},
      {"POST", "/v1/bundle?values-file=gpu-operator=/etc/passwd", resolved, 400},
      {"POST", "/v1/bundle", criteria, 400},
      {"POST", "/v1/bundle", "", 400},
      {"GET", "/v1/bundle", "", 405},
      {"POST", "/v1/validate", cat("{\"recipe\": ", resolved, ", \"snapshot\": ", snapshot, "}"), 200},
      {"POST", "/v1/validate", cat("{\"recipe\": ", resolved, "}"), 400},
      {"POST", "/v1/validate", "{\"recipe\": 1, \"snapshot\": 2}", 400},
      {"POST", "/v1/diff", cat("{\"from\": ", snapshot, ", \"to\": ", snapshot, "}"), 200},
      {"POST", "/v1/diff", cat("{\"from\": ", snapshot, ", \"to\": ", resolved, "}"), 400},
      {"GET", "/v1/catalog", "", 200},
      {"GET", "/v1/catalog?service=eks&all=true", "", 200},
      {"GET", "/v1/catalog/components/gpu-operator", "", 200},
      {"GET", "/v1/catalog/components/gpu-operatr", "", 404},
      {"GET", "/v1/catalog/components/..%2f..%2fetc", "", 404},
      {"GET", "/v1/schema/Snapshot", "", 200},
      {"GET", "/v1/schema/Nothing", "", 404},
      {"GET", "/openapi.json", "", 200},
      {"GET", "/openapi.yaml", "", 200},
      {"GET", "/health", "", 200},
      {"GET", "/ready", "", 200},
      {"GET", "/metrics", "", 200},
      {"POST", "/metrics", "", 405},
      {"GET", "/", "", 200},
      {"GET", "/page/app.js", "", 200},
      {"GET", "/page/nothing.js", "", 404}};
  for (const Case& c : kCases) {
    const Answer answer = ask(c.method, c.target, c.body);
    EXPECT_EQ(answer.status, c.status) << c.method << " " << c.target << "\n" << text(answer);
    EXPECT_EQ(header(answer, "X-API-Version"), "v1");
    if (answer.status < 400) continue;
    EXPECT_EQ(header(answer, "Content-Type"), "application/problem+json") << c.target;
    const data::Value problem = json(answer);
    EXPECT_EQ(problem.find("requestId")->string(), kId);
    EXPECT_FALSE(problem.find("message")->string().empty());
    EXPECT_THAT(text(answer),
                AllOf(Not(HasSubstr("std::")), Not(HasSubstr(".cc")), Not(HasSubstr("/tmp/x"))));
  }
}

TEST_F(ServiceTest, EveryProblemComesWithItsField) {
  const Answer answer = get("/v1/recipe?service=ekz&nodes=-1&foo=1&accelerator=h1000");
  const data::Value problem = json(answer);
  std::vector<std::string> fields;
  for (const data::Value& one : problem.find("details")->find("problems")->list())
    fields.push_back(one.find("field")->string());
  EXPECT_THAT(fields, ::testing::IsSupersetOf({"nodes", "foo"}));
  EXPECT_EQ(problem.find("code")->string(), "INVALID_REQUEST");
  const std::string place = text(ask("POST", "/v1/recipe", "kind: RecipeCriteria\nspec:\n  service: ekz\n"));
  EXPECT_THAT(place, HasSubstr("body:3:3")) << "as in a file";
}

TEST_F(ServiceTest, ARecipeIsTheToolsOwnInBothLanguages) {
  const data::Value document = json(get(cat("/v1/recipe", kQuery)));
  EXPECT_EQ(document.find("kind")->string(), "RecipeResult");
  EXPECT_EQ(document.find("metadata")->find("version")->string(), "1.2.3");
  EXPECT_THAT(recipe("application/yaml"), ::testing::StartsWith("kind: RecipeResult\n"));
  EXPECT_EQ(recipe(), recipe());
}

TEST_F(ServiceTest, WarningsTravelInTheBodyAndAreTakenBack) {
  const Answer answer = get("/v1/recipe?platform=kubeflow");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(header(answer, "X-Warnings"), "1");
  EXPECT_EQ(json(answer).find("warnings")->list().size(), 1U);
  EXPECT_EQ(ask("POST", "/v1/query?selector=criteria", text(answer)).status, 200);
  EXPECT_EQ(ask("POST", "/v1/bundle", text(answer)).status, 200) << "what one route gives another takes";
}

TEST_F(ServiceTest, ATagSparesTheBody) {
  const Answer first = get(cat("/v1/recipe", kQuery));
  const std::string tag = header(first, "ETag");
  ASSERT_THAT(tag, ::testing::MatchesRegex("\"[0-9a-f]{32}\""));
  EXPECT_EQ(header(first, "Cache-Control"), "public, max-age=600");
  for (const std::string& match : {tag, cat("W/", tag), cat("\"x\", ", tag), std::string("*")}) {
    const Answer again = get(cat("/v1/recipe", kQuery), {{"if-none-match", match}});
    EXPECT_EQ(again.status, 304) << match;
    EXPECT_EQ(text(again), "");
    EXPECT_EQ(header(again, "ETag"), tag);
  }
  EXPECT_EQ(get(cat("/v1/recipe", kQuery), {{"if-none-match", "\"other\""}}).status, 200);
  const Answer post = ask("POST", "/v1/recipe", "kind: RecipeCriteria\nspec: {service: eks}\n");
  EXPECT_EQ(header(post, "Cache-Control"), "no-store");
  EXPECT_EQ(header(post, "ETag"), "");
}

TEST_F(ServiceTest, WhatNotEverybodyMayAskIsNotForSharedCaches) {
  ServiceOptions with_tokens = open_options();
  with_tokens.tokens = [] { return std::map<std::string, std::string>{{"0123456789abcdef", "alice"}}; };
  ServiceOptions with_certificates = open_options();
  with_certificates.certified = true;
  for (ServiceOptions* options : {&with_tokens, &with_certificates}) {
    restart(std::move(*options));
    const Answer answer = get("/v1/catalog", {{"authorization", "Bearer 0123456789abcdef"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(header(answer, "Cache-Control"), "private, max-age=600");
  }
}

TEST_F(ServiceTest, TheNearestProxySaysWhoAsks) {
  ServiceOptions options = open_options();
  options.rate = {.rate = 0, .burst = 0, .client_rate = 1};
  options.trust_forwarded = true;
  restart(std::move(options));
  const auto left = [&](std::initializer_list<const char*> lines) {
    Pairs headers;
    for (const char* line : lines) headers.emplace_back("x-forwarded-for", line);
    return header(get("/v1/schema/Snapshot", std::move(headers)), "X-RateLimit-Remaining");
  };
  EXPECT_EQ(left({"192.0.2.7"}), "1");
  EXPECT_EQ(left({"198.51.100.1", "198.51.100.2, 192.0.2.7"}), "0") << "whatever the caller wrote before";
  EXPECT_EQ(left({"192.0.2.7", "192.0.2.8"}), "1");
}

TEST_F(ServiceTest, GzipIsARepresentationOfItsOwn) {
  const Answer plain = get(cat("/v1/recipe", kQuery));
  const Answer small = get(cat("/v1/recipe", kQuery), {{"accept-encoding", "gzip"}});
  EXPECT_EQ(header(small, "Content-Encoding"), "gzip");
  EXPECT_NE(header(small, "ETag"), header(plain, "ETag"));
  auto unpacked = gunzip(text(small), 1 << 20);
  ASSERT_TRUE(unpacked);
  EXPECT_EQ(*unpacked, text(plain));
  const Answer zip = ask("POST", "/v1/bundle", recipe(), {{"accept-encoding", "gzip"}});
  EXPECT_EQ(header(zip, "Content-Encoding"), "");
}

TEST_F(ServiceTest, ABundleIsAnArchiveThatVerifies) {
  const Answer answer = ask("POST", "/v1/bundle", recipe("application/yaml"));
  ASSERT_EQ(answer.status, 200) << text(answer);
  auto tree = seal::unpack(text(answer));
  ASSERT_TRUE(tree);
  EXPECT_EQ(header(answer, "X-Bundle-Files"), cat(tree->size()));
  EXPECT_EQ(tree->at("recipe.yaml").bytes, recipe("application/yaml")) << "byte for byte what was sent";
  EXPECT_EQ(tree->at("checksums.txt").bytes, checksum_lines(*tree));
  EXPECT_NE(header(answer, "X-Bundle-Warnings"), "0");
  EXPECT_FALSE(tree->at("WARNINGS.txt").bytes.empty());
  EXPECT_EQ(text(answer), text(ask("POST", "/v1/bundle", recipe("application/yaml"))));
}

TEST_F(ServiceTest, WhatIsNotAllowedIsRefusedOnEveryRoute) {
  ServiceOptions options = open_options();
  options.allowed = {{"service", {"eks"}}};
  const std::string gke = text(get("/v1/recipe?service=gke"));
  restart(std::move(options));
  EXPECT_EQ(get("/v1/recipe?service=eks").status, 200);
  EXPECT_EQ(get("/v1/recipe").status, 200) << "nothing stated is always allowed";
  for (const Answer& answer : {get("/v1/recipe?service=gke"), get("/v1/query?service=gke&selector=criteria"),
                               ask("POST", "/v1/recipe", "kind: RecipeCriteria\nspec: {service: gke}\n"),
                               ask("POST", "/v1/bundle", gke)}) {
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(text(answer), AllOf(HasSubstr("'gke' is not allowed here"), HasSubstr("allowed: eks")));
  }
}

TEST_F(ServiceTest, ATokenIsAskedForEverywhereButByProbes) {
  ServiceOptions options = open_options();
  options.tokens = [] { return std::map<std::string, std::string>{{"0123456789abcdef", "alice"}}; };
  restart(std::move(options));
  for (const char* probe : {"/health", "/ready", "/metrics"}) EXPECT_EQ(get(probe).status, 200) << probe;
  EXPECT_EQ(get("/v1/recipe").status, 401);
  EXPECT_EQ(header(get("/v1/recipe"), "WWW-Authenticate"), "Bearer");
  for (const char* wrong :
       {"Bearer 0123456789abcdeg", "Basic 0123456789abcdef", "0123456789abcdef", "Bearer "})
    EXPECT_EQ(get("/v1/recipe", {{"authorization", wrong}}).status, 401) << wrong;
  const Answer good = get("/v1/recipe", {{"authorization", "bearer 0123456789abcdef"}});
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.user, "alice");
}

TEST_F(ServiceTest, WhoAsksTooMuchWaits) {
  ServiceOptions options = open_options();
  options.rate = {.rate = 1, .burst = 2, .client_rate = 0};
  restart(std::move(options));
  EXPECT_EQ(header(get("/v1/schema/Snapshot"), "X-RateLimit-Remaining"), "1");
  EXPECT_EQ(get("/nothing").status, 404) << "counts, too";
  const Answer refused = get("/v1/schema/Snapshot");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(header(refused, "Retry-After"), "1");
  EXPECT_EQ(header(refused, "X-RateLimit-Limit"), "2");
  EXPECT_THAT(text(refused), HasSubstr("\"retryable\":true"));
  EXPECT_EQ(get("/health").status, 200);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(get("/v1/schema/Snapshot").status, 200);
  EXPECT_THAT(text(get("/metrics")), HasSubstr("eidos_rate_limit_rejects_total 1\n"));
}

TEST_F(ServiceTest, WhatIsNoRequestCountsAsOne) {
  ServiceOptions options = open_options();
  options.rate = {.rate = 0, .burst = 0, .client_rate = 1};
  options.trust_forwarded = true;
  restart(std::move(options));
  constexpr Refusal kTooLarge{413, "BODY_TOO_LARGE", "the body is too large"};
  const auto refuse = [&](std::string forwarded) {
    return service_->refuse({.method = "POST",
                             .target = "/v1/recipe",
                             .headers = {{"x-forwarded-for", std::move(forwarded)}},
                             .client = "192.0.2.1"},
                            kTooLarge, kId);
  };
  const Answer first = refuse("192.0.2.7");
  EXPECT_EQ(first.status, 413);
  EXPECT_TRUE(first.close);
  EXPECT_EQ(header(first, "X-RateLimit-Remaining"), "1");
  EXPECT_EQ(json(first).find("code")->string(), "BODY_TOO_LARGE");
  EXPECT_EQ(get("/%", {{"x-forwarded-for", "192.0.2.7"}}).status, 400) << "takes a token, too";
  const Answer last = refuse("192.0.2.7");
  EXPECT_EQ(last.status, 429);
  EXPECT_TRUE(last.close);
  EXPECT_EQ(header(last, "Retry-After"), "1");
  EXPECT_EQ(refuse("192.0.2.8").status, 413) << "everybody pays for their own";
  const std::string metrics = text(get("/metrics"));
  for (const char* line : {"eidos_http_requests_total{method=\"POST\",route=\"other\",status=\"413\"} 2\n",
                           "eidos_http_requests_total{method=\"POST\",route=\"other\",status=\"429\"} 1\n",
                           "eidos_http_requests_total{method=\"GET\",route=\"other\",status=\"400\"} 1\n",
                           "eidos_rate_limit_rejects_total 1\n", "eidos_http_requests_in_flight 1\n"})
    EXPECT_THAT(metrics, HasSubstr(line));
}

TEST_F(ServiceTest, RepresentationsThatAreNotThereAreRefused) {
  EXPECT_EQ(get("/v1/recipe", {{"accept", "image/png"}}).status, 406);
  EXPECT_EQ(ask("POST", "/v1/recipe", "x", {{"content-type", "image/png"}}).status, 415);
  EXPECT_EQ(ask("POST", "/v1/recipe", "x", {{"content-encoding", "gzip"}}).status, 415);
  EXPECT_THAT(text(get("/", {{"accept", "text/html"}})), HasSubstr("<!doctype html>"));
  EXPECT_THAT(header(get("/", {{"accept", "text/html"}}), "Content-Security-Policy"),
              HasSubstr("default-src 'none'"));
  EXPECT_EQ(json(get("/", {{"accept", "application/json"}})).find("service")->string(), "eidosd");
}

TEST_F(ServiceTest, WhileItEndsItIsNotReady) {
  service_->drain();
  EXPECT_EQ(get("/ready").status, 503);
  EXPECT_EQ(get("/health").status, 200);
  EXPECT_EQ(get("/v1/recipe").status, 200) << "who asks is still answered";
}

TEST_F(ServiceTest, MetricsNameTemplatesOnly) {
  get("/v1/schema/Snapshot");
  get("/v1/schema/Nothing");
  get("/etc/passwd");
  ask("BREW", "/pot");
  ask("POST", "/v1/bundle", recipe());
  const std::string metrics = text(get("/metrics"));
  for (const char* line :
       {"eidos_http_requests_total{method=\"GET\",route=\"/v1/schema/{kind}\",status=\"200\"} 1\n",
        "eidos_http_requests_total{method=\"GET\",route=\"/v1/schema/{kind}\",status=\"404\"} 1\n",
        "eidos_http_requests_total{method=\"GET\",route=\"other\",status=\"404\"} 1\n",
        "eidos_http_requests_total{method=\"other\",route=\"other\",status=\"404\"} 1\n",
        "bundler_make_total{bundler_type=\"gpu-operator\",result=\"success\"} 1\n",
        "eidos_recipe_cache_misses_total"})
    EXPECT_THAT(metrics, HasSubstr(line));
  EXPECT_THAT(metrics, Not(HasSubstr("passwd")));
}

TEST_F(ServiceTest, ManyMayAskAtOnce) {
  const std::string want = recipe();
  std::vector<std::jthread> threads;
  std::atomic<int> same = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < 20; ++n) {
        const Answer answer = ask("GET", cat("/v1/recipe", kQuery, "&nodes=", i * 100 + n + 1));
        if (answer.status == 200) ++same;
        if (text(ask("GET", cat("/v1/recipe", kQuery))) == want) ++same;
      }
    });
  threads.clear();
  EXPECT_EQ(same, 160);
}

TEST(OpenApi, DescribesEveryRouteOnce) {
  const data::Value document = openapi("1.2.3");
  std::set<std::string> ids;
  std::size_t operations = 0;
  for (const Route& route : routes()) {
    const data::Value* path = document.find("paths")->find(route.path);
    ASSERT_NE(path, nullptr) << route.path;
    for (const auto& entry : path->map()) {
      ++operations;
      EXPECT_TRUE(ids.insert(entry.value.find("operationId")->string()).second) << route.path;
      EXPECT_NE(entry.value.find("responses")->find("200"), nullptr);
    }
    EXPECT_EQ(path->find("get") != nullptr, (route.methods & kGet) != 0);
    EXPECT_EQ(path->find("post") != nullptr, (route.methods & kPost) != 0);
  }
  EXPECT_EQ(ids.size(), operations);
}

}  // namespace
}  // namespace eidos::serve
