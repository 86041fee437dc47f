#include "seal/verify.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/table.h"
#include "base/text.h"

namespace eidos::seal {

namespace {

constexpr std::string_view kChartFile = "Chart.yaml";
constexpr std::string_view kPlainMode = "0644";
constexpr std::string_view kScriptMode = "0755";

std::string digest_text(std::string_view digest) {
  return cat("sha256:", digest);
}

// The directory of the chart that `path`, something Helm adds, belongs to: "" or "x/".
std::string_view chart_of(std::string_view path) {
  if (path.ends_with(".tgz")) path = path.substr(0, path.rfind("charts/") + 1);
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
}

class Verifier {
 public:
  Verifier(const Contents& contents, const VerifyOptions& options) : contents_(contents), options_(options) {}

  Result<Report> run() {
    EIDOS_CHECK(read_list());
    for (const TreeEntry& entry : contents_.entries) judge(entry);
    for (const auto& [path, line] : listed_)
      if (!line.seen) find(path, Rule::Missing, digest_text(line.digest), "");
    report_.form = contents_.form;
    std::ranges::sort(report_.findings, {}, [](const Finding& f) { return std::tie(f.path, f.rule); });
    count();
    return std::move(report_);
  }

 private:
  struct Line {
    std::string digest;
    bool seen = false;
  };

  Result<void> read_list() {
    auto at = std::ranges::find(contents_.entries, kChecksumsFile, &TreeEntry::path);
    if (at == contents_.entries.end()) return fail(ErrorKind::Invalid, cat("there is no ", kChecksumsFile));
    if (at->kind != FileKind::Regular)
      return fail(ErrorKind::Invalid, cat(kChecksumsFile, " is a link or no file at all"));
    if (!at->problem.empty()) return fail(ErrorKind::Invalid, cat(kChecksumsFile, ": ", at->problem));
    EIDOS_TRY(std::vector<ChecksumLine> lines, parse_checksums(at->bytes));
    for (ChecksumLine& line : lines) listed_.emplace(std::move(line.path), Line{std::move(line.digest)});
    return {};
  }

  void judge(const TreeEntry& entry) {
    if (entry.kind == FileKind::Directory && guest_of(entry.path) == Guest::None)
      return judge_directory(entry);
    if (auto good = check_tree_path(entry.path); !good)
      return find(entry.path, Rule::Path, "a relative path within the bundle", good.error().message);
    if (!is_first(entry)) return;
    auto line = listed_.find(entry.path);
    if (line != listed_.end()) line->second.seen = true;
    if (entry.kind == FileKind::Link) return find(entry.path, Rule::Linked, "a file", "a link");
    if (entry.kind == FileKind::Other)
      return find(entry.path, Rule::Special, "a file", "neither a file nor a directory");
    if (line == listed_.end() && entry.path != kChecksumsFile) return judge_unlisted(entry);
    judge_listed(entry, line == listed_.end() ? nullptr : &line->second);
  }

  void judge_directory(const TreeEntry& entry) {
    if (auto good = check_tree_path(entry.path); !good)
      find(entry.path, Rule::Path, "a relative path within the bundle", good.error().message);
    else if (!entry.problem.empty())
      find(entry.path, Rule::Unreadable, "a directory that can be listed", entry.problem);
  }

  bool is_first(const TreeEntry& entry) {
    if (!seen_.insert(entry.path).second) {
      find(entry.path, Rule::Duplicate, "one entry", "another one of the same path");
      return false;
    }
    for (std::size_t at = entry.path.find('/'); at != std::string::npos; at = entry.path.find('/', at + 1))
      if (seen_.contains(std::string_view(entry.path).substr(0, at)))
        find(entry.path.substr(0, at), Rule::Duplicate, "a file or a directory", "both");
    return true;
  }

  void judge_unlisted(const TreeEntry& entry) {
    const std::string there = entry.kind == FileKind::Directory ? "a directory" : byte_count(entry.size);
    switch (guest_of(entry.path)) {
      case Guest::Helm:
        if (!listed_.contains(cat(chart_of(entry.path), kChartFile))) break;
        return note(entry.path, Rule::AddedByHelm, there);
      case Guest::Git:
      case Guest::Attestation:
        if (contents_.form != "directory" && guest_of(entry.path) == Guest::Git) break;
        return note(entry.path, Rule::NotChecked, there);
      case Guest::Leftover: return find(entry.path, Rule::Leftover, "", there);
      case Guest::None: break;
    }
    find(entry.path, Rule::Extra, "", there);
  }

  // Nothing lists checksums.txt itself: of it only the mode is looked at.
  void judge_listed(const TreeEntry& entry, const Line* line) {
    if (entry.size > Caps{}.file_bytes)
      return find(entry.path, Rule::Oversized, cat("at most ", byte_count(Caps{}.file_bytes)),
                  byte_count(entry.size));
    if (!entry.problem.empty())
      return find(entry.path, Rule::Unreadable, "a file that can be read", entry.problem);
    if (line != nullptr) report_.summary.bytes += entry.size;
    if (line != nullptr && entry.digest != line->digest)
      return find(entry.path, Rule::Changed, digest_text(line->digest), digest_text(entry.digest));
    if (entry.executable != entry.script)
      find(entry.path, Rule::Mode, std::string(entry.script ? kScriptMode : kPlainMode),
           std::string(entry.executable ? kScriptMode : kPlainMode));
  }

  void find(const std::string& path, Rule rule, std::string expected, std::string actual) {
    add(path, {.path = {}, .rule = rule, .expected = std::move(expected), .actual = std::move(actual)});
  }

  void note(const std::string& path, Rule rule, std::string actual) {
    add(path, {.path = {},
               .rule = rule,
               .weight = options_.strict ? Weight::Finding : Weight::Note,
               .expected = "",
               .actual = std::move(actual)});
  }

  // A file system allows names that no document can carry.
  void add(const std::string& path, Finding finding) {
    finding.path = invalid_utf8(path) ? harmless(path) : path;
    report_.findings.push_back(std::move(finding));
  }

  void count() {
    Summary& sum = report_.summary;
    sum.files = std::ssize(listed_);
    sum.notes = std::ranges::count(report_.findings, Weight::Note, &Finding::weight);
    sum.findings = std::ssize(report_.findings) - sum.notes;
    sum.status = sum.findings == 0 ? Status::Ok : Status::Failed;
  }

  const Contents& contents_;
  const VerifyOptions& options_;
  std::map<std::string, Line, std::less<>> listed_;
  std::set<std::string_view> seen_;
  Report report_;
};

}  // namespace

Result<Report> verify(const Contents& contents, const VerifyOptions& options) {
  return Verifier(contents, options).run();
}

}  // namespace eidos::seal
