#include "collect/kept.h"

#include <algorithm>

#include "base/text.h"
#include "data/document.h"
#include "kube/client.h"
#include "model/secrets.h"

namespace eidos::collect {

/// One result as it is kept.
struct Kept {
  std::string asked;         ///< What the collector was asked: another question has another answer.
  std::int64_t read_at = 0;  ///< Milliseconds since 1970.
  model::CollectorStatus status = model::CollectorStatus::Ok;
  std::string detail;
  std::vector<model::Subtype> subtypes;
  std::vector<std::string> warnings;
  std::int64_t withheld = 0;
};

}  // namespace eidos::collect

namespace eidos::data {

template <>
struct Fields<collect::Kept> {
  static constexpr std::string_view kTitle = "Kept";
  static constexpr auto table() {
    using T = collect::Kept;
    return std::tuple{field("asked", &T::asked, "What the collector was asked", kRequired | kAlways),
                      field("readAt", &T::read_at, "Milliseconds since 1970", kRequired | kAlways),
                      field("status", &T::status, "How it ended", kAlways),
                      field("detail", &T::detail, "What was not seen"),
                      field("subtypes", &T::subtypes, "Readings"),
                      field("warnings", &T::warnings, "Each names its fix"),
                      field("withheld", &T::withheld, "Readings left out")};
  }
};

}  // namespace eidos::data

namespace eidos::collect {

namespace {

// Everything in Options that decides what is collected.
std::string asked_of(const Options& options) {
  data::List all;
  for (const std::string* text : {&options.version, &options.root, &options.smi_path, &options.smi_xml})
    all.emplace_back(*text);
  for (const std::vector<std::string>* words : {&options.nvml_probe, &options.units}) {
    all.emplace_back(static_cast<std::int64_t>(words->size()));
    for (const std::string& word : *words) all.emplace_back(word);
  }
  all.emplace_back(options.private_bus ? cat(*options.private_bus) : std::string());
  all.emplace_back(options.detail);
  all.emplace_back(options.nvml_path);
  all.emplace_back(options.gpu_identities);
  return data::to_compact_json(data::Value(std::move(all)));
}

// The same of a collector that asks a cluster: which one, as whom, and about what.
Result<std::string> asked_of_cluster(const Options& options) {
  EIDOS_TRY(kube::Client * client, options.cluster->get());
  if (client == nullptr) return fail(ErrorKind::NotFound, "no cluster");
  const kube::Config& config = client->config();
  data::List all;
  for (const std::string* text :
       {&options.version, &config.server, &config.context, &config.user, &config.as.user,
        &options.source_node, &options.pod_namespace, &options.pod_selector, &options.field_selector})
    all.emplace_back(*text);
  for (const std::string& kind : options.policy_kinds) all.emplace_back(kind);
  all.emplace_back(options.max_nodes_per_entry);
  return data::to_compact_json(data::Value(std::move(all)));
}

std::int64_t milliseconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<Milliseconds>(time.time_since_epoch()).count();
}

std::string told_age(std::int64_t age_ms) {
  if (age_ms < 1000) return cat(age_ms, "ms");
  return age_ms < 600'000 ? cat(age_ms / 1000, "s") : cat(age_ms / 60'000, "m");
}

Result<Kept> parse_kept(const std::string& text) {
  data::Sources sources;
  EIDOS_TRY(data::Value root, data::parse_json(text, sources, "cache"));
  data::Reading reading{sources};
  Kept kept;
  data::read_value(root, kept, reading, nullptr);
  EIDOS_CHECK(reading.done());
  return kept;
}

// Tokens of a redaction are numbered within one document: a result with any could not be put into another.
bool holds_secrets(const std::vector<model::Subtype>& subtypes, std::string_view type) {
  model::Snapshot trial;
  trial.measurements.push_back({std::string(type), subtypes, {}});
  model::Redactor redactor;
  redactor.redact(trial);
  return redactor.count() > 0;
}

