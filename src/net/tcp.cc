#include "net/tcp.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "net/url.h"

namespace eidos::net {

namespace {

// RFC 8305 section 5: how long one address is given before the next is tried beside it.
constexpr int kHeadStartMs = 250;
constexpr std::size_t kMostAddresses = 16;

std::string text_of_errno(int number) {
  return std::error_code(number, std::generic_category()).message();
}

// ---- lookup ----------------------------------------------------------------------------------

using Addresses = Result<std::vector<std::string>>;

struct ListDeleter {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, ListDeleter>;

// getaddrinfo(3) for a stream socket; its error code when it fails.
std::expected<AddressList, int> address_list(const std::string& host, const char* service, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  int failed = ::getaddrinfo(host.c_str(), service, &hints, &list);
  if (failed != 0) return std::unexpected(failed);
  return AddressList(list);
}

Addresses look_up(const std::string& host) {
  auto list = address_list(host, nullptr, 0);
  if (!list)
    return fail(ErrorKind::Unavailable, cat("looking up ", quote(host), ": ", ::gai_strerror(list.error())));
  std::vector<std::string> out;
  for (const addrinfo* one = list->get(); one != nullptr && out.size() < kMostAddresses; one = one->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) ==
        0)
      out.emplace_back(text.data());
  }
  return out;
}

// What a lookup thread and its caller share; whoever of them ends last frees it.
struct Pending {
  explicit Pending(int bell) : done(bell) {}
  std::mutex mutex;
  std::optional<Addresses> addresses;
  OwnedFd done;  ///< eventfd
};

// getaddrinfo cannot be interrupted, and a dead name server holds it for half a minute. So it is waited for
// from outside, and abandoned when the limit ends first.
Addresses look_up_within(const Waiter& waiter, const std::string& host, const Lookup& lookup) {
  auto pending = std::make_shared<Pending>(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  std::string what = cat("looking up ", quote(host));
  if (!pending->done.open()) return std::unexpected(system_error(errno, what));
  try {
    std::thread([pending, host, lookup] {
      Addresses found = lookup(host);
      std::lock_guard lock(pending->mutex);
      pending->addresses = std::move(found);
      ::eventfd_write(pending->done.get(), 1);
    }).detach();
  } catch (const std::system_error& error) {
    return std::unexpected(system_error(error.code().value(), what));
  }
  for (;;) {
    EIDOS_CHECK(waiter.wait(pending->done.get(), POLLIN, what));
    std::lock_guard lock(pending->mutex);
    if (pending->addresses) return *std::move(pending->addresses);
  }
}

// One family after the other, so that a network that lost one of them costs one head start.
std::vector<std::string> interleaved(const std::vector<std::string>& addresses) {
  if (addresses.empty()) return {};
  auto is_v6 = [](const std::string& text) { return text.find(':') != std::string::npos; };
  std::vector<std::string> first;
  std::vector<std::string> second;
  for (const std::string& text : addresses)
    (is_v6(text) == is_v6(addresses.front()) ? first : second).push_back(text);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) out.push_back(first[i]);
    if (i < second.size()) out.push_back(second[i]);
  }
  return out;
}

// ---- connecting ------------------------------------------------------------------------------

