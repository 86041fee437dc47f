#pragma once
// Private to this room: readings from many small files, as sysfs has them. What is not there is a missing
// key; what is there and cannot be read is counted and named.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/collector.h"

namespace eidos::collect {

class Gather {
 public:
  explicit Gather(const Source& source) : source_(source) {}

  /// The bytes of a file below the root, or nullopt when there is none or it cannot be read (which is noted).
  std::optional<std::string> bytes(const std::string& path, std::int64_t max_bytes = kMostFileBytes);
  /// The same, trimmed and as text of a document.
  std::optional<std::string> text(const std::string& path);
  /// Names in a directory, sorted; none when there is no such directory.
  std::vector<std::string> names(const std::string& directory);
  /// Whether anything stands there.
  bool exists(const std::string& path);

  /// A reading; an empty text is none.
  void add(std::string_view key, std::string value);
  void add(std::string_view key, std::int64_t value) { readings_.set(key, data::Value(value)); }
  void add_flag(std::string_view key, bool value) { readings_.set(key, data::Value(value)); }
  void add_value(std::string_view key, data::Value value) { readings_.set(key, std::move(value)); }
  /// The text of a file as a reading, when there is one.
  void add_file(std::string_view key, const std::string& path);
  /// A warning for people; it must name the fix.
  void warn(std::string text) { warnings_.push_back(std::move(text)); }

  /// Notes what could not be read, or understood, by its path.
  void unread(std::string path) { unread_.push_back(std::move(path)); }

  /// All of it as one subtype: partial when something was unread; absent, saying `nothing`, when there was
  /// nothing; the error of the limit when that passed meanwhile.
  Result<Collection> take(std::string_view subtype, std::string_view nothing) &&;

 private:
  bool note(Error error, const std::string& path);

  const Source& source_;
  data::Map readings_;
  std::vector<std::string> unread_;
  std::vector<std::string> warnings_;
  std::optional<Error> stopped_;  // time is up, or a stop was asked for
};

/// The numbers of a kernel list such as "0-3,8"; nullopt for anything else, and above 65,535.
std::optional<std::vector<int>> parse_number_list(std::string_view text);
/// "madvise" of "always [madvise] never"; a text without brackets as it is.
std::string_view chosen(std::string_view text);
/// The value behind "Name:" in lines such as "MemTotal:  24684092 kB" or "Node 0 MemTotal: ..."; or empty.
std::string_view line_value(std::string_view text, std::string_view name);
/// "a, b" of different values, in the order given.
std::string joined_once(const std::vector<std::string>& values);
/// "vm/a, vm/b, vm/c, ..." for a message.
std::string some_of(const std::vector<std::string>& names);

}  // namespace eidos::collect
