#pragma once
// Private to this room: D-Bus as far as asking systemd needs it. `Buses` is the seam; sd_bus.h has the real
// one, FakeBuses (tests/support) answers from a table.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/limit.h"

namespace eidos::collect {

/// One value with its type: the D-Bus specification, "Type System".
struct BusValue {
  enum class Kind : std::uint8_t {
    Basic,
    Bytes,  ///< "ay": `text` has them as they are.
    Array,
    Struct,
    Dict,     ///< `items` has key, value, key, value, …
    Variant,  ///< `items` has the one value.
  };
  Kind kind = Kind::Basic;
  char type = 's';        ///< Of a Basic: its type code. Of an Array: the code of its elements.
  std::string text = {};  ///< Of a Basic: text, decimal number, "true" or "false".
  std::vector<BusValue> items = {};
  bool operator==(const BusValue&) const = default;
};

/// A method of systemd and the one text it is called with; an empty one: with nothing.
struct BusCall {
  std::string path;
  std::string interface;
  std::string member;
  std::string argument;
};

/// An open connection, used by one thread.
class DBus {
 public:
  virtual ~DBus() = default;
  /// The first value of the answer. NotFound: systemd is not on this bus. Denied. Unavailable: it answered
  /// with an error, hung up, or sent what is no D-Bus. Invalid: the answer is larger than any true one.
  /// Timeout, Cancelled.
  virtual Result<BusValue> call(const BusCall& call, const Limit& limit) = 0;
  /// From now on systemd says when a property of these objects changes, or its units are loaded anew. Errors
  /// as call().
  virtual Result<void> listen(std::vector<std::string> paths, const Limit& limit) = 0;
  /// Until it has said so, since the last time. Errors as call().
  virtual Result<void> wait_for_change(const Limit& limit) = 0;
  /// Whether no further call can be answered.
  virtual bool broken() const = 0;
};

/// Where systemd can be asked.
struct BusPlace {
  std::string path;         ///< Of the socket.
  std::string root = {};    ///< The path is below it.
  bool is_private = false;  ///< systemd's own socket, with no bus between: there is nobody to greet.
};

class Buses {
 public:
  virtual ~Buses() = default;
  /// Errors as connect_unix(); NotFound, too, when this machine has no libsystemd.
  virtual Result<std::unique_ptr<DBus>> open(const BusPlace& place, const Limit& limit) = 0;
};

}  // namespace eidos::collect
