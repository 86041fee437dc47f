#pragma once
// Which readings the collectors take: types, subtypes and, where a subtype's keys are a closed set, the keys.
// For "did you mean" and for lint; a snapshot may hold more than stands here.

#include <span>
#include <string>
#include <string_view>

#include "model/constraint.h"
#include "model/snapshot.h"

namespace eidos::model {

enum class Keys : std::uint8_t {
  Closed,     ///< The keys listed are all there are.
  PerDevice,  ///< Closed, and "gpu.<n>.…" for each device.
  Open,       ///< Keys come from the machine (modules, sysctls, images); those listed are well-known ones.
};

struct KnownSubtype {
  std::string_view type;
  std::string_view subtype;
  Keys keys = Keys::Open;
  std::span<const std::string_view> names = {};
};

/// All of them, in the order of the types.
std::span<const KnownSubtype> known_subtypes();

/// The key as it is called now: "driver" for GPU.smi.driver-version, "gpu.model" for gpu-name; any other key
/// as it is.
std::string_view present_key(const ReadingPath& path);

/// False when no collector takes this reading: an unknown subtype, or a key that a closed subtype lacks.
/// Every name of a systemd unit is known, since --unit adds them.
bool is_known_reading(const ReadingPath& path);

/// The nearest path that is known or held by the snapshot (when there is one): "K8s.server.version" for
/// K8s.server.verison. Where keys are open only a slip of the pen counts, since a kernel module that is not
/// loaded is no typo. Empty when nothing is near or the path is itself a known key or a held one.
std::string suggestion_for(const ReadingPath& path, const Snapshot* snapshot);

}  // namespace eidos::model
