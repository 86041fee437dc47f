#include "base/error.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>

#include "base/text.h"

namespace eidos {

Error&& Error::within(std::string_view what) && {
  message = cat(what, ": ", message);
  return std::move(*this);
}

Error&& Error::at(std::string_view place) && {
  if (where.empty()) where = place;
  return std::move(*this);
}

Error&& Error::fix(std::string_view how) && {
  if (hint.empty()) hint = how;
  return std::move(*this);
}

std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string where, std::string hint) {
  return std::unexpected(Error{kind, std::move(message), std::move(where), std::move(hint)});
}

Error together(std::vector<Error> problems) {
  EIDOS_ASSERT(!problems.empty());
  Error first = std::move(problems.front());
  for (std::size_t i = 1; i < problems.size(); ++i) first.others.push_back(std::move(problems[i]));
  return first;
}

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Usage: return 1;
    case ErrorKind::Invalid: return 2;
    case ErrorKind::NotFound: return 3;
    case ErrorKind::Denied: return 4;
    case ErrorKind::Timeout: return 5;
    case ErrorKind::Unavailable: return 6;
    case ErrorKind::RateLimited: return 7;
    case ErrorKind::Internal: return 8;
    case ErrorKind::Cancelled: return 130;
  }
  std::unreachable();
}

std::string_view wire_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Usage: return "USAGE";
    case ErrorKind::Invalid: return "INVALID_REQUEST";
    case ErrorKind::NotFound: return "NOT_FOUND";
    case ErrorKind::Denied: return "UNAUTHORIZED";
    case ErrorKind::Timeout: return "TIMEOUT";
    case ErrorKind::Unavailable: return "SERVICE_UNAVAILABLE";
    case ErrorKind::RateLimited: return "RATE_LIMIT_EXCEEDED";
    case ErrorKind::Internal: return "INTERNAL";
    case ErrorKind::Cancelled: return "CANCELLED";
  }
  std::unreachable();
}

namespace {

struct Cause {
  int number;
  ErrorKind kind;
};
// What a person can do about it decides the kind; everything not listed is the machine's fault.
constexpr Cause kCauses[] = {
    {ENOENT, ErrorKind::NotFound},
    {ENOTDIR, ErrorKind::Invalid},
    {EISDIR, ErrorKind::Invalid},
    {ELOOP, ErrorKind::Invalid},
    {ENAMETOOLONG, ErrorKind::Invalid},
    {EINVAL, ErrorKind::Invalid},
    {EACCES, ErrorKind::Denied},
    {EPERM, ErrorKind::Denied},
    {EROFS, ErrorKind::Denied},
    {ETIMEDOUT, ErrorKind::Timeout},
    {ECONNREFUSED, ErrorKind::Unavailable},
};

}  // namespace

Error system_error(int errno_value, std::string_view what) {
  ErrorKind kind = ErrorKind::Internal;
  for (const Cause& cause : kCauses)
    if (cause.number == errno_value) kind = cause.kind;
  char buffer[128];
  return Error{kind, cat(what, ": ", strerror_r(errno_value, buffer, sizeof buffer)), {}, {}};
}

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "eidos: internal fault at %s:%d: %s\n", file, line, expression);
  std::abort();
}

}  // namespace eidos
