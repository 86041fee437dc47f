#include "recipe/charts.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::recipe {
namespace {

// Helm takes 1.2.3 and v1.2.3 for the same version.
std::string_view plain(std::string_view version) {
  return version.starts_with('v') ? version.substr(1) : version;
}

std::string text_at(const data::Value& entry, std::string_view key) {
  const data::Value* value = entry.find(key);
  return value != nullptr && value->is_scalar() ? value->scalar_text() : std::string();
}

bool is_sha256(std::string_view hex) {
  constexpr std::size_t kDigits = 64;
  return hex.size() == kDigits && hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

struct Stated {
  std::string digest;
  std::string place;
};

class Locker {
 public:
  Locker(model::RecipeResult& recipe, const std::vector<ChartIndex>& indexes)
      : recipe_(recipe), indexes_(indexes) {}

  Result<std::vector<std::string>> run() {
    for (const ChartIndex& index : indexes_) check(index);
    if (problems_.empty())
      for (const model::ComponentRef& ref : recipe_.component_refs) lock(ref);
    if (!problems_.empty()) return std::unexpected(together(std::move(problems_)));
    return std::move(without_);
  }

 private:
  void problem(std::string what, std::string where, std::string fix) {
    problems_.push_back(Error{ErrorKind::Invalid, std::move(what), std::move(where), std::move(fix)});
  }

  void check(const ChartIndex& index) {
    const data::Value* entries = index.root.find("entries");
    if (entries == nullptr || !entries->is_map())
      problem("is no index of a Helm repository: it has no map 'entries'", index.name,
              "give the index.yaml that stands beside the charts");
    auto named = [&](const model::ComponentRef& ref) { return ref.name == index.component; };
    if (!index.component.empty() && std::ranges::none_of(recipe_.component_refs, named))
      problem(cat("the recipe has no component ", quote(index.component)), index.name,
              "write --index COMPONENT=FILE, or --index FILE for any");
  }

  void lock(const model::ComponentRef& ref) {
    if (ref.chart.empty() || ref.type == "Kustomize") return;
    std::vector<Stated> found;
    for (const ChartIndex& index : indexes_)
      if (index.component.empty() || index.component == ref.name) look_up(index, ref, found);
    std::string chart = cat(ref.name, " (", ref.chart, " ", ref.version, ")");
    if (found.empty()) {
      without_.push_back(chart);
      return;
    }
    auto other = std::ranges::find_if(
        found, [&](const Stated& stated) { return stated.digest != found.front().digest; });
    if (other != found.end())
      return problem(cat("the indexes disagree about ", chart, ": ", found.front().digest, " and ",
                         other->digest, " at ", other->place),
                     found.front().place, cat("say which is meant: --index ", ref.name, "=FILE"));
    record(ref, found.front(), chart);
  }

  void look_up(const ChartIndex& index, const model::ComponentRef& ref, std::vector<Stated>& found) {
    const data::Value* versions = index.root.find("entries")->find(ref.chart);
    if (versions == nullptr || !versions->is_list()) return;
    for (const data::Value& entry : versions->list()) {
      if (plain(text_at(entry, "version")) != plain(ref.version)) continue;
      std::string digest = text_at(entry, "digest");
      std::string place = index.sources.place(entry.mark());
      if (digest.starts_with("sha256:")) digest.erase(0, std::string_view("sha256:").size());
      if (digest.empty()) continue;
      if (is_sha256(digest))
        found.push_back({cat("sha256:", digest), place});
      else
        problem(cat("the digest of ", ref.chart, " ", ref.version, " is none: ", quote(digest)), place,
                "64 hex digits belong there");
    }
  }

  void record(const model::ComponentRef& ref, const Stated& stated, const std::string& chart) {
    model::LockedChart& recorded = recipe_.metadata.charts[ref.name];
    bool same_version = recorded.version == ref.version;
    if (same_version && recorded.digest != stated.digest)
      return problem(cat("the chart of ", chart, " was ", recorded.digest,
                         " when the recipe was locked; the index says ", stated.digest),
                     stated.place, cat("if that is right, take ", ref.name, " out of metadata.charts first"));
    recorded = {ref.version, stated.digest};
  }

  model::RecipeResult& recipe_;
  const std::vector<ChartIndex>& indexes_;
  std::vector<std::string> without_;
  std::vector<Error> problems_;
};

}  // namespace

Result<std::vector<std::string>> lock_charts(model::RecipeResult& recipe,
                                             const std::vector<ChartIndex>& indexes) {
  return Locker(recipe, indexes).run();
}

}  // namespace eidos::recipe
