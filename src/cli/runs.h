#pragma once
// What each command does: one file per command. A Run returns the exit code: 0, or 9 when there are findings.

#include "cli/flags.h"
#include "cli/world.h"

namespace eidos::cli {

Result<int> run_snapshot(const Invocation& invocation, Session& session);
Result<int> run_read_nvml(const Invocation& invocation, Session& session);
Result<int> run_redact(const Invocation& invocation, Session& session);
Result<int> run_recipe(const Invocation& invocation, Session& session);
Result<int> run_query(const Invocation& invocation, Session& session);
Result<int> run_fleet_snapshot(const Invocation& invocation, Session& session);
Result<int> run_fleet_outliers(const Invocation& invocation, Session& session);
Result<int> run_agent_manifests(const Invocation& invocation, Session& session);
Result<int> run_agent_rbac(const Invocation& invocation, Session& session);
/// `eidos agent run`, and what `snapshot --agent` does.
Result<int> run_agent_run(const Invocation& invocation, Session& session);
Result<int> run_agent_cleanup(const Invocation& invocation, Session& session);
Result<int> run_agent_preflight(const Invocation& invocation, Session& session);
Result<int> run_recommend(const Invocation& invocation, Session& session);
Result<int> run_recipe_lint(const Invocation& invocation, Session& session);
Result<int> run_recipe_upgrade(const Invocation& invocation, Session& session);
Result<int> run_recipe_lock(const Invocation& invocation, Session& session);
Result<int> run_explain(const Invocation& invocation, Session& session);
Result<int> run_complete_paths(const Invocation& invocation, Session& session);
Result<int> run_validate(const Invocation& invocation, Session& session);
Result<int> run_diff(const Invocation& invocation, Session& session);
/// `eidos validate --schema`, the other half of run_validate.
Result<int> check_documents(const Invocation& invocation, Session& session);
Result<int> run_bundle(const Invocation& invocation, Session& session);
Result<int> run_verify(const Invocation& invocation, Session& session);
Result<int> run_images(const Invocation& invocation, Session& session);
Result<int> run_catalog_lint(const Invocation& invocation, Session& session);
Result<int> run_catalog_list(const Invocation& invocation, Session& session);
Result<int> run_catalog_lock(const Invocation& invocation, Session& session);
Result<int> run_catalog_doc(const Invocation& invocation, Session& session);
Result<int> run_catalog_scaffold(const Invocation& invocation, Session& session);
Result<int> run_catalog_show(const Invocation& invocation, Session& session);
Result<int> run_schema(const Invocation& invocation, Session& session);
Result<int> run_completion(const Invocation& invocation, Session& session);
Result<int> run_version(const Invocation& invocation, Session& session);
Result<int> run_help(const Invocation& invocation, Session& session);
Result<int> run_man(const Invocation& invocation, Session& session);

/// What --schema takes beside files.
std::vector<std::string> schema_versions();
/// Deployers that `eidos bundle` has.
std::vector<std::string> deployers();
std::vector<std::string> layouts();
/// Overlays, components and files of the embedded catalog.
std::vector<std::string> catalog_names();
/// Kinds that `eidos schema` knows, in the order it lists them.
std::vector<std::string> schema_kinds();
/// bash, zsh, fish.
std::vector<std::string> completion_shells();
/// Commands that are not hidden and their sub-commands, by whole name.
std::vector<std::string> help_topics();

}  // namespace eidos::cli
