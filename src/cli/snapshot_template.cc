#include "cli/snapshot_template.h"

#include "base/text.h"
#include "cli/input.h"
#include "cli/mustache.h"

namespace eidos::cli {

namespace {

data::Value readings_of(const model::Subtype& group) {
  data::List readings;
  for (const data::Map::Entry& entry : group.data) {
    data::Map reading;
    reading.set("key", data::Value(entry.key));
    reading.set("value", entry.value);
    readings.emplace_back(std::move(reading));
  }
  return data::Value(std::move(readings));
}

// A part is a name, never a path: it cannot lead out of the template's directory.
Result<std::string> read_part(const std::string& directory, const std::string& part, const Context& context) {
  bool plain = !part.empty() && part.front() != '.' && part.find_first_of("/\\") == std::string::npos;
  if (!plain)
    return fail(ErrorKind::Invalid, cat(quote(part), " is not the name of a file beside the template"));
  return context.files.read(cat(directory, part, ".mustache"),
                            {.max_bytes = kMaxTemplateBytes, .limit = context.limit});
}

}  // namespace

data::Value template_view(const model::Snapshot& snapshot) {
  data::Value document = data::write_value(snapshot);
  data::Map& root = document.map();
  data::List& measurements = root.find("measurements")->list();
  for (std::size_t i = 0; i < snapshot.measurements.size(); ++i) {
    const model::Measurement& measurement = snapshot.measurements[i];
    data::List& subtypes = measurements[i].map().find("subtypes")->list();
    data::Value& by_path = root.at_or_add(measurement.type);
    if (!by_path.is_map()) by_path = data::Value(data::Map());
    for (std::size_t k = 0; k < measurement.subtypes.size(); ++k) {
      const model::Subtype& group = measurement.subtypes[k];
      subtypes[k].map().set("readings", readings_of(group));
      by_path.map().set(group.subtype, data::Value(group.data));
    }
  }
  return document;
}

Result<std::string> render_template(const Flags& flags, const model::Snapshot& snapshot, Session& session) {
  const std::string source = flags.text("template");
  EIDOS_TRY(std::string text, read_source(source, flags, session));
  const std::string directory = source.substr(0, source.rfind('/') + 1);  // npos + 1 == 0: here
  return render({shown_source(source), std::move(text),
                 [&](const std::string& part) -> Result<std::string> {
                   if (source == "-" || has_scheme(source))
                     return fail(ErrorKind::Invalid, "only a template in a file has partials");
                   return read_part(directory, part, session.context);
                 }},
                template_view(snapshot));
}

}  // namespace eidos::cli
