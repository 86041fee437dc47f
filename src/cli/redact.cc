// `eidos redact`: a document without its secrets.

#include "base/text.h"
#include "cli/findings.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "data/document.h"
#include "data/path.h"
#include "model/secrets.h"

namespace eidos::cli {

namespace {

Result<std::string> the_source(const Invocation& invocation) {
  if (!invocation.arguments.empty()) return invocation.arguments.front();
  return fail(ErrorKind::Usage, "name the document", {}, "for example: eidos redact snapshot.yaml");
}

std::string kind_of(const data::Value& root) {
  const data::Value* kind = root.find("kind");
  return kind != nullptr && kind->is_string() && !model::looks_secret_value(kind->string()) ? kind->string()
                                                                                            : "document";
}

// Where the two differ: places and paths, never a value. Redaction keeps the shape, so they are walked
// together; a key that was a secret itself is named by what stands there now.
class Places {
 public:
  Places(const data::Sources& sources, std::vector<Finding>& out) : sources_(sources), out_(out) {}

  void compare(const data::Value& before, const data::Value& after) {
    if (before.is_map() && after.is_map() && before.map().size() == after.map().size()) {
      for (std::size_t i = 0; i < before.map().size(); ++i) compare(before.map()[i], after.map()[i]);
    } else if (before.is_list() && after.is_list() && before.list().size() == after.list().size()) {
      for (std::size_t i = 0; i < before.list().size(); ++i)
        step(i, [&] { compare(before.list()[i], after.list()[i]); });
    } else if (before != after) {
      found(before.mark(), "looks like a secret");
    }
  }

 private:
  void compare(const data::Map::Entry& before, const data::Map::Entry& after) {
    step(after.key, [&] {
      if (before.key != after.key) found(before.mark, "is a name that looks like a secret");
      compare(before.value, after.value);
    });
  }
  template <class Visit>
  void step(data::PathPart part, Visit visit) {
    path_.push_back(std::move(part));
    visit();
    path_.pop_back();
  }
  void found(const data::Mark& mark, std::string_view what) {
    out_.push_back(
        {sources_.place(mark), path_.empty() ? std::string() : data::to_text(path_), std::string(what), {}});
  }

  const data::Sources& sources_;
  std::vector<Finding>& out_;
  data::Path path_;
};

// The count that the redaction itself raises is no finding.
void drop_counter(std::vector<Finding>& findings) {
  std::erase_if(findings, [](const Finding& finding) { return finding.path == "metadata.redactions"; });
}

}  // namespace

Result<int> run_redact(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_TRY(std::string source, the_source(invocation));
  EIDOS_CHECK(check_output(flags));
  EIDOS_TRY(Document document, read_document(source, flags, session));
  data::Value redacted = document.root;
  model::Redactor().redact_document(redacted);
  if (flags.on("check")) {
    Checked checked{document.name, kind_of(document.root), {}};
    Places(document.sources, checked.findings).compare(document.root, redacted);
    drop_counter(checked.findings);
    return report_findings({std::move(checked)}, flags, session);
  }
  const bool json = data::format_of(document.text) == data::Format::Json;
  EIDOS_CHECK(write_output(redacted, format_of(flags, json ? Format::Json : Format::Yaml), flags, session));
  return 0;
}

}  // namespace eidos::cli
