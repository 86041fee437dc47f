#pragma once
// The other side of a D-Bus connection, byte by byte: lets the caller in (the EXTERNAL handshake), reads its
// calls, and answers whatever it was told to, true or not. For tests and fuzz targets.

#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace eidos::testing {

/// A value in the little-endian wire format, padded as the D-Bus specification says ("Marshaling").
class Marshal {
 public:
  Marshal& pad(std::size_t to) {
    while (bytes_.size() % to != 0) bytes_ += '\0';
    return *this;
  }
  template <class N>
  Marshal& number(N value) {
    pad(sizeof value);
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof value);
    return *this;
  }
  Marshal& text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    bytes_ += value;
    bytes_ += '\0';
    return *this;
  }
  Marshal& signature(std::string_view value) {
    bytes_ += static_cast<char>(value.size());
    bytes_ += value;
    bytes_ += '\0';
    return *this;
  }
  /// The elements that `fill` writes, which start at a multiple of `to`.
  Marshal& array(std::size_t to, const std::function<void(Marshal&)>& fill) {
    number(std::uint32_t{0});
    const std::size_t at = bytes_.size() - sizeof(std::uint32_t);
    pad(to);
    const std::size_t start = bytes_.size();
    fill(*this);
    const auto size = static_cast<std::uint32_t>(bytes_.size() - start);
    std::memcpy(bytes_.data() + at, &size, sizeof size);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// An answer to call number `serial`: METHOD_RETURN, or ERROR when `error` is its name.
inline std::string bus_answer(std::uint32_t serial, std::string_view signature, std::string_view body,
                              std::string_view error = {}) {
  Marshal out;
  const char head[] = {'l', static_cast<char>(error.empty() ? 2 : 3), 1, 1};
  for (char byte : head) out.number(byte);
  out.number(static_cast<std::uint32_t>(body.size())).number(std::uint32_t{1});
  out.array(8, [&](Marshal& fields) {
    auto field = [&](char code, std::string_view type) { fields.pad(8).number(code).signature(type); };
    field(5, "u");
    fields.number(serial);
    if (!error.empty()) {
      field(4, "s");
      fields.text(error);
    }
    if (signature.empty()) return;
    field(8, "g");
    fields.signature(signature);
  });
  return out.pad(8).bytes() + std::string(body);
}

/// A signal of one of the objects, without a body.
inline std::string bus_signal(std::string_view path, std::string_view interface, std::string_view member) {
  Marshal out;
  for (char byte : {'l', '\4', '\1', '\1'}) out.number(byte);
  out.number(std::uint32_t{0}).number(std::uint32_t{7});
  out.array(8, [&](Marshal& fields) {
    fields.pad(8).number('\1').signature("o").text(path);
    fields.pad(8).number('\2').signature("s").text(interface);
    fields.pad(8).number('\3').signature("s").text(member);
  });
  return out.pad(8).bytes();
}

/// One connection, seen from the serving side. The descriptor is the caller's.
class BusPeer {
 public:
  explicit BusPeer(int fd) : fd_(fd) {}

  /// The handshake. False when the other side left.
  bool let_in() {
    for (;;) {
      while (auto line = take_line()) {
        if (*line == "BEGIN") return true;
        if (line->ends_with("AUTH EXTERNAL"))
          send("DATA\r\n");
        else if (*line == "NEGOTIATE_UNIX_FD")
          send("ERROR\r\n");
        else
          send("OK 0123456789abcdef0123456789abcdef\r\n");
      }
      if (!receive()) return false;
    }
  }

  /// The serial number of the next call; nothing when the other side left.
  std::optional<std::uint32_t> next_call() {
    while (held_.size() < kFixed || held_.size() < message_size())
      if (!receive()) return std::nullopt;
    const std::uint32_t serial = number_at(8);
    held_.erase(0, message_size());
    return serial;
  }

  /// False when the other side left.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Until the other side left.
  void wait_for_end() {
    while (receive()) held_.clear();
  }

 private:
  static constexpr std::size_t kFixed = 16;

  std::uint32_t number_at(std::size_t at) const {
    std::uint32_t value = 0;
    std::memcpy(&value, held_.data() + at, sizeof value);
    return value;
  }
  std::size_t message_size() const {
    const std::size_t fields = number_at(12);
    return kFixed + (fields + 7) / 8 * 8 + number_at(4);
  }

  std::optional<std::string> take_line() {
    const std::size_t end = held_.find("\r\n");
    if (end == std::string::npos) return std::nullopt;
    std::string line = held_.substr(0, end);
    held_.erase(0, end + 2);
    return line;
  }

  bool receive() {
    char piece[4096];
    const ssize_t got = ::recv(fd_, piece, sizeof piece, 0);
    if (got <= 0) return false;
    held_.append(piece, static_cast<std::size_t>(got));
    return true;
  }

  int fd_;
  std::string held_;
};

}  // namespace eidos::testing
