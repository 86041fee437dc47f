#include "base/span.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"

namespace eidos {
namespace {

using testing::FakeClock;

struct Kept final : SpanSink {
  void take(SpanRecord span) override { spans.push_back(std::move(span)); }
  std::vector<SpanRecord> spans;
};

TEST(Span, HangsBelowItsParentAndEndsWithItsScope) {
  FakeClock clock;
  Kept kept;
  const TracePlace top{&kept, new_trace_id(), new_span_id()};
  {
    const Span outer(top, clock, "outer", SpanKind::Server);
    {
      Span inner(outer.place(), clock, "inner");
      inner.set("key", "value");
    }
    ASSERT_EQ(kept.spans.size(), 1U);
  }
  ASSERT_EQ(kept.spans.size(), 2U);
  const SpanRecord& inner = kept.spans[0];
  const SpanRecord& outer = kept.spans[1];
  EXPECT_EQ(inner.name, "inner");
  EXPECT_EQ(inner.parent, outer.id);
  EXPECT_EQ(outer.parent, top.span);
  EXPECT_EQ(inner.trace, top.trace);
  EXPECT_EQ(outer.trace, top.trace);
  EXPECT_NE(inner.id, outer.id);
  EXPECT_EQ(outer.kind, SpanKind::Server);
  ASSERT_EQ(inner.attributes.size(), 1U);
  EXPECT_EQ(std::get<std::string>(inner.attributes[0].value), "value");
  EXPECT_FALSE(inner.failed);
}

TEST(Span, AnErrorFailsItAndSaysOnlyOfWhatKind) {
  FakeClock clock;
  Kept kept;
  {
    Span span({&kept, new_trace_id(), {}}, clock, "work");
    const auto same = span.ends(Result<int>(fail(ErrorKind::NotFound, "no /secret/path")));
    EXPECT_EQ(same.error().message, "no /secret/path");
  }
  ASSERT_EQ(kept.spans.size(), 1U);
  EXPECT_TRUE(kept.spans[0].failed);
  ASSERT_EQ(kept.spans[0].attributes.size(), 1U);
  EXPECT_EQ(std::get<std::string>(kept.spans[0].attributes[0].value), "NOT_FOUND");
}

TEST(Span, WhereNobodyWantsItNothingHappens) {
  FakeClock clock;
  Span span({}, clock, "work");
  span.set("key", "value");
  EXPECT_EQ(span.ends(Result<int>(7)).value(), 7);
  EXPECT_EQ(span.place().sink, nullptr);
}

}  // namespace
}  // namespace eidos
