#include "base/unix_socket.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/text.h"
#include "support/temp_dir.h"

namespace eidos {
namespace {

using ::testing::HasSubstr;

// A socket that listens as `name` in a directory. Bound by a relative path: the directory's may be too long.
class Listener {
 public:
  Listener(const std::filesystem::path& directory, const std::string& name, int backlog = 8) {
    std::filesystem::create_directories(directory);
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(directory);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    socket_ = OwnedFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    if (backlog >= 0) {
      EXPECT_EQ(::listen(socket_.get(), backlog), 0);
    }
    std::filesystem::current_path(before);
  }

 private:
  OwnedFd socket_;
};

TEST(UnixSocket, ConnectsBelowARootAndThroughItsLinks) {
  testing::TempDir dir;
  const std::string deep = cat("deep/", std::string(120, 'd'));  // longer than an address may be
  Listener far(dir / deep, "private");
  Listener near(dir / "run", "bus");
  std::filesystem::create_symlink("/run/bus", dir / "link");  // absolute: it stays below the root
  for (const char* path : {"/run/bus", "run/bus", "/link", "/../run/bus"})
    EXPECT_TRUE(connect_unix(path, dir.path(), {})) << path;
  EXPECT_TRUE(connect_unix(cat("/", deep, "/private"), dir.path(), {}));
  EXPECT_TRUE(connect_unix(dir / "run/bus", "", {}));
}

TEST(UnixSocket, RefusesWithOneLine) {
  testing::TempDir dir;
  Listener deaf(dir / "run", "deaf", -1);
  dir.put("file", "text");
  struct Case {
    const char* path;
    ErrorKind kind;
    const char* message;
  };
  const Case kCases[] = {{"/nothing", ErrorKind::NotFound, "does not exist"},
                         {"/run/deaf", ErrorKind::Unavailable, "nobody listens there"},
                         {"/file", ErrorKind::Unavailable, "it is no socket"},
                         {"/file/x", ErrorKind::Invalid, "is a file, not a directory"},
                         {"", ErrorKind::Invalid, ""}};
  for (const Case& c : kCases) {
    auto refused = connect_unix(c.path, dir.path(), {});
    ASSERT_FALSE(refused) << c.path;
    EXPECT_EQ(refused.error().kind, c.kind) << c.path << ": " << refused.error().message;
    EXPECT_THAT(refused.error().message, HasSubstr(c.message)) << c.path;
  }
}

TEST(UnixSocket, AFullQueueCostsTheLimitAndNoMore) {
  testing::TempDir dir;
  Listener full(dir / "run", "bus", 0);
  std::vector<OwnedFd> waiting;  // until the queue takes no more
  for (;;) {
    auto one = connect_unix("/run/bus", dir.path(), Limit().within(Milliseconds(50)));
    if (!one) {
      EXPECT_EQ(one.error().kind, ErrorKind::Timeout);
      break;
    }
    waiting.push_back(*std::move(one));
    ASSERT_LT(waiting.size(), 100U);
  }
  std::stop_source stop;
  stop.request_stop();
  auto cancelled = connect_unix("/run/bus", dir.path(), Limit(stop.get_token(), std::nullopt));
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().kind, ErrorKind::Cancelled);
}

}  // namespace
}  // namespace eidos
