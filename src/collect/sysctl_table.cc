// What of /proc/sys is left alone, and why. Two snapshots of an unchanged machine must be equal, and taking
// one must change nothing.

#include <algorithm>

#include "collect/os_parse.h"

namespace eidos::collect {

namespace {

constexpr std::string_view kSideEffect = "opening or reading it does something";
constexpr std::string_view kNoise = "counts or draws anew, so that it differs in every snapshot";
constexpr std::string_view kSecret = "a secret of the kernel";
constexpr std::string_view kInterface = "comes and goes with each network interface";
constexpr std::string_view kProcessor = "comes once for each processor";
constexpr std::string_view kNoSetting = "describes drives, sets nothing";
constexpr std::string_view kTrigger = "is there to be written, not to be read";

struct Row {
  std::string_view pattern;  // '*' stands for the rest of a step
  std::string_view reason;   // empty: is read; the first row that fits decides
};

constexpr Row kRows[] = {
    {"dev/cdrom", kNoSetting},
    {"fs/binfmt_misc", kSideEffect},  // an automount point
    {"fs/aio-nr", kNoise},
    {"fs/dentry-state", kNoise},
    {"fs/file-nr", kNoise},
    {"fs/inode-nr", kNoise},
    {"fs/inode-state", kNoise},
    {"fs/quota/warnings", {}},
    {"fs/quota/*", kNoise},
    {"fs/xfs/stats_clear", kTrigger},
    {"kernel/hung_task_detect_count", kNoise},
    {"kernel/ns_last_pid", kNoise},
    {"kernel/pty/nr", kNoise},
    {"kernel/random/entropy_avail", kNoise},
    {"kernel/random/uuid", kNoise},
    {"kernel/sched_domain", kProcessor},
    {"lnet/buffers", kNoise},  // Lustre
    {"lnet/nis", kNoise},
    {"lnet/peers", kNoise},
    {"lnet/routers", kNoise},
    {"lnet/stats", kNoise},
    {"lustre/memused", kNoise},
    {"net/*/conf/*/stable_secret", kSecret},
    {"net/*/conf/all", {}},
    {"net/*/conf/default", {}},
    {"net/*/conf/*", kInterface},
    {"net/*/neigh/default", {}},
    {"net/*/neigh/*", kInterface},
    {"net/core/netdev_rss_key", kSecret},
    {"net/ipv4/tcp_fastopen_key", kSecret},
    {"net/*/route/flush", kTrigger},
    {"net/netfilter/nf_conntrack_count", kNoise},
    {"net/ipv4/netfilter/ip_conntrack_count", kNoise},
    {"sunrpc/svc_rdma/rdma_stat_*", kNoise},
    {"vm/compact_memory", kTrigger},
    {"vm/drop_caches", kTrigger},
    {"vm/stat_refresh", kSideEffect},  // folds the counters of every processor
};

bool fits(std::string_view pattern, std::string_view path) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return path == pattern;
  if (!path.starts_with(pattern.substr(0, star))) return false;
  path.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  const std::size_t end = std::min(path.find('/'), path.size());
  return fits(pattern, path.substr(end));
}

}  // namespace

std::string_view sysctl_skip_reason(std::string_view path) {
  // Asked a thousand times a snapshot: most rows are out by their first letter.
  for (const Row& row : kRows)
    if (path.starts_with(row.pattern.front()) && fits(row.pattern, path)) return row.reason;
  return {};
}

}  // namespace eidos::collect
