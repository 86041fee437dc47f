// How this machine runs containers: the files that say it, read with their imports and drop-ins.

#include <deque>
#include <set>

#include <fnmatch.h>

#include "base/text.h"
#include "collect/gather.h"
#include "collect/runtime_configs.h"
#include "data/document.h"
#include "data/toml.h"

namespace eidos::collect {

namespace {

// Where containerd's configuration is: its own place, then those of k3s and RKE2. The first there is counts.
constexpr const char* kContainerd[] = {"/etc/containerd/config.toml",
                                       "/var/lib/rancher/k3s/agent/etc/containerd/config.toml",
                                       "/var/lib/rancher/rke2/agent/etc/containerd/config.toml"};
// As the package installs it, then as GPU Operator does.
constexpr const char* kToolkit[] = {"/etc/nvidia-container-runtime/config.toml",
                                    "/usr/local/nvidia/toolkit/.config/nvidia-container-runtime/config.toml"};
constexpr const char* kCdi[] = {"/etc/cdi", "/var/run/cdi"};
constexpr std::size_t kMostFiles = 100;  // of one program, imports and drop-ins together

using Parse = Result<data::Value> (*)(std::string_view, data::Sources&, std::string);

// A file that is not there is none; one that does not parse is noted by its place, without its text.
std::optional<data::Value> document(Gather& gather, const std::string& path, Parse parse) {
  const auto text = gather.bytes(path);
  if (!text) return std::nullopt;
  data::Sources sources;
  auto value = parse(*text, sources, path);
  if (value) return *std::move(value);
  const std::string& where = value.error().where;
  gather.unread(cat(where.empty() ? path : where, " (does not parse)"));
  return std::nullopt;
}

void add_all(Gather& gather, data::Map& all, const data::Map& readings) {
  for (const data::Map::Entry& entry : readings) {
    gather.add_value(entry.key, entry.value);
    all.set(entry.key, entry.value);
  }
}

std::string directory_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

// containerd-config.toml(5), "imports": relative to the file, '*' in the last part.
std::vector<std::string> imported_paths(Gather& gather, const std::string& from, const data::Value& config) {
  std::vector<std::string> paths;
  for (const std::string& import : texts_of(config.find("imports"))) {
    const std::string path = import.starts_with('/') ? import : cat(directory_of(from), "/", import);
    const std::string directory = directory_of(path);
    const std::string pattern = path.substr(directory.size() + 1);
    if (pattern.find('*') == std::string::npos) {
      paths.push_back(path);
      continue;
    }
    if (directory.find('*') != std::string::npos) gather.unread(cat(path, " (too general a pattern)"));
    for (const std::string& name : gather.names(directory))
      if (::fnmatch(pattern.c_str(), name.c_str(), FNM_PATHNAME) == 0)
        paths.push_back(cat(directory, "/", name));
  }
  return paths;
}

void warn_replaced(Gather& gather, const std::string& path, const std::vector<std::string>& replaced) {
  if (replaced.empty()) return;
  gather.warn(cat(path, " replaces what an earlier file says of ", some_of(replaced),
                  " whole (containerd 2 would merge them); say version = 3, or keep it in one file"));
}

// In the order containerd loads them: a file, then what it imports, none twice.
std::optional<data::Value> containerd_config(Gather& gather, const std::string& path) {
  auto config = document(gather, path, data::parse_toml);
  if (!config) return std::nullopt;
  std::set<std::string> seen = {path};
  std::deque<std::string> pending;
  for (std::string& next : imported_paths(gather, path, *config)) pending.push_back(std::move(next));
  while (!pending.empty()) {
    const std::string next = std::move(pending.front());
    pending.pop_front();
    if (!seen.insert(next).second) continue;
    if (seen.size() > kMostFiles) {
      gather.unread(cat(next, " (more than ", kMostFiles, " imports)"));
      break;
    }
    const auto imported = document(gather, next, data::parse_toml);
    if (!imported) continue;
    warn_replaced(gather, next, import_containerd(*config, *imported));
    for (std::string& more : imported_paths(gather, next, *imported)) pending.push_back(std::move(more));
  }
  return config;
}

void add_containerd(Gather& gather, data::Map& all) {
  for (const char* path : kContainerd) {
    if (!gather.exists(path)) continue;
    gather.add("containerd.config", std::string(path));
    if (auto config = containerd_config(gather, path)) add_all(gather, all, containerd_readings(*config));
    return;
  }
}

// crio.conf(5): the drop-ins, by name, over the file.
void add_crio(Gather& gather, data::Map& all) {
  constexpr const char* kDropIns = "/etc/crio/crio.conf.d";
  std::vector<std::string> paths = {"/etc/crio/crio.conf"};
  for (const std::string& name : gather.names(kDropIns))
    if (paths.size() < kMostFiles) paths.push_back(cat(kDropIns, "/", name));
  data::Value config{data::Map()};
  for (const std::string& path : paths)
    if (auto one = document(gather, path, data::parse_toml)) overlay(config, *one);
  add_all(gather, all, crio_readings(config));
}

void add_toolkit(Gather& gather, data::Map& all) {
  for (const char* path : kToolkit) {
    if (!gather.exists(path)) continue;
    gather.add("toolkit.config", std::string(path));
    if (auto config = document(gather, path, data::parse_toml))
      add_all(gather, all, toolkit_readings(*config));
    return;
  }
}

void add_cdi(Gather& gather, data::Map& all) {
  std::size_t count = 0;
  for (const char* directory : kCdi)
    for (const std::string& name : gather.names(directory)) {
      if (!name.ends_with(".json") && !name.ends_with(".yaml")) continue;
      if (++count > kMostFiles) return gather.unread(cat(directory, " (more than ", kMostFiles, " files)"));
      if (auto one = document(gather, cat(directory, "/", name), data::parse))
        add_all(gather, all, cdi_readings(cat(directory, "/", name), *one));
    }
}

}  // namespace

Result<Collection> collect_os_runtime(const Source& source) {
  Gather gather(source);
  data::Map all;
  add_containerd(gather, all);
  add_crio(gather, all);
  if (auto config = document(gather, "/etc/docker/daemon.json", data::parse_json))
    add_all(gather, all, docker_readings(*config));
  if (auto config = document(gather, "/var/lib/kubelet/config.yaml", data::parse))
    add_all(gather, all, kubelet_readings(*config));
  add_toolkit(gather, all);
  add_cdi(gather, all);
  for (std::string& contradiction : runtime_contradictions(all)) gather.warn(std::move(contradiction));
  return std::move(gather).take("runtime", "no configuration of containerd, CRI-O, Docker or kubelet");
}

}  // namespace eidos::collect
