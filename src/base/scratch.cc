#include "base/scratch.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "base/text.h"

namespace eidos {

Result<Scratch> Scratch::make(std::string_view parent) {
  std::string path = cat(parent, "/eidos-XXXXXX");
  if (::mkdtemp(path.data()) == nullptr)
    return std::unexpected(system_error(errno, cat("making a directory below ", quote(parent)))
                               .fix("set TMPDIR to one that can be written"));
  return Scratch(std::move(path));
}

Scratch::~Scratch() {
  if (path_.empty()) return;
  std::error_code ignored;  // what is left behind lies in the directory for temporary things
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace eidos
