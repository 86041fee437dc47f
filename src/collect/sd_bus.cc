#include "collect/sd_bus.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "base/unix_socket.h"
#include "collect/bus_read.h"

namespace eidos::collect {

namespace {

constexpr const char* kSystemd = "org.freedesktop.systemd1";
constexpr const char* kManagerPath = "/org/freedesktop/systemd1";
constexpr const char* kManager = "org.freedesktop.systemd1.Manager";
// A unit's properties, and systemd itself after daemon-reload (org.freedesktop.systemd1(5), "Signals").
constexpr const char* kMatches[] = {
    "type='signal',interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
    "path_namespace='/org/freedesktop/systemd1/unit'",
    "type='signal',interface='org.freedesktop.systemd1.Manager',member='Reloading',"
    "path='/org/freedesktop/systemd1'"};
constexpr std::size_t kPiece = 64 * 1024;
constexpr std::uint64_t kNoTimeout = UINT64_MAX;  // of sd-bus: the limit is ours

// Carries bytes from one socket to another, one piece at a time.
class Pipe {
 public:
  Pipe(int from, int to) : from_(from), to_(to) {}

  bool wants_input() const { return !ended_ && held_.empty(); }
  bool wants_output() const { return !held_.empty(); }
  bool ended() const { return ended_; }

  /// How many bytes came.
  Result<std::size_t> take(std::string_view what) {
    held_.resize(kPiece);
    ssize_t got = ::recv(from_, held_.data(), held_.size(), MSG_DONTWAIT);
    const int failed = errno;
    held_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (got == 0 || (got < 0 && failed == ECONNRESET)) ended_ = true;
    if (got >= 0 || failed == EAGAIN || failed == EINTR || ended_) return held_.size();
    return std::unexpected(system_error(failed, what));
  }

  Result<void> give(std::string_view what) {
    ssize_t sent = ::send(to_, held_.data(), held_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      held_.erase(0, static_cast<std::size_t>(sent));
    } else if (errno == EPIPE || errno == ECONNRESET) {
      held_.clear();  // nobody is left to read it; the other direction says so, too
    } else if (errno != EAGAIN && errno != EINTR) {
      return std::unexpected(system_error(errno, what));
    }
    return {};
  }

 private:
  int from_;
  int to_;
  std::string held_;
  bool ended_ = false;
};

// The kind by D-Bus error name; any other is Unavailable: systemd answered that it cannot.
struct NamedError {
  std::string_view name;
  ErrorKind kind;
};
constexpr NamedError kNamedErrors[] = {
    {"org.freedesktop.DBus.Error.ServiceUnknown", ErrorKind::NotFound},
    {"org.freedesktop.DBus.Error.NameHasNoOwner", ErrorKind::NotFound},
    {"org.freedesktop.DBus.Error.AccessDenied", ErrorKind::Denied},
    {"org.freedesktop.DBus.Error.AuthFailed", ErrorKind::Denied},
    {"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", ErrorKind::Denied},
};

// dbus-daemon tried to start it, in one of several ways: "...Error.Spawn.ExecFailed".
constexpr std::string_view kSpawnError = "org.freedesktop.DBus.Error.Spawn.";

Error answered_error(const sd_bus_error& error) {
  const std::string_view name = error.name == nullptr ? "" : error.name;
  const std::string_view message = error.message == nullptr ? "" : error.message;
  ErrorKind kind = name.starts_with(kSpawnError) ? ErrorKind::NotFound : ErrorKind::Unavailable;
  for (const NamedError& known : kNamedErrors)
    if (known.name == name) kind = known.kind;
  return {
      kind, cat("systemd answered ", show(name), message.empty() ? "" : ": ", quote(message, 200)), {}, {}};
}

class Connection final : public DBus {
 public:
  Connection(const SdBusApi& api, OwnedFd peer, OwnedFd near, std::string where)
      : api_(api),
        peer_(std::move(peer)),
        near_(std::move(near)),
        where_(std::move(where)),
        in_(peer_.get(), near_.get()),
        out_(near_.get(), peer_.get()) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override {
    forget_answer();
    if (bus_ == nullptr) return;
    api_.close(bus_);
    api_.unref(bus_);
  }

