#include "base/file_tree.h"

#include <algorithm>
#include <set>

#include "base/sha256.h"
#include "base/text.h"

namespace eidos {

namespace {

constexpr std::size_t kLongestPath = 1024;
constexpr std::size_t kLongestPart = 255;  // NAME_MAX of every file system in use
constexpr std::size_t kDigestLength = 64;
constexpr std::string_view kAttestations = "attestation/";

bool control_byte(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

std::string_view fault_of_part(std::string_view part) {
  if (part.empty()) return "has an empty part";
  if (part == "." || part == "..") return "has a '.' or '..' part";
  if (part.size() > kLongestPart) return "has a part longer than 255 bytes";
  return {};
}

std::string_view fault_of_path(std::string_view path) {
  if (path.empty()) return "is empty";
  if (path.size() > kLongestPath) return "is longer than 1024 bytes";
  if (path.starts_with('/')) return "is absolute";
  if (std::ranges::any_of(path, control_byte)) return "has a control character";
  for (std::string_view part : split(path, '/'))
    if (std::string_view fault = fault_of_part(part); !fault.empty()) return fault;
  return {};
}

// "<64 hex digits>  <path>"; sha256sum -b writes '*' for the second blank.
Result<ChecksumLine> parse_line(std::string_view line) {
  std::string_view digest = line.substr(0, kDigestLength);
  if (digest.size() < kDigestLength || !std::ranges::all_of(digest, hex_digit))
    return fail(ErrorKind::Invalid, "does not start with 64 lower-case hexadecimal digits");
  std::string_view gap = line.substr(kDigestLength, 2);
  if (gap != "  " && gap != " *")
    return fail(ErrorKind::Invalid, "does not have two blanks between digest and path");
  std::string_view path = line.substr(kDigestLength + 2);
  if (path.ends_with('\r'))
    return fail(ErrorKind::Invalid, "ends with CR LF", {}, "restore the file with plain LF line ends");
  EIDOS_CHECK(check_tree_path(path));
  return ChecksumLine{std::string(digest), std::string(path)};
}

}  // namespace

std::string checksum_lines(const FileTree& tree) {
  std::string lines;
  for (const auto& [path, file] : tree) {
    if (path == kChecksumsFile || path.starts_with(kAttestations)) continue;
    lines += cat(sha256_hex(file.bytes), "  ", path, '\n');
  }
  return lines;
}

Result<std::vector<ChecksumLine>> parse_checksums(std::string_view text) {
  if (text.empty()) return fail(ErrorKind::Invalid, cat(kChecksumsFile, " is empty"));
  std::vector<ChecksumLine> lines;
  std::set<std::string, std::less<>> seen;
  if (text.ends_with('\n')) text.remove_suffix(1);
  for (std::string_view one : split(text, '\n')) {
    std::string place = cat(kChecksumsFile, ":", lines.size() + 1);
    auto line = parse_line(one);
    if (!line) return std::unexpected(std::move(line).error().within(place));
    if (!seen.insert(line->path).second)
      return fail(ErrorKind::Invalid, cat(place, ": lists ", quote(line->path), " a second time"));
    lines.push_back(*std::move(line));
  }
  return lines;
}

Result<void> check_tree_path(std::string_view path) {
  std::string_view fault = fault_of_path(path);
  if (fault.empty()) return {};
  return fail(ErrorKind::Invalid, cat("the path ", quote(path), " ", fault));
}

bool is_script(std::string_view path, std::string_view bytes) {
  return path.ends_with(".sh") && bytes.starts_with("#!");
}

}  // namespace eidos
