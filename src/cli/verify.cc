// `eidos verify`: is this bundle what was written?

#include "seal/verify.h"

#include "base/text.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "data/document.h"

namespace eidos::cli {

namespace {

Result<std::string> place_of(const Invocation& invocation) {
  if (invocation.arguments.empty() || invocation.arguments.front().empty())
    return fail(ErrorKind::Usage, "eidos verify needs a DIR or FILE", {}, "for example: eidos verify bundle");
  const std::string& place = invocation.arguments.front();
  if (place == "-")
    return fail(ErrorKind::Invalid, "verify reads a directory or an archive, not standard input", {},
                "save it to a file first");
  if (place.starts_with("oci://"))
    return fail(ErrorKind::Invalid, "oci:// is not in this version yet", place,
                "pull it to a directory first");
  if (place.find("://") != std::string::npos)
    return fail(ErrorKind::Invalid, "verify reads a directory or an archive", place, "download it first");
  return place;
}

std::string told(const seal::Report& report, const Flags& flags, const Session& session) {
  const std::string format = flags.text("format");
  const bool explained = flags.on("explain");
  if (format == "json") return data::to_json(seal::to_document(report, explained));
  if (format == "yaml") return data::to_yaml(seal::to_document(report, explained));
  return seal::to_table(report, session.color_stdout, explained);
}

}  // namespace

Result<int> run_verify(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_TRY(std::string place, place_of(invocation));
  const Limit& limit = session.context.limit;
  EIDOS_TRY(seal::Contents contents,
            seal::read_contents(session.context.files, place, seal::keep_checksums, limit));
  EIDOS_CHECK(seal::check_has_checksums(contents, place));
  auto report = seal::verify(contents, {.strict = flags.on("strict")});
  if (!report) return std::unexpected(std::move(report).error().at(place));
  EIDOS_CHECK(session.context.files.write_stdout(told(*report, flags, session)));
  return report->summary.status == seal::Status::Ok ? 0 : kExitFindings;
}

}  // namespace eidos::cli
