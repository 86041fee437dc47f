#include "agent/cleanup.h"

#include <algorithm>
#include <map>

#include "agent/made.h"
#include "agent/objects.h"
#include "base/text.h"
#include "kube/gather.h"
#include "kube/tree.h"

namespace eidos::agent {

namespace {

using kube::text_at;

struct Found {
  std::string run;
  kube::Target target;
};

// One kind, as the API server has it now.
Result<std::vector<Found>> found_of(kube::Client& client, const kube::Target& kind, const std::string& ns,
                                    const std::string& labels, const Limit& limit) {
  return kube::gathered<std::vector<Found>>(
      client, kind, {.narrowing = {.labels = labels, .fields = ""}, .metadata_only = true}, limit,
      [&](std::vector<Found>& out, const data::Value& object) {
        if (text_at(object, {"metadata", "labels", kNamespaceLabel}) == ns)
          out.push_back({text_at(object, {"metadata", "labels", kRunLabel}),
                         {kind.resource, kind.ns, text_at(object, {"metadata", "name"}), ""}});
      });
}

}  // namespace

bool is_run_id(std::string_view text) {
  constexpr std::size_t kMost = 20;
  return !text.empty() && text.size() <= kMost &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

Result<std::vector<std::string>> remove_runs(kube::Client& client, const std::string& ns,
                                             const std::string& run, const Limit& limit) {
  const std::string narrowed = run.empty() ? std::string(kRunLabel) : cat(kRunLabel, "=", run);
  // As they are made.
  const kube::Target kinds[] = {{service_accounts(), ns},
                                {rbac_resource("roles"), ns},
                                {rbac_resource("rolebindings"), ns},
                                {rbac_resource("clusterroles")},
                                {rbac_resource("clusterrolebindings")},
                                {kube::config_maps(), ns},
                                {jobs(), ns}};
  std::map<std::string, Made> runs;
  std::vector<std::string> names;
  for (const kube::Target& kind : kinds) {
    EIDOS_TRY(std::vector<Found> found, found_of(client, kind, ns, narrowed, limit));
    for (Found& one : found) {
      names.push_back(cat(kube::described(one.target), " of run ", one.run));
      runs.try_emplace(one.run, client, ns, one.run).first->second.found(std::move(one.target));
    }
  }
  std::vector<Error> problems;
  for (auto& [id, made] : runs)
    if (auto gone = made.remove(limit); !gone) problems.push_back(std::move(gone).error());
  if (!problems.empty()) return std::unexpected(together(std::move(problems)));
  return names;
}

}  // namespace eidos::agent
