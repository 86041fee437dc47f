#pragma once
// A FileTree as one file and back: zip and tar.gz. Pure functions of bytes: the same tree and time give the
// same bytes on any machine.
//
// What is written: entries sorted by path, no entries for directories, one time, modes 0644 and 0755, owner
// 0. The tree stands in the archive as it is, without a folder around it.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/files.h"

namespace eidos::seal {

enum class Format : std::uint8_t { Zip, TarGz };

/// By the ending of a path, whatever its case; nothing for an ending that is none of archive_endings().
std::optional<Format> format_of_name(std::string_view path);
/// ".zip, .tar.gz, .tgz"
std::string archive_endings();
/// By the first bytes.
std::optional<Format> format_of_bytes(std::string_view bytes);
/// "zip", "tar.gz"
std::string_view name_of(Format format);

/// What a writer packs and a reader unpacks at most.
struct Caps {
  std::int64_t entries = 50'000;
  std::int64_t file_bytes = std::int64_t{64} * 1024 * 1024;
  std::int64_t total_bytes = std::int64_t{256} * 1024 * 1024;
};

/// 1980-01-01, the first day a zip can name: the time of every entry unless another is asked for.
constexpr std::int64_t kDefaultTime = 315'532'800;
/// 2107-12-31 23:59:58, the last.
constexpr std::int64_t kLatestTime = 4'354'819'198;

/// `time` is seconds since 1970, 0 to kLatestTime; a zip shows what is before 1980 as 1980. Invalid: a bad
/// path, one that is not UTF-8, a file that is also a directory, more than the caps.
Result<std::string> pack(const FileTree& tree, Format format, std::int64_t time);

/// Called with every entry in the order of the archive, its bytes in it. Paths are as they stand there, good
/// or not; a leading "./" and the '/' behind a directory are taken off. An entry over caps.file_bytes comes
/// with a problem and without its bytes.
using Visit = std::function<Result<void>(TreeEntry&& entry)>;

/// Invalid: no such archive, cut short, damaged (wrong CRC, size or header, entries that overlap), followed
/// by more, encrypted, zip64, unknown method, more than the caps. Entries share no bytes, so that none
/// unpacks to more than Deflate's own 1,032 times its size.
Result<void> visit_archive(std::string_view bytes, const Caps& caps, const Visit& visit);

/// The whole tree. Invalid, beside what visit_archive refuses: a path that check_tree_path refuses, one that
/// stands there twice or is a file and a directory, a link, a device, a file over caps.file_bytes.
Result<FileTree> unpack(std::string_view bytes, const Caps& caps = {});

}  // namespace eidos::seal
