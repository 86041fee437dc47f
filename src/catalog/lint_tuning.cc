// Tuning profiles of one rank that may apply together: where they set one reading differently, nothing but
// the alphabet decides which one wins.

#include <map>

#include "base/text.h"
#include "catalog/lint_collect.h"
#include "catalog/tuning.h"

namespace eidos::catalog {

namespace {

struct Write {
  const model::TuningProfile* by = nullptr;
  const model::TuningSetting* setting = nullptr;
};

std::string shown(const model::TuningSetting& setting) {
  return setting.withdrawn ? "withdrawn" : setting.value.empty() ? "set" : setting.value;
}

}  // namespace

void lint_tuning(LintCollector& lint) {
  if (!lint.loads()) return;  // profiles with problems were reported for those
  auto profiles = tuning_profiles(lint.catalog());
  if (!profiles) return;
  std::map<std::string, std::vector<Write>> writes;
  for (const model::TuningProfile& profile : *profiles)
    for (const model::TuningSetting& setting : profile.spec.settings)
      writes[setting.path].push_back({&profile, &setting});
  for (const auto& [path, by] : writes)
    for (std::size_t later = 1; later < by.size(); ++later)
      for (std::size_t first = 0; first < later; ++first) {
        const model::Criteria& one = by[first].by->spec.criteria;
        const model::Criteria& other = by[later].by->spec.criteria;
        std::string before = shown(*by[first].setting);
        std::string after = shown(*by[later].setting);
        if (before == after || rank(one) != rank(other) || !compatible(one, other)) continue;
        lint.add("tuning-conflict", by[later].setting->mark,
                 cat("profiles ", quote(by[first].by->metadata.name), " (", before, ") and ",
                     quote(by[later].by->metadata.name), " (", after, ") both set ", path),
                 "set it in a profile that asks for what both ask, or in one of them only");
      }
}

}  // namespace eidos::catalog
