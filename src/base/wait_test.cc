#include "base/wait.h"

#include <array>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace eidos {
namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    read = OwnedFd(ends[0]);
    write = OwnedFd(ends[1]);
  }
  OwnedFd read;
  OwnedFd write;
};

TEST(Wait, ReturnsWhenADescriptorIsReady) {
  Pipe pipe;
  ASSERT_EQ(::write(pipe.write.get(), "x", 1), 1);
  std::array<pollfd, 2> fds = {{{-1, POLLIN, 0}, {pipe.read.get(), POLLIN, 0}}};
  EXPECT_TRUE(Waiter({}).wait(fds, "reading"));
  EXPECT_EQ(fds[0].revents, 0);
  EXPECT_EQ(fds[1].revents, POLLIN);
}

TEST(Wait, EndsAtTheCapWithoutAnError) {
  Pipe pipe;
  std::array<pollfd, 1> fds = {{{pipe.read.get(), POLLIN, POLLIN}}};
  EXPECT_TRUE(Waiter({}).wait(fds, "reading", 1));
  EXPECT_EQ(fds[0].revents, 0);
}

TEST(Wait, EndsAtTheDeadline) {
  Pipe pipe;
  Waiter waiter(Limit().within(Milliseconds(10)));
  EXPECT_EQ(waiter.wait(pipe.read.get(), POLLIN, "reading").error(),
            (Error{ErrorKind::Timeout, "reading: timed out", {}, {}}));
}

TEST(Wait, AStopRequestWakesIt) {
  Pipe pipe;
  std::stop_source source;
  Waiter waiter(Limit(source.get_token(), std::nullopt));
  std::jthread stopper([&] { source.request_stop(); });
  Result<void> got;
  while (got) got = waiter.wait(pipe.read.get(), POLLIN, "reading");
  EXPECT_EQ(got.error(), (Error{ErrorKind::Cancelled, "reading: cancelled", {}, {}}));
}

TEST(Wait, AnOwnedDescriptorIsClosedOnce) {
  Pipe pipe;
  int number = pipe.read.get();
  OwnedFd moved = std::move(pipe.read);
  EXPECT_FALSE(pipe.read.open());  // NOLINT(bugprone-use-after-move): the moved-from state is the subject
  EXPECT_EQ(moved.get(), number);
  moved = OwnedFd();
  EXPECT_NE(::fcntl(number, F_GETFD), 0);
}

}  // namespace
}  // namespace eidos
