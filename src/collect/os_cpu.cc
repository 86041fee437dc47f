// The processors: what they are, how many, and what runs them. Nothing that changes by itself: no clock
// rates.

#include <set>

#include "base/text.h"
#include "collect/gather.h"
#include "collect/os_hardware.h"

namespace eidos::collect {

namespace {

constexpr const char* kCpus = "/sys/devices/system/cpu";

struct Field {
  std::string_view name;  // in /proc/cpuinfo
  std::string_view key;
};
// Documentation/filesystems/proc.rst; the names of x86, then those of arm64.
constexpr Field kFields[] = {
    {"vendor_id", "vendor"},
    {"model name", "model"},
    {"cpu family", "family"},
    {"model", "model-id"},
    {"stepping", "stepping"},
    {"microcode", "microcode"},
    {"CPU implementer", "implementer"},
    {"CPU part", "part"},
    {"CPU variant", "variant"},
    {"CPU revision", "revision"},
};

// What an arm64 kernel leaves to be looked up: implementer and part, from the vendors' manuals.
struct Arm {
  std::string_view implementer;
  std::string_view part;
  std::string_view model;
};
constexpr Arm kArm[] = {
    {"0x41", "0xd0c", "Neoverse-N1"},   {"0x41", "0xd40", "Neoverse-V1"}, {"0x41", "0xd49", "Neoverse-N2"},
    {"0x41", "0xd4f", "Neoverse-V2"},  // NVIDIA Grace, AWS Graviton4
    {"0x41", "0xd83", "Neoverse-V3AE"}, {"0x41", "0xd84", "Neoverse-V3"}, {"0x41", "0xd8e", "Neoverse-N3"},
    {"0xc0", "0xac3", "Ampere-1"},      {"0xc0", "0xac4", "Ampere-1a"},
};

std::string text_of(const data::Map& map, std::string_view key) {
  const data::Value* value = map.find(key);
  return value == nullptr ? std::string() : value->string();
}

// How many groups of processors there are: each file lists a whole group, so one read a group will do.
std::int64_t count_groups(Gather& gather, const std::vector<int>& online, std::string_view name,
                          std::string_view older_name) {
  std::set<int> seen;
  std::int64_t groups = 0;
  for (int cpu : online) {
    if (seen.contains(cpu)) continue;
    const std::string directory = cat(kCpus, "/cpu", cpu, "/topology/");
    auto text = gather.text(cat(directory, name));
    if (!text) text = gather.text(cat(directory, older_name));
    if (!text) return 0;
    const auto group = parse_number_list(*text);
    if (!group) {
      gather.unread(cat(directory, name));
      return 0;
    }
    seen.insert(group->begin(), group->end());
    seen.insert(cpu);
    ++groups;
  }
  return groups;
}

void add_topology(Gather& gather) {
  const auto text = gather.text(cat(kCpus, "/online"));
  if (!text) return;
  gather.add("online", *text);
  const auto online = parse_number_list(*text);
  if (!online) return gather.unread(cat(kCpus, "/online"));
  gather.add("threads", std::ssize(*online));
  if (auto sockets = count_groups(gather, *online, "package_cpus_list", "core_siblings_list"))
    gather.add("sockets", sockets);
  if (auto cores = count_groups(gather, *online, "core_cpus_list", "thread_siblings_list"))
    gather.add("cores", cores);
}

// One value, or several where policies differ.
void add_policies(Gather& gather) {
  constexpr Field kPolicy[] = {{"scaling_governor", "governor"},
                               {"scaling_driver", "scaling-driver"},
                               {"energy_performance_preference", "energy-preference"},
                               {"cpuinfo_max_freq", "max-frequency-khz"}};
  std::vector<std::vector<std::string>> found(std::size(kPolicy));
  const std::string directory = cat(kCpus, "/cpufreq");
  for (const std::string& policy : gather.names(directory)) {
    if (!policy.starts_with("policy")) continue;
    for (std::size_t i = 0; i < std::size(kPolicy); ++i)
      if (auto value = gather.text(cat(directory, "/", policy, "/", kPolicy[i].name)))
        found[i].push_back(*std::move(value));
  }
  for (std::size_t i = 0; i < std::size(kPolicy); ++i) gather.add(kPolicy[i].key, joined_once(found[i]));
}

}  // namespace

data::Map parse_cpuinfo(std::string_view text) {
  std::vector<std::vector<std::string>> found(std::size(kFields));
  for (std::string_view line : split(text, '\n')) {
    const std::size_t sign = line.find(':');
    if (sign == std::string_view::npos) continue;
    const std::string_view name = trim(line.substr(0, sign));
    for (std::size_t i = 0; i < std::size(kFields); ++i) {
      if (kFields[i].name != name) continue;
      std::string value = document_text(trim(line.substr(sign + 1)));
      // Hundreds of processors say the same: only what differs from the one before is kept.
      if (found[i].empty() || found[i].back() != value) found[i].push_back(std::move(value));
    }
  }
  data::Map out;
  for (std::size_t i = 0; i < std::size(kFields); ++i)
    if (std::string value = joined_once(found[i]); !value.empty())
      out.set(kFields[i].key, data::Value(std::move(value)));
  for (const Arm& arm : kArm)
    if (text_of(out, "implementer") == arm.implementer && text_of(out, "part") == arm.part)
      out.set("model", data::Value(arm.model));
  return out;
}

Result<Collection> collect_os_cpu(const Source& source) {
  Gather gather(source);
  constexpr std::int64_t kMostBytes = 16 * kMostFileBytes;  // 1,600 bytes for each of ten thousand
  if (auto text = gather.bytes("/proc/cpuinfo", kMostBytes))
    for (const auto& entry : parse_cpuinfo(*text)) gather.add(entry.key, entry.value.string());
  add_topology(gather);
  add_policies(gather);
  for (auto [key, file] :
       {std::pair("offline", "/offline"), std::pair("isolated", "/isolated"),
        std::pair("nohz-full", "/nohz_full"), std::pair("smt", "/smt/control"),
        std::pair("idle-driver", "/cpuidle/current_driver"), std::pair("boost", "/cpufreq/boost"),
        std::pair("no-turbo", "/intel_pstate/no_turbo")})
    gather.add_file(key, cat(kCpus, file));
  for (const std::string& name : gather.names(cat(kCpus, "/vulnerabilities")))
    gather.add_file(cat("vulnerability.", document_text(name)), cat(kCpus, "/vulnerabilities/", name));
  return std::move(gather).take("cpu", "neither /proc/cpuinfo nor /sys/devices/system/cpu");
}

}  // namespace eidos::collect
