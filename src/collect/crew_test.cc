#include "collect/crew.h"

#include <atomic>
#include <latch>
#include <semaphore>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"

namespace eidos::collect {
namespace {

using ::testing::ElementsAre;

Collection named(const std::string& detail) {
  return absent(detail);
}

Work answers(const std::string& name) {
  return {name, [name](const Limit&) -> Result<Collection> { return named(name); }};
}

// Keeps to its limit, and to nothing else.
Result<Collection> wait_for_limit(const Limit& limit) {
  std::binary_semaphore stopped{0};
  std::stop_callback ring(limit.stop(), [&] { stopped.release(); });
  if (limit.deadline())
    (void)stopped.try_acquire_until(*limit.deadline());
  else
    stopped.acquire();
  EIDOS_CHECK(limit.check("waiting"));
  return named("not reached");
}

class CrewTest : public ::testing::Test {
 protected:
  Result<std::vector<Done>> run(std::vector<Work> work, const CrewOptions& options) {
    static const testing::FakeClock clock;  // a thread that is left behind may still look at it
    return run_crew(std::move(work), options, clock);
  }
};

TEST_F(CrewTest, KeepsTheOrderOfTheWorkHoweverManyAtOnce) {
  for (int parallel : {-1, 1, 2, 8}) {
    auto done = run({answers("a"), answers("b"), answers("c")}, {.parallel = parallel});
    ASSERT_TRUE(done);
    std::vector<std::string> got;
    for (const Done& one : *done) got.push_back(one.result->detail);
    EXPECT_THAT(got, ElementsAre("a", "b", "c"));
  }
}

TEST_F(CrewTest, RunsAtOnceWhatMayRunAtOnce) {
  // Each piece waits for the other one: in a row they would never end.
  auto both = std::make_shared<std::latch>(2);
  auto meet = [both](const Limit&) -> Result<Collection> {
    both->arrive_and_wait();
    return named("met");
  };
  auto done = run({{"a", meet}, {"b", meet}}, {.parallel = 2});
  ASSERT_TRUE(done);
  EXPECT_EQ((*done)[0].result->detail, "met");
}

TEST_F(CrewTest, NeverRunsMoreThanItMay) {
  auto active = std::make_shared<std::atomic<int>>(0);
  auto most = std::make_shared<std::atomic<int>>(0);
  auto count = [active, most](const Limit&) -> Result<Collection> {
    int now = ++*active;
    int seen = *most;
    while (now > seen && !most->compare_exchange_weak(seen, now)) std::this_thread::yield();
    std::this_thread::yield();
    --*active;
    return Collection{};
  };
  std::vector<Work> work(20, {"a", count});
  ASSERT_TRUE(run(std::move(work), {.parallel = 3}));
  EXPECT_LE(*most, 3);
}

TEST_F(CrewTest, GivesEachItsOwnDeadline) {
  auto done = run({{"slow", wait_for_limit}, answers("b")}, {.parallel = 1, .deadline = Milliseconds(5)});
  ASSERT_TRUE(done);
  EXPECT_EQ((*done)[0].result.error().kind, ErrorKind::Timeout);
  EXPECT_EQ((*done)[1].result->detail, "b");
}

TEST_F(CrewTest, LeavesBehindWhatDoesNotComeBack) {
  auto let_go = std::make_shared<std::latch>(1);
  auto left = std::make_shared<std::latch>(1);
  auto hang = [let_go, left](const Limit&) -> Result<Collection> {
    let_go->wait();
    left->count_down();
    return named("too late");
  };
  auto done = run({{"hangs", hang}, answers("b")},
                  {.parallel = 1, .deadline = Milliseconds(5), .grace = Milliseconds(5)});
  ASSERT_TRUE(done);
  EXPECT_EQ((*done)[0].result.error().kind, ErrorKind::Timeout);
  EXPECT_EQ((*done)[0].result.error().message, "hangs: did not come back and was left behind");
  EXPECT_EQ((*done)[1].result->detail, "b");
  let_go->count_down();
  left->wait();
}

TEST_F(CrewTest, AStopDoesNotWaitForWhatHangs) {
  auto let_go = std::make_shared<std::latch>(1);
  auto left = std::make_shared<std::latch>(1);
  std::stop_source stop;
  auto hang = [let_go, left, stop](const Limit&) mutable -> Result<Collection> {
    stop.request_stop();
    let_go->wait();
    left->count_down();
    return named("too late");
  };
  // With the deadline or the usual grace this would take hours.
  auto done = run({{"hangs", hang}}, {.parallel = 1,
                                      .deadline = std::chrono::hours(1),
                                      .grace = std::chrono::hours(1),
                                      .stop_grace = Milliseconds(5),
                                      .limit = Limit(stop.get_token(), std::nullopt)});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::Cancelled);
  let_go->count_down();
  left->wait();
}

TEST_F(CrewTest, StartsNothingAfterTheWholeTimeIsUp) {
  auto started = std::make_shared<std::atomic<bool>>(false);
  Work late{"late", [started](const Limit&) -> Result<Collection> {
              *started = true;
              return Collection{};
            }};
  auto done =
      run({{"slow", wait_for_limit}, late}, {.parallel = 1, .limit = Limit().within(Milliseconds(5))});
  ASSERT_TRUE(done);
  EXPECT_EQ((*done)[1].result.error().kind, ErrorKind::Timeout);
  EXPECT_EQ((*done)[1].result.error().message, "late: timed out");
  EXPECT_FALSE(*started);
}

TEST_F(CrewTest, EndsWithAStopRequest) {
  std::stop_source stop;
  Work asks{"asks", [stop](const Limit& limit) mutable -> Result<Collection> {
              stop.request_stop();
              return wait_for_limit(limit);
            }};
  auto done = run({asks, {"waits", wait_for_limit}, answers("never started")},
                  {.parallel = 2, .limit = Limit(stop.get_token(), std::nullopt)});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::Cancelled);
}

TEST_F(CrewTest, ReturnsTheFirstErrorWhenAsked) {
  auto denied = [](const Limit&) -> Result<Collection> { return fail(ErrorKind::Denied, "no"); };
  std::vector<Work> work = {{"denied", denied}, {"waits", wait_for_limit}, answers("c")};
  auto first = run(work, {.parallel = 2, .stop_at_first_error = true});
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().message, "denied: no");
  auto all = run(work, {.parallel = 2, .deadline = Milliseconds(5)});
  ASSERT_TRUE(all);
  EXPECT_EQ((*all)[0].result.error().kind, ErrorKind::Denied);
}

TEST_F(CrewTest, TurnsAThrowIntoAnError) {
  auto throws = [](const Limit&) -> Result<Collection> { throw std::runtime_error("out of luck"); };
  auto done = run({{"throws", throws}}, {});
  ASSERT_TRUE(done);
  EXPECT_EQ((*done)[0].result.error().kind, ErrorKind::Internal);
  EXPECT_EQ((*done)[0].result.error().message, "throws: out of luck");
}

TEST_F(CrewTest, NothingToDoIsDone) {
  auto done = run({}, {});
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->empty());
}

}  // namespace
}  // namespace eidos::collect
