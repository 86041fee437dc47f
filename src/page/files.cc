#include "page/files.h"

#include <algorithm>
#include <array>

#include "page/texts.h"

namespace eidos::page {

namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kCss = "text/css; charset=utf-8";
constexpr std::string_view kScript = "text/javascript; charset=utf-8";
constexpr std::string_view kSvg = "image/svg+xml; charset=utf-8";

}  // namespace

std::span<const File> files() {
  // Made at the first call: the texts are objects of another file, which may come later at start-up.
  static const std::array<File, 7> kFiles = {{{"/", kHtml, texts::index},
                                              {"/page/style.css", kCss, texts::style},
                                              {"/page/app.js", kScript, texts::app},
                                              {"/page/graph.js", kScript, texts::graph},
                                              {"/page/dom.js", kScript, texts::dom},
                                              {"/page/model.js", kScript, texts::model},
                                              {"/page/icon.svg", kSvg, texts::icon}}};
  return kFiles;
}

std::optional<File> find_file(std::string_view path) {
  auto found = std::ranges::find(files(), path, &File::path);
  if (found == files().end()) return std::nullopt;
  return *found;
}

}  // namespace eidos::page
