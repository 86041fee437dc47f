#include "cli/snapshot_watch.h"

#include <algorithm>
#include <array>

#include "base/append.h"
#include "base/table.h"
#include "base/text.h"
#include "base/wait.h"
#include "cli/metrics_page.h"
#include "cli/output.h"
#include "cli/output_names.h"
#include "cli/snapshot_output.h"
#include "collect/changes.h"
#include "data/document.h"
#include "data/patch.h"
#include "diff/diff.h"

namespace eidos::cli {

namespace {

constexpr int kExitStopped = 130;
constexpr Milliseconds kInterval{30'000};
constexpr Milliseconds kLeastInterval{100};  // the machine has other things to do
constexpr Milliseconds kSettle{200};         // after something changed
// Between two looks, or a tenth of the interval, or so many times what the last look took: however much
// changes, and however much there is to look at, most of the time nobody is asked.
constexpr Milliseconds kBetween{2'000};
constexpr int kRest = 10;
constexpr Milliseconds kProgramDeadline{30'000};
constexpr std::string_view kStopped = "watching";

struct Needs {
  std::string_view flag;
  std::array<std::string_view, 2> one_of;
};
constexpr Needs kNeeds[] = {{"interval", {"watch", "serve"}}, {"on-change", {"watch", "watch"}}};
// What one snapshot has and a stream of patches has not.
constexpr std::string_view kNotWatched[] = {"format", "template", "retain", "fail-fast", "best-effort"};

// Whether the later one is worth a line: something that counts is different, or a collector ends otherwise.
bool changed(const model::Snapshot& from, const model::Snapshot& to) {
  auto same_end = [](const model::CollectorOutcome& a, const model::CollectorOutcome& b) {
    return a.name == b.name && a.status == b.status;
  };
  if (!std::ranges::equal(from.collectors, to.collectors, same_end)) return true;
  auto nothing_ignored = diff::Ignore::parse({});
  return diff::diff(from, to, *nothing_ignored).summary.changes > 0;
}

std::string last_line(std::string_view text) {
  text = trim(text);
  return std::string(text.substr(text.rfind('\n') + 1));  // npos + 1 == 0: the whole
}

class Watcher {
 public:
  Watcher(const Flags& flags, Session& session, collect::Options options)
      : flags_(flags),
        session_(session),
        stop_(session.world.stop, std::nullopt),
        options_(std::move(options)),
        changes_(collect::all_changes(session.context, options_)),
        interval_(flags.duration("interval", kInterval)) {}

  Result<int> run() {
    if (flags_.has("serve")) {
      EIDOS_TRY(page_, MetricsPage::open(flags_, session_));
    }
    for (;;) {
      auto done = look();
      if (!done && done.error().kind == ErrorKind::Cancelled) return kExitStopped;
      if (!done) return std::unexpected(std::move(done).error());
      if (!wait()) return kExitStopped;
    }
  }

 private:
  Result<void> look() {
    looked_ = std::chrono::steady_clock::now();
    next_ = looked_ + interval_;
    session_.context.limit = stop_;
    if (flags_.has("timeout")) session_.context.limit = stop_.within(flags_.duration("timeout", {}));
    EIDOS_TRY(collect::Collected collected, collect::collect(session_.context, options_));
    session_.context.limit = stop_;
    took_ = std::chrono::ceil<Milliseconds>(std::chrono::steady_clock::now() - looked_);
    if (collected.warnings != warnings_)
      for (const std::string& warning : collected.warnings) session_.context.log.warn(warning);
    warnings_ = std::move(collected.warnings);
    if (!seen_) EIDOS_CHECK(check_required(flags_, collected.snapshot));
    if (page_) EIDOS_CHECK(page_->show(collected.snapshot));
    if (flags_.on("watch")) EIDOS_CHECK(tell(std::move(collected.snapshot)));
    seen_ = true;
    return {};
  }

  Result<void> tell(model::Snapshot snapshot) {
    EIDOS_TRY(std::string path, path_for(snapshot));
    const bool news = seen_ && changed(last_, snapshot);
    const bool first = !seen_ || path != path_;  // a new file begins with a whole snapshot
    if (!first && !news) return check_reader();
    data::Value document = data::write_value(snapshot);
    std::string patch = data::to_compact_json(data::make_patch(document_, document)) + "\n";
    std::string line =
        first ? data::to_compact_json(data::make_patch(data::Value(), document)) + "\n" : patch;
    EIDOS_CHECK(path == "-" ? session_.context.files.write_stdout(line) : append_file(path, line, 0644));
    if (news && flags_.has("on-change")) EIDOS_CHECK(run_program(std::move(patch)));
    path_ = std::move(path);
    document_ = std::move(document);
    last_ = std::move(snapshot);
    return {};
  }

  Result<std::string> path_for(const model::Snapshot& snapshot) const {
    if (to_stdout(flags_)) return "-";
    return output_path(flags_, snapshot.metadata);
  }

  // Nobody reads any more: found out before there is something to write.
  Result<void> check_reader() const {
    if (path_ == "-" && session_.world.stdout_closed())
      return fail(ErrorKind::Internal, "writing standard output: its reader has gone");
    return {};
  }

  // A program of the user's: whatever becomes of it, watching goes on. Only a stop request ends both.
  Result<void> run_program(std::string patch) {
    std::string program = flags_.text("on-change");
    auto done = session_.context.processes.run(
        {.argv = {program}, .stdin_bytes = std::move(patch), .limit = stop_.within(kProgramDeadline)});
    if (!done && done.error().kind == ErrorKind::Cancelled) return std::unexpected(std::move(done).error());
    if (!done)
      session_.context.log.warn(cat("--on-change: ", done.error().message));
    else if (done->exit_code != 0)
      session_.context.log.warn(
          cat("--on-change: ", quote(program), " ended with ", done->exit_code,
              last_line(done->err).empty() ? "" : cat(": ", harmless(last_line(done->err)))));
    return {};
  }

  // Until the next look is due, or something says that it changed. False: a stop was requested.
  bool wait() {
    const auto changed = changes_->wait(Limit(stop_.stop(), next_));
    if (!changed) return false;
    if (!*changed) return stop_.check(kStopped).has_value();
    // A restart says so many times; and what goes up and down all day is not looked at all day.
    const SteadyTime soon = std::max(std::chrono::steady_clock::now() + kSettle,
                                     looked_ + std::max(std::min(interval_ / 10, kBetween), took_ * kRest));
    const Limit until(stop_.stop(), std::min(soon, next_));
    const Waiter waiter(until);
    while (waiter.wait({}, kStopped)) {
    }
    return stop_.check(kStopped).has_value();
  }

  const Flags& flags_;
  Session& session_;
  Limit stop_;
  collect::Options options_;
  std::unique_ptr<collect::Changes> changes_;
  Milliseconds interval_;
  std::unique_ptr<MetricsPage> page_;
  SteadyTime looked_;
  Milliseconds took_{0};
  SteadyTime next_;
  bool seen_ = false;
  std::string path_;
  data::Value document_;
  model::Snapshot last_;
  std::vector<std::string> warnings_;
};

}  // namespace

bool wants_watch(const Flags& flags) {
  return flags.on("watch") || flags.has("serve");
}

Result<void> check_watch_flags(const Flags& flags) {
  auto said = [&](std::string_view flag) { return flags.has_from(flag, Origin::CommandLine); };
  for (const Needs& needs : kNeeds) {
    const auto& [a, b] = needs.one_of;
    if (said(needs.flag) && !flags.on(a) && !flags.has(b))
      return fail(ErrorKind::Usage,
                  cat("--", needs.flag, " means nothing without --", a, a == b ? "" : cat(" or --", b)), {},
                  cat("add --", a));
  }
  if (!wants_watch(flags)) return {};
  for (std::string_view flag : kNotWatched)
    if (said(flag))
      return fail(ErrorKind::Usage,
                  cat("--", flag, " and --", flags.on("watch") ? "watch" : "serve", " cannot both be given"),
                  {}, flags.on("watch") ? "--watch writes JSON Patch lines" : "--serve answers on /metrics");
  if (!flags.on("watch") && said("output"))
    return fail(ErrorKind::Usage, "--output means nothing with --serve alone", {}, "add --watch");
  if (flags.duration("interval", kInterval) < kLeastInterval)
    return fail(ErrorKind::Invalid, "--interval is too short", {},
                cat("give at least ", kLeastInterval.count(), "ms"));
  return {};
}

Result<int> watch_snapshots(const Flags& flags, Session& session, collect::Options options) {
  return Watcher(flags, session, std::move(options)).run();
}

}  // namespace eidos::cli
