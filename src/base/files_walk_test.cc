#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/text.h"

namespace eidos {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TempDirectory {
 public:
  TempDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "eidos-walk-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory() { std::filesystem::remove_all(path_); }

  void put(const std::string& name, std::string_view bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  std::string at(const std::string& name = {}) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// The machine's file system without its quick walk: what a fake gets.
class SlowFiles final : public Files {
 public:
  Result<std::string> read(const std::string& path, const ReadOptions& options) override {
    return real_->read(path, options);
  }
  Result<std::string> read_stdin(const ReadOptions& options) override { return real_->read_stdin(options); }
  Result<std::vector<DirEntry>> list(const std::string& path, std::int64_t max,
                                     const std::string& beneath) override {
    return real_->list(path, max, beneath);
  }
  Result<FileKind> kind(const std::string& path, const std::string& beneath) override {
    return real_->kind(path, beneath);
  }
  Result<void> write(const std::string& path, std::string_view bytes, std::uint32_t mode) override {
    return real_->write(path, bytes, mode);
  }
  Result<void> write_stdout(std::string_view bytes) override { return real_->write_stdout(bytes); }
  Result<void> write_tree(const std::string& path, const FileTree& tree,
                          const TreeOptions& options) override {
    return real_->write_tree(path, tree, options);
  }

 private:
  std::unique_ptr<Files> real_ = real_files();
};

class WalkTest : public ::testing::TestWithParam<bool> {
 protected:
  Result<Walked> walk(const std::string& path, const WalkOptions& options = {}) {
    std::unique_ptr<Files> files = GetParam() ? std::make_unique<SlowFiles>() : real_files();
    return files->walk(path, options);
  }
  static std::vector<std::string> texts(const Walked& walked) {
    std::vector<std::string> out;
    for (const WalkedFile& file : walked.files) out.push_back(cat(file.path, '=', file.bytes));
    return out;
  }
  TempDirectory temp_;
};

TEST_P(WalkTest, ReadsEveryRegularFileSortedByPath) {
  temp_.put("b", "2");
  temp_.put("a/z", "1");
  temp_.put("a.x", "3");
  temp_.put("a/empty", "");
  std::filesystem::create_symlink("b", temp_.at("link"));
  std::filesystem::create_directory_symlink("a", temp_.at("linked"));
  ASSERT_EQ(::mkfifo(temp_.at("fifo").c_str(), 0600), 0);
  auto walked = walk(temp_.at());
  ASSERT_TRUE(walked) << walked.error().message;
  EXPECT_THAT(texts(*walked), ElementsAre("a.x=3", "a/empty=", "a/z=1", "b=2"));
  EXPECT_THAT(walked->unread, IsEmpty());
  EXPECT_FALSE(walked->cut);
}

TEST_P(WalkTest, DoesNotOpenWhatIsSkipped) {
  temp_.put("keep/a", "1");
  temp_.put("drop/a", "1");
  temp_.put("keep/b", "2");
  std::vector<std::string> asked;
  WalkOptions options;
  options.skip = [&](std::string_view path) {
    asked.emplace_back(path);
    return path == "drop" || path == "keep/b";
  };
  auto walked = walk(temp_.at(), options);
  ASSERT_TRUE(walked);
  EXPECT_THAT(texts(*walked), ElementsAre("keep/a=1"));
  EXPECT_THAT(asked, ElementsAre("drop", "keep", "keep/a", "keep/b"));
}

TEST_P(WalkTest, NamesWhatItCouldNotRead) {
  temp_.put("small", "1234");
  temp_.put("large", "12345");
  temp_.put("d/e/f", "1");
  WalkOptions options;
  options.max_file_bytes = 4;
  options.max_depth = 1;
  auto walked = walk(temp_.at(), options);
  ASSERT_TRUE(walked);
  EXPECT_THAT(texts(*walked), ElementsAre("small=1234"));
  EXPECT_THAT(walked->unread, ElementsAre("d/e", "large"));
}

TEST_P(WalkTest, ReadsFilesLargerThanOnePiece) {
  for (std::size_t size : {1023U, 1024U, 1025U, 65536U}) temp_.put(cat("f", size), std::string(size, 'x'));
  temp_.put("too-large", std::string(65537, 'x'));
  auto walked = walk(temp_.at());
  ASSERT_TRUE(walked);
  std::vector<std::size_t> sizes;
  for (const WalkedFile& file : walked->files) sizes.push_back(file.bytes.size());
  EXPECT_THAT(sizes, ElementsAre(1023, 1024, 1025, 65536));
  EXPECT_THAT(walked->unread, ElementsAre("too-large"));
}

TEST_P(WalkTest, StopsAtItsCaps) {
  for (int i = 0; i < 9; ++i) temp_.put(cat("f", i), "12");
  WalkOptions few;
  few.max_files = 4;
  WalkOptions little;
  little.max_bytes = 9;
  for (const WalkOptions& options : {few, little}) {
    auto walked = walk(temp_.at(), options);
    ASSERT_TRUE(walked);
    EXPECT_EQ(walked->files.size(), 4U);
    EXPECT_TRUE(walked->cut);
  }
}

TEST_P(WalkTest, StaysBelowTheDirectoryThatStandsForRoot) {
  temp_.put("root/proc/sys/a", "1");
  std::filesystem::create_directory_symlink("/proc", temp_.at("root/link"));
  WalkOptions options;
  options.beneath = temp_.at("root");
  for (const char* path : {"/proc/sys", "/link/sys", "../../proc/sys"}) {
    auto walked = walk(path, options);
    ASSERT_TRUE(walked) << path << ": " << walked.error().message;
    EXPECT_THAT(texts(*walked), ElementsAre("a=1"));
  }
}

TEST_P(WalkTest, RefusesWhatItCannotStartOn) {
  temp_.put("file", "");
  struct Case {
    std::string path;
    ErrorKind want;
  };
  const Case kCases[] = {{temp_.at("missing"), ErrorKind::NotFound}, {"", ErrorKind::Invalid}};
  for (const Case& c : kCases) {
    auto walked = walk(c.path);
    ASSERT_FALSE(walked);
    EXPECT_EQ(walked.error().kind, c.want) << walked.error().message;
  }
  EXPECT_FALSE(walk(temp_.at("file")));
}

TEST_P(WalkTest, EndsWithItsLimit) {
  temp_.put("a", "1");
  std::stop_source stop;
  stop.request_stop();
  WalkOptions options;
  options.limit = Limit(stop.get_token(), std::nullopt);
  auto walked = walk(temp_.at(), options);
  ASSERT_FALSE(walked);
  EXPECT_EQ(walked.error().kind, ErrorKind::Cancelled);
}

INSTANTIATE_TEST_SUITE_P(, WalkTest, ::testing::Bool(),
                         [](const auto& which) { return which.param ? "ThroughTheSeam" : "Quick"; });

}  // namespace
}  // namespace eidos
