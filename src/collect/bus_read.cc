#include "collect/bus_read.h"

#include <cstring>

#include "base/text.h"
#include "collect/bus_text.h"

namespace eidos::collect {

namespace {

using Kind = BusValue::Kind;

std::unexpected<Error> malformed(int negative_errno) {
  return fail(ErrorKind::Invalid,
              cat("its answer is no value that D-Bus knows: ", std::strerror(-negative_errno)));
}

// What comes next, copied: sd-bus forgets the text of it at the next look.
struct Next {
  char type = 0;  // 0: nothing more here
  std::string contents = {};
};

// sd-bus fills in one of these.
union Basic {
  std::uint8_t y;
  int b;
  std::int16_t n;
  std::uint16_t q;
  std::int32_t i;
  std::uint32_t u;
  std::int64_t x;
  std::uint64_t t;
  double d;
  const char* s;
};

std::string text_of(char type, const Basic& basic) {
  switch (type) {
    case SD_BUS_TYPE_BYTE: return cat(static_cast<int>(basic.y));
    case SD_BUS_TYPE_BOOLEAN: return basic.b != 0 ? "true" : "false";
    case SD_BUS_TYPE_INT16: return cat(basic.n);
    case SD_BUS_TYPE_UINT16: return cat(basic.q);
    case SD_BUS_TYPE_INT32: return cat(basic.i);
    case SD_BUS_TYPE_UINT32: return cat(basic.u);
    case SD_BUS_TYPE_INT64: return cat(basic.x);
    case SD_BUS_TYPE_UINT64: return cat(basic.t);
    case SD_BUS_TYPE_DOUBLE: return double_text(basic.d);
    default: return basic.s;
  }
}

class Reader {
 public:
  Reader(const SdBusApi& api, sd_bus_message* message) : api_(api), message_(message) {}

  Result<Next> peek() {
    char type = 0;
    const char* contents = nullptr;
    int got = api_.peek_type(message_, &type, &contents);
    if (got < 0) return malformed(got);
    if (got == 0) return Next{};
    return Next{type, contents == nullptr ? "" : contents};
  }

  Result<BusValue> value(const Next& next, int depth) {
    if (depth > kMostBusDepth)
      return fail(ErrorKind::Invalid, cat("its answer nests more than ", kMostBusDepth, " deep"));
    if (++count_ > kMostBusValues)
      return fail(ErrorKind::Invalid, cat("its answer has more than ", kMostBusValues, " values"));
    switch (next.type) {
      case SD_BUS_TYPE_ARRAY: return array(next.contents, depth);
      case SD_BUS_TYPE_STRUCT: return container(Kind::Struct, next, depth);
      case SD_BUS_TYPE_VARIANT: return container(Kind::Variant, next, depth);
      case SD_BUS_TYPE_UNIX_FD: return fail(ErrorKind::Invalid, "its answer holds a file descriptor");
      default: return basic(next.type);
    }
  }

 private:
  Result<BusValue> basic(char type) {
    Basic read{};
    int got = api_.read_basic(message_, type, &read);
    if (got <= 0) return malformed(got);
    return BusValue{.type = type, .text = text_of(type, read)};
  }

  Result<BusValue> bytes() {
    const void* start = nullptr;
    std::size_t size = 0;
    int got = api_.read_array(message_, SD_BUS_TYPE_BYTE, &start, &size);
    if (got < 0) return malformed(got);
    std::string text(size == 0 ? "" : static_cast<const char*>(start), size);
    return BusValue{.kind = Kind::Bytes, .text = std::move(text)};
  }

  Result<BusValue> array(const std::string& element, int depth) {
    if (element == "y") return bytes();
    if (!element.starts_with('{')) return container(Kind::Array, {SD_BUS_TYPE_ARRAY, element}, depth);
    return dict(element, depth);
  }

  // Adds whatever is left in the container that was entered.
  Result<void> fill(BusValue& out, int depth) {
    for (;;) {
      EIDOS_TRY(Next next, peek());
      if (next.type == 0) return {};
      EIDOS_TRY(BusValue item, value(next, depth + 1));
      out.items.push_back(std::move(item));
    }
  }

  Result<BusValue> container(Kind kind, const Next& next, int depth) {
    BusValue out{.kind = kind, .type = next.contents.empty() ? '\0' : next.contents.front()};
    EIDOS_CHECK(enter(next.type, next.contents));
    EIDOS_CHECK(fill(out, depth));
    EIDOS_CHECK(leave());
    return out;
  }

  Result<BusValue> dict(const std::string& entry, int depth) {
    BusValue out{.kind = Kind::Dict, .type = SD_BUS_TYPE_DICT_ENTRY};
    EIDOS_CHECK(enter(SD_BUS_TYPE_ARRAY, entry));
    for (;;) {
      EIDOS_TRY(Next next, peek());
      if (next.type == 0) break;
      EIDOS_CHECK(enter(SD_BUS_TYPE_DICT_ENTRY, next.contents));
      EIDOS_CHECK(fill(out, depth));
      EIDOS_CHECK(leave());
    }
    EIDOS_CHECK(leave());
    return out;
  }

  Result<void> enter(char type, const std::string& contents) {
    int got = api_.enter_container(message_, type, contents.c_str());
    if (got <= 0) return malformed(got);
    return {};
  }
  Result<void> leave() {
    int got = api_.exit_container(message_);
    if (got < 0) return malformed(got);
    return {};
  }

  const SdBusApi& api_;
  sd_bus_message* message_;
  std::int64_t count_ = 0;
};

}  // namespace

Result<BusValue> read_body(const SdBusApi& api, sd_bus_message* message) {
  Reader reader(api, message);
  EIDOS_TRY(Next next, reader.peek());
  if (next.type == 0) return fail(ErrorKind::Invalid, "its answer is empty");
  return reader.value(next, 0);
}

}  // namespace eidos::collect
