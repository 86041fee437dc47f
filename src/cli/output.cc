#include "cli/output.h"

#include "base/text.h"
#include "cli/cluster.h"
#include "data/document.h"
#include "kube/document.h"

namespace eidos::cli {

namespace {

struct Name {
  std::string_view text;
  Format format;
};
constexpr Name kFormats[] = {{"yaml", Format::Yaml},
                             {"json", Format::Json},
                             {"table", Format::Table},
                             {"prometheus", Format::Prometheus}};
constexpr Name kSuffixes[] = {{".json", Format::Json}, {".yaml", Format::Yaml}, {".yml", Format::Yaml}};

}  // namespace

Format format_of(const Flags& flags, Format otherwise) {
  // A suffix that the user typed says more than a default of the configuration.
  std::string path = flags.text("output");
  if (!flags.has_from("format", Origin::CommandLine))
    for (const Name& name : kSuffixes)
      if (path.ends_with(name.text)) return name.format;
  for (const Name& name : kFormats)
    if (flags.text("format") == name.text) return name.format;
  return otherwise;
}

bool to_stdout(const Flags& flags) {
  std::string path = flags.text("output");
  return path.empty() || path == "-";
}

Result<void> check_output(const Flags& flags) {
  if (to_stdout(flags)) return {};
  std::string path = flags.text("output");
  if (kube::is_config_map(path)) {
    EIDOS_TRY(kube::ConfigMapName where, kube::parse_config_map(path));
    if (!flags.knows("format") || format_of(flags) != Format::Table) return {};
    return fail(ErrorKind::Invalid, "a table does not go into a ConfigMap: nothing could read it back", path,
                "give -t yaml or -t json");
  }
  if (path.find("://") != std::string::npos)
    return fail(ErrorKind::Invalid, "the output must be a file, '-' or cm://NAMESPACE/NAME", path);
  return check_output_path(path, flags.on("allow-outside"));
}

Result<int> print(std::string_view text, World& world) {
  EIDOS_CHECK(world.files.write_stdout(text));
  return 0;
}

std::string document_text(const data::Value& document, Format format) {
  return data::to_text(document, format == Format::Json ? data::Format::Json : data::Format::Yaml);
}

Result<void> write_to(const std::string& path, std::string_view text, Session& session) {
  if (path.empty() || path == "-") return session.context.files.write_stdout(text);
  session.world.watch_signals();
  EIDOS_CHECK(session.context.limit.check("writing the result"));
  return session.context.files.write(path, text, 0644);
}

Result<void> write_output(std::string_view text, const Flags& flags, Session& session) {
  if (kube::is_config_map(flags.text("output")))
    return write_to_cluster(text, flags.text("output"), flags, session);
  return write_to(flags.text("output"), text, session);
}

Result<void> write_output(const data::Value& document, Format format, const Flags& flags, Session& session) {
  return write_output(document_text(document, format), flags, session);
}

}  // namespace eidos::cli
