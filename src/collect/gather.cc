#include "collect/gather.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::collect {

namespace {

constexpr std::int64_t kMostNames = 20'000;  // of one directory
constexpr int kHighestNumber = 65'535;

std::optional<int> small_number(std::string_view text) {
  auto number = to_int(text);
  if (!number || *number < 0 || *number > kHighestNumber) return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace

// Whether the gathering goes on without it.
bool Gather::note(Error error, const std::string& path) {
  if (error.kind == ErrorKind::Timeout || error.kind == ErrorKind::Cancelled)
    stopped_ = stopped_ ? std::move(stopped_) : std::optional(std::move(error));
  else if (error.kind != ErrorKind::NotFound)
    unread(path);
  return !stopped_;
}

std::optional<std::string> Gather::bytes(const std::string& path, std::int64_t max_bytes) {
  if (stopped_) return std::nullopt;
  auto read = source_.read(path, max_bytes);
  if (read) return *std::move(read);
  note(std::move(read).error(), path);
  return std::nullopt;
}

std::optional<std::string> Gather::text(const std::string& path) {
  auto read = bytes(path);
  if (!read) return std::nullopt;
  return document_text(trim(*read));
}

std::vector<std::string> Gather::names(const std::string& directory) {
  std::vector<std::string> out;
  if (stopped_) return out;
  if (auto go = source_.limit.check(cat("listing ", quote(directory))); !go) {
    note(std::move(go).error(), directory);
    return out;
  }
  auto entries = source_.files.list(directory, kMostNames, source_.options.root);
  if (!entries) {
    note(std::move(entries).error(), directory);
    return out;
  }
  for (DirEntry& entry : *entries) out.push_back(std::move(entry.name));
  return out;
}

bool Gather::exists(const std::string& path) {
  return source_.files.kind(path, source_.options.root).has_value();
}

void Gather::add(std::string_view key, std::string value) {
  if (!value.empty()) readings_.set(key, data::Value(std::move(value)));
}

void Gather::add_file(std::string_view key, const std::string& path) {
  if (auto value = text(path)) add(key, *std::move(value));
}

Result<Collection> Gather::take(std::string_view subtype, std::string_view nothing) && {
  if (stopped_) return std::unexpected(*std::move(stopped_));
  if (readings_.empty() && unread_.empty()) return absent(std::string(nothing));
  Collection collection;
  if (!readings_.empty()) collection = one_subtype(subtype, std::move(readings_));
  collection.warnings = std::move(warnings_);
  if (unread_.empty()) return collection;
  collection.status = model::CollectorStatus::Partial;
  collection.detail =
      cat(unread_.size(), unread_.size() == 1 ? " file" : " files", " could not be read: ", some_of(unread_));
  return collection;
}

std::optional<std::vector<int>> parse_number_list(std::string_view text) {
  std::vector<int> out;
  text = trim(text);
  if (text.empty()) return out;
  for (std::string_view part : split(text, ',')) {
    std::size_t dash = part.find('-');
    auto first = small_number(part.substr(0, dash));
    auto last = dash == std::string_view::npos ? first : small_number(part.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    if (std::ssize(out) + *last - *first > kHighestNumber) return std::nullopt;
    for (int number = *first; number <= *last; ++number) out.push_back(number);
  }
  return out;
}

std::string_view chosen(std::string_view text) {
  std::size_t open = text.find('[');
  std::size_t close = text.find(']', open);
  if (open == std::string_view::npos || close == std::string_view::npos) return text;
  return text.substr(open + 1, close - open - 1);
}

std::string_view line_value(std::string_view text, std::string_view name) {
  for (std::string_view line : split(text, '\n')) {
    std::size_t sign = line.find(':');
    if (sign == std::string_view::npos) continue;
    std::string_view before = trim(line.substr(0, sign));
    if (before == name || (before.ends_with(name) && before[before.size() - name.size() - 1] == ' '))
      return trim(line.substr(sign + 1));
  }
  return {};
}

std::string joined_once(const std::vector<std::string>& values) {
  std::vector<std::string> once;
  for (const std::string& value : values)
    if (!value.empty() && std::ranges::find(once, value) == once.end()) once.push_back(value);
  return join(once, ", ");
}

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i) shown.push_back(document_text(names[i]));
  return cat(join(shown, ", "), names.size() > kShown ? ", ..." : "");
}

}  // namespace eidos::collect
