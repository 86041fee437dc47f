#pragma once
// A directory of our own for a while, for programs that read from directories only.

#include <string>
#include <string_view>

#include "base/error.h"

namespace eidos {

/// Removed with all that is in it when this goes out of scope. Mode 0700.
class Scratch {
 public:
  /// Below `parent` ("/tmp"); the name is unique.
  static Result<Scratch> make(std::string_view parent);

  Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();

  const std::string& path() const { return path_; }

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace eidos
