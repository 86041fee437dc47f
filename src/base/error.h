#pragma once
// The one way eidos reports failure. A function that can fail returns Result<T>; the caller handles
// it, adds a line of context, or passes it on. Findings (a failed constraint) are data, not errors.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eidos {

/// What the caller can do about it; maps 1:1 to an exit code, an HTTP status and a wire code.
enum class ErrorKind : std::uint8_t {
  Usage,        ///< The command line itself is wrong: unknown flag, missing argument.
  Invalid,      ///< What was given is wrong.
  NotFound,     ///< What was named is not there.
  Denied,       ///< It is there; we may not.
  Timeout,      ///< A deadline passed.
  Unavailable,  ///< The other side does not answer, or answers that it cannot.
  RateLimited,
  Internal,   ///< Our fault, or the machine's (disk full).
  Cancelled,  ///< Ctrl-C or SIGTERM.
};

/// Exit code of a command that worked but has findings: failed validation, drift, lint.
constexpr int kExitFindings = 9;

struct [[nodiscard]] Error {
  ErrorKind kind = ErrorKind::Internal;
  std::string message;             ///< One line. Innermost cause last: "reading a.yaml: a tab".
  std::string where;               ///< "file:line:column", a path in a document, or empty.
  std::string hint;                ///< How to mend it, a full clause; or empty.
  std::vector<Error> others = {};  ///< Further problems of the same input, found in the same pass.

  bool operator==(const Error&) const = default;

  /// Puts `what` in front of the message, as the error travels outward. The kind stays: the root
  /// cause decides the exit code, whatever wrapped it.
  Error&& within(std::string_view what) &&;
  /// Sets the place, unless a deeper layer already named a better one.
  Error&& at(std::string_view place) &&;
  /// Sets the hint, unless there is one.
  Error&& fix(std::string_view how) &&;
};

/// std::expected is not [[nodiscard]] in this standard library, so this one is.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

[[nodiscard]] std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string where = {},
                                          std::string hint = {});

/// The error that stands for several found in one pass: the first, carrying the rest as `others`.
/// `problems` must not be empty.
[[nodiscard]] Error together(std::vector<Error> problems);

/// Exit code of architecture.md: Usage 1, Invalid 2 ... Internal 8, Cancelled 130.
int exit_code(ErrorKind kind);
/// Wire code: "INVALID_REQUEST", "NOT_FOUND", ...
std::string_view wire_code(ErrorKind kind);

/// The error of a failed system call: kind and text from `errno_value`, e.g. ENOENT is NotFound.
Error system_error(int errno_value, std::string_view what);

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace eidos

#define EIDOS_CAT_(a, b) a##b
#define EIDOS_CAT(a, b) EIDOS_CAT_(a, b)
#define EIDOS_TRY_(tmp, decl, ...)                          \
  auto tmp = (__VA_ARGS__);                                 \
  if (!tmp) return std::unexpected(std::move(tmp).error()); \
  decl = *std::move(tmp)
/// EIDOS_TRY(auto text, read_file(path)); returns the error, or binds the value.
#define EIDOS_TRY(decl, ...) EIDOS_TRY_(EIDOS_CAT(try_, __COUNTER__), decl, __VA_ARGS__)
/// EIDOS_CHECK(write_file(path, text)); for a Result<void>.
#define EIDOS_CHECK(...)                                                                         \
  do {                                                                                           \
    if (auto check_ = (__VA_ARGS__); !check_) return std::unexpected(std::move(check_).error()); \
  } while (false)
/// A broken invariant of ours: aborts with the place. Never for input.
#define EIDOS_ASSERT(expression) \
  ((expression) ? static_cast<void>(0) : ::eidos::assertion_failed(#expression, __FILE__, __LINE__))
