#include "collect/cache.h"

#include "base/private_directory.h"
#include "base/text.h"

namespace eidos::collect {

namespace {

constexpr std::int64_t kMostBytes = 4 * 1024 * 1024;

class MemoryCache final : public Cache {
 public:
  Result<std::string> read(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    auto found = entries_.find(name);
    if (found == entries_.end()) return fail(ErrorKind::NotFound, cat("nothing is kept of ", name));
    return found->second;
  }

  Result<void> write(const std::string& name, std::string_view entry) override {
    const std::lock_guard lock(mutex_);
    entries_[name] = entry;
    return {};
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> entries_;
};

class DirectoryCache final : public Cache {
 public:
  explicit DirectoryCache(const std::string& parent) : directory_(cat(parent, "/eidos")) {}

  Result<std::string> read(const std::string& name) override {
    return read_private(directory_, file_of(name), kMostBytes);
  }
  Result<void> write(const std::string& name, std::string_view entry) override {
    if (std::cmp_greater(entry.size(), kMostBytes))
      return fail(ErrorKind::Invalid, cat("more than ", kMostBytes, " bytes"));
    return write_private(directory_, file_of(name), entry);
  }

 private:
  static std::string file_of(const std::string& name) { return cat(name, ".json"); }

  std::string directory_;
};

}  // namespace

std::unique_ptr<Cache> memory_cache() {
  return std::make_unique<MemoryCache>();
}

std::unique_ptr<Cache> directory_cache(const std::string& parent) {
  return std::make_unique<DirectoryCache>(parent);
}

}  // namespace eidos::collect
