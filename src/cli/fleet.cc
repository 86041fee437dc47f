// `eidos fleet outliers`: snapshots of many nodes → the nodes that differ from their likes.

#include <algorithm>

#include "base/in_order.h"
#include "base/text.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "diff/outliers.h"

namespace eidos::cli {

namespace {

constexpr std::int64_t kMostFiles = 100'000;

bool is_document(std::string_view name) {
  return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

// Of a directory its documents, but for the summary that stands beside them.
Result<std::vector<std::string>> sources_of(const std::vector<std::string>& arguments, Session& session) {
  std::vector<std::string> out;
  for (const std::string& argument : arguments) {
    if (argument == "-" || has_scheme(argument)) {
      out.push_back(argument);
      continue;
    }
    auto kind = session.context.files.kind(argument);
    if (!kind)
      return std::unexpected(with_neighbour(std::move(kind).error(), argument, session.context.files));
    if (*kind != FileKind::Directory) {
      out.push_back(argument);
      continue;
    }
    EIDOS_TRY(const auto entries, session.context.files.list(argument, kMostFiles));
    for (const DirEntry& entry : entries)
      if (entry.kind == FileKind::Regular && is_document(entry.name) && entry.name != "summary.yaml")
        out.push_back(cat(argument, argument.ends_with('/') ? "" : "/", entry.name));
  }
  if (!out.empty()) return out;
  return fail(ErrorKind::NotFound, "there is no snapshot to compare", {},
              "name files, or a directory with .yaml or .json files");
}

struct Read {
  const std::string& source;
  Result<model::Snapshot> snapshot;
};

Read read(const std::string& source, const Flags& flags, Session& session) {
  auto document = read_document(source, flags, session);
  if (!document) return {source, std::unexpected(std::move(document).error())};
  return {source, snapshot_of(*document)};
}

// A few at a time: what is read of a snapshot is gone when its turn is over.
Result<void> add_all(diff::Fleet& fleet, const std::vector<std::string>& sources, const Flags& flags,
                     Session& session) {
  return in_order(
      sources.size(), [&](std::size_t i) { return read(sources[i], flags, session); },
      [&](const Read& read) -> Result<void> {
        EIDOS_CHECK(session.context.limit.check("comparing snapshots"));
        if (read.snapshot)
          fleet.add(read.source, *read.snapshot);
        else
          fleet.add_unreadable(read.source, read.snapshot.error());
        return {};
      });
}

}  // namespace

Result<int> run_fleet_outliers(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  if (invocation.arguments.empty())
    return fail(ErrorKind::Usage, "name a directory of snapshots, or files", {},
                "for example: eidos fleet outliers results/");
  EIDOS_CHECK(check_output(flags));
  EIDOS_TRY(diff::Ignore ignore, diff::Ignore::parse(flags.all("ignore")));
  EIDOS_TRY(const std::vector<std::string> sources, sources_of(invocation.arguments, session));
  diff::Fleet fleet(flags.all("group-by"), std::move(ignore));
  EIDOS_CHECK(add_all(fleet, sources, flags, session));
  const diff::FleetSummary summary = fleet.finish();
  if (summary.counts.snapshots == 0)
    return fail(ErrorKind::Invalid, cat("none of ", sources.size(), " documents is a snapshot"),
                sources.front(), summary.failures.front().cause);
  if (summary.counts.unreadable > 0)
    session.context.log.warn(
        cat(summary.counts.unreadable, " of ", sources.size(), " documents could not be read"));
  const Format format = format_of(flags, Format::Table);
  if (format == Format::Table)
    EIDOS_CHECK(write_output(diff::to_table(summary), flags, session));
  else
    EIDOS_CHECK(write_output(diff::to_document(summary), format, flags, session));
  return flags.on("fail-on-outliers") && summary.counts.outliers > 0 ? kExitFindings : 0;
}

}  // namespace eidos::cli
