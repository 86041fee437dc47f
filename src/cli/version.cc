#include "cli/help.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "data/document.h"

namespace eidos::cli {

Result<int> run_version(const Invocation& invocation, Session& session) {
  const BuildInfo& build = session.world.build;
  std::string text = version_line(build);
  if (invocation.flags.has("format")) {
    data::Map map;
    map.set("version", build.version);
    map.set("commit", build.commit);
    map.set("date", build.date);
    bool json = invocation.flags.text("format") == "json";
    text = data::to_text(data::Value(std::move(map)), json ? data::Format::Json : data::Format::Yaml);
  }
  return print(text, session.world);
}

}  // namespace eidos::cli
