#pragma once
// Errors as people and as programs read them.

#include <string>

#include "base/error.h"

namespace eidos::cli {

/// "eidos: error: <where>: <message>; <hint>", a line for each problem and at most 20 lines.
std::string error_lines(const Error& error, bool color);

/// {"level":"error","code":"INVALID_REQUEST","exit":2,"message":…,"where":…,"hint":…,"others":[…]} and a
/// newline. Keys without a value are left out.
std::string error_json(const Error& error);

}  // namespace eidos::cli
