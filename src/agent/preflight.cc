#include "agent/preflight.h"

#include <algorithm>

#include "agent/objects.h"
#include "base/text.h"

namespace eidos::agent {

namespace {

// What `kubectl apply` does with an object, and what removes it.
constexpr std::string_view kApplied[] = {"get", "create", "patch", "delete"};

kube::Right right(std::string_view verb, const kube::Resource& resource, const std::string& ns,
                  std::string_view subresource = {}) {
  return {.verb = std::string(verb),
          .resource = resource,
          .ns = resource.namespaced ? ns : "",
          .subresource = std::string(subresource)};
}

std::vector<kube::Right> rights_of(const std::vector<Rule>& rules, const std::string& ns) {
  std::vector<kube::Right> out;
  for (const Rule& rule : rules)
    for (const std::string& verb : rule.verbs) out.push_back(right(verb, rule.resource, ns));
  return out;
}

Result<std::vector<kube::Right>> missing_of(std::vector<kube::Right> rights, kube::Client& client,
                                            const Limit& limit) {
  std::vector<kube::Right> out;
  for (kube::Right& one : rights) {
    EIDOS_TRY(bool held, client.may(one, limit));
    if (!held) out.push_back(std::move(one));
  }
  return out;
}

// Of roles here and of the whole cluster.
std::vector<kube::Right> rights_beyond(const AgentOptions& options) {
  std::vector<kube::Right> out;
  for (std::string_view plural : {"roles", "clusterroles"})
    for (std::string_view verb : {"escalate", "bind"})
      out.push_back(right(verb, rbac_resource(plural), options.ns));
  return out;
}

kube::Target target_of(const kube::Right& one) {
  return {one.resource, one.ns, "", one.subresource};
}

bool same_thing(const kube::Right& a, const kube::Right& b) {
  return a.resource == b.resource && a.ns == b.ns && a.subresource == b.subresource;
}

// Rights to one thing stand together, as a rule has them.
Error refusal(const std::vector<kube::Right>& missing, const AgentOptions& options) {
  std::vector<std::string> things;
  std::vector<std::string> rules;
  for (auto at = missing.begin(); at != missing.end();) {
    auto end = std::find_if(at, missing.end(), [&](const kube::Right& one) { return !same_thing(one, *at); });
    std::vector<std::string_view> verbs;
    for (auto one = at; one != end; ++one) verbs.emplace_back(one->verb);
    const std::string listed = join(verbs, ", ");
    things.push_back(cat(listed, " ", kube::described(target_of(*at))));
    rules.push_back(cat("{", kube::rbac_rule(listed, target_of(*at)), "}"));
    at = end;
  }
  return {
      ErrorKind::Denied,
      cat("not allowed to run an agent in namespace ", quote(options.ns), ": ", join(things, "; ")),
      {},
      cat("ask for the rules ", join(rules, ", "), "; nothing was made (docs/how-to/least-privilege.md)")};
}

}  // namespace

std::vector<kube::Right> rights_to_run(const AgentOptions& options) {
  std::vector<kube::Right> out;
  std::vector<kube::Resource> seen;
  for (const Object& object : all_objects(options)) {
    if (std::ranges::find(seen, object.target.resource) != seen.end()) continue;
    seen.push_back(object.target.resource);
    for (std::string_view verb : kApplied) {
      // A namespace outlives the agent: others may have moved in.
      if (verb == "delete" && object.target.resource == namespaces()) continue;
      out.push_back(right(verb, object.target.resource, options.ns));
    }
  }
  out.push_back(right("list", kube::pods(), options.ns));
  out.push_back(right("get", kube::pods(), options.ns, "log"));
  out.push_back(right("list", events(), options.ns));
  for (std::string_view verb : {"get", "create", "delete"})
    out.push_back(right(verb, kube::config_maps(), options.ns));
  return out;
}

std::vector<kube::Right> rights_given(const AgentOptions& options) {
  if (!options.make_rbac) return {};
  std::vector<kube::Right> out = rights_of(role_rules(options), options.ns);
  for (kube::Right& one : rights_of(cluster_rules(options), "")) out.push_back(std::move(one));
  return out;
}

Result<std::size_t> preflight(kube::Client& client, const AgentOptions& options, const Limit& limit) {
  std::vector<kube::Right> needed = rights_to_run(options);
  std::vector<kube::Right> given = rights_given(options);
  std::erase_if(given, [&](const kube::Right& one) {
    return std::ranges::any_of(
        needed, [&](const kube::Right& other) { return one.verb == other.verb && same_thing(one, other); });
  });
  const std::size_t asked = needed.size() + given.size();
  EIDOS_TRY(std::vector<kube::Right> missing, missing_of(std::move(needed), client, limit));
  EIDOS_TRY(std::vector<kube::Right> not_ours, missing_of(std::move(given), client, limit));
  if (!not_ours.empty()) {
    EIDOS_TRY(std::vector<kube::Right> limits, missing_of(rights_beyond(options), client, limit));
    if (!limits.empty()) missing.insert(missing.end(), not_ours.begin(), not_ours.end());
  }
  if (missing.empty()) return asked;
  return std::unexpected(refusal(missing, options));
}

}  // namespace eidos::agent
