// The parts that know no service: targets, representations, rates, tokens, names of requests, settings.

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "serve/accept.h"
#include "serve/answers.h"
#include "serve/limits.h"
#include "serve/settings.h"
#include "serve/span_queue.h"
#include "serve/target.h"
#include "serve/tokens.h"
#include "serve/trace.h"
#include "support/capture_log.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"

namespace eidos::serve {
namespace {

using testing::CaptureLog;
using ::testing::ElementsAre;
using testing::FakeFiles;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(Target, IsAPathAndItsParameters) {
  auto got = parse_target("/v1/re%63ipe?a=1&b=x+y%2B&&c&a=%C3%BC=");
  ASSERT_TRUE(got);
  EXPECT_EQ(got->path, "/v1/recipe");
  EXPECT_THAT(got->query, ElementsAre(Pair("a", "1"), Pair("b", "x y+"), Pair("c", ""), Pair("a", "ü=")));
}

TEST(Target, MayNameAHost) {
  struct Case {
    const char* target;
    const char* path;
    std::size_t parameters;
  };
  constexpr Case kCases[] = {{"http://x/v1/recipe?a=1", "/v1/recipe", 1},
                             {"HTTPS://[::1]:8080/v1/recipe", "/v1/recipe", 0},
                             {"http://x", "/", 0},
                             {"http://x?a=1&b", "/", 2},
                             {"/http://x/", "/http://x/", 0}};
  for (const Case& c : kCases) {
    auto got = parse_target(c.target);
    ASSERT_TRUE(got) << c.target;
    EXPECT_EQ(got->path, c.path);
    EXPECT_EQ(got->query.size(), c.parameters) << c.target;
  }
  for (const char* host : {"", "x", "eidos.example:8080", "[2001:db8::1]:1", "a_b"})
    EXPECT_TRUE(is_host(host));
  for (const char* none : {"a b", "a/b", "a@b", "a?", "<x>", "\xc3\xbc"}) EXPECT_FALSE(is_host(none)) << none;
}

TEST(Target, RefusesWhatNoCallerMeans) {
  std::string many = "/?";
  for (int i = 0; i < 1'001; ++i) many += "a&";
  const std::pair<std::string, const char*> kCases[] = {{"", "begins with '/'"},
                                                        {"ftp://x/", "begins with '/'"},
                                                        {"*", "begins with '/'"},
                                                        {"http:///v1", "names no host"},
                                                        {"http://a@b/", "names no host: 'a@b'"},
                                                        {"http://x/%", "broken escape"},
                                                        {"/%", "broken escape"},
                                                        {"/%4", "broken escape"},
                                                        {"/?a=%zz", "broken escape: '%zz'"},
                                                        {"/%00", "control character"},
                                                        {"/?a=%0d%0aX:1", "control character"},
                                                        {"/?a=%ff", "no UTF-8"},
                                                        {"/\xc3\x28", "no UTF-8"},
                                                        {many, "more than 1000"}};
  for (const auto& [target, message] : kCases) {
    auto got = parse_target(target);
    ASSERT_FALSE(got) << target;
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
    EXPECT_THAT(got.error().message, HasSubstr(message));
  }
}

TEST(Accept, TheCallersLikingDecides) {
  constexpr std::string_view kBoth = "application/json, application/yaml";
  struct Case {
    const char* accept;
    std::string_view offered;
    Form want;
  };
  const Case kCases[] = {
      {"", kBoth, Form::Json},
      {"*/*", kBoth, Form::Json},
      {"application/yaml", kBoth, Form::Yaml},
      {"text/yaml", kBoth, Form::Yaml},
      {"application/json;q=0.5, application/x-yaml", kBoth, Form::Yaml},
      {"application/json;q=0, */*", "application/json", Form::Json},
      {"application/yaml;q=nan, application/json;q=0.1", kBoth, Form::Json},
      {"application/yaml;q=inf, application/json;q=0.1", kBoth, Form::Json},
      {"application/yaml;q=2, application/json;q=0.1", kBoth, Form::Json},
      {"application/yaml;q=1.001, application/json;q=0.1", kBoth, Form::Json},
      {"application/yaml;q=, application/json;q=0.1", kBoth, Form::Json},
      {"application/yaml;q=-1", kBoth, Form::None},
      {"application/yaml;q=nan", kBoth, Form::None},
      {"application/yaml;q=1.000, application/json;q=0.999", kBoth, Form::Yaml},
      {"APPLICATION/JSON", kBoth, Form::Json},
      {"application/*", kBoth, Form::Json},
      {"application/vnd.nvidia.eidos.v1+json", kBoth, Form::Json},
      {"application/vnd.nvidia.eidos.v2+json", kBoth, Form::None},
      {"text/html", kBoth, Form::None},
      {"text/html,application/xhtml+xml,*/*;q=0.8", "text/html, application/json", Form::Html},
      {"application/json", "text/html, application/json", Form::Json},
      {"application/zip", "application/zip, application/gzip", Form::Other},
      {"application/gzip", "application/zip, application/gzip", Form::Other},
      {"*/*", "text/plain", Form::Other},
      {"text/*", "text/css, text/javascript", Form::Other}};
  for (const Case& c : kCases) EXPECT_EQ(chosen(c.accept, c.offered), c.want) << c.accept;
  EXPECT_TRUE(takes_gzip("br, gzip;q=0.5"));
  for (const char* none : {"", "br", "gzip;q=0", "gzip;q=nan", "identity"})
    EXPECT_FALSE(takes_gzip(none)) << none;
}

TEST(Limits, ABucketForAllAndOneForEach) {
  Limits limits({.rate = 10, .burst = 6, .client_rate = 2});
  const SteadyTime start{std::chrono::seconds(100)};
  for (int i = 3; i >= 0; --i) {
    Allowance one = limits.ask("192.0.2.1", start);
    EXPECT_TRUE(one.granted);
    EXPECT_EQ(one.remaining, std::min(i, 2 + i)) << "of its own, which is the smaller";
  }
  Allowance refused = limits.ask("192.0.2.1", start);
  EXPECT_FALSE(refused.granted);
  EXPECT_EQ(refused.retry, 1);
  EXPECT_TRUE(limits.ask("192.0.2.2", start).granted);
  EXPECT_TRUE(limits.ask("192.0.2.3", start).granted);
  EXPECT_FALSE(limits.ask("192.0.2.4", start).granted) << "the one of all is empty";
  EXPECT_TRUE(limits.ask("192.0.2.1", start + std::chrono::seconds(1)).granted);
  EXPECT_LE(limits.ask("192.0.2.9", start + std::chrono::hours(1)).remaining, 5) << "never above its burst";
}

TEST(Limits, WithoutThemNobodyIsCounted) {
  Limits limits({.rate = 0, .burst = 0, .client_rate = 0});
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(limits.ask("192.0.2.1", {}).granted);
}

TEST(Limits, ACrowdOfClientsIsBounded) {
  Limits limits({.rate = 0, .burst = 0, .client_rate = 1});
  const SteadyTime start{std::chrono::seconds(100)};
  for (int i = 0; i < 50'000; ++i)
    ASSERT_TRUE(limits.ask(cat("10.0.", i / 256, ".", i % 256), start).granted);
}

TEST(Limits, AClientIsAnAddressOrANetwork) {
  EXPECT_EQ(client_key("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client_key("2001:db8:1:2::1"), client_key("2001:db8:1:2:ffff::9%eth0"));
  EXPECT_NE(client_key("2001:db8:1:2::1"), client_key("2001:db8:1:3::1"));
  EXPECT_NE(client_key("::ffff:192.0.2.1"), client_key("::ffff:192.0.2.2")) << "these are IPv4 addresses";
}

TEST(Answers, TheOneAskedForLongestAgoGoes) {
  Answers answers(2, 1'000'000);
  for (const char* key : {"a", "b"}) answers.keep(key, {.status = 200, .user = key});
  ASSERT_TRUE(answers.find("a"));
  answers.keep("c", {});
  EXPECT_TRUE(answers.find("a"));
  EXPECT_FALSE(answers.find("b"));
  Answers small(100, 100);
  small.keep("large", {.body = std::make_shared<const std::string>(std::string(99, 'x'))});
  EXPECT_FALSE(small.find("large")) << "nothing that leaves no room for others";
}

TEST(Tokens, AreReadByTheLine) {
  auto got = parse_tokens(
      "# people\nalice=0123456789abcdef\n\n  0123456789abcdeg  \nMDEyMzQ1Njc4OWFiY2RlZg==\n", "t");
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_THAT(*got, ElementsAre(Pair("0123456789abcdef", "alice"), Pair("0123456789abcdeg", "token-4"),
                                Pair("MDEyMzQ1Njc4OWFiY2RlZg==", "token-5")));
  for (const auto& [text, message] :
       {std::pair("", "no token in it"), std::pair("secret\n", "shorter than 16"),
        std::pair("0123456789abcdef\na=0123456789abcdef\n", "twice")}) {
    auto bad = parse_tokens(text, "t");
    ASSERT_FALSE(bad) << text;
    EXPECT_THAT(bad.error().message, HasSubstr(message));
    EXPECT_THAT(bad.error().message + bad.error().where + bad.error().hint,
                ::testing::Not(HasSubstr("secret")));
  }
}

TEST(Tokens, AFileThatChangesIsReadAgain) {
  FakeFiles files;
  testing::FakeClock clock;
  testing::CaptureLog log;
  files.put("/t", "0123456789abcdef\n");
  auto file = TokenFile::open("/t", files, clock, log);
  ASSERT_TRUE(file) << file.error().message;
  files.put("/t", "0123456789abcdeg\n");
  EXPECT_TRUE((*file)->tokens().contains("0123456789abcdef")) << "not at every request";
  clock.advance(std::chrono::seconds(2));
  EXPECT_TRUE((*file)->tokens().contains("0123456789abcdeg"));
  files.put("/t", "");
  clock.advance(std::chrono::seconds(2));
  EXPECT_TRUE((*file)->tokens().contains("0123456789abcdeg")) << "half a file locks nobody out";
}

TEST(Trace, NamesAreKeptWhenTheyAreNames) {
  EXPECT_EQ(request_id("6BA7B810-9DAD-11D1-80B4-00C04FD430C8"), "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  const std::string fresh = request_id("x\ny");
  EXPECT_EQ(request_id(fresh), fresh);
  EXPECT_EQ(fresh[14], '4');
  EXPECT_NE(request_id({}), request_id({}));
}

struct Deliveries {
  bool busy = false;
  std::atomic<int> asked = 0;
  std::atomic<std::size_t> taken = 0;
};

class StandInDelivery final : public trace::Delivery {
 public:
  explicit StandInDelivery(Deliveries& seen) : seen_(seen) {}
  Result<std::int64_t> send(const std::vector<SpanRecord>& spans, const Limit&) override {
    ++seen_.asked;
    if (seen_.busy) return fail(ErrorKind::Unavailable, "busy");
    seen_.taken += spans.size();
    return 1;  // not wanted
  }

 private:
  Deliveries& seen_;
};

TEST(SpanQueue, KeepsABoundedNumberAndCountsTheRest) {
  CaptureLog log;
  Deliveries seen{.busy = true};
  SpanQueue queue(std::make_unique<StandInDelivery>(seen), log);
  constexpr int kFirst = 512;
  for (int i = 0; i < kFirst; ++i) queue.take({});
  while (seen.asked == 0) std::this_thread::yield();  // these are on their way, and stay
  constexpr int kMore = 4096 + 100;
  for (int i = 0; i < kMore; ++i) queue.take({});
  EXPECT_EQ(queue.counts().lost, 100);
  EXPECT_EQ(queue.counts().sent, 0);
}

TEST(SpanQueue, SendsWhatIsLeftWhenItEnds) {
  CaptureLog log;
  Deliveries seen;
  {
    SpanQueue queue(std::make_unique<StandInDelivery>(seen), log);
    for (int i = 0; i < 3; ++i) queue.take({});
  }
  EXPECT_EQ(seen.taken, 3U);
}

struct Told {
  std::vector<std::string> arguments;
  std::map<std::string, std::string, std::less<>> environment = {};
  std::string file = {};
};

Result<Settings> settings_of(const Told& told) {
  FakeFiles files;
  files.put("/c.yaml", told.file);
  auto look = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = told.environment.find(name);
    return found == told.environment.end() ? std::nullopt : std::optional(found->second);
  };
  return read_settings(told.arguments, look, files);
}

TEST(Settings, FlagsBeatVariablesBeatTheFile) {
  auto nothing = settings_of({});
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->listen.host, "127.0.0.1");
  EXPECT_EQ(nothing->listen.port, 8080);
  auto got =
      settings_of({.arguments = {"--config=/c.yaml", "--rate", "7", "--data=a", "--data=b", "--log-json"},
                   .environment = {{"PORT", "90"},
                                   {"EIDOSD_BURST", "8"},
                                   {"EIDOSD_RATE", "1"},
                                   {"EIDOSD_DATA", "x"},
                                   {"AICR_ALLOWED_SERVICES", "eks, gke"}},
                   .file = "rate: 2\nburst: 3\nclient-rate: 4\nmax-body: 1MiB\naccess-log: false\n"});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->rate.rate, 7);
  EXPECT_EQ(got->rate.burst, 8);
  EXPECT_EQ(got->rate.client_rate, 4);
  EXPECT_EQ(got->listen.max_body_bytes, 1024 * 1024);
  EXPECT_EQ(got->listen.host, "0.0.0.0");
  EXPECT_EQ(got->listen.port, 90);
  EXPECT_THAT(got->data, ElementsAre("a", "b"));
  EXPECT_TRUE(got->log_json);
  EXPECT_FALSE(got->access_log);
  EXPECT_EQ(got->allowed.at("service"), "eks, gke");
  EXPECT_EQ(settings_of({.arguments = {"--listen", "[::1]:1"}})->listen.host, "::1");
}

TEST(Settings, RefuseInOneLine) {
  struct Case {
    Told told;
    ErrorKind kind;
    const char* message;
  };
  const Case kCases[] = {
      {{{"--lisen", "x"}}, ErrorKind::Usage, "unknown flag '--lisen'"},
      {{{"x"}}, ErrorKind::Usage, "unexpected argument 'x'"},
      {{{"--rate"}}, ErrorKind::Usage, "--rate needs a value"},
      {{{"--rate", "-1"}}, ErrorKind::Invalid, "--rate: '-1' is no whole number"},
      {{{"--listen", "here"}}, ErrorKind::Invalid, "--listen: 'here' is no address and port"},
      {{{"--listen", "1.2.3.4:99999"}}, ErrorKind::Invalid, "is no address and port"},
      {{{"--max-body", "65MiB"}}, ErrorKind::Invalid, "is no size up to 64MiB"},
      {{{"--max-connections", "0"}}, ErrorKind::Invalid, "at least one"},
      {{{"--log-json=maybe"}}, ErrorKind::Invalid, "neither true nor false"},
      {{{"--tls-cert", "a"}}, ErrorKind::Usage, "belong together"},
      {{{"--client-ca", "a"}}, ErrorKind::Usage, "means nothing without --tls-cert"},
      {{{}, {{"PORT", "18090x"}}}, ErrorKind::Invalid, "PORT: "},
      {{{}, {{"EIDOSD_IDLE_TIMEOUT", "5"}}}, ErrorKind::Invalid, "EIDOSD_IDLE_TIMEOUT: "},
      {{{"--config", "/c.yaml"}, {}, "rtae: 1\n"}, ErrorKind::Usage, "unknown flag 'rtae'"},
      {{{"--config", "/c.yaml"}, {}, "rate: [1]\n"}, ErrorKind::Invalid, "expected one value"},
      {{{"--config", "/none.yaml"}}, ErrorKind::NotFound, "/none.yaml"}};
  for (const Case& c : kCases) {
    auto got = settings_of(c.told);
    ASSERT_FALSE(got) << c.message;
    EXPECT_EQ(got.error().kind, c.kind) << got.error().message;
    EXPECT_THAT(got.error().message, HasSubstr(c.message));
  }
}

TEST(Settings, HelpFitsAScreenAndNamesEveryFlag) {
  const std::string help = settings_help();
  EXPECT_LE(split(help, '\n').size(), 45U);
  for (std::string_view line : split(help, '\n')) EXPECT_LE(line.size(), 120U) << line;
  EXPECT_THAT(help, HasSubstr("--token-file FILE"));
}

}  // namespace
}  // namespace eidos::serve
