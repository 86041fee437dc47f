#include "tune/choose.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "recipe/criteria.h"

namespace eidos::tune {
namespace {

int rank(const model::Criteria& criteria) {
  int count = criteria.nodes != 0 ? 1 : 0;
  for (const model::Dimension& dimension : model::kDimensions)
    if (!(criteria.*dimension.member).empty()) ++count;
  return count;
}

std::vector<const model::TuningProfile*> matching(const std::vector<model::TuningProfile>& profiles,
                                                  const model::Criteria& stated) {
  std::vector<const model::TuningProfile*> out;
  for (const model::TuningProfile& profile : profiles)
    if (recipe::matches(profile.spec.criteria, stated)) out.push_back(&profile);
  std::ranges::sort(out, {}, [](const model::TuningProfile* profile) {
    return std::pair(rank(profile->spec.criteria), std::string_view(profile->metadata.name));
  });
  return out;
}

}  // namespace

Result<std::vector<Chosen>> choose(const std::vector<model::TuningProfile>& profiles,
                                   const model::Criteria& stated) {
  struct Winner {
    const model::TuningSetting* setting = nullptr;
    const model::TuningProfile* by = nullptr;
  };
  std::map<std::string_view, Winner> winners;
  for (const model::TuningProfile* profile : matching(profiles, stated))
    for (const model::TuningSetting& setting : profile->spec.settings)
      winners[setting.path] = {&setting, profile};
  std::vector<Chosen> out;
  for (const auto& [path, winner] : winners) {
    if (winner.setting->withdrawn) continue;
    Chosen chosen{.setting = *winner.setting, .reading = {}, .category = {}, .set = {}, .profile = {}};
    EIDOS_TRY(chosen.reading, model::tuned_reading(chosen.setting));
    EIDOS_TRY(chosen.set, model::value_to_set(chosen.setting, chosen.reading));
    chosen.category = *model::tuning_category(chosen.reading);
    chosen.profile = winner.by->metadata.name;
    out.push_back(std::move(chosen));
  }
  return out;
}

}  // namespace eidos::tune
