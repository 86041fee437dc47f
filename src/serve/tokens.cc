#include "serve/tokens.h"

#include "base/text.h"

namespace eidos::serve {

namespace {

constexpr std::size_t kLeast = 16;
constexpr std::int64_t kMostBytes = 1024 * 1024;

}  // namespace

Result<std::map<std::string, std::string>> parse_tokens(std::string_view text, std::string_view file) {
  std::map<std::string, std::string> out;
  std::size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    line = trim(line);
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t equals = line.find('=');
    const bool named = equals != std::string_view::npos && equals + kLeast <= line.size();
    const std::string_view token = named ? trim(line.substr(equals + 1)) : line;
    const std::string name = named ? std::string(trim(line.substr(0, equals))) : cat("token-", number);
    if (token.size() < kLeast)
      return fail(ErrorKind::Invalid, cat("the token is shorter than ", kLeast, " characters"),
                  cat(file, ":", number), "make one with: head -c 24 /dev/urandom | base64");
    if (!out.emplace(token, name).second)
      return fail(ErrorKind::Invalid, "the token stands there twice", cat(file, ":", number));
  }
  if (out.empty()) return fail(ErrorKind::Invalid, "there is no token in it", std::string(file));
  return out;
}

Result<std::unique_ptr<TokenFile>> TokenFile::open(std::string path, Files& files, const Clock& clock,
                                                   Log& log) {
  std::unique_ptr<TokenFile> out(new TokenFile(std::move(path), files, clock, log));
  EIDOS_CHECK(out->read());
  return out;
}

Result<void> TokenFile::read() {
  at_ = clock_.steady();
  EIDOS_TRY(const std::string text, files_.read(path_, {.max_bytes = kMostBytes}));
  EIDOS_TRY(tokens_, parse_tokens(text, path_));
  return {};
}

std::map<std::string, std::string> TokenFile::tokens() {
  constexpr std::chrono::seconds kFresh{1};
  const std::lock_guard lock(mutex_);
  if (clock_.steady() - at_ >= kFresh)
    if (auto again = read(); !again)
      log_.warn("the tokens stay as they were", {{"cause", again.error().message}});
  return tokens_;
}

}  // namespace eidos::serve
