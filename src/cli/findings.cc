#include "cli/findings.h"

#include "base/text.h"
#include "cli/output.h"

namespace eidos::cli {

namespace {

std::string line_of(const Finding& finding) {
  return cat(finding.where, ": ", finding.path, finding.path.empty() ? "" : ": ", finding.what,
             finding.fix.empty() ? "" : cat("; ", finding.fix), "\n");
}

std::string text_of(const std::vector<Checked>& documents, bool quiet) {
  std::string out;
  for (const Checked& document : documents) {
    for (const Finding& finding : document.findings) out += line_of(finding);
    if (document.findings.empty() && !quiet) out += cat(document.name, ": ", document.kind, ", valid\n");
  }
  return out;
}

data::Value document_of(const std::vector<Checked>& documents) {
  data::List list;
  std::int64_t count = 0;
  for (const Checked& document : documents) {
    data::List findings;
    for (const Finding& finding : document.findings) {
      data::Map map;
      map.set("where", finding.where);
      map.set("path", finding.path);
      map.set("message", finding.what);
      if (!finding.fix.empty()) map.set("fix", finding.fix);
      findings.emplace_back(std::move(map));
      ++count;
    }
    data::Map map;
    map.set("name", document.name);
    map.set("kind", document.kind);
    map.set("findings", data::Value(std::move(findings)));
    list.emplace_back(std::move(map));
  }
  data::Map map;
  map.set("documents", data::Value(std::move(list)));
  map.set("findings", data::Value(count));
  return data::Value(std::move(map));
}

}  // namespace

std::vector<Finding> findings_of(const Error& error) {
  std::vector<Finding> findings{{error.where, {}, error.message, error.hint}};
  for (const Error& other : error.others) findings.push_back({other.where, {}, other.message, other.hint});
  return findings;
}

Result<int> report_findings(const std::vector<Checked>& documents, const Flags& flags, Session& session) {
  Format format = format_of(flags, Format::Table);
  if (format == Format::Table)
    EIDOS_CHECK(write_output(text_of(documents, session.quiet), flags, session));
  else
    EIDOS_CHECK(write_output(document_of(documents), format, flags, session));
  for (const Checked& document : documents)
    if (!document.findings.empty()) return kExitFindings;
  return 0;
}

}  // namespace eidos::cli
