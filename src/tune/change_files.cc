#include "tune/change_files.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "data/document.h"
#include "tune/recommend.h"

namespace eidos::tune {
namespace {

constexpr std::string_view kPageNumber = "hugepages";
constexpr std::string_view kPageSize = "hugepagesz";
/// What systemd calls "no limit"; its properties show the number (systemd.exec(5)).
constexpr std::string_view kNoLimit = "18446744073709551615";

ChangeFile without(const std::vector<Chosen>& changes, std::initializer_list<std::string_view> categories) {
  ChangeFile out;
  for (const Chosen& change : changes)
    if (std::ranges::find(categories, change.category) == categories.end())
      out.left_out.push_back(cat(change.category, " ", parameter_of(change)));
  return out;
}

std::vector<const Chosen*> of_category(const std::vector<Chosen>& changes, std::string_view category) {
  std::vector<const Chosen*> out;
  for (const Chosen& change : changes)
    if (change.category == category) out.push_back(&change);
  std::ranges::sort(out, {}, [](const Chosen* change) { return std::string_view(change->reading.key); });
  return out;
}

/// Lines of a comment, broken at blanks; control characters cannot end it early.
std::string comment(std::string_view text) {
  constexpr std::size_t kWidth = 98;
  const std::string words = visible(text, text.size());  // whole: a reason ends with its source
  std::string out;
  std::string line = "#";
  for (std::string_view word : split(words, ' ')) {
    if (line.size() > 1 && line.size() + 1 + word.size() > kWidth) {
      out += cat(line, "\n");
      line = "#";
    }
    line += cat(" ", word);
  }
  return cat(out, line, "\n");
}

std::string sysctl_lines(const std::vector<Chosen>& changes, bool with_reasons) {
  std::string out;
  for (const Chosen* change : of_category(changes, "sysctl")) {
    if (with_reasons)
      out += cat(out.empty() ? "" : "\n",
                 comment(cat(change->setting.reason, " Source: ", change->setting.source, ".")));
    out += cat(parameter_of(*change), " = ", change->set, "\n");
  }
  return out;
}

std::string parameter(std::string_view key, std::string_view value) {
  return value.empty() ? std::string(key) : cat(key, "=", value);
}

/// The size the pages of `hugepages=` have: what is chosen, else what the machine was booted with.
std::string page_size(const std::vector<Chosen>& chosen, const model::Snapshot& snapshot) {
  for (const Chosen& one : chosen)
    if (one.category == "grub" && one.reading.key == kPageSize) return one.set;
  const data::Value* booted = model::find_reading(snapshot, "OS", "grub", kPageSize);
  return booted != nullptr && booted->is_scalar() ? booted->scalar_text() : std::string();
}

/// By name, but the size of huge pages in front of their number: the kernel reads from left to right.
std::vector<std::string> boot_parameters(const std::vector<Chosen>& changes,
                                         const std::vector<Chosen>& chosen, const model::Snapshot& snapshot) {
  std::vector<std::string> out;
  auto grub = of_category(changes, "grub");
  auto has = [&](std::string_view key) {
    return std::ranges::any_of(grub, [&](const Chosen* one) { return one->reading.key == key; });
  };
  for (const Chosen* change : grub) {
    const std::string& key = change->reading.key;
    if (key == kPageSize && has(kPageNumber)) continue;  // said with the number
    if (key == kPageNumber)
      if (std::string size = page_size(chosen, snapshot); !size.empty())
        out.push_back(parameter(kPageSize, size));
    out.push_back(parameter(key, change->set));
  }
  return out;
}

// A drop-in per unit, "service_containerd.conf" for containerd.service.
void add_drop_ins(const std::vector<Chosen>& changes, data::Map& files, data::List& services) {
  std::map<std::string, std::string> units;
  for (const Chosen* change : of_category(changes, "systemd")) {
    std::string& text = units[change->reading.subtype];
    if (text.empty()) text = "[Service]\n";
    text += cat(change->reading.key, "=", change->set == kNoLimit ? "infinity" : change->set, "\n");
  }
  constexpr std::string_view kService = ".service";
  for (auto& [unit, text] : units) {
    std::string name = unit.ends_with(kService) ? unit.substr(0, unit.size() - kService.size()) : unit;
    files.set(cat("service_", name, ".conf"), std::move(text));
    services.push_back(data::Value(name));
  }
}

data::Value reboot() {
  data::Map map;
  map.set("type", "reboot");
  return data::Value(std::move(map));
}

/// What has to restart for the files to count: everything for boot parameters, else the services.
data::Value interrupt(bool boots, data::List services) {
  if (boots) return reboot();
  data::Map map;
  map.set("type", "service");
  map.set("services", data::Value(std::move(services)));
  return data::Value(std::move(map));
}

data::Value resource(data::Map package) {
  data::Map metadata;
  metadata.set("name", "eidos-tuning");
  data::Map labels;
  labels.set("app.kubernetes.io/part-of", "skyhook-operator");
  labels.set("app.kubernetes.io/created-by", "eidos");
  metadata.set("labels", data::Value(std::move(labels)));
  data::Map gpus;
  gpus.set("nvidia.com/gpu.present", "true");
  data::Map selector;
  selector.set("matchLabels", data::Value(std::move(gpus)));
  data::Map packages;
  packages.set("tuning", data::Value(std::move(package)));
  data::Map spec;
  spec.set("nodeSelectors", data::Value(std::move(selector)));
  spec.set("packages", data::Value(std::move(packages)));
  data::Map root;
  root.set("apiVersion", "skyhook.nvidia.com/v1alpha1");
  root.set("kind", "Skyhook");
  root.set("metadata", data::Value(std::move(metadata)));
  root.set("spec", data::Value(std::move(spec)));
  return data::Value(std::move(root));
}

}  // namespace

ChangeFile sysctl_file(const std::vector<Chosen>& changes) {
  ChangeFile out = without(changes, {"sysctl"});
  out.text = sysctl_lines(changes, true);
  return out;
}

ChangeFile grub_line(const std::vector<Chosen>& changes, const std::vector<Chosen>& chosen,
                     const model::Snapshot& snapshot) {
  ChangeFile out = without(changes, {"grub"});
  std::vector<std::string> parameters = boot_parameters(changes, chosen, snapshot);
  if (!parameters.empty()) out.text = cat(join(parameters, " "), "\n");
  return out;
}

ChangeFile skyhook_resource(const std::vector<Chosen>& changes, const std::vector<Chosen>& chosen,
                            const model::Snapshot& snapshot) {
  ChangeFile out = without(changes, {"grub", "sysctl", "systemd"});
  data::Map files;
  std::vector<std::string> boot = boot_parameters(changes, chosen, snapshot);
  if (!boot.empty()) files.set("grub.conf", cat(join(boot, "\n"), "\n"));
  if (std::string lines = sysctl_lines(changes, false); !lines.empty()) files.set("sysctl.conf", lines);
  data::List services;
  if (files.contains("sysctl.conf")) services.push_back(data::Value("systemd-sysctl"));
  add_drop_ins(changes, files, services);
  if (files.empty()) return out;
  data::Map package;
  package.set("image", "ghcr.io/nvidia/skyhook-packages/tuning");
  package.set("version", "1.1.4");
  package.set("interrupt", interrupt(!boot.empty(), std::move(services)));
  package.set("configMap", data::Value(std::move(files)));
  out.text = data::to_yaml(resource(std::move(package)));
  return out;
}

}  // namespace eidos::tune
