// What stands for systemd on D-Bus may answer with any bytes that pass for a message: refused with one clear
// line, or read as a reading that every document can carry.
//
// An input is a type signature, a newline, and the body of an answer.

#include <memory>
#include <string>

#include <sys/socket.h>

#include "collect/bus_text.h"
#include "collect/sd_bus.h"
#include "fuzz/properties.h"
#include "tests/support/bus_peer.h"

namespace {

using namespace eidos;

constexpr std::size_t kMostInput = 64 * 1024;  // the answer waits in the socket, which takes a little more
constexpr std::size_t kMostSignature = 255;

// One connection for many inputs: sd-bus numbers its calls, so that the answer can be there before the call.
struct Line {
  OwnedFd far;
  std::unique_ptr<collect::DBus> bus;
  std::uint32_t serial = 0;
};

Line connected() {
  int pair[2];
  EIDOS_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  Line line{OwnedFd(pair[0]), nullptr};
  auto bus = collect::bus_over(OwnedFd(pair[1]), "peer", true);
  EIDOS_ASSERT(bus.has_value());
  line.bus = *std::move(bus);
  EIDOS_ASSERT(testing::BusPeer(line.far.get()).send("DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n"));
  return line;
}

// What the calls of before said.
void drain(int fd) {
  char piece[4096];
  while (::recv(fd, piece, sizeof piece, MSG_DONTWAIT) > 0) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Line line;
  std::string_view text = fuzz::text_of(data, size);
  const std::size_t end = text.find('\n');
  if (size > kMostInput || end == std::string_view::npos || end > kMostSignature) return 0;
  if (line.bus == nullptr) line = connected();
  drain(line.far.get());
  testing::BusPeer peer(line.far.get());
  EIDOS_ASSERT(peer.send(testing::bus_answer(++line.serial, text.substr(0, end), text.substr(end + 1))));
  auto value = line.bus->call({"/x", "x.y", "Z", ""}, Limit().within(Milliseconds(1000)));
  if (!value) {
    const bool gone = value.error().kind != ErrorKind::Invalid;  // sd-bus hung up on it, or passed over it
    fuzz::check_error(value.error(), value.error().kind);
    if (gone) line = Line();
    return 0;
  }
  std::int64_t withheld = 0;
  data::Value reading = collect::reading(*value, withheld);
  collect::flatten(reading);
  EIDOS_ASSERT(reading.is_scalar() && !reading.is_null());
  data::Map readings;
  readings.set("x", std::move(reading));
  fuzz::check_round_trips(data::Value(std::move(readings)));
  return 0;
}