  /// `far` is sd-bus' end of the pair.
  Result<void> start(const OwnedFd& far, bool greet) {
    EIDOS_CHECK(done(api_.create(&bus_), "sd_bus_new"));
    EIDOS_CHECK(done(api_.set_bus_client(bus_, greet ? 1 : 0), "sd_bus_set_bus_client"));
    EIDOS_CHECK(done(api_.negotiate_fds(bus_, 0), "sd_bus_negotiate_fds"));
    // sd-bus closes what it was given, from the moment it takes it.
    const int theirs = ::fcntl(far.get(), F_DUPFD_CLOEXEC, 0);
    if (const int took = api_.set_fd(bus_, theirs, theirs); took < 0) {
      ::close(theirs);
      return done(took, "sd_bus_set_fd");
    }
    return done(api_.start(bus_), "sd_bus_start");
  }

  Result<BusValue> call(const BusCall& call, const Limit& limit) override {
    EIDOS_CHECK(exchange(call, limit));
    return read_body(api_, answer_);
  }

  Result<void> listen(std::vector<std::string> paths, const Limit& limit) override {
    paths.emplace_back(kManagerPath);
    watched_ = std::move(paths);
    for (const char* match : kMatches)
      EIDOS_CHECK(done(api_.add_match_async(bus_, nullptr, match, on_signal, nullptr, this),
                       "sd_bus_add_match_async"));
    // Without it systemd keeps its signals to itself.
    return exchange({kManagerPath, kManager, "Subscribe", {}}, limit);
  }

  Result<void> wait_for_change(const Limit& limit) override {
    if (broken_) return fail(ErrorKind::Unavailable, cat(where_, ": given up before"));
    const Waiter waiter(limit);
    const std::string what = cat(where_, ": waiting for a change");
    while (!changed_) {
      received_ = 0;
      auto done = process();
      // sd-bus has had all that came, and tells nobody that no more will.
      if (done && !changed_ && in_.ended() && !in_.wants_output())
        done = fail(ErrorKind::Unavailable, cat(where_, ": hung up"));
      if (done && !changed_) done = carry(waiter, what);
      if (!done) {
        broken_ = limit.check(what).has_value();
        return done;
      }
    }
    changed_ = false;
    return {};
  }

  bool broken() const override { return broken_; }

 private:
  Result<void> exchange(const BusCall& call, const Limit& limit) {
    if (broken_) return fail(ErrorKind::Unavailable, cat(where_, ": given up before"));
    forget_answer();
    received_ = 0;
    sd_bus_slot* slot = nullptr;
    EIDOS_CHECK(send(call, slot));
    auto answered = wait_for_answer(cat(where_, ": waiting for systemd's answer"), limit);
    api_.slot_unref(slot);
    broken_ = !answered;  // an answer may still come, and be taken for the next one's
    EIDOS_CHECK(std::move(answered));
    const sd_bus_error* error = api_.get_error(answer_);
    if (error == nullptr) return {};
    // What sd-bus answers in its place, when the other side is gone.
    broken_ = in_.ended();
    if (broken_) return fail(ErrorKind::Unavailable, cat(where_, ": hung up"));
    return std::unexpected(answered_error(*error));
  }

  Result<void> done(int got, std::string_view call) {
    if (got >= 0) return {};
    return std::unexpected(system_error(-got, cat(where_, ": ", call)));
  }

  Result<void> send(const BusCall& call, sd_bus_slot*& slot) {
    sd_bus_message* message = nullptr;
    EIDOS_CHECK(done(api_.new_method_call(bus_, &message, kSystemd, call.path.c_str(), call.interface.c_str(),
                                          call.member.c_str()),
                     "sd_bus_message_new_method_call"));
    int got = 0;
    if (!call.argument.empty()) got = api_.append_basic(message, SD_BUS_TYPE_STRING, call.argument.c_str());
    if (got >= 0) got = api_.call_async(bus_, &slot, message, on_answer, this, kNoTimeout);
    api_.message_unref(message);
    return done(got, "sd_bus_call_async");
  }

  // A callback of C: nothing may be thrown out of it.
  static int on_answer(sd_bus_message* message, void* self, sd_bus_error*) {
    auto& connection = *static_cast<Connection*>(self);
    connection.forget_answer();
    connection.answer_ = connection.api_.message_ref(message);
    return 1;
  }

  static int on_signal(sd_bus_message* message, void* self, sd_bus_error*) {
    auto& connection = *static_cast<Connection*>(self);
    const char* path = connection.api_.get_path(message);
    if (path != nullptr &&
        std::ranges::find(connection.watched_, std::string_view(path)) != connection.watched_.end())
      connection.changed_ = true;
    return 0;  // whoever else wants it
  }

