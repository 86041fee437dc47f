// Memory and how it is spread: sizes and settings. What is free or in use is no fact about the machine and
// would differ in every snapshot.

#include <algorithm>

#include "base/text.h"
#include "collect/gather.h"

namespace eidos::collect {

namespace {

constexpr const char* kHugePages = "/sys/kernel/mm/hugepages";
constexpr const char* kTransparent = "/sys/kernel/mm/transparent_hugepage";
constexpr const char* kNodes = "/sys/devices/system/node";

// "hugepages-2048kB" → how many there are to be, in each pool below `directory`.
void add_huge_pages(Gather& gather, const std::string& directory, std::string_view before) {
  for (const std::string& pool : gather.names(directory)) {
    if (!pool.starts_with("hugepages-")) continue;
    const std::string key = cat(before, document_text(pool));
    gather.add_file(key, cat(directory, "/", pool, "/nr_hugepages"));
    gather.add_file(cat(key, ".overcommit"), cat(directory, "/", pool, "/nr_overcommit_hugepages"));
  }
}

void add_choice(Gather& gather, std::string_view key, const std::string& path) {
  if (auto text = gather.text(path)) gather.add(key, std::string(chosen(*text)));
}

std::optional<int> node_number(std::string_view name) {
  if (!name.starts_with("node")) return std::nullopt;
  auto number = parse_number_list(name.substr(4));
  if (!number || number->size() != 1) return std::nullopt;
  return number->front();
}

void add_node(Gather& gather, int node) {
  const std::string directory = cat(kNodes, "/node", node);
  const std::string key = cat("node", node, ".");
  gather.add_file(cat(key, "cpus"), cat(directory, "/cpulist"));
  gather.add_file(cat(key, "distances"), cat(directory, "/distance"));
  if (auto text = gather.text(cat(directory, "/meminfo")))
    gather.add(cat(key, "memory"), std::string(line_value(*text, "MemTotal")));
  add_huge_pages(gather, cat(directory, "/hugepages"), key);
}

}  // namespace

Result<Collection> collect_os_memory(const Source& source) {
  Gather gather(source);
  if (auto text = gather.text("/proc/meminfo")) {
    gather.add("total", std::string(line_value(*text, "MemTotal")));
    gather.add("swap-total", std::string(line_value(*text, "SwapTotal")));
    gather.add("hugepage-size", std::string(line_value(*text, "Hugepagesize")));
  }
  add_huge_pages(gather, kHugePages, "");
  add_choice(gather, "transparent-hugepages", cat(kTransparent, "/enabled"));
  add_choice(gather, "transparent-hugepages.defrag", cat(kTransparent, "/defrag"));
  add_choice(gather, "transparent-hugepages.shmem", cat(kTransparent, "/shmem_enabled"));
  gather.add_file("transparent-hugepages.khugepaged-defrag", cat(kTransparent, "/khugepaged/defrag"));
  gather.add_file("ksm", "/sys/kernel/mm/ksm/run");
  gather.add_file("auto-online-blocks", "/sys/devices/system/memory/auto_online_blocks");
  return std::move(gather).take("memory", "neither /proc/meminfo nor /sys/kernel/mm");
}

Result<Collection> collect_os_numa(const Source& source) {
  Gather gather(source);
  std::vector<int> nodes;
  for (const std::string& name : gather.names(kNodes))
    if (auto node = node_number(name)) nodes.push_back(*node);
  std::ranges::sort(nodes);
  if (!nodes.empty()) gather.add("nodes", std::ssize(nodes));
  for (int node : nodes) add_node(gather, node);
  gather.add_file("online", cat(kNodes, "/online"));
  gather.add_file("has-cpu", cat(kNodes, "/has_cpu"));
  gather.add_file("has-memory", cat(kNodes, "/has_memory"));
  return std::move(gather).take("numa", "no /sys/devices/system/node: this kernel knows no NUMA nodes");
}

}  // namespace eidos::collect
