#pragma once
// One file per source: source → Measurement. Collectors run in parallel, each with its own deadline and
// status.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/context.h"
#include "collect/cache.h"
#include "model/snapshot.h"

namespace eidos::kube {
class SharedClient;
}

namespace eidos::collect {

class Buses;

struct Options {
  std::string root = {};      ///< Prefix of every file path: an agent's /host mount, a test's fixture tree.
  std::string smi_path = {};  ///< nvidia-smi to run; empty: looked up in PATH.
  std::string smi_xml = {};   ///< Reads this file instead of running nvidia-smi (fixtures).
  /// Program and first arguments that print nvml_document() (nvml.h); empty: NVML is not asked. It gets
  /// --library=PATH and --identities as the options below say.
  std::vector<std::string> nvml_probe = {};
  std::string nvml_path = {};   ///< The library to ask, and nothing else; empty: where drivers put it.
  bool gpu_identities = false;  ///< With the UUID and serial number of each GPU.
  std::vector<std::string> filter = {};        ///< Only these collectors or types; empty: all.
  std::vector<std::string> exclude = {};       ///< Never started.
  kube::SharedClient* cluster = nullptr;       ///< Null: no cluster is looked at. Must outlive the program.
  std::string pod_namespace = {};              ///< Images of pods in this namespace only.
  std::string pod_selector = {};               ///< Of pods with these labels, as kubectl takes them.
  std::string field_selector = {};             ///< Of pods with these fields: "spec.nodeName=a".
  std::vector<std::string> policy_kinds = {};  ///< Further ones: PLURAL.VERSION.GROUP.
  std::int64_t max_nodes_per_entry = 100;      ///< Names shown for a label or taint; 0: all.
  Milliseconds cluster_deadline{60'000};       ///< Of the collectors that ask a cluster.
  std::vector<std::string> units = {};         ///< Of systemd, beside the usual ones.
  std::optional<bool> private_bus = {};        ///< Whether systemd's own socket may be asked; unset: as root.
  std::shared_ptr<Buses> buses = {};           ///< Ways to systemd (bus.h); null: this machine's.
  int parallel = 5;
  Milliseconds collector_deadline{10'000};
  Milliseconds grace{1'750};  ///< After its deadline, to kill what it started; then it is left behind.
  bool fail_fast = false;
  bool detail = false;                ///< More of each kernel module: size, use, state, version, parameters.
  std::shared_ptr<Cache> cache = {};  ///< Where results are kept; null: nowhere.
  Milliseconds reuse{0};              ///< A kept result younger than this is taken instead of a new one.
  Milliseconds allow_stale{0};        ///< A kept result younger than this stands in for a cluster that fails.
  Milliseconds reuse_gpu{0};          ///< The same for the GPU collectors, when it is the longer one.
  std::string version = {};           ///< metadata.version: of this program.
  std::string source_node = {};       ///< metadata.source-node ($NODE_NAME); empty: the host name.
};

struct Collected {
  model::Snapshot snapshot;
  std::vector<std::string> warnings;  ///< Each names its fix.
};

/// Names that --filter and --exclude take, in the order they are reported: os, systemd, gpu, k8s, topology,
/// and the finer os.release, os.grub, ….
std::vector<std::string> collector_names();

/// What one collector would look at and bring home.
struct Preview {
  std::string_view collector;
  std::string_view type;
  std::string_view sources;
  std::string_view keys;
};
/// Of the collectors that `options` leaves, by name; nothing is read. Invalid as collect().
Result<std::vector<Preview>> preview(const Options& options);

/// Whether `wanted`, in any case, is the collector `name` ("os.grub"), its group ("os") or its measurement
/// type ("NodeTopology").
bool names_collector(std::string_view wanted, std::string_view name);
/// Whether `name`, being there, is what a requirement of `wanted` is after: as above, but for GPUs that are
/// only on the bus (gpu.hardware), where nothing can use them.
bool fulfils(std::string_view wanted, std::string_view name);
/// Whether there is any that `wanted` names.
bool is_collector(std::string_view wanted);

/// Invalid: what names no unit of systemd, or too many of them.
Result<void> check_units(const std::vector<std::string>& units);

/// Never fails because a source is absent: the outcome says so. With fail_fast the first failure is returned.
/// Invalid: an unknown name in filter or exclude, a malformed policy kind. Cancelled: a stop request. A
/// collector that hangs in the kernel is named timed-out and left on its thread: the seams of `context` must
/// then live until the program ends. `context.files` and `.processes` are used from several threads at once
/// unless `parallel` is 1.
Result<Collected> collect(Context& context, const Options& options);

/// The worst outcome of the snapshot's collectors as an error kind (absent ones do not count), or nullopt.
std::optional<ErrorKind> worst_failure(const model::Snapshot& snapshot);

}  // namespace eidos::collect
