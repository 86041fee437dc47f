#pragma once
// Private to this room: the configurations of container runtimes, and what of them counts. By allow-list: a
// registry's credentials or a proxy's password are in these files too. Pure; any document may come in.

#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace eidos::collect {

/// Puts an imported containerd configuration over the one so far, as containerd does: sections of plugins are
/// merged from version 3 on, and replaced whole before. Names of the plugins that were replaced.
std::vector<std::string> import_containerd(data::Value& config, const data::Value& imported);

/// containerd-config.toml(5), versions 1 to 4: "containerd.default-runtime", ".cgroup-driver", ...
data::Map containerd_readings(const data::Value& config);
/// crio.conf(5). Drop-ins are put over it with overlay().
data::Map crio_readings(const data::Value& config);
/// Docker's daemon.json.
data::Map docker_readings(const data::Value& config);
/// KubeletConfiguration of kubelet.config.k8s.io.
data::Map kubelet_readings(const data::Value& config);
/// The NVIDIA container toolkit's config.toml.
data::Map toolkit_readings(const data::Value& config);
/// A Container Device Interface specification, as "cdi.NAME.kind", ".version", ".devices".
data::Map cdi_readings(std::string_view name, const data::Value& specification);

/// Maps of `over` into those of `base`; everything else of `over` replaces.
void overlay(data::Value& base, const data::Value& over);

/// Text of a list: "a,b"; of one text: itself; of anything else: nothing.
std::vector<std::string> texts_of(const data::Value* value);

/// Where runtimes contradict one another, with the fix; the readings of all of them.
std::vector<std::string> runtime_contradictions(const data::Map& readings);

}  // namespace eidos::collect
