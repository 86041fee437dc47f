#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "trace/otlp.h"
#include "trace/traceparent.h"

namespace eidos::trace {
namespace {

using testing::HasSubstr;

constexpr std::string_view kHeader = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(Traceparent, IsReadAndWritten) {
  const auto parent = parse_traceparent(kHeader);
  ASSERT_TRUE(parent);
  EXPECT_EQ(hex_of(parent->trace), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(hex_of(parent->span), "00f067aa0ba902b7");
  EXPECT_TRUE(parent->sampled);
  EXPECT_EQ(traceparent(*parent), kHeader);
}

TEST(Traceparent, LaterVersionsAreReadAsFarAsThisOneGoes) {
  EXPECT_TRUE(parse_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02-what-comes-next"));
  EXPECT_FALSE(parse_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02")->sampled);
}

TEST(Traceparent, AnythingElseIsNone) {
  for (std::string_view none : {
           "",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
           "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
           "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
           "00x4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
       })
    EXPECT_FALSE(parse_traceparent(none)) << none;
}

TEST(Sampling, TakesThePartThatWasAskedFor) {
  constexpr int kTraces = 20'000;
  int chosen = 0;
  for (int i = 0; i < kTraces; ++i) {
    const TraceId id = new_trace_id();
    EXPECT_FALSE(is_chosen(id, 0));
    EXPECT_TRUE(is_chosen(id, 1));
    if (!is_chosen(id, 0.25)) continue;
    ++chosen;
    EXPECT_TRUE(is_chosen(id, 0.5)) << "who asks for more has these too";
  }
  EXPECT_NEAR(chosen, kTraces / 4, 500);  // eight standard deviations
}

TEST(Otlp, SaysWhatASpanIs) {
  SpanRecord span{.trace = {0x4b, 1},
                  .id = {2},
                  .parent = {3},
                  .name = "GET /v1/recipe",
                  .kind = SpanKind::Server,
                  .began = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000)),
                  .took = std::chrono::microseconds(1500)};
  span.attributes = {{"http.route", "/v1/recipe"}, {"http.response.status_code", std::int64_t{500}}};
  span.failed = true;
  const std::string text = otlp_request({"eidosd", "1.2.3"}, std::vector{span});
  for (std::string_view part :
       {R"("traceId":"4b010000000000000000000000000000")", R"("spanId":"0200000000000000")",
        R"("parentSpanId":"0300000000000000")", R"("kind":2)", R"("startTimeUnixNano":"1700000000000000000")",
        R"("endTimeUnixNano":"1700000000001500000")",
        R"({"key":"http.route","value":{"stringValue":"/v1/recipe"}})",
        R"({"key":"http.response.status_code","value":{"intValue":"500"}})", R"("status":{"code":2})",
        R"({"key":"service.name","value":{"stringValue":"eidosd"}})"})
    EXPECT_THAT(text, HasSubstr(part));
  data::Sources sources;
  EXPECT_TRUE(data::parse_json(text, sources, ""));
}

TEST(Otlp, RootsHaveNoParent) {
  const std::string text = otlp_request({"eidos", "1"}, std::vector{SpanRecord{.trace = {1}, .id = {2}}});
  EXPECT_THAT(text, testing::Not(HasSubstr("parentSpanId")));
  EXPECT_THAT(text, testing::Not(HasSubstr("status")));
}

TEST(Otlp, CountsWhatTheCollectorDidNotWant) {
  EXPECT_EQ(rejected_spans(R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"full"}})"), 3);
  EXPECT_EQ(rejected_spans(R"({"partialSuccess":{"rejectedSpans":2}})"), 2);
  for (std::string_view none : {"", "{}", "no JSON", R"({"partialSuccess":{}})", R"({"partialSuccess":[]})",
                                R"({"partialSuccess":{"rejectedSpans":"-1"}})"})
    EXPECT_EQ(rejected_spans(none), 0) << none;
}

TEST(Endpoint, IsAHostAndPortOrAUrl) {
  struct Row {
    std::string_view text;
    std::string_view url;
  };
  for (const Row& row :
       {Row{"localhost:4318", "http://localhost:4318/v1/traces"},
        Row{"localhost", "http://localhost:4318/v1/traces"}, Row{"[::1]", "http://[::1]:4318/v1/traces"},
        Row{"[::1]:9", "http://[::1]:9/v1/traces"},
        Row{"http://c.example:4318", "http://c.example:4318/v1/traces"},
        Row{"https://c.example/in", "https://c.example/in"}}) {
    const auto url = otlp_endpoint(row.text);
    ASSERT_TRUE(url) << row.text << ": " << url.error().message;
    EXPECT_EQ(net::absolute_form(*url), row.url);
  }
}

TEST(Endpoint, TheGrpcPortAndWhatIsNoAddressAreRefused) {
  const auto grpc = otlp_endpoint("collector:4317");
  ASSERT_FALSE(grpc);
  EXPECT_THAT(grpc.error().message, HasSubstr("4317"));
  EXPECT_THAT(grpc.error().hint, HasSubstr("4318"));
  for (std::string_view bad :
       {"", "ftp://c.example", "a:b:c", "http://u:p@c.example", "http://c.example/?a=b", "c.example/path",
        "c.example:99999", "http://c.example:4317/v1/traces"})
    EXPECT_FALSE(otlp_endpoint(bad)) << bad;
}

}  // namespace
}  // namespace eidos::trace
