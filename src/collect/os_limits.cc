// What a process may use: the limits services start from (those of the first process), what systemd and
// logins set, and the kernel's ceilings over all of them.

#include <algorithm>
#include <map>

#include "base/text.h"
#include "collect/gather.h"
#include "collect/os_hardware.h"

namespace eidos::collect {

namespace {

constexpr std::pair<const char*, const char*> kCeilings[] = {{"file-max", "/proc/sys/fs/file-max"},
                                                             {"nr-open", "/proc/sys/fs/nr_open"},
                                                             {"pid-max", "/proc/sys/kernel/pid_max"},
                                                             {"threads-max", "/proc/sys/kernel/threads-max"}};

// systemd-system.conf(5): the first main file there is counts alone; of drop-ins with one name the first
// directory's, all of them by name, over the main file.
constexpr const char* kSystemd[] = {"/etc/systemd", "/run/systemd", "/usr/local/lib/systemd",
                                    "/usr/lib/systemd"};
constexpr std::size_t kMostDropIns = 200;

std::vector<std::string> words(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  std::vector<std::string> out;
  for (;;) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty()) return out;
    const std::size_t end = std::min(line.find_first_of(kBlanks), line.size());
    out.push_back(document_text(line.substr(0, end)));
    line.remove_prefix(end);
  }
}

void add_all(Gather& gather, const data::Map& readings) {
  for (const data::Map::Entry& entry : readings) gather.add(entry.key, entry.value.string());
}

void add_systemd(Gather& gather) {
  data::Map readings;
  for (const char* directory : kSystemd) {
    const auto text = gather.bytes(cat(directory, "/system.conf"));
    if (!text) continue;
    read_systemd_limits(*text, readings);
    break;
  }
  std::map<std::string, std::string> drop_ins;  // by name; the first directory wins
  for (const char* directory : kSystemd) {
    const std::string drop_in = cat(directory, "/system.conf.d");
    for (const std::string& name : gather.names(drop_in))
      if (name.ends_with(".conf") && drop_ins.size() < kMostDropIns)
        drop_ins.emplace(name, cat(drop_in, "/", name));
  }
  for (const auto& [name, path] : drop_ins)
    if (const auto text = gather.bytes(path)) read_systemd_limits(*text, readings);
  add_all(gather, readings);
}

// pam_limits(8): limits.conf, then limits.d by name.
void add_pam(Gather& gather) {
  constexpr const char* kDirectory = "/etc/security/limits.d";
  data::Map readings;
  std::vector<std::string> files = {"/etc/security/limits.conf"};
  for (const std::string& name : gather.names(kDirectory))
    if (name.ends_with(".conf") && files.size() < kMostDropIns) files.push_back(cat(kDirectory, "/", name));
  for (const std::string& file : files)
    if (const auto text = gather.bytes(file)) read_pam_limits(*text, readings);
  add_all(gather, readings);
}

}  // namespace

data::Map parse_process_limits(std::string_view text) {
  data::Map out;
  const std::string_view heading = text.substr(0, text.find('\n'));
  const std::size_t soft = heading.find("Soft Limit");
  const std::size_t hard = heading.find("Hard Limit");
  if (soft == std::string_view::npos || hard == std::string_view::npos || hard < soft) return out;
  std::vector<std::string_view> rows = split(text, '\n');
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].size() <= hard) continue;
    std::string name = lower(document_text(trim(rows[i].substr(0, soft))));
    std::ranges::replace(name, ' ', '-');
    const std::vector<std::string> values = words(rows[i].substr(soft));
    if (name.empty() || values.size() < 2) continue;
    out.set(cat("init.", name, ".soft"), data::Value(values[0]));
    out.set(cat("init.", name, ".hard"), data::Value(values[1]));
  }
  return out;
}

void read_pam_limits(std::string_view text, data::Map& out) {
  constexpr std::size_t kFields = 4;  // domain, type, item, value
  for (std::string_view line : split(text, '\n')) {
    const std::vector<std::string> fields = words(line.substr(0, line.find('#')));
    if (fields.size() != kFields) continue;
    const std::string type = lower(fields[1]);
    for (std::string_view kind : {"soft", "hard"})
      if (type == kind || type == "-")
        out.set(cat("pam.", fields[0], ".", kind, ".", lower(fields[2])), data::Value(fields[3]));
  }
}

void read_systemd_limits(std::string_view text, data::Map& out) {
  bool manager = false;
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    if (line.starts_with('[')) manager = line == "[Manager]";
    const std::size_t sign = line.find('=');
    if (!manager || line.starts_with('#') || line.starts_with(';') || sign == std::string_view::npos)
      continue;
    const std::string name = document_text(trim(line.substr(0, sign)));
    if (!name.starts_with("DefaultLimit") && name != "DefaultTasksMax") continue;
    const std::string key = cat("systemd.", name);
    std::string value = document_text(trim(line.substr(sign + 1)));
    if (value.empty())
      out.erase(key);  // an empty assignment takes back the earlier ones
    else
      out.set(key, data::Value(std::move(value)));
  }
}

Result<Collection> collect_os_limits(const Source& source) {
  Gather gather(source);
  if (auto text = gather.bytes("/proc/1/limits")) add_all(gather, parse_process_limits(*text));
  for (const auto& [key, path] : kCeilings) gather.add_file(key, path);
  add_systemd(gather);
  add_pam(gather);
  return std::move(gather).take("limits", "neither /proc/1/limits nor /etc/security/limits.conf");
}

}  // namespace eidos::collect
