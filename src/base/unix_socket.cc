#include "base/unix_socket.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/confine.h"
#include "base/text.h"

namespace eidos {

namespace {

// connect(2) does not wait for a place in a full queue of a non-blocking socket, and nothing tells when there
// is one.
constexpr int kLookMs = 20;

Sys<Descriptor> open_place(SystemCalls& calls, const std::string& path, const std::string& beneath) {
  if (beneath.empty()) return open_at(calls, AT_FDCWD, path, O_PATH);
  EIDOS_TRY(Descriptor root, open_at(calls, AT_FDCWD, beneath, O_PATH | O_DIRECTORY));
  return open_confined(calls, root.get(), path, O_PATH, Confine::InRoot);
}

int connect_once(int fd, const std::string& address) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::ranges::copy(address, name.sun_path);
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0 ? 0 : errno;
}

Error connect_error(int errno_value, const std::string& shown) {
  const std::string what = cat("connecting to ", quote(shown));
  if (errno_value == ECONNREFUSED)
    return {ErrorKind::Unavailable, cat(what, ": nobody listens there, or it is no socket"), {}, {}};
  if (errno_value == EPROTOTYPE || errno_value == ENOTSOCK)
    return {ErrorKind::Unavailable, cat(what, ": it is no stream socket"), {}, {}};
  return system_error(errno_value, what);
}

}  // namespace

Result<OwnedFd> connect_unix(const std::string& path, const std::string& beneath, const Limit& limit) {
  EIDOS_CHECK(check_path(path));
  const std::string shown = cat(beneath, path);
  SystemCalls calls;
  auto place = open_place(calls, path, beneath);
  if (!place) return std::unexpected(file_error(place.error(), "connecting to", shown));
  OwnedFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.open()) return std::unexpected(system_error(errno, "opening a socket"));
  // By the descriptor: the path may be too long for an address, and the root holds whatever the links say.
  const std::string address = cat("/proc/self/fd/", place->get());
  const Waiter waiter(limit);
  for (;;) {
    const int failed = connect_once(socket.get(), address);
    if (failed == 0) return socket;
    if (failed != EAGAIN && failed != EINTR) return std::unexpected(connect_error(failed, shown));
    EIDOS_CHECK(waiter.wait({}, cat("connecting to ", quote(shown)), kLookMs));
  }
}

}  // namespace eidos
