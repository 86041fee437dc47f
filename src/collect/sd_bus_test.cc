// The real sd-bus against a peer of ours that says anything.

#include "collect/sd_bus.h"

#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/text.h"
#include "base/wait.h"
#include "support/bus_peer.h"
#include "support/temp_dir.h"

namespace eidos::collect {
namespace {

using testing::bus_answer;
using testing::bus_signal;
using testing::BusPeer;
using ::testing::HasSubstr;
using testing::Marshal;
using Kind = BusValue::Kind;

// A socket at <dir>/bus; one connection is served on a thread that ends with it.
class Server {
 public:
  explicit Server(std::function<void(BusPeer&)> serve) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = dir_ / "bus";
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    listener_ = OwnedFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_.get(), 8), 0);
    thread_ = std::jthread([this, serve = std::move(serve)] {
      OwnedFd one(::accept(listener_.get(), nullptr, nullptr));
      if (!one.open()) return;
      BusPeer peer(one.get());
      serve(peer);
    });
  }
  ~Server() { ::shutdown(listener_.get(), SHUT_RDWR); }

  BusPlace place() const { return {"/bus", dir_.path(), true}; }

 private:
  testing::TempDir dir_;
  OwnedFd listener_;
  std::jthread thread_;
};

const BusCall kCall{"/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "LoadUnit", "x.service"};
constexpr Milliseconds kShort{100};

Result<BusValue> ask(const Server& server, const Limit& limit) {
  const auto buses = real_buses();
  EIDOS_TRY(auto bus, buses->open(server.place(), limit));
  return bus->call(kCall, limit);
}

// The answer to every call.
std::function<void(BusPeer&)> answers(std::string signature, std::string body, std::string error = {}) {
  return [=](BusPeer& peer) {
    if (!peer.let_in()) return;
    while (auto serial = peer.next_call()) peer.send(bus_answer(*serial, signature, body, error));
  };
}

TEST(SdBus, ReadsEveryType) {
  struct Case {
    const char* signature;
    std::string body;
    BusValue want;
  };
  auto basic = [](char type, std::string text) { return BusValue{.type = type, .text = std::move(text)}; };
  auto number = [](auto value) { return Marshal().number(value).bytes(); };
  const Case kCases[] = {
      {"y", number(std::uint8_t{255}), basic('y', "255")},
      {"b", number(std::uint32_t{1}), basic('b', "true")},
      {"n", number(std::int16_t{-2}), basic('n', "-2")},
      {"q", number(std::uint16_t{65535}), basic('q', "65535")},
      {"i", number(std::int32_t{-999}), basic('i', "-999")},
      {"u", number(std::uint32_t{4294967295}), basic('u', "4294967295")},
      {"x", number(std::int64_t{INT64_MIN}), basic('x', "-9223372036854775808")},
      {"t", number(std::uint64_t{UINT64_MAX}), basic('t', "18446744073709551615")},
      {"d", number(1.5), basic('d', "1.5")},
      {"s", Marshal().text("active").bytes(), basic('s', "active")},
      {"o", Marshal().text("/unit").bytes(), basic('o', "/unit")},
      {"g", Marshal().signature("a{sv}").bytes(), basic('g', "a{sv}")},
      {"ay",
       Marshal().array(1, [](Marshal& a) { a.number('a').number('\0'); }).bytes(),
       {.kind = Kind::Bytes, .text = std::string("a\0", 2)}},
      {"as",
       Marshal().array(4, [](Marshal& a) { a.text("x").text(""); }).bytes(),
       {.kind = Kind::Array, .type = 's', .items = {basic('s', "x"), basic('s', "")}}},
      {"ai", Marshal().array(4, [](Marshal&) {}).bytes(), {.kind = Kind::Array, .type = 'i'}},
      {"(bs)",
       Marshal().number(std::uint32_t{0}).text("").bytes(),
       {.kind = Kind::Struct, .type = 'b', .items = {basic('b', "false"), basic('s', "")}}},
      {"v",
       Marshal().signature("u").number(std::uint32_t{18}).bytes(),
       {.kind = Kind::Variant, .type = 'u', .items = {basic('u', "18")}}},
      {"a{sv}",
       Marshal()
           .array(8, [](Marshal& a) { a.pad(8).text("UMask").signature("u").number(std::uint32_t{18}); })
           .bytes(),
       {.kind = Kind::Dict,
        .type = 'e',
        .items = {basic('s', "UMask"), {.kind = Kind::Variant, .type = 'u', .items = {basic('u', "18")}}}}},
  };
  for (const Case& c : kCases) {
    Server server(answers(c.signature, c.body));
    auto value = ask(server, {});
    ASSERT_TRUE(value) << c.signature << ": " << value.error().message;
    EXPECT_EQ(*value, c.want) << c.signature << " " << value->text;
  }
}

TEST(SdBus, OneConnectionTakesManyCalls) {
  Server server(answers("s", Marshal().text(std::string(300'000, 'x')).bytes()));
  const auto buses = real_buses();
  auto bus = buses->open(server.place(), {});
  ASSERT_TRUE(bus);
  for (int i = 0; i < 20; ++i) {  // together more than one answer may be
    auto value = (*bus)->call(kCall, {});
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(value->text.size(), 300'000U);
  }
}

TEST(SdBus, RefusesWhatIsNoAnswer) {
  struct Case {
    const char* what;
    std::function<void(BusPeer&)> serve;
    ErrorKind kind;
    const char* message;
  };
  const Case kCases[] = {
      {"hangs up at once", [](BusPeer&) {}, ErrorKind::Unavailable, "hung up"},
      {"hangs up after the handshake", [](BusPeer& peer) { peer.let_in(); }, ErrorKind::Unavailable,
       "hung up"},
      {"hangs up after the call",
       [](BusPeer& peer) {
         if (peer.let_in()) peer.next_call();
       },
       ErrorKind::Unavailable, "hung up"},
      {"hangs up within its answer",
       [](BusPeer& peer) {
         if (!peer.let_in()) return;
         auto serial = peer.next_call();
         peer.send(bus_answer(serial.value_or(0), "s", Marshal().text("active").bytes()).substr(0, 40));
       },
       ErrorKind::Unavailable, "hung up"},
      {"refuses us",
       [](BusPeer& peer) {
         peer.send("REJECTED\r\nREJECTED\r\nREJECTED\r\n");
         peer.wait_for_end();
       },
       ErrorKind::Denied, "refused us"},
      {"garbage for a handshake",
       [](BusPeer& peer) {
         peer.send("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
         peer.wait_for_end();
       },
       ErrorKind::Denied, "refused us"},
      {"garbage for an answer",
       [](BusPeer& peer) {
         if (!peer.let_in() || !peer.next_call()) return;
         peer.send(std::string(4096, 'g'));
         peer.wait_for_end();
       },
       ErrorKind::Unavailable, ""},
      {"no value", answers("", ""), ErrorKind::Invalid, "its answer is empty"},
      {"text that is none", answers("s", Marshal().text("a\xff").bytes()), ErrorKind::Invalid,
       "no value that D-Bus knows"},
      {"a text longer than its message", answers("s", Marshal().number(std::uint32_t{4000}).bytes()),
       ErrorKind::Invalid, "no value that D-Bus knows"},
      {"a file descriptor", answers("h", Marshal().number(std::uint32_t{0}).bytes()), ErrorKind::Invalid, ""},
      {"an error",
       answers("s", Marshal().text("no such unit").bytes(), "org.freedesktop.systemd1.NoSuchUnit"),
       ErrorKind::Unavailable, "systemd answered org.freedesktop.systemd1.NoSuchUnit: 'no such unit'"},
      {"an error without a word", answers("", "", "org.freedesktop.DBus.Error.AccessDenied"),
       ErrorKind::Denied, "systemd answered org.freedesktop.DBus.Error.AccessDenied"},
      {"nobody of that name", answers("", "", "org.freedesktop.DBus.Error.ServiceUnknown"),
       ErrorKind::NotFound, ""},
      {"nobody who could be started", answers("", "", "org.freedesktop.DBus.Error.Spawn.ExecFailed"),
       ErrorKind::NotFound, ""},
      {"too many values",
       answers("ab", Marshal()
                         .array(4,
                                [](Marshal& a) {
                                  for (int i = 0; i < 70'000; ++i) a.number(std::uint32_t{1});
                                })
                         .bytes()),
       ErrorKind::Invalid, "more than 65536 values"},
      {"too large", answers("s", Marshal().text(std::string(10 * 1024 * 1024, 'x')).bytes()),
       ErrorKind::Invalid, "its answer is larger than 4194304 bytes"},
      {"too much that is no answer",
       [](BusPeer& peer) {
         if (!peer.let_in()) return;
         auto serial = peer.next_call();
         while (peer.send(bus_answer(serial.value_or(0) + 1, "s", Marshal().text("x").bytes()))) {
         }
       },
       ErrorKind::Invalid, "its answer is larger than 4194304 bytes"},
  };
  for (const Case& c : kCases) {
    Server server(c.serve);
    auto refused = ask(server, {});
    ASSERT_FALSE(refused) << c.what;
    EXPECT_EQ(refused.error().kind, c.kind) << c.what << ": " << refused.error().message;
    EXPECT_THAT(refused.error().message, HasSubstr(c.message)) << c.what;
  }
}

TEST(SdBus, APeerThatNeverAnswersCostsTheLimit) {
  struct Case {
    const char* what;
    std::function<void(BusPeer&)> serve;
  };
  const Case kCases[] = {
      {"no handshake", [](BusPeer& peer) { peer.wait_for_end(); }},
      {"no answer",
       [](BusPeer& peer) {
         if (peer.let_in()) peer.wait_for_end();
       }},
      {"half an answer", [](BusPeer& peer) {
         if (!peer.let_in()) return;
         auto serial = peer.next_call();
         peer.send(bus_answer(serial.value_or(0), "s", Marshal().text("x").bytes()).substr(0, 30));
         peer.wait_for_end();
       }}};
  for (const Case& c : kCases) {
    Server server(c.serve);
    auto late = ask(server, Limit().within(kShort));
    ASSERT_FALSE(late) << c.what;
    EXPECT_EQ(late.error().kind, ErrorKind::Timeout) << c.what << ": " << late.error().message;
  }
}

TEST(SdBus, AStopRequestWakesIt) {
  std::stop_source stop;
  Server server([&stop](BusPeer& peer) {
    if (peer.let_in() && peer.next_call()) stop.request_stop();
    peer.wait_for_end();
  });
  auto stopped = ask(server, Limit(stop.get_token(), std::nullopt));
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::Cancelled);
}

TEST(SdBus, HearsOfTheUnitsItListensTo) {
  constexpr const char* kProperties = "org.freedesktop.DBus.Properties";
  constexpr const char* kManager = "org.freedesktop.systemd1.Manager";
  struct Case {
    const char* what;
    const char* path;
    const char* interface;
    const char* member;
    bool heard;
  };
  const Case kCases[] = {
      {"a unit", "/org/freedesktop/systemd1/unit/a_2eservice", kProperties, "PropertiesChanged", true},
      {"another unit", "/org/freedesktop/systemd1/unit/b_2eservice", kProperties, "PropertiesChanged", false},
      {"another signal", "/org/freedesktop/systemd1/unit/a_2eservice", kProperties, "Other", false},
      {"daemon-reload", "/org/freedesktop/systemd1", kManager, "Reloading", true},
      {"a job", "/org/freedesktop/systemd1", kManager, "JobRemoved", false}};
  for (const Case& c : kCases) {
    Server server([&c](BusPeer& peer) {
      if (!peer.let_in()) return;
      auto serial = peer.next_call();
      peer.send(bus_answer(serial.value_or(0), "", ""));
      peer.send(bus_signal(c.path, c.interface, c.member));
    });
    const auto buses = real_buses();
    auto bus = buses->open(server.place(), {});
    ASSERT_TRUE(bus);
    auto listening = (*bus)->listen({"/org/freedesktop/systemd1/unit/a_2eservice"}, {});
    ASSERT_TRUE(listening) << listening.error().message;
    EXPECT_EQ((*bus)->wait_for_change({}).has_value(), c.heard) << c.what;
    auto gone = (*bus)->wait_for_change({});
    ASSERT_FALSE(gone) << c.what;
    EXPECT_THAT(gone.error().message, ::testing::AnyOf(HasSubstr("hung up"), HasSubstr("given up before")));
    EXPECT_TRUE((*bus)->broken());
  }
}

TEST(SdBus, NothingHeardIsNoFault) {
  Server server([](BusPeer& peer) {
    if (!peer.let_in()) return;
    auto serial = peer.next_call();
    peer.send(bus_answer(serial.value_or(0), "", ""));
    peer.wait_for_end();
  });
  const auto buses = real_buses();
  auto bus = buses->open(server.place(), {});
  ASSERT_TRUE(bus);
  ASSERT_TRUE((*bus)->listen({"/a"}, {}));
  for (int i = 0; i < 2; ++i) {
    auto quiet = (*bus)->wait_for_change(Limit().within(kShort));
    ASSERT_FALSE(quiet);
    EXPECT_EQ(quiet.error().kind, ErrorKind::Timeout);
    EXPECT_FALSE((*bus)->broken()) << "it can be waited for again";
  }
}

TEST(SdBus, NoLibraryIsSaid) {
  struct Case {
    const char* library;
    const char* message;
  };
  const Case kCases[] = {{"libnothing-of-that-name.so.0", "no libsystemd here to ask systemd with"},
                         {"libm.so.6", "libm.so.6 is too old to ask systemd with: it has no sd_bus_new"}};
  for (const Case& c : kCases) {
    Server server([](BusPeer& peer) { peer.wait_for_end(); });
    auto missing = real_buses(c.library)->open(server.place(), {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorKind::NotFound);
    EXPECT_THAT(missing.error().message, HasSubstr(c.message));
  }
}

}  // namespace
}  // namespace eidos::collect
