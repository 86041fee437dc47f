#pragma once
// Results of collectors kept between collections, so that a slow source (a driver, a cluster) is not asked
// more often than it is worth.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/limit.h"

namespace eidos::collect {

/// Entries by the collector's name. What cannot be kept or got back is as good as never kept: the collector
/// runs. Used from several threads at once.
class Cache {
 public:
  virtual ~Cache() = default;
  /// NotFound when there is none; any other error says why it is not to be trusted.
  virtual Result<std::string> read(const std::string& name) = 0;
  virtual Result<void> write(const std::string& name, std::string_view entry) = 0;
};

/// As long as the process lives.
std::unique_ptr<Cache> memory_cache();

/// Below `parent`/eidos, a directory of mode 0700 that is made when it is not there ($XDG_RUNTIME_DIR is
/// meant as the parent). Entries are written whole or not at all; a directory or entry of another owner, or
/// one that others may write or read, is refused.
std::unique_ptr<Cache> directory_cache(const std::string& parent);

}  // namespace eidos::collect
