#include "recipe/provenance.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::recipe {
namespace {

bool starts_with(const data::Path& path, const data::Path& start) {
  return path.size() >= start.size() && std::equal(start.begin(), start.end(), path.begin());
}

data::Path behind(const data::Path& path, std::size_t count) {
  return {path.begin() + static_cast<std::ptrdiff_t>(count), path.end()};
}

std::string part_text(const data::PathPart& part) {
  return data::to_text(data::Path{part});
}

}  // namespace

data::Path by_name(const data::Value& document, const data::Path& path) {
  const auto* list = path.size() < 2 ? nullptr : std::get_if<std::string>(&path[0]);
  const auto* index = path.size() < 2 ? nullptr : std::get_if<std::size_t>(&path[1]);
  if (list == nullptr || index == nullptr || (*list != "componentRefs" && *list != "constraints"))
    return path;
  const data::Value* name = data::find(document, {*list, *index, std::string("name")});
  if (name == nullptr) return path;
  data::Path out = path;
  if (*list == "componentRefs") out[0] = std::string("components");
  out[1] = name->scalar_text();
  return out;
}

std::string comment_above(std::string_view text, std::uint32_t line, std::uint32_t column) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; lines.size() + 1 < line && at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  std::vector<std::string_view> comment;
  while (!lines.empty()) {
    std::size_t indent = lines.back().find_first_not_of(' ');
    // deeper than the key: the end of a block of text, not a comment
    if (indent == std::string_view::npos || lines.back()[indent] != '#' || indent >= column) break;
    std::string_view words = trim(lines.back().substr(indent + 1));
    if (!words.starts_with("SPDX-")) comment.insert(comment.begin(), words);
    lines.pop_back();
  }
  return std::string(trim(join(comment, "\n")));
}

/// What a write says on a path.
struct Provenance::Found {
  const data::Value* value = nullptr;  ///< nullptr: it takes away what was there.
  data::Path part = {};                ///< Event::part.
  data::Mark mark = {};                ///< Where it stands.
  std::vector<Key> keys = {};          ///< Around it, outermost first, its own last.
};

namespace {

/// A value's own place, but for maps and lists, which may begin a line below their key.
data::Mark place_of(const data::Value& value, const std::vector<Key>& keys) {
  bool own = keys.empty() || (value.is_scalar() && value.mark().line != 0);
  return own ? value.mark() : keys.back().mark;
}

}  // namespace

// nullopt: the write says nothing on the path. One that merges leaves alone what its maps do not have; all
// else that has another thing on the way takes the value away.
std::optional<Provenance::Found> Provenance::follow(const Write& write, const data::Path& path) {
  Found found{&write.value, {}, place_of(write.value, write.keys), write.keys};
  bool replaces = !write.merges;
  for (std::size_t i = write.at.size(); i < path.size(); ++i) {
    const data::Value& at = *found.value;
    const auto* key = std::get_if<std::string>(&path[i]);
    if (key != nullptr && at.is_map()) {
      const data::Map::Entry* entry = at.map().entry(*key);
      if (entry == nullptr && !replaces) return std::nullopt;
      found.value = entry == nullptr ? nullptr : &entry->value;
      if (entry != nullptr) found.keys.push_back({part_text(path[i]), entry->mark});
    } else if (key == nullptr && at.is_list() && std::get<std::size_t>(path[i]) < at.list().size()) {
      replaces = true;
      found.value = &at.list()[std::get<std::size_t>(path[i])];
      found.keys.push_back({part_text(path[i]), found.value->mark()});
    } else {
      found.value = nullptr;
    }
    if (found.value == nullptr) return found;
    found.mark = place_of(*found.value, found.keys);
  }
  return found;
}

std::vector<Event> Provenance::history(const data::Path& path) {
  std::vector<Event> events;
  for (const Write& write : writes_) {
    std::optional<Found> found;
    if (starts_with(path, write.at))
      found = follow(write, path);
    else if (starts_with(write.at, path))
      found =
          Found{&write.value, behind(write.at, path.size()), place_of(write.value, write.keys), write.keys};
    if (!found) continue;
    std::optional<data::Value> before = events.empty() ? std::nullopt : events.back().value;
    if (found->value == nullptr && !before) continue;
    events.push_back(event_of(write, *found));
    if (found->part.empty()) events.back().replaced = std::move(before);
  }
  return events;
}

Event Provenance::event_of(const Write& write, const Found& found) {
  Event event;
  event.by = write.writer;
  event.name = write.name;
  event.because = write.because;
  event.part = data::to_text(found.part);
  if (found.value != nullptr) event.value = *found.value;
  if (found.mark.line == 0) return event;
  event.file = (write.text ? *write.text->sources : catalog_.sources()).name(found.mark.file);
  event.line = found.mark.line;
  event.column = found.mark.column;
  if (found.value == nullptr) return event;
  std::string_view text = text_of(write, found.mark.file);
  for (auto key = found.keys.rbegin(); key != found.keys.rend() && event.comment.empty(); ++key) {
    event.comment = comment_above(text, key->mark.line, key->mark.column);
    if (!event.comment.empty() && key != found.keys.rbegin()) event.comment_on = key->name;
  }
  return event;
}

std::string_view Provenance::text_of(const Write& write, std::uint32_t source) {
  if (write.text) return write.text->text;
  auto [found, is_new] = texts_.try_emplace(source);
  if (!is_new) return found->second;
  if (const catalog::CatalogFile* file = catalog_.file_of(source))
    if (auto text = catalog_.text_of(*file)) found->second = *std::move(text);
  return found->second;
}

}  // namespace eidos::recipe