// A socket on its way, or the errno that ended it.
std::expected<OwnedFd, int> start_connect(const std::string& address, std::uint16_t port) {
  auto list = address_list(address, cat(port).c_str(), AI_NUMERICHOST | AI_NUMERICSERV);
  if (!list) return std::unexpected(EADDRNOTAVAIL);
  const addrinfo& to = **list;
  OwnedFd socket(::socket(to.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.open()) return std::unexpected(errno);
  int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // A stream that waits for news would never notice that the other side has lost its power.
  ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  if (::connect(socket.get(), to.ai_addr, to.ai_addrlen) == 0 || errno == EINPROGRESS || errno == EINTR)
    return socket;
  return std::unexpected(errno);
}

int pending_error(int socket) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// Attempts beside each other, each with a head start over the next.
class Race {
 public:
  Race(const Waiter& waiter, std::vector<std::string> addresses, std::uint16_t port, std::string peer)
      : waiter_(waiter), addresses_(std::move(addresses)), port_(port), peer_(std::move(peer)) {}

  Result<OwnedFd> run() {
    for (;;) {
      if (next_ < addresses_.size()) start_next();
      if (sockets_.empty() && next_ == addresses_.size()) return lost();
      if (sockets_.empty()) continue;
      EIDOS_TRY(OwnedFd winner, await_one());
      if (winner.open()) return winner;
    }
  }

 private:
  void start_next() {
    auto socket = start_connect(addresses_[next_++], port_);
    if (socket)
      sockets_.push_back(*std::move(socket));
    else
      error_ = socket.error();
  }

  // The winner, or none yet: an attempt failed, or the head start is over.
  Result<OwnedFd> await_one() {
    std::vector<pollfd> polled;
    for (const OwnedFd& socket : sockets_) polled.push_back({socket.get(), POLLOUT, 0});
    int cap = next_ < addresses_.size() ? kHeadStartMs : -1;
    EIDOS_CHECK(waiter_.wait(polled, cat("connecting to ", quote(peer_)), cap));
    for (std::size_t i = polled.size(); i-- > 0;) {
      if (polled[i].revents == 0) continue;
      int error = pending_error(polled[i].fd);
      if (error == 0) return std::move(sockets_[i]);
      error_ = error;
      sockets_.erase(sockets_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return OwnedFd();
  }

  std::unexpected<Error> lost() const {
    return fail(ErrorKind::Unavailable, cat("connecting to ", quote(peer_), ": ", text_of_errno(error_)));
  }

  const Waiter& waiter_;
  std::vector<std::string> addresses_;
  std::uint16_t port_;
  std::string peer_;
  std::size_t next_ = 0;
  std::vector<OwnedFd> sockets_;
  int error_ = EADDRNOTAVAIL;
};

class TcpChannel final : public Channel {
 public:
  TcpChannel(const Waiter& waiter, OwnedFd socket, const std::string& peer)
      : waiter_(waiter), socket_(std::move(socket)), peer_(quote(peer)) {}

  Result<std::size_t> read(std::span<char> into) override {
    std::string what = cat("waiting for ", peer_);
    for (;;) {
      EIDOS_CHECK(waiter_.limit().check(what));
      ssize_t got = ::recv(socket_.get(), into.data(), into.size(), 0);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno == EAGAIN)
        EIDOS_CHECK(waiter_.wait(socket_.get(), POLLIN, what));
      else if (errno != EINTR)
        return broken(errno);
    }
  }

  Result<void> write(std::string_view bytes) override {
    std::string what = cat("sending to ", peer_);
    while (!bytes.empty()) {
      ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0)
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      else if (errno == EAGAIN)
        EIDOS_CHECK(waiter_.wait(socket_.get(), POLLOUT, what));
      else if (errno != EINTR)
        return broken(errno);
    }
    return {};
  }

 private:
  std::unexpected<Error> broken(int number) const {
    return fail(ErrorKind::Unavailable, cat("connection to ", peer_, ": ", text_of_errno(number)));
  }

  const Waiter& waiter_;
  OwnedFd socket_;
  std::string peer_;
};

}  // namespace

Lookup system_lookup() {
  return look_up;
}

Result<std::unique_ptr<Channel>> connect_tcp(const Waiter& waiter, const std::string& host,
                                             std::uint16_t port, const Lookup& lookup) {
  std::string peer = host.find(':') == std::string::npos ? cat(host, ':', port) : cat('[', host, "]:", port);
  EIDOS_CHECK(waiter.limit().check(cat("connecting to ", quote(peer))));
  std::vector<std::string> addresses = {host};
  if (!is_address(host)) {
    EIDOS_TRY(addresses, look_up_within(waiter, host, lookup));
    if (addresses.empty())
      return fail(ErrorKind::Unavailable, cat("looking up ", quote(host), ": no address"));
    addresses = interleaved(addresses);
  }
  EIDOS_TRY(OwnedFd socket, Race(waiter, std::move(addresses), port, peer).run());
  return std::make_unique<TcpChannel>(waiter, std::move(socket), peer);
}

}  // namespace eidos::net
