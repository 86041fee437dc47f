#include "page/files.h"

#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>

namespace eidos::page {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What a file names: src and href of HTML, imports of a script.
std::set<std::string> named_by(const File& file) {
  static const std::regex kNames(R"re((?:src|href)="([^"#]+)"|from "\./([^"]+)")re");
  std::set<std::string> names;
  std::string text(file.text);
  for (std::sregex_iterator at(text.begin(), text.end(), kNames), end; at != end; ++at)
    names.insert((*at)[1].matched ? (*at)[1].str() : "/page/" + (*at)[2].str());
  return names;
}

TEST(Page, EveryFileThatAFileNamesIsThere) {
  std::set<std::string> named = {"/"};
  for (const File& file : files()) named.merge(named_by(file));
  std::set<std::string> there;
  for (const File& file : files()) there.emplace(file.path);
  EXPECT_EQ(named, there);
}

TEST(Page, OtherPathsAreNoFiles) {
  for (std::string_view path : {"", "/page", "/page/", "/page/app.JS", "/page/../page/app.js", "/index.html"})
    EXPECT_FALSE(find_file(path)) << path;
  EXPECT_EQ(find_file("/page/app.js")->content_type, "text/javascript; charset=utf-8");
}

TEST(Page, ItAsksNobodyElseAndRunsNothingInline) {
  for (const File& file : files()) {
    std::string text(file.text);
    EXPECT_THAT(text, Not(HasSubstr("//cdn"))) << file.path;
    // The names of SVG and the example of a repository are read by nobody.
    EXPECT_FALSE(
        std::regex_search(text, std::regex(R"(https?://(?!www\.w3\.org/2000/svg|git\.example\.com))")))
        << file.path;
    EXPECT_FALSE(std::regex_search(text, std::regex(R"(<[^>]* (on[a-z]+|style)=)"))) << file.path;
  }
  EXPECT_THAT(std::string(kPolicy), Not(HasSubstr("unsafe")));
}

}  // namespace
}  // namespace eidos::page
