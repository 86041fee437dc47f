#pragma once
// The files of the page as they stand in this folder, put into the binary by cmake/EmbedText.cmake.

#include <string_view>

namespace eidos::page::texts {

extern const std::string_view index;
extern const std::string_view style;
extern const std::string_view app;
extern const std::string_view dom;
extern const std::string_view graph;
extern const std::string_view model;
extern const std::string_view icon;

}  // namespace eidos::page::texts
