#include "collect/select.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::collect {

namespace {

bool means(std::string_view name, const Collector& collector) {
  std::string text = lower(name);
  return text == collector.name || text == group_of(collector.name) || text == lower(collector.type);
}

Result<void> check_names(const std::vector<std::string>& names, std::string_view flag) {
  for (const std::string& name : names) {
    if (is_collector(name)) continue;
    std::vector<std::string> all = collector_names();
    std::vector<std::string_view> views(all.begin(), all.end());
    return fail(ErrorKind::Invalid,
                cat(flag, ": ", quote(name), " is no collector", did_you_mean(name, views)), {},
                cat("collectors are ", join(all, ", ")));
  }
  return {};
}

bool any_means(const std::vector<std::string>& names, const Collector& collector) {
  return std::ranges::any_of(names, [&](const std::string& name) { return means(name, collector); });
}

}  // namespace

Result<std::vector<const Collector*>> select(const Options& options) {
  EIDOS_CHECK(check_names(options.filter, "--filter"));
  EIDOS_CHECK(check_names(options.exclude, "--exclude"));
  std::vector<const Collector*> chosen;
  for (const Collector& collector : collectors()) {
    bool wanted = options.filter.empty() || any_means(options.filter, collector);
    if (wanted && !any_means(options.exclude, collector)) chosen.push_back(&collector);
  }
  if (chosen.empty()) return fail(ErrorKind::Invalid, "--filter and --exclude leave no collector to run");
  return chosen;
}

Result<std::vector<Preview>> preview(const Options& options) {
  constexpr std::string_view kNothing = "nothing: not collected by this version of eidos";
  EIDOS_TRY(auto chosen, select(options));
  std::vector<Preview> all;
  for (const Collector* collector : chosen)
    all.push_back({collector->name, collector->type,
                   collector->run == nullptr ? kNothing : collector->sources, collector->keys});
  std::ranges::sort(all, {}, &Preview::collector);
  return all;
}

bool is_collector(std::string_view wanted) {
  return std::ranges::any_of(collectors(),
                             [&](const Collector& collector) { return means(wanted, collector); });
}

bool names_collector(std::string_view wanted, std::string_view name) {
  return std::ranges::any_of(collectors(), [&](const Collector& collector) {
    return collector.name == name && means(wanted, collector);
  });
}

bool fulfils(std::string_view wanted, std::string_view name) {
  constexpr std::string_view kOnlySeen = "gpu.hardware";
  return names_collector(wanted, name) && (name != kOnlySeen || lower(wanted) == kOnlySeen);
}

std::vector<std::string> collector_names() {
  std::vector<std::string> names = {"os", "systemd", "gpu", "k8s", "topology"};
  std::vector<std::string> finer;
  for (const Collector& collector : collectors())
    if (collector.name.find('.') != std::string_view::npos) finer.emplace_back(collector.name);
  std::ranges::sort(finer);
  names.insert(names.end(), finer.begin(), finer.end());
  return names;
}

}  // namespace eidos::collect