  void forget_answer() {
    if (answer_ != nullptr) api_.message_unref(answer_);
    answer_ = nullptr;
  }

  Result<void> wait_for_answer(const std::string& what, const Limit& limit) {
    const Waiter waiter(limit);
    for (;;) {
      EIDOS_CHECK(process());
      if (answer_ != nullptr) return {};
      EIDOS_CHECK(carry(waiter, what));
    }
  }

  // Until sd-bus has nothing more to do with what it has.
  Result<void> process() {
    for (;;) {
      int got = api_.process(bus_, nullptr);
      if (answer_ != nullptr || got == 0) return {};
      if (got > 0) continue;
      if (got == -EPERM || got == -EACCES) return fail(ErrorKind::Denied, cat(where_, ": refused us"));
      if (got == -ENOTCONN || got == -ECONNRESET || got == -EPIPE)
        return fail(ErrorKind::Unavailable, cat(where_, ": hung up"));
      return fail(ErrorKind::Unavailable, cat(where_, ": what came is no D-Bus: ", std::strerror(-got)));
    }
  }

  // Waits for bytes on either side, and carries them over.
  Result<void> carry(const Waiter& waiter, const std::string& what) {
    auto wanted = [](bool input, bool output) {
      return static_cast<short>((input ? POLLIN : 0) | (output ? POLLOUT : 0));
    };
    std::array<pollfd, 3> fds = {pollfd{peer_.get(), wanted(in_.wants_input(), out_.wants_output()), 0},
                                 pollfd{near_.get(), wanted(out_.wants_input(), in_.wants_output()), 0},
                                 pollfd{api_.get_fd(bus_), sd_events(), 0}};
    for (pollfd& fd : fds)
      if (fd.events == 0) fd.fd = -1;  // else a side that hung up would wake us for nothing, again and again
    EIDOS_CHECK(waiter.wait(fds, what));
    if (fds[0].revents != 0 && in_.wants_input()) EIDOS_CHECK(receive(what));
    if (in_.wants_output()) EIDOS_CHECK(in_.give(what));
    if (fds[1].revents != 0 && out_.wants_input()) EIDOS_CHECK(out_.take(what));
    if (out_.wants_output()) EIDOS_CHECK(out_.give(what));
    return {};
  }

  short sd_events() const {
    int events = api_.get_events(bus_);
    return events < 0 ? short{0} : static_cast<short>(events);
  }

  Result<void> receive(const std::string& what) {
    EIDOS_TRY(std::size_t came, in_.take(what));
    received_ += static_cast<std::int64_t>(came);
    if (received_ > kMostAnswerBytes)
      return fail(ErrorKind::Invalid,
                  cat(where_, ": its answer is larger than ", kMostAnswerBytes, " bytes"));
    if (in_.ended()) ::shutdown(near_.get(), SHUT_WR);  // so that sd-bus hears of it
    return {};
  }

  SdBusApi api_;
  OwnedFd peer_;
  OwnedFd near_;  // the other end is sd-bus'
  std::string where_;
  Pipe in_;
  Pipe out_;
  std::int64_t received_ = 0;
  bool broken_ = false;
  std::vector<std::string> watched_;  // objects whose signals count
  bool changed_ = false;
  sd_bus* bus_ = nullptr;
  sd_bus_message* answer_ = nullptr;
};

class SdBuses final : public Buses {
 public:
  explicit SdBuses(std::string library) : library_(std::move(library)) {}

  Result<std::unique_ptr<DBus>> open(const BusPlace& place, const Limit& limit) override {
    // The socket first: where there is no systemd, nobody misses its library.
    EIDOS_TRY(OwnedFd peer, connect_unix(place.path, place.root, limit));
    return bus_over(std::move(peer), cat(place.root, place.path), place.is_private, library_);
  }

 private:
  std::string library_;
};

}  // namespace

Result<std::unique_ptr<DBus>> bus_over(OwnedFd peer, std::string where, bool is_private,
                                       const std::string& library) {
  EIDOS_TRY(SdBusApi api, load_sd_bus(library.c_str()));
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
    return std::unexpected(system_error(errno, "opening a pair of sockets"));
  const OwnedFd far(pair[1]);
  auto bus = std::make_unique<Connection>(api, std::move(peer), OwnedFd(pair[0]), std::move(where));
  EIDOS_CHECK(bus->start(far, !is_private));
  return bus;
}

std::unique_ptr<Buses> real_buses(std::string library) {
  return std::make_unique<SdBuses>(std::move(library));
}

}  // namespace eidos::collect
