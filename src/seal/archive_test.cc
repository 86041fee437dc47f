// What is packed comes back the same; what is no plain tree of files is refused by name.

#include "seal/archive.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "support/tar.h"
#include "support/trees.h"
#include "support/zip.h"

namespace eidos::seal {
namespace {

using testing::done;
using testing::gzip;
using ::testing::HasSubstr;
using testing::tar_end;
using testing::tar_entry;
using testing::zip_of;

constexpr Format kFormats[] = {Format::Zip, Format::TarGz};

std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

const std::string kLong(120, 'n');
const FileTree kTrees[] = {
    {},
    {{"a", {""}}},
    {{"deploy.sh", {"#!/bin/sh\n", true}},
     {"a/b/c.yaml", {std::string(100'000, 'y')}},
     {"noise", {noise(70'000)}}},
    {{"größe/värde.yaml", {"ü"}}, {"日本", {"x"}}, {"with blank", {"y"}}},
    // 100 bytes fit into ustar's name, a '/' at the right place makes 255 fit, and nothing else does.
    {{std::string(100, 'a'), {"1"}},
     {std::string(101, 'b'), {"2"}},
     {cat(std::string(150, 'c'), "/", std::string(100, 'd')), {"3"}},
     {cat(kLong, "/", kLong), {"4"}},
     {cat("x/", kLong, "/", kLong, "/", kLong, "/", kLong, "/z"), {"5", true}}},
};

TEST(Archive, WhatIsPackedComesBackAndTwiceTheSameBytes) {
  for (Format format : kFormats) {
    for (const FileTree& tree : kTrees) {
      auto bytes = pack(tree, format, kDefaultTime);
      ASSERT_TRUE(done(bytes));
      EXPECT_EQ(*bytes, *pack(tree, format, kDefaultTime));
      auto back = unpack(*bytes);
      ASSERT_TRUE(done(back)) << name_of(format);
      EXPECT_EQ(*back, tree);
      EXPECT_EQ(format_of_bytes(*bytes), format);
    }
  }
}

TEST(Archive, HeadersHaveTheTimeThatWasAskedForAndNothingOfTheMachine) {
  const FileTree tree = {{"a", {"x"}}};
  const std::string zip = *pack(tree, Format::Zip, kDefaultTime);
  EXPECT_EQ(zip.substr(10, 4), std::string("\0\0\x21\0", 4)) << "1980-01-01 00:00";
  EXPECT_EQ(*pack(tree, Format::Zip, 0), zip) << "a zip knows no earlier day";
  // 2024-02-29 12:34:57, whose odd second a zip cannot say.
  EXPECT_EQ(pack(tree, Format::Zip, 1'709'210'097)->substr(10, 4), testing::little(0x585D645CU, 4));
  EXPECT_EQ(pack(tree, Format::TarGz, 1'709'210'097)->substr(0, 10),
            std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10));
  EXPECT_NE(*pack(tree, Format::TarGz, 0), *pack(tree, Format::TarGz, kDefaultTime));
  ASSERT_TRUE(done(unpack(*pack(tree, Format::TarGz, kLatestTime))));
}

TEST(Archive, ATreeThatNoReaderTakesIsNotPacked) {
  struct Case {
    FileTree tree;
    const char* message;
  };
  const Case cases[] = {
      {{{"../x", {}}}, "has a '.' or '..' part"},
      {{{"/x", {}}}, "is absolute"},
      {{{"a\nb", {}}}, "has a control character"},
      {{{"\xff", {}}}, "is not UTF-8"},
      {{{"a", {}}, {"a-b", {}}, {"a/b", {}}}, "'a' is both a file and a directory"},
      {{{"big", {std::string(64 * 1024 * 1024 + 1, 'x')}}}, "'big' is larger than 67108864 bytes"},
  };
  for (const Case& c : cases) {
    for (Format format : kFormats) {
      auto got = pack(c.tree, format, kDefaultTime);
      ASSERT_FALSE(got) << c.message;
      EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
      EXPECT_THAT(got.error().message, HasSubstr(c.message));
    }
  }
}

TEST(Archive, TheEndingOfANameSaysWhatItIs) {
  struct Case {
    const char* name;
    std::optional<Format> want;
  };
  const Case cases[] = {{"a.zip", Format::Zip},   {"a.ZIP", Format::Zip},  {"d/a.tar.gz", Format::TarGz},
                        {"a.tgz", Format::TarGz}, {"a.tar", std::nullopt}, {"zip", std::nullopt},
                        {"a.zip/", std::nullopt}, {"a.gz", std::nullopt},  {"", std::nullopt}};
  for (const Case& c : cases) EXPECT_EQ(format_of_name(c.name), c.want) << c.name;
  EXPECT_EQ(archive_endings(), ".zip, .tar.gz, .tgz");
}

struct Bad {
  const char* name;
  std::string bytes;
  const char* message;
};

void expect_refused(const Bad& bad, const Caps& caps = {}) {
  auto got = unpack(bad.bytes, caps);
  ASSERT_FALSE(got) << bad.name;
  EXPECT_EQ(got.error().kind, ErrorKind::Invalid) << bad.name;
  EXPECT_THAT(got.error().message, HasSubstr(bad.message)) << bad.name;
}

std::string with(std::string bytes, std::size_t at, std::string_view other) {
  return bytes.replace(at, other.size(), other);
}

TEST(Archive, AZipThatIsNotPlainAndWholeIsRefusedByName) {
  const std::string good = zip_of({{.name = "a", .bytes = "hello"}, {.name = "b", .bytes = "x"}});
  ASSERT_TRUE(done(unpack(good)));
  const std::string packed = *pack({{"a", {std::string(1000, 'a')}}}, Format::Zip, kDefaultTime);
  const std::size_t end = good.size() - 22;
  const Bad cases[] = {
      {"empty", "", "the file is empty"},
      {"text", "hello", "neither a zip nor a tar.gz"},
      {"only a magic", "PK\x03\x04", "cut short"},
      {"without its end", good.substr(0, end), "cut short"},
      {"more behind", good + "x", "something follows the end"},
      {"a comment", with(good, good.size() - 2, std::string("\1\0", 2)) + "x", "something follows the end"},
      {"zip64", with(good, end + 10, "\xff\xff"), "zip64"},
      {"zip64 by offset", with(good, end + 16, "\xff\xff\xff\xff"), "zip64"},
      {"several disks", with(good, end + 4, "\1"), "one part of an archive"},
      {"directory elsewhere", with(good, end + 16, "\1"), "its directory is not where it says"},
      {"fewer entries than there are", with(with(good, end + 8, "\1"), end + 10, "\1"),
       "has more than its entries"},
      {"more entries than there are", with(with(good, end + 8, "\3"), end + 10, "\3"), "makes no sense"},
      {"traversing", zip_of({{.name = "../a"}}), "'../a' has a '.' or '..' part"},
      {"absolute", zip_of({{.name = "/a"}}), "is absolute"},
      {"traversing directory", zip_of({{.name = "../a/", .mode = 0040755}}), "'../a' has a '.' or '..' part"},
      {"control character", zip_of({{.name = "a\nb"}}), "has a control character"},
      {"empty name", zip_of({{.name = ""}}), "is empty"},
      {"twice", zip_of({{.name = "a"}, {.name = "a"}}), "holds 'a' twice"},
      {"file and directory", zip_of({{.name = "a"}, {.name = "a/b"}}), "'a' is both a file and a directory"},
      {"link", zip_of({{.name = "a", .bytes = "b", .mode = 0120777}}), "'a' is a link"},
      {"device", zip_of({{.name = "a", .mode = 0020644}}), "'a' is neither a file nor a directory"},
      {"directory with bytes", zip_of({{.name = "a/", .bytes = "x", .mode = 0040755}}), "has bytes"},
      {"encrypted", zip_of({{.name = "a", .flags = 1}}), "'a' is encrypted"},
      {"strongly encrypted", zip_of({{.name = "a", .flags = 0x41}}), "'a' is encrypted"},
      {"bzip2", zip_of({{.name = "a", .method = 12}}), "compressed by method 12"},
      {"not UTF-8", zip_of({{.name = "\xff"}}), "is not UTF-8"},
      {"unknown character set", zip_of({{.name = "ü"}}), "unknown character set"},
      {"zip64 entry", zip_of({{.name = "a", .extra = std::string("\x01\x00\x00\x00", 4)}}), "zip64 entry"},
      {"a second name", zip_of({{.name = "a", .extra = std::string("\x75\x70\x00\x00", 4)}}), "second name"},
      {"two names", zip_of({{.name = "a", .local_name = "b"}}), "'a' is not what its directory says"},
      {"two sizes", zip_of({{.name = "a", .bytes = "x", .size = 2}}), "its two sizes differ"},
      {"wrong CRC", zip_of({{.name = "a", .bytes = "x", .wrong_crc = 1}}), "'a': its CRC is wrong"},
      {"overlapping", zip_of({{.name = "a", .bytes = "x"}, {.name = "b", .offset = 0}}),
       "overlaps another entry"},
      {"something before", zip_of({{.name = "a", .before = "hidden"}}), "neither a zip"},
      {"something between", zip_of({{.name = "a"}, {.name = "b", .before = "hidden"}}),
       "overlaps another entry"},
      {"something behind", zip_of({{.name = "a", .behind = "hidden"}}), "something stands between"},
      {"broken Deflate", with(packed, 31, std::string("\xff\xff", 2)),
       "'a': the compressed data are damaged"},
      {"Deflate of another size", with(with(packed, 22, "\1"), packed.rfind("PK\1\2") + 24, "\1"),
       "'a': it does not unpack to the size it should have"},
  };
  for (const Bad& bad : cases) expect_refused(bad);
}

TEST(Archive, AZipThatWasCutOrChangedAnywhereNeverBecomesAnotherTree) {
  const FileTree tree = {{"a", {std::string(300, 'a')}}, {"d/b.sh", {"#!/bin/sh", true}}};
  for (Format format : kFormats) {
    const std::string good = *pack(tree, format, kDefaultTime);
    for (std::size_t i = 0; i < good.size(); ++i) {
      EXPECT_FALSE(unpack(good.substr(0, i))) << i;
      auto got = unpack(with(good, i, std::string(1, static_cast<char>(good[i] ^ 0x55))));
      if (!got) continue;
      for (const auto& [path, file] : *got) {  // nothing but names and modes may have changed unnoticed
        EXPECT_TRUE(file.bytes == tree.at("a").bytes || file.bytes == tree.at("d/b.sh").bytes) << i;
      }
    }
  }
}

TEST(Archive, OtherPeoplesZipsAreReadWithWhatTheyLack) {
  const std::string descriptor = testing::little(0x08074b50, 4) + testing::little(testing::zip_crc("x"), 4) +
                                 testing::little(1, 4) + testing::little(1, 4);
  const std::string bytes = zip_of({
      {.name = "./", .mode = 0040755},
      {.name = "d/", .mode = 0040755},
      {.name = "d/streamed", .bytes = "x", .flags = 8, .behind = descriptor},
      {.name = "streamed2", .bytes = "x", .flags = 8, .behind = descriptor.substr(4)},
      {.name = "dos", .bytes = "y", .mode = 0100755, .host = 0},
      {.name = "typeless", .bytes = "z", .mode = 0700},
      {.name = "ü", .flags = 0x800, .extra = std::string("\x55\x54\x01\x00\x00", 5)},
  });
  auto got = unpack(bytes);
  ASSERT_TRUE(done(got));
  EXPECT_EQ(*got, (FileTree{{"d/streamed", {"x"}},
                            {"streamed2", {"x"}},
                            {"dos", {"y"}},
                            {"typeless", {"z", true}},
                            {"ü", {""}}}));
}

std::string tar(std::string_view entries) {
  return gzip(cat(entries, tar_end()));
}

std::string pax(std::string_view record) {
  return tar_entry("x", cat(std::ssize(record) + 4, " ", record, "\n"), 'x');
}

TEST(Archive, ATarThatIsNotPlainAndWholeIsRefusedByName) {
  const std::string a = tar_entry("a", "x");
  std::string bad_sum = a;
  bad_sum[0] = 'b';
  const std::string good = tar(a);
  ASSERT_TRUE(done(unpack(good)));
  const Bad cases[] = {
      {"gzip of text", gzip("hello"), "it is no tar archive"},
      {"gzip of much text", gzip(std::string(2000, 'x')), "it is no tar archive"},
      {"gzip cut", good.substr(0, good.size() - 9), "cut short"},
      {"gzip with a wrong sum", with(good, good.size() - 8, "\1\2"), "damaged"},
      {"gzip damaged", with(good, 12, "\xff\xff\xff"), "damaged"},
      {"more behind", good + "x", "something follows the end"},
      {"two archives", good + good, "something follows the end"},
      {"more inside", gzip(cat(a, tar_end(), tar_entry("b", "y"))), "something follows the end"},
      {"without its end", gzip(a), "cut short"},
      {"half an end", gzip(cat(a, std::string(512, '\0'))), "cut short"},
      {"one empty block between", gzip(cat(a, std::string(512, '\0'), a, tar_end())),
       "something follows the end"},
      {"entry cut", gzip(a.substr(0, 700)), "cut short"},
      {"wrong sum", tar(bad_sum), "it is no tar archive"},
      {"wrong sum later", tar(cat(a, bad_sum)), "a header makes no sense"},
      {"traversing", tar(tar_entry("d/../../a", "x")), "has a '.' or '..' part"},
      {"absolute", tar(tar_entry("/a", "x")), "is absolute"},
      {"traversing directory", tar(tar_entry("../d/", "", '5')), "has a '.' or '..' part"},
      {"a file called like a directory", tar(tar_entry("d/", "x")), "has an empty part"},
      {"twice", tar(cat(a, a)), "holds 'a' twice"},
      {"twice, spelled otherwise", tar(cat(a, tar_entry("./a", "y"))), "holds 'a' twice"},
      {"file and directory", tar(cat(a, tar_entry("a/b", "y"))), "'a' is both a file and a directory"},
      {"symbolic link", tar(tar_entry("a", "", '2')), "'a' is a link"},
      {"hard link", tar(tar_entry("a", "", '1')), "'a' is a link"},
      {"device", tar(tar_entry("a", "", '3')), "'a' is neither a file nor a directory"},
      {"FIFO", tar(tar_entry("a", "", '6')), "'a' is neither a file nor a directory"},
      {"unknown type", tar(tar_entry("a", "", 'S')), "'a' is neither a file nor a directory"},
      {"link with bytes", tar(tar_entry("a", "x", '2')), "'a' is no file and has bytes"},
      {"another size in pax", tar(cat(pax("size=0"), a)), "extended header 'size'"},
      {"sparse in pax", tar(cat(pax("GNU.sparse.major=1"), a)), "extended header 'GNU.sparse.major'"},
      {"path for all", tar(cat(tar_entry("x", "10 path=b\n", 'g'), a)), "extended header 'path'"},
      {"pax without length", tar(cat(tar_entry("x", "path=b\n", 'x'), a)),
       "an extended header makes no sense"},
      {"pax too long", tar(cat(tar_entry("x", "99 path=b\n", 'x'), a)), "an extended header makes no sense"},
      {"pax without a value", tar(cat(tar_entry("x", "8 path\n\n", 'x'), a)),
       "an extended header makes no sense"},
      {"pax of 70 kB", tar(cat(tar_entry("x", std::string(70'000, 'x'), 'x'), a)),
       "extended header of 70000 bytes"},
      {"traversing by pax", tar(cat(pax("path=../b"), a)), "has a '.' or '..' part"},
      {"traversing by GNU", tar(cat(tar_entry("x", "../b", 'L'), a)), "has a '.' or '..' part"},
  };
  for (const Bad& bad : cases) expect_refused(bad);
}

TEST(Archive, OtherPeoplesTarsAreRead) {
  const std::string entries =
      cat(tar_entry("./", "", '5'), tar_entry("./d/", "", '5'), tar_entry("./d/a", "x"),
          tar_entry("long", "b/gnu", 'L'), tar_entry("cut", "y"), pax("path=b/pax"), tar_entry("cut", "z"),
          tar_entry("g", "18 comment=a0b0c0\n", 'g'), tar_entry("last", "", '\0'));
  auto got = unpack(gzip(cat(entries, tar_end(), std::string(9 * 1024, '\0'))));
  ASSERT_TRUE(done(got));
  EXPECT_EQ(*got, (FileTree{{"d/a", {"x"}}, {"b/gnu", {"y"}}, {"b/pax", {"z"}}, {"last", {""}}}));
}

TEST(Archive, NothingIsUnpackedPastTheCaps) {
  const FileTree tree = {{"a", {std::string(3000, 'a')}}, {"b", {std::string(3000, 'b')}}};
  for (Format format : kFormats) {
    const std::string bytes = *pack(tree, format, kDefaultTime);
    ASSERT_TRUE(done(unpack(bytes, {.entries = 2, .file_bytes = 3000, .total_bytes = 6000})));
    expect_refused({"entries", bytes, "has more than 1 entries"}, {.entries = 1});
    expect_refused({"file", bytes, "'a' is larger than 2999 bytes"}, {.file_bytes = 2999});
    expect_refused({"total", bytes, "'b' is the file too many"}, {.total_bytes = 5999});
    int large = 0;
    auto visited = visit_archive(bytes, {.file_bytes = 2999}, [&](TreeEntry&& entry) -> Result<void> {
      large += entry.problem == "larger than 2999 bytes" && entry.bytes.empty() && entry.size == 3000 ? 1 : 0;
      return {};
    });
    EXPECT_TRUE(done(visited));
    EXPECT_EQ(large, 2);
  }
}

}  // namespace
}  // namespace eidos::seal
