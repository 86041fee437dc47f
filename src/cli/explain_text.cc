#include "cli/explain_text.h"

#include "base/table.h"
#include "base/text.h"
#include "data/document.h"
#include "recipe/criteria.h"
#include "recipe/explanation_fields.h"

namespace eidos::cli {

namespace {

constexpr std::size_t kWidest = 120;

/// A value as one line.
std::string line_of(const data::Value& value) {
  std::string text = value.is_null()     ? "null"
                     : value.is_scalar() ? value.scalar_text()
                                         : data::to_compact_json(value);
  // what is not seen, or would break the line, is shown as JSON
  if (text.empty() || text.find('\n') != std::string::npos) text = data::to_compact_json(value);
  return harmless(text);
}

/// Cut where it grows too long to read.
std::string short_text(const data::Value& value) {
  std::string text = line_of(value);
  if (text.size() <= kWidest) return text;
  std::size_t cut = kWidest;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  return cat(text.substr(0, cut), "…");
}

bool is_long(const data::Value& value) {
  return !value.is_scalar() && line_of(value).size() > kWidest;
}

/// As YAML, each line indented.
std::string block(const data::Value& value, std::string_view indent) {
  std::string text = data::to_yaml(value);
  std::string out;
  for (std::string_view line : split(trim(text), '\n')) out += cat(indent, harmless(line), '\n');
  return out;
}

std::string place(const recipe::Event& event) {
  if (event.file.empty()) return event.name;
  return cat(event.file, ":", event.line, ":", event.column);
}

std::string kind_of(recipe::Writer writer) {
  return writer == recipe::Writer::Flag ? "command line" : data::write_value(writer).string();
}

/// "overlay eks-training", "values file, valuesFile of overlay base".
std::string writer_words(const recipe::Event& event) {
  std::string out = kind_of(event.by);
  // a file is named by its place, the registry by what it is
  bool named = event.by == recipe::Writer::Overlay || event.by == recipe::Writer::Configuration ||
               (event.by == recipe::Writer::Flag && !event.file.empty());
  if (named) out += cat(" ", event.name);
  return event.because.empty() ? out : cat(out, ", ", event.because);
}

std::string value_lines(const recipe::Event& event) {
  constexpr std::string_view kIndent = "    ";
  if (!event.value) return cat(kIndent, "takes it away; it was ", short_text(*event.replaced), '\n');
  std::string part = event.part.empty() ? std::string() : cat(event.part, " = ");
  bool blocks = is_long(*event.value) || (event.replaced && is_long(*event.replaced));
  if (blocks)
    return cat(part.empty() ? "" : cat(kIndent, part, '\n'), block(*event.value, kIndent),
               event.replaced ? cat(kIndent, "in place of what stands above\n") : "");
  return cat(kIndent, part, short_text(*event.value),
             event.replaced ? cat(", was ", short_text(*event.replaced)) : "", '\n');
}

std::string comment_lines(const recipe::Event& event) {
  std::string out;
  for (std::string_view line : split(event.comment, '\n')) out += cat("    # ", harmless(line), '\n');
  if (!event.comment_on.empty()) out.insert(out.size() - 1, cat("  (above ", event.comment_on, ")"));
  return out;
}

std::string event_text(const recipe::Event& event) {
  std::string out = cat(harmless(place(event)), "\n    ", harmless(writer_words(event)), '\n');
  if (!event.comment.empty()) out += comment_lines(event);
  return out += value_lines(event);
}

std::string last_say(const recipe::ValueReason& reason) {
  if (reason.history.empty()) return reason.note;
  const recipe::Event& last = reason.history.back();
  bool is_setting = last.by == recipe::Writer::Environment || last.by == recipe::Writer::Configuration ||
                    last.by == recipe::Writer::Snapshot;
  return cat(harmless(place(last)), is_setting ? cat(" (", kind_of(last.by), ")") : "");
}

}  // namespace

std::string history_text(const Explained& value) {
  const data::Value& now = value.reason.value;
  std::string out = cat(data::to_text(value.path),
                        is_long(now) ? cat(":\n", block(now, "  ")) : cat(": ", line_of(now), '\n'));
  if (!value.reason.note.empty()) out += cat("    ", harmless(value.reason.note), '\n');
  for (const recipe::Event& event : value.reason.history) out += event_text(event);
  return out;
}

std::string values_table(const std::vector<Explained>& values) {
  Table table({"PATH", "VALUE", "FROM"});
  for (const Explained& value : values)
    table.add_row({data::to_text(value.path), short_text(value.reason.value), last_say(value.reason)});
  return table.render({});
}

std::string overview_text(const recipe::Explanation& explanation, const std::vector<Explained>& criteria,
                          const std::vector<Explained>& flagged) {
  Table stated({"CRITERION", "VALUE", "FROM"});
  for (const Explained& one : criteria)
    stated.add_row({data::to_text({one.path.back()}), short_text(one.reason.value), last_say(one.reason)});
  Table overlays({"OVERLAY", "", "WHY"});
  for (const recipe::OverlayReason& reason : explanation.overlays)
    overlays.add_row({reason.name, data::write_value(reason.verdict).string(), harmless(reason.why)});
  Table order({"PLACE", "COMPONENT", "WHY"});
  for (const recipe::OrderReason& reason : explanation.deployment_order)
    order.add_row({cat(reason.place), reason.name, reason.why});
  std::string out = cat(stated.render({}), '\n', overlays.render({}), '\n', order.render({}));
  return flagged.empty() ? out : cat(out, '\n', values_table(flagged));
}

}  // namespace eidos::cli
