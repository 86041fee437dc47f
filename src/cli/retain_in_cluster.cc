#include "cli/retain_in_cluster.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "base/text.h"
#include "cli/cluster.h"
#include "cli/output_names.h"
#include "kube/document.h"
#include "kube/gather.h"
#include "kube/tree.h"

namespace eidos::cli {

namespace {

constexpr std::chrono::seconds kMostTime{60};
// What write_config_map() labels, and only that.
constexpr std::string_view kOurs = "app.kubernetes.io/name=eidos,app.kubernetes.io/component=snapshot";

struct Kept {
  std::string age;
  std::string name;
  std::string uid;
  auto operator<=>(const Kept&) const = default;
};

}  // namespace

Result<void> retain_in_cluster(std::string_view pattern, const model::SnapshotMetadata& metadata,
                               const Flags& flags, Session& session) {
  const Limit limit = session.context.limit.within(kMostTime);
  EIDOS_TRY(kube::ConfigMapName newest, kube::parse_config_map(expand_config_map(pattern, metadata)));
  const std::string_view last = pattern.substr(pattern.rfind('/') + 1);
  EIDOS_TRY(kube::Client * client, client_of(flags, session));
  auto found = kube::gathered<std::vector<Kept>>(
      *client, {kube::config_maps(), newest.ns, "", ""},
      {.narrowing = {.labels = std::string(kOurs), .fields = ""}, .metadata_only = true}, limit,
      [&](std::vector<Kept>& out, const data::Value& object) {
        std::string name = kube::text_at(object, {"metadata", "name"});
        if (auto age = age_in(name, last, metadata, true))
          out.push_back({*age, name, kube::text_at(object, {"metadata", "uid"})});
      });
  if (!found) return std::unexpected(std::move(found).error().within("--retain"));
  std::ranges::sort(*found, std::greater<>());
  for (std::size_t i = static_cast<std::size_t>(flags.count("retain")); i < found->size(); ++i) {
    auto gone = kube::remove_config_map(*client, {newest.ns, (*found)[i].name}, (*found)[i].uid, limit);
    if (!gone) return std::unexpected(std::move(gone).error().within("--retain"));
  }
  return {};
}

}  // namespace eidos::cli
