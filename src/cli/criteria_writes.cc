#include "cli/criteria_writes.h"

#include "base/text.h"
#include "cli/settings.h"
#include "recipe/criteria.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kNodes = "nodes";

class CriteriaWriter {
 public:
  CriteriaWriter(const Flags& flags, const Resolution& made, data::Sources& settings)
      : flags_(flags), made_(made), settings_(settings) {
    if (made.snapshot) detected_ = recipe::detect(made.catalog->registry(), *made.snapshot);
  }

  std::vector<recipe::Write> writes() {
    const model::Criteria& seen = detected_.criteria;
    for (const model::Dimension& dimension : model::kDimensions) add(dimension.name, seen.*dimension.member);
    add(kNodes, seen.nodes == 0 ? std::string() : cat(seen.nodes));
    return std::move(out_);
  }

 private:
  void add(std::string_view name, const std::string& detected) {
    add_given(name, Origin::Config);
    add_given(name, Origin::Environment);
    add_document(name);
    if (!detected.empty()) add_detected(name, detected);
    add_given(name, Origin::CommandLine);
  }

  void add_detected(std::string_view name, const std::string& value) {
    out_.push_back(said(recipe::Writer::Snapshot, flags_.text("snapshot"), name, value));
    for (const model::DetectedValue& one : detected_.values)
      if (one.dimension == name && one.value == value)
        out_.back().because = cat("detected: ", one.reading, " is ", show(one.actual));
  }

  /// In the spelling of recipes: "GB200" is gb200, "" is any.
  data::Value normal(std::string_view name, const std::string& text) const {
    if (name == kNodes) return data::Number{text};
    auto value = recipe::normalize(made_.catalog->registry(), name, text);
    if (!value) return text;
    return value->empty() ? data::Value("any") : data::Value(*value);
  }

  recipe::Write said(recipe::Writer writer, std::string who, std::string_view name, const std::string& text) {
    return {.writer = writer,
            .name = std::move(who),
            .at = {std::string("criteria"), std::string(name)},
            .value = normal(name, text)};
  }

  void add_given(std::string_view name, Origin origin) {
    for (const Given& given : flags_.given()) {
      if (given.flag->name != name || given.origin != origin) continue;
      if (origin == Origin::CommandLine)
        out_.push_back(said(recipe::Writer::Flag, cat("--", name), name, given.value));
      else if (origin == Origin::Environment)
        out_.push_back(said(recipe::Writer::Environment, variable_of(*given.flag), name, given.value));
      else
        add_configured(given, name);
    }
  }

  void add_configured(const Given& given, std::string_view name) {
    recipe::Write write = said(recipe::Writer::Configuration, cat("defaults.", name), name, given.value);
    data::Mark mark = given.mark;
    mark.file = settings_.add(given.file);
    write.value.set_mark(mark);
    write.text = recipe::Text{&settings_, {}};
    out_.push_back(std::move(write));
  }

  void add_document(std::string_view name) {
    if (!made_.criteria) return;
    const Document& document = *made_.criteria;
    const data::Value* spec = document.root.find("spec");
    const data::Map::Entry* entry = spec == nullptr || !spec->is_map() ? nullptr : spec->map().entry(name);
    if (entry == nullptr || entry->value.scalar_text().empty()) return;
    recipe::Write write = said(recipe::Writer::CriteriaFile, document.name, name, entry->value.scalar_text());
    write.value.set_mark(entry->value.mark());
    write.keys = {{std::string(name), entry->mark}};
    write.text = recipe::Text{&document.sources, document.text};
    out_.push_back(std::move(write));
  }

  const Flags& flags_;
  const Resolution& made_;
  data::Sources& settings_;
  recipe::Detected detected_;
  std::vector<recipe::Write> out_;
};

}  // namespace

std::vector<recipe::Write> criteria_writes(const Flags& flags, const Resolution& made,
                                           data::Sources& settings) {
  return CriteriaWriter(flags, made, settings).writes();
}

}  // namespace eidos::cli
