#include "collect/gpu_report.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "collect/gpu_keys.h"

namespace eidos::collect {

namespace {

std::string text_of(const DriverGpu& gpu, std::string_view name) {
  const data::Value* value = gpu.facts.find(name);
  return value == nullptr ? std::string() : value->scalar_text();
}

std::int64_t number_of(const DriverGpu& gpu, std::string_view name) {
  return to_int(text_of(gpu, name)).value_or(-1);
}

// What is worth a word about a GPU by itself: {which reading, when, what is said}.
struct Concern {
  std::string_view name;
  bool (*holds)(const DriverGpu&);
  std::string_view text;
};
constexpr Concern kConcerns[] = {
    {"mig-mode",
     [](const DriverGpu& gpu) {
       std::string pending = text_of(gpu, "mig-mode-pending");
       return !pending.empty() && text_of(gpu, "mig-mode") != pending;
     },
     "MIG changes with the next reset (mig-mode-pending)"},
    {"mig-device-count", [](const DriverGpu& gpu) { return number_of(gpu, "mig-device-count") == 0; },
     "MIG is on, but there is no MIG device: nothing can run there until one is made"},
    {"ecc-mode",
     [](const DriverGpu& gpu) {
       std::string pending = text_of(gpu, "ecc-mode-pending");
       return !pending.empty() && text_of(gpu, "ecc-mode") != pending;
     },
     "ECC changes with the next reset (ecc-mode-pending)"},
    {"row-remap-pending", [](const DriverGpu& gpu) { return text_of(gpu, "row-remap-pending") == "Yes"; },
     "bad memory rows wait to be remapped: reset the GPU when it is idle"},
    {"row-remap-failure", [](const DriverGpu& gpu) { return text_of(gpu, "row-remap-failure") == "Yes"; },
     "a bad memory row could not be remapped: the GPU is due for replacement"},
    {"fabric-state",
     [](const DriverGpu& gpu) {
       std::string state = text_of(gpu, "fabric-state");
       return state == "Not Started" || state == "In Progress";
     },
     "the NVLink fabric is not ready: is nvidia-fabricmanager running?"},
    {"fabric-status",
     [](const DriverGpu& gpu) {
       std::string status = text_of(gpu, "fabric-status");
       return text_of(gpu, "fabric-state") == "Completed" && !status.empty() && status != "Success";
     },
     "the NVLink fabric failed: see the log of nvidia-fabricmanager"},
    {"nvlink-active-count",
     [](const DriverGpu& gpu) {
       std::int64_t active = number_of(gpu, "nvlink-active-count");
       return active > 0 && active < number_of(gpu, "nvlink-count");
     },
     "not all NVLinks are active"},
};

class Describer {
 public:
  Describer(const DriverView& view, bool identities) : view_(view), identities_(identities) {}

  GpuReport report() && {
    out_.gpus = std::ssize(view_.gpus);
    out_.problems = view_.problems;
    if (!view_.driver.empty()) add("driver", data::Value(view_.driver));
    if (!view_.cuda.empty()) add("cuda-version", data::Value(view_.cuda));
    if (view_.count) add("gpu-count", data::Value(*view_.count));
    for (const Fact& fact : facts()) add_fact(fact);
    note_differences();
    note_concerns();
    out_.readings.sort_by_key();
    out_.context.sort_by_key();
    return std::move(out_);
  }

 private:
  void add(std::string key, data::Value value) {
    out_.readings.append({std::move(key), {}, std::move(value)});
  }

  void add_fact(const Fact& fact) {
    if (fact.is(kIdentity) && !identities_) return;
    for (const DriverGpu& gpu : view_.gpus) {
      const data::Value* value = gpu.facts.find(fact.name);
      if (value == nullptr) continue;
      add(cat("gpu.", gpu.index, ".", fact.name), *value);
      if (fact.is(kFirst) && &gpu == &view_.gpus.front()) add(cat("gpu.", fact.name), *value);
    }
  }

  // One text stands for all GPUs in gpu.*; where they differ it must not pass for all.
  void note_differences() {
    constexpr std::size_t kShown = 3;
    std::vector<std::string> shown;
    std::size_t differing = 0;
    for (const Fact& fact : facts()) {
      if (fact.is(kOwn)) continue;
      std::string text = difference(fact);
      if (text.empty()) continue;
      out_.context.set(cat("gpu.", fact.name), data::Value(cat("the GPUs differ: ", text)));
      if (++differing <= kShown) shown.push_back(cat(fact.name, " (", text, ")"));
    }
    if (differing > kShown) shown.push_back(cat(differing - kShown, " more"));
    if (differing > 0)
      out_.notes.push_back(cat("the GPUs differ in ", join(shown, ", "), ": gpu.* is the first one's"));
  }

  // "'A' on 0-2; 'B' on 3"; empty when all agree.
  std::string difference(const Fact& fact) const {
    constexpr std::size_t kShown = 4;
    std::vector<std::pair<std::string, std::vector<std::int64_t>>> groups;
    for (const DriverGpu& gpu : view_.gpus) {
      std::string text = text_of(gpu, fact.name);
      auto group = std::ranges::find(groups, text, [](const auto& g) { return g.first; });
      if (group == groups.end()) group = groups.insert(groups.end(), {text, {}});
      group->second.push_back(gpu.index);
    }
    if (groups.size() < 2) return {};
    std::vector<std::string> parts;
    for (const auto& [text, indexes] : groups)
      if (parts.size() < kShown)
        parts.push_back(
            cat(text.empty() ? std::string("no answer") : shown_text(text), " on ", ranges_text(indexes)));
    if (groups.size() > kShown) parts.emplace_back("...");
    return join(parts, "; ");
  }

  void note_concerns() {
    for (const Concern& concern : kConcerns) {
      std::vector<std::int64_t> indexes;
      for (const DriverGpu& gpu : view_.gpus)
        if (gpu.facts.contains(concern.name) && concern.holds(gpu)) {
          indexes.push_back(gpu.index);
          out_.context.set(cat("gpu.", gpu.index, ".", concern.name), data::Value(concern.text));
        }
      if (!indexes.empty()) out_.notes.push_back(cat("GPU ", ranges_text(indexes), ": ", concern.text));
    }
  }

  const DriverView& view_;
  bool identities_;
  GpuReport out_;
};

}  // namespace

GpuReport describe(const DriverView& view, bool identities) {
  return Describer(view, identities).report();
}

std::string ranges_text(const std::vector<std::int64_t>& numbers) {
  constexpr std::size_t kShown = 16;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (parts.size() == kShown) {
      parts.emplace_back("...");
      break;
    }
    parts.push_back(last == i ? cat(numbers[i]) : cat(numbers[i], "-", numbers[last]));
    i = last + 1;
  }
  return join(parts, ", ");
}

}  // namespace eidos::collect