class Keeper {
 public:
  Keeper(const Collector& collector, const Context& context, std::shared_ptr<const Options> options)
      : name_(collector.name),
        type_(collector.type),
        clock_(context.clock),
        log_(context.log),
        options_(std::move(options)) {
    reuse_ = options_->reuse;
    if (group_of(name_) == "gpu") reuse_ = std::max(reuse_, options_->reuse_gpu);
  }

  bool on() const { return options_->cache != nullptr && reuse_.count() > 0; }
  bool may_be_stale() const {
    return options_->cache != nullptr && options_->cluster != nullptr && options_->allow_stale.count() > 0;
  }
  Milliseconds reuse() const { return reuse_; }
  const Options& options() const { return *options_; }

  std::optional<Collection> take(const std::string& asked, Milliseconds younger_than) const {
    auto text = options_->cache->read(name_);
    auto kept = text ? parse_kept(*text) : std::unexpected(text.error());
    if (!kept) {
      if (kept.error().kind != ErrorKind::NotFound) note("passed over", kept.error());
      return std::nullopt;
    }
    const std::int64_t age = milliseconds(clock_.now()) - kept->read_at;
    if (kept->asked != asked || age < 0 || age >= younger_than.count()) return std::nullopt;
    Collection out{std::move(kept->subtypes), kept->status, std::move(kept->detail),
                   std::move(kept->warnings), kept->withheld};
    if (!out.detail.empty()) out.detail += "; ";
    out.detail += cat("kept from ", told_age(age), " ago");
    return out;
  }

  void put(std::string asked, const Collection& from) const {
    if (holds_secrets(from.subtypes, type_)) return;
    Kept kept{
        std::move(asked), milliseconds(clock_.now()), from.status, from.detail, from.subtypes, from.warnings,
        from.withheld};
    auto done = options_->cache->write(name_, data::to_compact_json(data::write_value(kept)));
    if (!done) note("not written", done.error());
  }

 private:
  void note(std::string_view what, const Error& error) const {
    log_.debug(cat("cache entry ", what), {{"collector", name_}, {"why", error.message}});
  }

  std::string name_;
  std::string_view type_;
  const Clock& clock_;
  Log& log_;
  std::shared_ptr<const Options> options_;
  Milliseconds reuse_{0};
};

// The API server is away, or overwhelmed; what it refuses or answers is not made better by an old answer.
bool is_away(ErrorKind kind) {
  return kind == ErrorKind::Unavailable || kind == ErrorKind::Timeout || kind == ErrorKind::RateLimited;
}

Result<Collection> run_or_stale(const Keeper& keeper, const Collect& run, const Limit& limit) {
  const auto asked = asked_of_cluster(keeper.options());
  auto result = run(limit);
  if (!asked) return result;
  if (result) {
    keeper.put(*asked, *result);
    return result;
  }
  if (!is_away(result.error().kind)) return result;
  auto kept = keeper.take(*asked, keeper.options().allow_stale);
  if (!kept) return result;
  // What was seen in part is not whole for being old, and what was not there was not there.
  if (kept->status == model::CollectorStatus::Ok) kept->status = model::CollectorStatus::Stale;
  kept->detail += cat(": ", result.error().message);
  kept->warnings.push_back(cat("an earlier reading stands in: ", result.error().message));
  return *std::move(kept);
}

}  // namespace

Collect with_cache(const Collector& collector, const Context& context, std::shared_ptr<const Options> options,
                   Collect run) {
  Keeper keeper(collector, context, std::move(options));
  if (collector.cluster && keeper.may_be_stale())
    return [keeper = std::move(keeper), run = std::move(run)](const Limit& limit) {
      return run_or_stale(keeper, run, limit);
    };
  if (collector.cluster || !keeper.on()) return run;
  return [keeper = std::move(keeper), run = std::move(run)](const Limit& limit) -> Result<Collection> {
    std::string asked = asked_of(keeper.options());
    if (auto kept = keeper.take(asked, keeper.reuse())) return *std::move(kept);
    auto result = run(limit);
    if (result) keeper.put(std::move(asked), *result);
    return result;
  };
}

}  // namespace eidos::collect
