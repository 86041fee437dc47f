#include "kube/wire.h"

namespace eidos::kube {

namespace {

constexpr int kMostVarintBytes = 10;

// Little endian, seven bits a byte.
WireState read_varint(std::string_view bytes, std::uint64_t& value, std::size_t& size) {
  value = 0;
  for (int i = 0; i < kMostVarintBytes; ++i) {
    if (bytes.size() <= static_cast<std::size_t>(i)) return WireState::Short;
    auto byte = static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
    if (i == kMostVarintBytes - 1 && byte > 1) return WireState::Broken;
    value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
    size = static_cast<std::size_t>(i) + 1;
    if (byte < 0x80) return WireState::Good;
  }
  return WireState::Broken;
}

WireState read_fixed(std::string_view bytes, std::size_t width, WireHead& head) {
  if (bytes.size() < width) return WireState::Short;
  head.value = 0;
  for (std::size_t i = width; i-- > 0;) head.value = head.value << 8 | static_cast<unsigned char>(bytes[i]);
  head.size += width;
  return WireState::Good;
}

}  // namespace

WireState read_head(std::string_view bytes, WireHead& head) {
  std::uint64_t tag = 0;
  if (WireState state = read_varint(bytes, tag, head.size); state != WireState::Good) return state;
  if (tag >> 3 == 0 || tag >> 3 > 0x1FFFFFFF) return WireState::Broken;
  head.number = static_cast<std::uint32_t>(tag >> 3);
  std::string_view rest = bytes.substr(head.size);
  switch (tag & 7) {
    case 0:
    case 2: {
      head.type = (tag & 7) == 0 ? WireType::Varint : WireType::Bytes;
      std::size_t size = 0;
      WireState state = read_varint(rest, head.value, size);
      head.size += size;
      return state;
    }
    case 1: head.type = WireType::Fixed64; return read_fixed(rest, 8, head);
    case 5: head.type = WireType::Fixed32; return read_fixed(rest, 4, head);
    default: return WireState::Broken;  // groups are not used any more
  }
}

bool WireReader::next() {
  if (rest_.empty() || broken_) return false;
  WireHead head;
  broken_ = read_head(rest_, head) != WireState::Good;
  if (broken_) return false;
  rest_.remove_prefix(head.size);
  field_ = {head.number, head.type, head.value, {}};
  if (head.type != WireType::Bytes) return true;
  broken_ = head.value > rest_.size();
  if (broken_) return false;
  field_.bytes = rest_.substr(0, head.value);
  rest_.remove_prefix(head.value);
  return true;
}

std::string_view wire_bytes(std::string_view message, std::uint32_t number) {
  return WireLookup()(message, number);
}

std::string_view WireLookup::operator()(std::string_view message, std::uint32_t number) {
  WireReader in(message);
  while (in.next())
    if (in.is(number)) return in.field().bytes;
  broken_ = broken_ || in.broken();
  return {};
}

}  // namespace eidos::kube
