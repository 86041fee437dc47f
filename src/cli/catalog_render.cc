#include "cli/catalog_render.h"

#include <map>
#include <set>

#include "base/scratch.h"
#include "base/text.h"
#include "data/document.h"
#include "recipe/combinations.h"
#include "recipe/criteria.h"
#include "recipe/resolve.h"

namespace eidos::cli {

namespace {

using catalog::Catalog;
using catalog::Finding;

constexpr std::string_view kChart = "apiVersion: v2\nname: lint\nversion: 0.0.0\n";
constexpr std::string_view kTemplates = "lint/templates/";
constexpr Milliseconds kPatience{30'000};

/// "Error: template: lint/templates/a/x.yaml:12:3: executing …", taken apart.
struct Refusal {
  std::string path;  ///< Below templates/; empty when Helm names none.
  std::uint32_t line = 0;
  std::string message;
};

Refusal refusal_of(std::string_view err) {
  std::string_view text = trim(err);
  if (std::size_t at = text.find("Error: "); at != std::string_view::npos) text = text.substr(at + 7);
  text = text.substr(0, text.find('\n'));
  Refusal out;
  out.message = text;
  std::size_t at = text.find(kTemplates);
  if (at == std::string_view::npos) return out;
  std::string_view rest = text.substr(at + kTemplates.size());
  std::size_t end = std::min(rest.find_first_of(":) \t"), rest.size());
  out.path = rest.substr(0, end);
  rest = rest.substr(end);
  if (!rest.starts_with(':')) return out;
  rest.remove_prefix(1);
  if (auto line = to_int(rest.substr(0, rest.find(':')))) out.line = static_cast<std::uint32_t>(*line);
  return out;
}

class Renderer {
 public:
  Renderer(const Catalog& catalog, const std::string& helm, const Scratch& scratch, Session& session)
      : catalog_(catalog), helm_(helm), scratch_(scratch), session_(session) {}

  Result<std::vector<Finding>> run() {
    for (const recipe::Combination& one : recipe::combinations(catalog_))
      EIDOS_CHECK(combination(one.criteria));
    return std::move(findings_);
  }

 private:
  Result<void> combination(const model::Criteria& criteria) {
    auto resolved = recipe::resolve(catalog_, criteria, nullptr);
    if (!resolved) return {};  // a finding of its own
    FileTree chart;
    data::Map values;
    std::map<std::string, std::string> origin;  // path below templates/ → path in the catalog
    for (const model::ComponentRef& ref : resolved->result.component_refs) {
      EIDOS_TRY(data::Value own, recipe::hydrate(catalog_, ref));
      values.set(ref.name, std::move(own));
      for (const std::string& path : ref.manifest_files) {
        std::string name = cat(ref.name, "/", path.substr(path.rfind('/') + 1));
        EIDOS_TRY(std::string text, catalog_.text(path));
        chart[cat("templates/", name)] = File{std::move(text)};
        origin[name] = path;
      }
    }
    if (origin.empty()) return {};
    chart["Chart.yaml"] = File{std::string(kChart)};
    chart["values.yaml"] = File{data::to_yaml(data::Value(std::move(values)))};
    return render(std::move(chart), origin, criteria);
  }

  // Helm stops at the first manifest it refuses: that one is taken out, and the rest tried again.
  Result<void> render(FileTree chart, const std::map<std::string, std::string>& origin,
                      const model::Criteria& criteria) {
    while (chart.size() > 2) {
      std::string key = checksum_lines(chart);
      if (!seen_.insert(key).second) return {};
      std::string dir = cat(scratch_.path(), "/", seen_.size());
      EIDOS_CHECK(session_.context.files.write_tree(dir, chart, {.limit = session_.context.limit}));
      EIDOS_TRY(Finished done, session_.context.processes.run(
                                   {.argv = {helm_, "template", "lint", dir, "--namespace", "eidos-stack"},
                                    .limit = session_.context.limit.within(kPatience)}));
      if (done.exit_code == 0) return {};
      Refusal refusal = refusal_of(done.err);
      add(refusal, origin, criteria);
      if (chart.erase(cat("templates/", refusal.path)) == 0) return {};
    }
    return {};
  }

  void add(const Refusal& refusal, const std::map<std::string, std::string>& origin,
           const model::Criteria& criteria) {
    Error error{ErrorKind::Invalid,
                refusal.message,
                {},
                "'helm template' says so; the bundle would not render either"};
    auto from = origin.find(refusal.path);
    if (from != origin.end()) {
      const catalog::CatalogFile& file = catalog_.files().find(from->second)->second;
      error.where =
          cat(catalog_.sources().name(file.source), ":", std::max<std::uint32_t>(refusal.line, 1), ":1");
    } else {
      error.where = catalog_.sources().name(catalog_.registries().back()->source);
    }
    if (!said_.insert(cat(error.where, error.message)).second) return;
    error.message += cat(" (first with ", recipe::describe(criteria), ")");
    findings_.push_back(catalog::finding_of("render-fails", error));
  }

  const Catalog& catalog_;
  const std::string& helm_;
  const Scratch& scratch_;
  Session& session_;
  std::set<std::string> seen_;
  std::set<std::string> said_;
  std::vector<Finding> findings_;
};

}  // namespace

Result<std::vector<Finding>> rendered(const Catalog& catalog, const std::string& helm, Session& session) {
  auto version = session.context.processes.run(
      {.argv = {helm, "version", "--short"}, .limit = session.context.limit.within(kPatience)});
  if (!version && version.error().kind == ErrorKind::NotFound)
    return fail(ErrorKind::NotFound, cat("--render needs Helm, and there is no program ", quote(helm)), {},
                "install helm, or name it with --helm PATH");
  if (!version) return std::unexpected(std::move(version).error().within("helm version"));
  session.context.log.debug("rendering", {{"helm", cat(trim(version->out))}});
  session.world.watch_signals();  // what is made below the directory for temporary things goes again
  std::string parent = session.world.environment("TMPDIR").value_or("");
  EIDOS_TRY(Scratch scratch, Scratch::make(parent.empty() ? "/tmp" : parent));
  return Renderer(catalog, helm, scratch, session).run();
}

}  // namespace eidos::cli
