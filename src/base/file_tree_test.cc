#include "base/file_tree.h"

#include <gtest/gtest.h>

namespace eidos {
namespace {

const std::string kDigest(64, 'a');

std::string text_of(const std::vector<ChecksumLine>& lines) {
  std::string text;
  for (const ChecksumLine& line : lines) text += line.digest + "  " + line.path + "\n";
  return text;
}

TEST(FileTree, APathIsRelativeAndPlain) {
  struct Case {
    std::string path;
    const char* fault;  // nullptr: fine
  };
  const std::string long_part(255, 'x');
  const Case cases[] = {
      {"values.yaml", nullptr},
      {"charts/gpu-operator/values.yaml", nullptr},
      {"größe/x", nullptr},
      {".helmignore", nullptr},
      {"..x/...", nullptr},
      {long_part, nullptr},
      {"", "is empty"},
      {"/etc/passwd", "is absolute"},
      {"a//b", "has an empty part"},
      {"a/", "has an empty part"},
      {"./a", "has a '.' or '..' part"},
      {"a/../b", "has a '.' or '..' part"},
      {"..", "has a '.' or '..' part"},
      {"a\nb", "has a control character"},
      {std::string("a\0b", 3), "has a control character"},
      {"a\x7f", "has a control character"},
      {long_part + "x", "has a part longer than 255 bytes"},
      {long_part + "/" + long_part + "/" + long_part + "/" + long_part + "/x", "is longer than 1024 bytes"},
  };
  for (const Case& c : cases) {
    auto got = check_tree_path(c.path);
    EXPECT_EQ(got.has_value(), c.fault == nullptr) << c.path;
    if (got || c.fault == nullptr) continue;
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
    EXPECT_TRUE(got.error().message.ends_with(c.fault)) << got.error().message;
  }
}

TEST(FileTree, ChecksumLinesAreSortedAndLeaveOutThemselvesAndAttestations) {
  const FileTree tree = {{"b/x", {"abc"}},
                         {"a", {""}},
                         {"checksums.txt", {"old"}},
                         {"b/checksums.txt", {""}},
                         {"attestation/bundle.sigstore.json", {"{}"}}};
  EXPECT_EQ(checksum_lines(tree),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n"
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b/checksums.txt\n"
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b/x\n");
  EXPECT_EQ(checksum_lines({}), "");
}

TEST(FileTree, ChecksumsReadBackWhatWasWritten) {
  const FileTree tree = {{"a b", {"1"}}, {"c/d", {"2"}}};
  auto lines = parse_checksums(checksum_lines(tree));
  ASSERT_TRUE(lines);
  EXPECT_EQ(text_of(*lines), checksum_lines(tree));
}

TEST(FileTree, ChecksumsTakeBinaryMarksAndAMissingLastLineEnd) {
  auto lines = parse_checksums(kDigest + " *a\n" + kDigest + "  b");
  ASSERT_TRUE(lines);
  EXPECT_EQ(lines->at(0).path, "a");
  EXPECT_EQ(lines->at(1).path, "b");
}

TEST(FileTree, BadChecksumsAreRefusedWithTheirLine) {
  struct Case {
    std::string text;
    const char* message;
  };
  const Case cases[] = {
      {"", "checksums.txt is empty"},
      {"\n", "checksums.txt:1: does not start with 64 lower-case hexadecimal digits"},
      {"abc  a\n", "checksums.txt:1: does not start with 64 lower-case hexadecimal digits"},
      {std::string(64, 'A') + "  a\n",
       "checksums.txt:1: does not start with 64 lower-case hexadecimal digits"},
      {kDigest + "  a\n\n", "checksums.txt:2: does not start with 64 lower-case hexadecimal digits"},
      {kDigest + " a\n", "checksums.txt:1: does not have two blanks between digest and path"},
      {kDigest + "\n", "checksums.txt:1: does not have two blanks between digest and path"},
      {kDigest + "  \n", "checksums.txt:1: the path '' is empty"},
      {kDigest + "  /etc/passwd\n", "checksums.txt:1: the path '/etc/passwd' is absolute"},
      {kDigest + "  ../x\n", "checksums.txt:1: the path '../x' has a '.' or '..' part"},
      {kDigest + "  a\r\n", "checksums.txt:1: ends with CR LF"},
      {kDigest + "  a\n" + kDigest + "  a\n", "checksums.txt:2: lists 'a' a second time"},
  };
  for (const Case& c : cases) {
    auto got = parse_checksums(c.text);
    ASSERT_FALSE(got) << c.text;
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
    EXPECT_EQ(got.error().message, c.message);
  }
}

}  // namespace
}  // namespace eidos
