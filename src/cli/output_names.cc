#include "cli/output_names.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/append.h"
#include "base/text.h"
#include "kube/document.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kNames[] = {"node", "date", "time"};
constexpr std::int64_t kMostFiles = 100'000;  // in the directory of the outputs
constexpr std::string_view kBeginnings[] = {"kind: Snapshot\n", "{\n  \"kind\": \"Snapshot\"",
                                            "# HELP eidos_", "COLLECTOR ", "[{\"op\":"};

struct Stamp {
  std::string date;  // 2026-01-31
  std::string time;  // 180113
};

// Of "2026-01-31T18:01:13Z".
Stamp stamp_of(std::string_view timestamp) {
  std::string time;
  if (timestamp.size() > 11)
    for (char c : timestamp.substr(11))
      if (c >= '0' && c <= '9') time += c;
  return {std::string(timestamp.substr(0, 10)), time.substr(0, 6)};
}

std::string as_part(std::string_view node) {
  std::string out;
  for (char c : node) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                 c == '_' || (c == '.' && !out.empty());
    out += plain ? c : '_';
  }
  return out.empty() ? "unknown" : out;
}

// RFC 1123: begins and ends with a letter or digit.
std::string as_label(std::string_view node) {
  std::string out = lower(as_part(node));
  for (char& c : out)
    if (c == '_' || c == '.') c = '-';
  while (out.starts_with('-')) out.erase(0, 1);
  while (out.ends_with('-')) out.pop_back();
  return out.empty() ? "unknown" : out;
}

std::string value_of(std::string_view name, const model::SnapshotMetadata& metadata, bool config_map) {
  if (name == "node") return config_map ? as_label(metadata.source_node) : as_part(metadata.source_node);
  Stamp stamp = stamp_of(metadata.timestamp);
  return name == "date" ? stamp.date : stamp.time;
}

std::string_view last_part(std::string_view pattern) {
  return pattern.substr(pattern.rfind('/') + 1);  // npos + 1 == 0: the whole
}

// Digits and dashes as `like` has them.
bool shaped(std::string_view text, std::string_view like) {
  return text.size() == like.size() && std::ranges::equal(text, like, [](char c, char pattern) {
           return pattern == '0' ? c >= '0' && c <= '9' : c == pattern;
         });
}

std::string expanded(std::string_view pattern, const model::SnapshotMetadata& metadata, bool config_map) {
  std::string out;
  while (!pattern.empty()) {
    std::size_t open = pattern.find('{');
    std::size_t close = pattern.find('}', open == std::string_view::npos ? pattern.size() : open);
    if (close == std::string_view::npos) break;
    out += pattern.substr(0, open);
    out += value_of(pattern.substr(open + 1, close - open - 1), metadata, config_map);
    pattern.remove_prefix(close + 1);
  }
  return out += pattern;
}

bool begins_as_ours(const std::string& path, Files& files) {
  auto text = files.read(path, {.follow_links = false});
  return text &&
         std::ranges::any_of(kBeginnings, [&](std::string_view one) { return text->starts_with(one); });
}

}  // namespace

bool has_names(std::string_view pattern) {
  return pattern.find_first_of("{}") != std::string_view::npos;
}

Result<void> check_names(std::string_view pattern) {
  auto wrong = [&](std::string message) {
    return fail(ErrorKind::Invalid, std::move(message), std::string(pattern),
                "write {node}, {date} or {time}");
  };
  for (std::string_view rest = pattern; has_names(rest);) {
    std::size_t open = rest.find_first_of("{}");
    std::size_t close = rest.find_first_of("{}", open + 1);
    if (rest[open] == '}' || close == std::string_view::npos || rest[close] == '{')
      return wrong("the output's name has a brace without its partner");
    std::string_view name = rest.substr(open + 1, close - open - 1);
    if (std::ranges::find(kNames, name) == std::end(kNames))
      return wrong(cat("the output's name has an unknown part ", quote(cat("{", name, "}")),
                       did_you_mean(name, kNames)));
    rest.remove_prefix(close + 1);
  }
  return {};
}

