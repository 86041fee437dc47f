#pragma once
// Private to this room: one writer and one reader a format, and what they share.

#include "seal/archive.h"

namespace eidos::seal {

std::string write_zip(const FileTree& tree, std::int64_t time);
std::string write_tar_gz(const FileTree& tree, std::int64_t time);

Result<void> read_zip(std::string_view bytes, const Caps& caps, const Visit& visit);
Result<void> read_tar_gz(std::string_view bytes, const Caps& caps, const Visit& visit);

/// Counts what an archive holds against the caps.
class Count {
 public:
  explicit Count(const Caps& caps) : caps_(caps) {}

  /// Invalid when this entry is one too many, or its bytes are. False when it alone is too large to be read.
  Result<bool> take(std::string_view path, std::int64_t size);
  std::string too_large() const;

 private:
  const Caps& caps_;
  std::int64_t entries_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace eidos::seal
