#include "seal/changes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/table.h"
#include "base/text.h"
#include "seal/contents.h"

namespace eidos::seal {

namespace {

std::int64_t size_of(const File& file) {
  return std::ssize(file.bytes);
}

// Bytes that a terminal and a diff can do nothing with; and a list of digests, which changes with the rest.
bool has_lines(std::string_view path, std::string_view bytes) {
  return path != kChecksumsFile && !bytes.contains('\0') && !invalid_utf8(bytes);
}

Change changed(const std::string& path, const File& before, const File& after) {
  Change change{path, What::Changed, size_of(before), size_of(after), before.executable != after.executable,
                {}};
  if (has_lines(path, before.bytes) && has_lines(path, after.bytes))
    change.lines = line_changes(before.bytes, after.bytes);
  return change;
}

constexpr std::array<std::pair<What, std::string_view>, 3> kWords = {
    {{What::Added, "added"}, {What::Removed, "removed"}, {What::Changed, "changed"}}};

std::string_view word(What what) {
  for (const auto& [value, text] : kWords)
    if (value == what) return text;
  std::unreachable();
}

std::string sizes(const Change& change) {
  switch (change.what) {
    case What::Added: return byte_count(change.new_size);
    case What::Removed: return byte_count(change.old_size);
    case What::Changed: break;
  }
  const std::string mode = change.mode ? ", executable bit" : "";
  if (change.old_size == change.new_size) return cat(byte_count(change.new_size), mode);
  return cat(change.old_size, " to ", byte_count(change.new_size), mode);
}

}  // namespace

std::vector<Change> changes(const FileTree& before, const FileTree& after) {
  std::vector<Change> out;
  for (const auto& [path, file] : before) {
    auto other = after.find(path);
    if (other == after.end())
      out.push_back({path, What::Removed, size_of(file), 0, false, {}});
    else if (!(other->second == file))
      out.push_back(changed(path, file, other->second));
  }
  for (const auto& [path, file] : after)
    if (!before.contains(path)) out.push_back({path, What::Added, 0, size_of(file), false, {}});
  std::ranges::sort(out, {}, &Change::path);
  return out;
}

std::string to_text(const std::vector<Change>& changes) {
  std::string out;
  std::array<std::int64_t, kWords.size()> counts = {};
  for (const Change& change : changes) {
    ++counts[static_cast<std::size_t>(change.what)];
    out += cat(word(change.what), std::string(9 - word(change.what).size(), ' '), harmless(change.path), "  ",
               sizes(change), "\n");
    for (const std::string& line : change.lines) out += cat("  ", harmless(line), "\n");
  }
  if (changes.empty()) return "no change; nothing was written\n";
  std::string sum;
  for (const auto& [what, text] : kWords)
    sum += cat(sum.empty() ? "" : ", ", counts[static_cast<std::size_t>(what)], " ", text);
  return cat(out, "\n", sum, "; nothing was written\n");
}

data::Value to_document(const std::vector<Change>& changes) {
  data::List list;
  for (const Change& change : changes) {
    data::Map one;
    one.set("path", change.path);
    one.set("change", word(change.what));
    if (change.what != What::Added) one.set("oldSize", change.old_size);
    if (change.what != What::Removed) one.set("newSize", change.new_size);
    if (change.mode) one.set("modeChanged", true);
    if (!change.lines.empty()) {
      data::List lines;
      for (const std::string& line : change.lines) lines.emplace_back(line);
      one.set("lines", data::Value(std::move(lines)));
    }
    list.emplace_back(std::move(one));
  }
  data::Map map;
  map.set("changes", data::Value(std::move(list)));
  return data::Value(std::move(map));
}

}  // namespace eidos::seal