std::string expand_names(std::string_view pattern, const model::SnapshotMetadata& metadata) {
  return expanded(pattern, metadata, false);
}

std::string expand_config_map(std::string_view pattern, const model::SnapshotMetadata& metadata) {
  return expanded(pattern, metadata, true);
}

Result<void> check_config_map_names(std::string_view pattern) {
  EIDOS_CHECK(check_names(pattern));
  model::SnapshotMetadata some;
  some.timestamp = "2026-01-31T18:01:13Z";
  some.source_node = "n";
  auto name = kube::parse_config_map(expand_config_map(pattern, some));
  if (name) return {};
  return std::unexpected(std::move(name).error());
}

std::optional<std::string> age_in(std::string_view name, std::string_view pattern,
                                  const model::SnapshotMetadata& metadata, bool config_map) {
  Stamp stamp;
  auto take = [&name](std::size_t count) {
    std::string_view taken = name.substr(0, count);
    name.remove_prefix(taken.size());
    return taken;
  };
  while (!pattern.empty()) {
    std::size_t end = pattern.front() == '{' ? pattern.find('}') : std::string_view::npos;
    if (end == std::string_view::npos) {
      if (take(1) != pattern.substr(0, 1)) return std::nullopt;
      pattern.remove_prefix(1);
      continue;
    }
    std::string_view what = pattern.substr(1, end - 1);
    pattern.remove_prefix(end + 1);
    if (what == "node") {
      std::string node = value_of(what, metadata, config_map);
      if (take(node.size()) != node) return std::nullopt;
      continue;
    }
    std::string_view like = what == "date" ? "0000-00-00" : "000000";
    std::string_view text = take(like.size());
    if (!shaped(text, like)) return std::nullopt;
    (what == "date" ? stamp.date : stamp.time) = text;
  }
  if (!name.empty()) return std::nullopt;
  return stamp.date + stamp.time;
}

Result<void> check_retain(std::string_view pattern) {
  std::string_view last = last_part(pattern);
  if (last.find("{date}") == std::string_view::npos)
    return fail(ErrorKind::Invalid, "--retain needs outputs that differ by date", std::string(pattern),
                "put {date} into the name of --output, as in snapshot-{node}-{date}T{time}.yaml");
  if (has_names(pattern.substr(0, pattern.size() - last.size())))
    return fail(ErrorKind::Invalid, "--retain looks into one directory only", std::string(pattern),
                "keep {node}, {date} and {time} to the last part of --output");
  return {};
}

Result<void> retain_newest(std::string_view pattern, const model::SnapshotMetadata& metadata,
                           std::int64_t keep, const Context& context) {
  std::string_view last = last_part(pattern);
  std::string directory(pattern.substr(0, pattern.size() - last.size()));
  EIDOS_TRY(std::vector<DirEntry> entries,
            context.files.list(directory.empty() ? "." : directory, kMostFiles));
  std::vector<std::pair<std::string, std::string>> ours;  // age, path
  for (const DirEntry& entry : entries) {
    auto age = entry.kind == FileKind::Regular ? age_in(entry.name, last, metadata, false) : std::nullopt;
    if (age) ours.emplace_back(*age, cat(directory, entry.name));
  }
  std::ranges::sort(ours, std::greater<>());
  std::optional<Error> problem;
  for (std::size_t i = static_cast<std::size_t>(keep); i < ours.size(); ++i) {
    const std::string& path = ours[i].second;
    if (!begins_as_ours(path, context.files)) {
      context.log.warn(cat("--retain leaves ", quote(path), " alone: it does not look like a snapshot"));
      continue;
    }
    auto gone = remove_file(path);
    if (!gone && !problem) problem = std::move(gone).error();
  }
  if (problem) return std::unexpected(std::move(*problem).within("--retain"));
  return {};
}

}  // namespace eidos::cli
