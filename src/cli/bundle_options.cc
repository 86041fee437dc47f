#include "cli/bundle_options.h"

#include <utility>

#include "base/text.h"
#include "cli/input.h"

namespace eidos::cli {

namespace {

struct SetFlagName {
  std::string_view flag;
  bundle::SetKind kind;
};
constexpr SetFlagName kSetFlags[] = {{"set", bundle::SetKind::Auto},
                                     {"set-string", bundle::SetKind::String},
                                     {"set-json", bundle::SetKind::Json}};

bundle::SchedulingFlags scheduling(const Flags& flags) {
  if (!flags.knows("nodes")) return {};
  return {.system_node_selector = flags.all("system-node-selector"),
          .system_node_toleration = flags.all("system-node-toleration"),
          .accelerated_node_selector = flags.all("accelerated-node-selector"),
          .accelerated_node_toleration = flags.all("accelerated-node-toleration"),
          .workload_selector = flags.all("workload-selector"),
          .workload_gate = flags.text("workload-gate"),
          .nodes = flags.count("nodes")};
}

/// In the order given, across the three kinds.
std::vector<bundle::SetFlag> sets(const Flags& flags) {
  std::vector<bundle::SetFlag> out;
  for (const Given& given : flags.given())
    for (const SetFlagName& name : kSetFlags)
      if (given.flag->name == name.flag) out.push_back({name.kind, given.value});
  return out;
}

Result<bundle::ValuesFile> values_file(const std::string& text, const Flags& flags, Session& session,
                                       std::vector<Document>& documents) {
  std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
    return fail(ErrorKind::Invalid, cat("--values-file ", quote(text), " is not COMPONENT=FILE"), {},
                "for example: --values-file gpu-operator=values.yaml");
  EIDOS_TRY(Document document, read_document(text.substr(equals + 1), flags, session));
  if (document.root.is_null()) document.root = data::Value(data::Map());
  if (!document.root.is_map())
    return fail(ErrorKind::Invalid,
                cat("expected a map of values, got ", data::describe(document.root.type())),
                document.sources.place(document.root.mark()));
  bundle::ValuesFile file{text.substr(0, equals), std::move(document.root)};
  documents.push_back(std::move(document));
  return file;
}

void read_deployer(const Flags& flags, bundle::Options& options) {
  if (flags.has("deployer")) options.deployer = flags.text("deployer");
  options.layout = flags.text("layout");
  options.repo = flags.text("repo");
  if (flags.has("repo-revision")) options.repo_revision = flags.text("repo-revision");
  options.repo_path = flags.text("repo-path");
  if (flags.has("namespace")) options.name_space = flags.text("namespace");
}

void read_chosen(const Flags& flags, bundle::Options& options) {
  options.components = flags.all("component");
  for (const std::string& list : flags.all("bundlers"))
    for (std::string_view name : split(list, ',')) options.components.emplace_back(trim(name));
  options.allow_missing_dependency = flags.on("allow-missing-dependency");
  options.fail_fast = flags.knows("fail-fast") && flags.on("fail-fast");
}

}  // namespace

Result<bundle::Options> bundle_options(const Flags& flags, Session& session) {
  std::vector<Document> documents;
  return bundle_options(flags, session, documents);
}

Result<bundle::Options> bundle_options(const Flags& flags, Session& session,
                                       std::vector<Document>& documents) {
  bundle::Options options;
  if (flags.knows("deployer")) read_deployer(flags, options);
  options.scheduling = scheduling(flags);
  options.sets = sets(flags);
  if (flags.knows("component")) read_chosen(flags, options);
  options.strict_values = flags.knows("strict-values") && flags.on("strict-values");
  for (std::string component : flags.all("allow-catalog-mismatch"))
    options.allow_catalog_mismatch.push_back(component.empty() ? "*" : std::move(component));
  for (const std::string& text : flags.all("values-file")) {
    EIDOS_TRY(bundle::ValuesFile file, values_file(text, flags, session, documents));
    options.values_files.push_back(std::move(file));
  }
  return options;
}

}  // namespace eidos::cli
