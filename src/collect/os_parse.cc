#include "collect/os_parse.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/text.h"
#include "collect/collector.h"

namespace eidos::collect {

namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

// Map::set, once for each of many keys, would cost time in the square of their number.
template <class T>
data::Map to_map(const std::map<std::string, T>& found) {
  data::Map out;
  for (const auto& [key, value] : found) out.append({key, {}, data::Value(value)});
  out.finish();
  return out;
}

bool is_variable_name(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || digit(c); });
}

// A shell word without expansion: '...' literally, "..." with \ before $ ` " and \, otherwise \ before
// anything. A quote that is never closed reaches to the end.
std::string unquoted(std::string_view text) {
  constexpr std::string_view kEscapable = "$`\"\\";
  std::string out;
  std::optional<char> quote;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    bool more = at + 1 < text.size();
    bool escapes =
        !quote || (quote == '"' && more && kEscapable.find(text[at + 1]) != std::string_view::npos);
    if (!quote && (c == '\'' || c == '"'))
      quote = c;
    else if (quote == c)
      quote.reset();
    else if (c == '\\' && more && escapes)
      out += text[++at];
    else
      out += c;
  }
  return out;
}

// Takes the next word off a kernel command line; quotes stay in it.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  bool quoted = false;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (text[end] == '"') quoted = !quoted;
    if (!quoted && kBlanks.find(text[end]) != std::string_view::npos) break;
  }
  std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

std::string_view without_quotes(std::string_view text) {
  if (!text.starts_with('"')) return text;
  text.remove_prefix(1);
  if (text.ends_with('"')) text.remove_suffix(1);
  return text;
}

std::pair<std::string_view, std::string_view> name_and_value(std::string_view word) {
  // "name=a b" quotes the whole word, name="a b" the value.
  if (word.starts_with('"')) word = without_quotes(word);
  std::size_t sign = word.find('=', 1);  // a leading '=' is part of the name, as in the kernel
  if (word.empty() || sign == std::string_view::npos) return {word, {}};
  return {word.substr(0, sign), without_quotes(word.substr(sign + 1))};
}

std::vector<std::string_view> fields(std::string_view line) {
  std::vector<std::string_view> out;
  for (;;) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty()) return out;
    std::size_t end = std::min(line.find_first_of(kBlanks), line.size());
    out.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::vector<std::string_view> lines(std::string_view text) {
  std::vector<std::string_view> out = split(text, '\n');
  for (std::string_view& line : out) line = trim(line);
  std::erase(out, std::string_view());
  return out;
}

// The rows of a table, or nothing when it is none.
SysctlReadings table_rows(std::string_view path, const std::vector<std::string_view>& all) {
  SysctlReadings rows;
  std::set<std::string_view> seen;
  for (std::string_view line : all) {
    std::vector<std::string_view> words = fields(line);
    if (words.size() < 2 || !seen.insert(words.front()).second) return {};
    std::string key = cat("/proc/sys/", path, "/", words.front());
    words.erase(words.begin());
    rows.emplace_back(document_text(key), document_text(join(words, " ")));
  }
  return rows;
}

}  // namespace

data::Map parse_os_release(std::string_view text) {
  std::map<std::string, std::string> found;
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    std::size_t sign = line.find('=');
    if (line.starts_with('#') || sign == std::string_view::npos) continue;
    std::string name(line.substr(0, sign));
    if (is_variable_name(name)) found[name] = document_text(unquoted(line.substr(sign + 1)));
  }
  return to_map(found);
}

data::Map parse_cmdline(std::string_view text) {
  std::map<std::string, std::string> found;
  for (std::string_view word = take_word(text); !word.empty() && word != "--"; word = take_word(text)) {
    auto [name, value] = name_and_value(word);
    if (name.empty()) continue;
    std::string& all = found[document_text(name)];
    if (!all.empty() && !value.empty()) all += ',';
    all += document_text(value);
  }
  return to_map(found);
}

std::size_t init_arguments(std::string_view text) {
  std::size_t count = 0;
  bool init = false;
  for (std::string_view word = take_word(text); !word.empty(); word = take_word(text)) {
    if (init) ++count;
    init = init || word == "--";
  }
  return count;
}

std::vector<ModuleLine> parse_module_lines(std::string_view text) {
  constexpr std::size_t kFields = 5;
  std::vector<ModuleLine> out;
  for (std::string_view line : split(text, '\n')) {
    std::vector<std::string_view> words = fields(line);
    if (words.empty()) continue;
    words.resize(std::max(words.size(), kFields));
    for (std::string_view& word : words)
      if (word == "-") word = {};
    if (words[3].ends_with(',')) words[3].remove_suffix(1);
    out.push_back({words[0], words[1], words[2], words[3], words[4]});
  }
  return out;
}

data::Map parse_modules(std::string_view text) {
  std::map<std::string, bool> found;
  for (std::string_view line : split(text, '\n')) {
    std::string_view name = line.substr(0, line.find_first_of(kBlanks));
    if (!name.empty()) found[document_text(name)] = true;
  }
  return to_map(found);
}

SysctlReadings sysctl_readings(std::string_view path, std::string_view bytes) {
  std::string_view value = trim(bytes);
  if (value.find('\n') != std::string_view::npos) {
    std::vector<std::string_view> all = lines(value);
    if (auto rows = table_rows(path, all); !rows.empty()) return rows;
    return {{document_text(cat("/proc/sys/", path)), document_text(join(all, "\n"))}};
  }
  return {{document_text(cat("/proc/sys/", path)), document_text(value)}};
}

}  // namespace eidos::collect
