#include "collect/collect.h"

#include <algorithm>
#include <map>
#include <memory>
#include <ranges>

#include "base/text.h"
#include "collect/bus_text.h"
#include "collect/crew.h"
#include "collect/gpu_views.h"
#include "collect/kept.h"
#include "collect/select.h"
#include "model/document.h"
#include "model/secrets.h"

namespace eidos::collect {

namespace {

using model::CollectorOutcome;
using model::CollectorStatus;

// Everything a collector uses lives as long as it does, or as the program: see Work.
Work work_of(const Collector& collector, const Context& context, std::shared_ptr<const Options> options) {
  std::optional<Milliseconds> deadline;
  if (collector.cluster) deadline = options->cluster_deadline;
  auto run = [&collector, &files = context.files, &processes = context.processes,
              options](const Limit& limit) {
    return within_caps(collector.run(Source{files, processes, *options, limit}));
  };
  return {std::string(collector.name), with_cache(collector, context, std::move(options), std::move(run)),
          deadline};
}

std::string told(const Error& error) {
  return cat(error.message, error.where.empty() ? "" : cat(" (", error.where, ")"),
             error.hint.empty() ? "" : cat("; ", error.hint));
}

// Puts what the collectors brought into one document.
class Assembly {
 public:
  void add(const Collector& collector, Done done) {
    CollectorOutcome outcome{
        std::string(collector.name), CollectorStatus::Ok, cat(done.took.count(), "ms"), {}};
    if (!done.result) {
      outcome.status = status_of(done.result.error().kind);
      outcome.detail = told(done.result.error());
      warn(collector, outcome.detail);
    } else {
      Collection& collection = *done.result;
      outcome.status = collection.status;
      outcome.detail = std::move(collection.detail);
      withheld_ += collection.withheld;
      for (const std::string& warning : collection.warnings) warn(collector, warning);
      std::ranges::move(collection.subtypes, std::back_inserter(subtypes_[collector.type]));
    }
    outcomes_.push_back(std::move(outcome));
  }

  Collected take() && {
    Collected out;
    model::Snapshot& snapshot = out.snapshot;
    snapshot.kind = "Snapshot";
    snapshot.api_version = model::kApiVersion;
    for (auto& [type, subtypes] : subtypes_) {
      if (subtypes.empty()) continue;
      std::ranges::sort(subtypes, {}, &model::Subtype::subtype);
      snapshot.measurements.push_back({std::string(type), std::move(subtypes), {}});
    }
    std::ranges::sort(outcomes_, {}, &CollectorOutcome::name);
    snapshot.collectors = std::move(outcomes_);
    snapshot.metadata.redactions = withheld_;
    for (auto& [text, names] : warnings_) {
      std::ranges::sort(names);
      out.warnings.push_back(cat(join(names, ", "), ": ", text));
    }
    std::ranges::sort(out.warnings);
    return out;
  }

 private:
  void warn(const Collector& collector, std::string_view text) {
    constexpr std::string_view kWithheld =
        "has something to say that holds a secret; look at the machine itself";
    warnings_[std::string(model::looks_secret_value(text) ? kWithheld : text)].push_back(collector.name);
  }

  std::map<std::string_view, std::vector<model::Subtype>> subtypes_;
  std::vector<CollectorOutcome> outcomes_;
  std::map<std::string, std::vector<std::string_view>> warnings_;  ///< What several say is said once.
  std::int64_t withheld_ = 0;
};

// Who collects may be left behind, so that its span is written down by who waits for it.
void record(const Collector& collector, const Done& done, const Context& context) {
  if (context.trace.sink == nullptr || !done.began) return;
  const auto ago = context.clock.steady() - *done.began;
  SpanRecord span{
      .trace = context.trace.trace,
      .id = new_span_id(),
      .parent = context.trace.span,
      .name = cat("collect.", collector.name),
      .began = std::chrono::time_point_cast<std::chrono::system_clock::duration>(context.clock.now() - ago),
      .took = done.took};
  if (!done.result) set_failed(span, done.result.error().kind);
  context.trace.sink->take(std::move(span));
}

std::string source_node(const Context& context, const Options& options) {
  if (!options.source_node.empty()) return options.source_node;
  for (const char* variable : {"NODE_NAME", "KUBERNETES_NODE_NAME"})
    if (const char* name = std::getenv(variable); name != nullptr && *name != '\0')
      return document_text(name);
  const Source source{context.files, context.processes, options, context.limit};
  for (const char* path : {"/proc/sys/kernel/hostname", "/etc/hostname"})
    if (auto name = source.read(path); name && !trim(*name).empty()) return document_text(trim(*name));
  return {};
}

Result<Collected> collect_all(Context& context, const Options& options) {
  EIDOS_TRY(auto chosen, select(options));
  EIDOS_CHECK(check_policy_kinds(options));
  EIDOS_CHECK(check_units(options.units));
  auto own = std::make_shared<Options>(options);
  own->source_node = source_node(context, options);
  const std::shared_ptr<const Options> shared = own;
  Assembly assembly;
  std::vector<Work> work;
  for (const Collector* collector : chosen) {
    if (collector->run == nullptr)
      assembly.add(*collector, {absent("not collected by this version of eidos")});
    else
      work.push_back(work_of(*collector, context, shared));
  }
  std::erase_if(chosen, [](const Collector* collector) { return collector->run == nullptr; });
  const CrewOptions crew{.parallel = options.parallel,
                         .deadline = options.collector_deadline,
                         .grace = options.grace,
                         .limit = context.limit,
                         .stop_at_first_error = options.fail_fast};
  EIDOS_TRY(std::vector<Done> done, run_crew(std::move(work), crew, context.clock));
  for (std::size_t i = 0; i < done.size(); ++i) {
    record(*chosen[i], done[i], context);
    assembly.add(*chosen[i], std::move(done[i]));
  }
  Collected collected = std::move(assembly).take();
  note_disagreements(collected);
  collected.snapshot.metadata.timestamp = rfc3339(context.clock.now());
  collected.snapshot.metadata.version = options.version;
  collected.snapshot.metadata.source_node = shared->source_node;
  model::Redactor().redact(collected.snapshot);
  flatten(collected.snapshot);
  for (const CollectorOutcome& outcome : collected.snapshot.collectors)
    context.log.debug("collector", {{"name", outcome.name},
                                    {"status", std::string(data::write_value(outcome.status).string())},
                                    {"duration", outcome.duration}});
  return collected;
}

}  // namespace

Result<Collected> collect(Context& context, const Options& options) {
  return stage(context, "collect", [&] { return collect_all(context, options); });
}

namespace {

// Releases lie in Secrets, and hardly anybody hands out the right to read all of those. That it was refused
// stands in the document; it makes no failure of a snapshot taken with few rights on purpose.
constexpr std::string_view kMayBeDenied = "k8s.helm";

}  // namespace

std::optional<ErrorKind> worst_failure(const model::Snapshot& snapshot) {
  // Least bad first.
  constexpr std::pair<CollectorStatus, ErrorKind> kFailures[] = {
      {CollectorStatus::Denied, ErrorKind::Denied},
      {CollectorStatus::TimedOut, ErrorKind::Timeout},
      {CollectorStatus::Failed, ErrorKind::Unavailable}};
  std::optional<ErrorKind> worst;
  for (const auto& [status, kind] : kFailures)
    for (const CollectorOutcome& outcome : snapshot.collectors)
      if (outcome.status == status && !(kind == ErrorKind::Denied && outcome.name == kMayBeDenied))
        worst = kind;
  return worst;
}

}  // namespace eidos::collect
