#pragma once
// The protobuf wire format, as much of it as API objects use (protobuf.dev, "Encoding"): fields of a message,
// one after the other. Pure; nothing is copied.

#include <cstdint>
#include <optional>
#include <string_view>

namespace eidos::kube {

enum class WireType : std::uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

struct WireField {
  std::uint32_t number = 0;
  WireType type = WireType::Varint;
  std::uint64_t value = 0;      ///< Varint and fixed ones.
  std::string_view bytes = {};  ///< Strings, bytes, embedded messages.
};

/// What stands at the front of some bytes.
struct WireHead {
  std::uint32_t number = 0;
  WireType type = WireType::Varint;
  std::uint64_t value = 0;  ///< The value itself, or the length of Bytes.
  std::size_t size = 0;     ///< Of the head: what follows are the bytes.
};

enum class WireState : std::uint8_t { Good, Short, Broken };

/// Reads a tag and its value or length. Short: more bytes may make it good. Broken: none can (a group, field
/// 0, a varint over 64 bits).
WireState read_head(std::string_view bytes, WireHead& head);

/// for (WireReader in(bytes); in.next();) use(in.field()); then in.broken().
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  /// False at the end, and at the first thing that is no field.
  bool next();
  const WireField& field() const { return field_; }
  /// Whether it ended before the bytes did.
  bool broken() const { return broken_; }

  bool is(std::uint32_t number) const { return field_.number == number && field_.type == WireType::Bytes; }

 private:
  std::string_view rest_;
  WireField field_;
  bool broken_ = false;
};

/// The first field of this number in a message; empty when there is none or the message is broken.
std::string_view wire_bytes(std::string_view message, std::uint32_t number);

/// The same, remembering whether any of the messages was broken.
class WireLookup {
 public:
  std::string_view operator()(std::string_view message, std::uint32_t number);
  bool broken() const { return broken_; }

 private:
  bool broken_ = false;
};

}  // namespace eidos::kube
