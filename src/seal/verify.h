#pragma once
// Is this bundle what was written? Closed world: every file is listed in checksums.txt, every listed file is
// there and equal, and there is nothing else. Pure: contents → report.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "seal/contents.h"

namespace eidos::seal {

enum class Rule : std::uint8_t {
  Missing,      ///< Listed, and not there.
  Changed,      ///< Other bytes than listed.
  Extra,        ///< There, and not listed.
  Linked,       ///< A link: what it leads to is not part of the bundle.
  Special,      ///< Neither a file nor a directory.
  Mode,         ///< A script that is not executable, or the other way round.
  Duplicate,    ///< A path that stands there twice, or is a file and a directory.
  Path,         ///< Absolute, with "..", or otherwise no path of a tree.
  Oversized,    ///< Larger than anything eidos writes; not read.
  Unreadable,   ///< Could not be read.
  Leftover,     ///< Of a run that was cut, or that is at work.
  AddedByHelm,  ///< Chart.lock and charts/*.tgz of a chart: named, not trusted.
  NotChecked,   ///< Git's own, an attestation: named, not looked into.
};

enum class Weight : std::uint8_t { Finding, Note };

struct Finding {
  std::string path;
  Rule rule = Rule::Missing;
  Weight weight = Weight::Finding;
  std::string expected;
  std::string actual;
  bool operator==(const Finding&) const = default;
};

enum class Status : std::uint8_t { Ok, Failed };
enum class Trust : std::uint8_t { Unverified };

struct Summary {
  std::int64_t files = 0;  ///< Listed ones.
  std::int64_t bytes = 0;  ///< Of the listed ones that are there.
  std::int64_t findings = 0;
  std::int64_t notes = 0;
  Status status = Status::Ok;
};

struct Report {
  std::string kind = "VerificationResult";
  std::string api_version = "eidos.nvidia.com/v1alpha1";
  std::string form;                 ///< Contents::form
  Trust trust = Trust::Unverified;  ///< Nothing is signed: who wrote it cannot be told.
  Summary summary;
  std::vector<Finding> findings;  ///< Sorted by path.
};

struct VerifyOptions {
  bool strict = false;  ///< Notes are findings.
};

/// `contents` need the bytes of checksums.txt. Invalid: it is missing or unreadable, or a line of it makes no
/// sense (the place names the line); then nothing can be said about the rest.
Result<Report> verify(const Contents& contents, const VerifyOptions& options);

/// What a rule means and what to do about it, a sentence each.
struct Explanation {
  Rule rule;
  std::string_view means;
  std::string_view fix;
};
Explanation explain(Rule rule);
/// What was looked at, and what was not.
std::string_view what_is_checked();

std::string to_table(const Report& report, bool color, bool explained);
data::Value to_document(const Report& report, bool explained);

}  // namespace eidos::seal
