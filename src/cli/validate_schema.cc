// `eidos validate --schema v1alpha1|FILE DOCUMENT...`: documents against a JSON Schema.

#include <algorithm>
#include <map>

#include "base/text.h"
#include "cli/findings.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "cli/schemas.h"
#include "data/document.h"
#include "data/schema.h"

namespace eidos::cli {

namespace {

std::string kind_in(const data::Value& root) {
  const data::Value* kind = root.find("kind");
  return kind != nullptr && kind->is_scalar() ? kind->scalar_text() : std::string();
}

/// The schema that each document is held against: one from a file, or ours for its kind.
class Schemas {
 public:
  static Result<Schemas> named(const std::string& name, const Flags& flags, Session& session) {
    Schemas schemas;
    if (name == kSchemaVersion) return schemas;
    auto document = read_document(name, flags, session);
    if (!document && document.error().kind == ErrorKind::NotFound)
      return std::unexpected(
          std::move(document).error().fix(cat("the schemas inside are called ", kSchemaVersion)));
    if (!document) return std::unexpected(std::move(document).error());
    EIDOS_TRY(data::Schema schema, data::Schema::read(std::move(document->root), document->sources));
    schemas.known_.emplace("", std::move(schema));
    schemas.from_file_ = true;
    return schemas;
  }

  /// Invalid: a kind that has none.
  Result<const data::Schema*> of(const Document& document) {
    if (from_file_) return &known_.at("");
    std::string kind = kind_in(document.root);
    std::vector<std::string> names = schema_kinds();
    std::vector<std::string_view> views(names.begin(), names.end());
    auto called = kind_called(kind);
    const data::Value* at = document.root.find("kind");
    if (!called)
      return fail(ErrorKind::Invalid,
                  kind.empty() ? cat("key 'kind' is missing")
                               : cat("unknown kind ", quote(kind), did_you_mean(kind, views)),
                  document.sources.place(at != nullptr ? at->mark() : document.root.mark()),
                  cat("kinds: ", join(views, ", ")));
    if (auto found = known_.find(*called); found != known_.end()) return &found->second;
    EIDOS_TRY(data::Schema schema, data::Schema::read(schema_of(*called), data::Sources()));
    return &known_.emplace(*called, std::move(schema)).first->second;
  }

 private:
  std::map<std::string, data::Schema, std::less<>> known_;
  bool from_file_ = false;
};

Result<Checked> check(const std::string& source, Schemas& schemas, const Flags& flags, Session& session) {
  Document document;
  document.name = shown_source(source);
  Checked checked{document.name, {}, {}};
  EIDOS_TRY(document.text, read_source(source, flags, session));
  auto root = data::parse(document.text, document.sources, document.name);
  if (!root) {
    checked.findings = findings_of(root.error());
    return checked;
  }
  document.root = *std::move(root);
  checked.kind = kind_in(document.root);
  auto schema = schemas.of(document);
  if (!schema) {
    checked.findings = findings_of(schema.error());
    return checked;
  }
  for (data::Violation& violation : (*schema)->check(document.root))
    checked.findings.push_back(
        {document.sources.place(violation.at), std::move(violation.path), std::move(violation.what), {}});
  return checked;
}

}  // namespace

Result<int> check_documents(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  const std::vector<std::string>& sources = invocation.arguments;
  if (sources.empty())
    return fail(ErrorKind::Usage, "name the documents to check", {},
                "for example: eidos validate --schema v1alpha1 recipe.yaml");
  if (std::ranges::count(sources, "-") > 1)
    return fail(ErrorKind::Usage, "standard input is one document; '-' is given twice");
  EIDOS_CHECK(check_output(flags));
  EIDOS_TRY(Schemas schemas, Schemas::named(flags.text("schema"), flags, session));
  std::vector<Checked> all;
  for (const std::string& source : sources) {
    EIDOS_TRY(Checked checked, check(source, schemas, flags, session));
    all.push_back(std::move(checked));
  }
  return report_findings(all, flags, session);
}

}  // namespace eidos::cli
