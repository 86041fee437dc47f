#pragma once
// Where the corpus lies, when it is on this machine: $EIDOS_CORPUS, else the path CMake was given.
// Its absence is a visible skip, never a silent pass:
//
//   EIDOS_NEEDS_CORPUS(corpus);
//   read(corpus / "expected/recipes.json");

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include <gtest/gtest.h>

namespace eidos::testing {

/// The corpus directory, there or not.
inline std::filesystem::path corpus_directory() {
  const char* named = std::getenv("EIDOS_CORPUS");
  return std::filesystem::path(named != nullptr && *named != '\0' ? named : EIDOS_CORPUS).lexically_normal();
}

inline bool corpus_present() {
  std::error_code ignored;
  return std::filesystem::is_directory(corpus_directory(), ignored);
}

}  // namespace eidos::testing

/// Declares `name` as the corpus directory, or skips the test.
#define EIDOS_NEEDS_CORPUS(name)                                                                \
  if (!::eidos::testing::corpus_present()) GTEST_SKIP() << "corpus not here: set EIDOS_CORPUS"; \
  const std::filesystem::path name = ::eidos::testing::corpus_directory()
