#pragma once
// Private to this room: what a collector is, and the table of them.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collect/collect.h"

namespace eidos::collect {

/// What one collector brings home. An error in its place becomes the outcome: Denied is denied, Timeout is
/// timed-out, anything else is failed; what is merely absent is no error.
struct Collection {
  std::vector<model::Subtype> subtypes = {};
  model::CollectorStatus status = model::CollectorStatus::Ok;
  std::string detail = {};
  std::vector<std::string> warnings = {};
  std::int64_t withheld = 0;  ///< Readings left out because they name a disk or look secret.
};

constexpr std::int64_t kMostFileBytes = 1024 * 1024;

/// The world of one collector. The seams behind it must outlive the program's last thread: a collector that
/// hangs is left behind.
struct Source {
  Files& files;
  Processes& processes;
  const Options& options;
  Limit limit;

  /// Reads a file under the root; capped.
  Result<std::string> read(const std::string& path, std::int64_t max_bytes = kMostFileBytes) const;
};

struct Collector {
  std::string_view name;  ///< "os.grub": the group, a dot, the subtype; the group alone while it has one.
  std::string_view type;  ///< Of its measurement.
  Result<Collection> (*run)(const Source& source);  ///< Null: this version does not collect it yet.
  std::string_view sources = {};  ///< What it looks at, for --preview: "/etc/os-release, ...".
  std::string_view keys = {};     ///< What it brings, for --preview: families of keys.
  bool cluster = false;           ///< Asks an API server: has the time for that.
};

/// In the order they are started: the slow ones first.
std::span<const Collector> collectors();
/// "os" of "os.grub".
std::string_view group_of(std::string_view name);

// One function per row of the table.
Result<Collection> collect_os_release(const Source& source);
Result<Collection> collect_os_grub(const Source& source);
Result<Collection> collect_os_kmod(const Source& source);
Result<Collection> collect_os_sysctl(const Source& source);
Result<Collection> collect_os_cpu(const Source& source);
Result<Collection> collect_os_memory(const Source& source);
Result<Collection> collect_os_numa(const Source& source);
Result<Collection> collect_os_pci(const Source& source);
Result<Collection> collect_os_kernel(const Source& source);
Result<Collection> collect_os_limits(const Source& source);
Result<Collection> collect_os_runtime(const Source& source);
Result<Collection> collect_gpu_smi(const Source& source);
Result<Collection> collect_gpu_hardware(const Source& source);
Result<Collection> collect_k8s_server(const Source& source);
Result<Collection> collect_k8s_node(const Source& source);
Result<Collection> collect_k8s_image(const Source& source);
Result<Collection> collect_k8s_policy(const Source& source);
Result<Collection> collect_k8s_helm(const Source& source);
Result<Collection> collect_k8s_crd(const Source& source);
Result<Collection> collect_topology(const Source& source);

/// Invalid: one of options.policy_kinds is not of the form PLURAL.VERSION.GROUP.
Result<void> check_policy_kinds(const Options& options);
Result<Collection> collect_systemd(const Source& source);

/// What a collector that ends with an error of this kind is recorded as.
model::CollectorStatus status_of(ErrorKind kind);

/// What one collector may bring home, whatever its sources hold.
constexpr std::int64_t kMostReadings = 200'000;
constexpr std::int64_t kMostReadingBytes = 16 * 1024 * 1024;
/// Invalid when it is more; an error stays what it is.
Result<Collection> within_caps(Result<Collection> collection, std::int64_t most_readings = kMostReadings,
                               std::int64_t most_bytes = kMostReadingBytes);

/// The outcome of a source that is not on this machine.
Collection absent(std::string detail);
/// absent() for NotFound, else the error.
Result<Collection> absent_if_missing(Error error);
/// A collection of one subtype; the keys are sorted.
Collection one_subtype(std::string_view name, data::Map readings);
/// Bytes of the machine as text of a document: what is no UTF-8, and NUL, as \xNN.
std::string document_text(std::string_view bytes);

}  // namespace eidos::collect
