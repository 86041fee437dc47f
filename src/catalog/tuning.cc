#include "catalog/tuning.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "catalog/places.h"
#include "model/document.h"

namespace eidos::catalog {
namespace {

constexpr std::string_view kKind = "TuningProfile";

class TuningChecker {
 public:
  TuningChecker(const Catalog& catalog, const Unread& unread, std::vector<Error>& problems)
      : catalog_(catalog), unread_(unread), problems_(problems) {}

  void check(model::TuningProfile& profile) {
    std::vector<Error> unsure;  // with half a registry nobody knows which values there are
    normalize_criteria(catalog_.registry(), profile.spec.criteria, catalog_.sources(),
                       unread_.registry ? unsure : problems_);
    check_name(profile);
    std::map<std::string, data::Mark> seen;
    for (const model::TuningSetting& setting : profile.spec.settings) {
      if (setting.path.empty()) continue;  // said when it was read
      auto [first, fresh] = seen.emplace(setting.path, setting.mark);
      if (!fresh)
        problem(setting.mark, setting.path,
                cat("is set twice in one profile; first at ", catalog_.sources().place(first->second)),
                "keep one of the two");
      check_setting(setting);
    }
    for (const auto& [branch, cuda] : profile.spec.driver_cuda)
      if (!to_int(branch))
        problems_.push_back(Error{ErrorKind::Invalid,
                                  cat("driverCuda: ", quote(branch), " is no branch of the driver"),
                                  catalog_.sources().place(profile.mark), "write it as in 580"});
  }

 private:
  void check_name(const model::TuningProfile& profile) {
    const std::string& name = profile.metadata.name;
    if (name.empty()) return;  // said when it was read
    auto [first, fresh] = names_.emplace(name, profile.mark);
    if (fresh) return;
    problems_.push_back(Error{ErrorKind::Invalid,
                              cat("profile name ", quote(name), " is taken by the one at ",
                                  catalog_.sources().place(first->second)),
                              catalog_.sources().place(profile.mark),
                              "a layer replaces a profile with a file of the same path"});
  }

  void check_setting(const model::TuningSetting& setting) {
    auto reading = model::tuned_reading(setting);
    if (!reading) return problem(setting.mark, setting.path, reading.error().message, reading.error().hint);
    if (setting.withdrawn) {
      if (!setting.value.empty() || !setting.set.empty())
        problem(setting.mark, setting.path, "is withdrawn and has a value", "keep one of the two");
      return;
    }
    auto value = model::value_to_set(setting, *reading);
    if (!value) problem(setting.mark, setting.path, value.error().message, value.error().hint);
  }

  void problem(const data::Mark& at, const std::string& path, const std::string& message, std::string hint) {
    problems_.push_back(Error{ErrorKind::Invalid, cat("setting ", quote(path), ": ", message),
                              catalog_.sources().place(at), std::move(hint)});
  }

  const Catalog& catalog_;
  const Unread& unread_;
  std::vector<Error>& problems_;
  std::map<std::string, data::Mark> names_;
};

bool is_profile(std::string_view path) {
  return path.starts_with("tuning/");
}

}  // namespace

Result<std::vector<model::TuningProfile>> tuning_profiles(const Catalog& catalog) {
  std::vector<model::TuningProfile> profiles;
  for (auto at = catalog.files().lower_bound("tuning/"); at != catalog.files().end(); ++at) {
    if (!is_profile(at->first)) break;
    EIDOS_TRY(data::Value value, catalog.value_of(at->second));
    // A layer read with --lenient may have unknown keys; they were said when it was loaded.
    data::Reading reading{catalog.sources(), true};
    EIDOS_TRY(auto profile, model::read_document<model::TuningProfile>(value, kKind, reading));
    std::vector<Error> problems;
    normalize_criteria(catalog.registry(), profile.spec.criteria, catalog.sources(), problems);
    if (!problems.empty()) return std::unexpected(together(std::move(problems)));
    profiles.push_back(std::move(profile));
  }
  return profiles;
}

void check_tuning(const Catalog& catalog, const Unread& unread, bool lenient,
                  std::vector<std::string>& warnings, std::vector<Error>& problems) {
  TuningChecker checker(catalog, unread, problems);
  for (auto at = catalog.files().lower_bound("tuning/"); at != catalog.files().end(); ++at) {
    if (!is_profile(at->first)) break;
    const CatalogFile& file = at->second;
    if (!file.parsed && file.compact.empty()) continue;  // it was no YAML, and that was said
    auto value = catalog.value_of(file);
    if (!value) {
      problems.push_back(std::move(value).error());
      continue;
    }
    data::Reading reading{catalog.sources(), lenient};
    model::TuningProfile profile;
    if (model::check_header(*value, kKind, model::HeaderRule::Required, reading))
      data::read_value(*value, profile, reading, nullptr);
    bool whole = reading.problems.empty();
    std::ranges::move(reading.problems, std::back_inserter(problems));
    std::ranges::move(reading.warnings, std::back_inserter(warnings));
    if (whole) checker.check(profile);
  }
}

}  // namespace eidos::catalog
