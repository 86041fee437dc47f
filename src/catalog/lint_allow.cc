// Allow comments: what they cover, and those that cover nothing.

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "catalog/lint.h"

namespace eidos::catalog {

namespace {

constexpr std::string_view kMark = "# lint:";

struct Allow {
  std::string rule;
  std::string reason;
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t first = 0;  ///< Lines it covers.
  std::uint32_t last = 0;
  std::string fault;  ///< Not empty: what is wrong with it.
  bool used = false;
};

/// Blanks in front, where "- " of a list counts as depth: what stands behind it belongs to the item.
std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool is_comment_or_blank(std::string_view line) {
  std::string_view text = trim(line);
  return text.empty() || text.front() == '#';
}

class Reader {
 public:
  Reader(std::string file, std::string_view text) : file_(std::move(file)), lines_(split(text, '\n')) {}

  std::vector<Allow> run() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      std::size_t at = lines_[i].find(kMark);
      bool starts =
          at != std::string_view::npos && (at == 0 || lines_[i][at - 1] == ' ' || lines_[i][at - 1] == '\t');
      if (starts) take(i, at);
    }
    return std::move(allows_);
  }

 private:
  void take(std::size_t line, std::size_t at) {
    Allow allow;
    allow.file = file_;
    allow.line = static_cast<std::uint32_t>(line + 1);
    allow.column = static_cast<std::uint32_t>(at + 1);
    read_words(trim(lines_[line].substr(at + kMark.size())), allow);
    cover(is_comment_or_blank(lines_[line]) ? below(line) : line, allow);
    allows_.push_back(std::move(allow));
  }

  static void read_words(std::string_view text, Allow& allow) {
    auto word = [&] {
      std::size_t end = std::min(text.find(' '), text.size());
      std::string out(text.substr(0, end));
      text = trim(text.substr(end));
      return out;
    };
    if (std::string verb = word(); verb != "allow") {
      allow.fault = cat(quote(verb), " is no lint comment; write: # lint: allow RULE REASON");
      return;
    }
    allow.rule = word();
    allow.reason = text;
    const Rule* rule = find_rule(allow.rule);
    std::vector<std::string_view> names;
    for (const Rule& one : lint_rules()) names.push_back(one.id);
    if (rule == nullptr)
      allow.fault = cat("there is no rule ", quote(allow.rule), did_you_mean(allow.rule, names));
    else if (!rule->allowable)
      allow.fault = cat(allow.rule, " cannot be allowed");
    else if (allow.reason.empty())
      allow.fault = cat("it does not say why ", allow.rule, " is allowed");
  }

  /// The next line that is neither comment nor blank; the last one when there is none.
  std::size_t below(std::size_t line) const {
    while (line + 1 < lines_.size() && is_comment_or_blank(lines_[line])) ++line;
    return line;
  }

  void cover(std::size_t line, Allow& allow) {
    // At the head of a file it speaks for the file, too, whose findings stand at its first line.
    bool head = std::all_of(lines_.begin(), lines_.begin() + allow.line, is_comment_or_blank);
    allow.first = head ? 1 : static_cast<std::uint32_t>(line + 1);
    std::size_t depth = indent_of(lines_[line]);
    std::size_t end = line + 1;
    while (end < lines_.size() && (is_comment_or_blank(lines_[end]) || indent_of(lines_[end]) > depth ||
                                   continues_list(line, end, depth)))
      ++end;
    allow.last = static_cast<std::uint32_t>(end);
  }

  /// "components:" may have its list at its own depth.
  bool continues_list(std::size_t line, std::size_t at, std::size_t depth) const {
    return indent_of(lines_[at]) == depth && trim(lines_[at]).starts_with("- ") &&
           !trim(lines_[line]).starts_with("- ");
  }

  std::string file_;
  std::vector<std::string_view> lines_;
  std::vector<Allow> allows_;
};

std::vector<Allow> read_allows(const Catalog& catalog) {
  std::vector<const CatalogFile*> files = catalog.registries();  // those of lower layers, too
  for (const auto& [path, file] : catalog.files())
    if (path != "registry.yaml") files.push_back(&file);
  std::vector<Allow> all;
  for (const CatalogFile* file : files) {
    auto text = catalog.text_of(*file);
    if (!text) continue;
    for (Allow& allow : Reader(std::string(catalog.sources().name(file->source)), *text).run())
      all.push_back(std::move(allow));
  }
  return all;
}

Finding about(const Allow& allow, std::string_view rule, std::string message, std::string fix) {
  Finding out;
  out.rule = find_rule(rule);
  out.file = allow.file;
  out.line = allow.line;
  out.column = allow.column;
  out.message = std::move(message);
  out.fix = std::move(fix);
  return out;
}

}  // namespace

std::vector<Finding> settled(const Catalog& catalog, std::vector<Finding> findings) {
  std::vector<Allow> allows = read_allows(catalog);
  std::map<std::string_view, std::vector<Allow*>> by_file;
  for (Allow& allow : allows)
    if (allow.fault.empty()) by_file[allow.file].push_back(&allow);
  for (Finding& finding : findings) {
    auto there = by_file.find(finding.file);
    if (there == by_file.end() || !finding.rule->allowable) continue;
    for (Allow* allow : there->second) {
      if (allow->rule != finding.rule->id || finding.line < allow->first || finding.line > allow->last)
        continue;
      allow->used = true;
      finding.allowed = true;
      finding.reason = allow->reason;
    }
  }
  for (const Allow& allow : allows) {
    if (!allow.fault.empty())
      findings.push_back(
          about(allow, "bad-allow", allow.fault, "for example: # lint: allow version-drift why"));
    else if (!allow.used && allow.rule != "render-fails")  // that one is looked for only when asked
      findings.push_back(about(allow, "unused-allow",
                               cat("it allows ", allow.rule, ", which is not found here"),
                               "remove the comment"));
  }
  std::ranges::sort(findings, {}, [](const Finding& finding) {
    return std::tie(finding.file, finding.line, finding.column, finding.rule->id, finding.message);
  });
  return findings;
}

}  // namespace eidos::catalog
