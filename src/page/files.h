#pragma once
// The web page of the service: which file a path is, and what to send with it. Pure.

#include <optional>
#include <span>
#include <string_view>

namespace eidos::page {

struct File {
  std::string_view path;  ///< Of the request: "/page/app.js". The page itself is "/".
  std::string_view content_type;
  std::string_view text;
};

/// In the order a browser asks for them.
std::span<const File> files();

/// Nullopt: no file of the page has that path.
std::optional<File> find_file(std::string_view path);

/// The Content-Security-Policy that goes with every file: nothing but these files and this service.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace eidos::page
