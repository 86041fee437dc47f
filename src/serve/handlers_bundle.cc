// POST /v1/bundle: a recipe in, an archive out.

#include "base/text.h"
#include "bundle/bundle.h"
#include "bundle/metrics.h"
#include "cli/bundle_options.h"
#include "cli/input.h"
#include "seal/archive.h"
#include "serve/handlers.h"
#include "serve/service.h"

namespace eidos::serve {

namespace {

constexpr std::string_view kWarningsFile = "WARNINGS.txt";

// "format" is the service's own: which archive.
Result<seal::Format> archive_format(Pairs& parameters, std::string_view accept) {
  std::string wanted = accept.find("application/gzip") != std::string_view::npos ? "tar.gz" : "zip";
  for (const auto& [name, value] : parameters)
    if (name == "format") wanted = value;
  std::erase_if(parameters, [](const auto& pair) { return pair.first == "format"; });
  for (const seal::Format format : {seal::Format::Zip, seal::Format::TarGz})
    if (wanted == seal::name_of(format)) return format;
  return fail(ErrorKind::Invalid, cat("--format: ", quote(wanted), " is no archive"), {},
              "there are zip and tar.gz");
}

// Whoever opens the archive later has no header to look at.
void add_warnings(FileTree& files, const std::vector<std::string>& warnings) {
  if (warnings.empty()) return;
  files[std::string(kWarningsFile)].bytes = cat(join(warnings, "\n"), "\n");
  files[std::string(kChecksumsFile)].bytes = checksum_lines(files);
}

}  // namespace

Result<Reply> answer_bundle(const Call& call) {
  const SteadyTime began = call.service.clock().steady();
  Pairs parameters = call.query;
  EIDOS_TRY(const seal::Format format, archive_format(parameters, call.request.header("accept")));
  EIDOS_TRY(const cli::Flags flags, flags_of(command_of(call), call.route.parameters, parameters));
  EIDOS_TRY(BodyDocument body, body_of(call));
  Desk desk(call.service.shared_catalog(), {{kBodyName, recipe_text(std::move(body), call)}},
            call.service.options().build, call.limit, call.trace);
  EIDOS_TRY(bundle::Options options, cli::bundle_options(flags, desk.session()));
  EIDOS_TRY(const cli::Document document, cli::read_document(kBodyName, flags, desk.session()));
  EIDOS_TRY(const model::RecipeResult recipe, cli::recipe_of(document));
  EIDOS_CHECK(call.service.check_allowed(recipe.criteria));
  bundle::Figures figures(call.service.clock());
  options.observer = &figures;
  Context& context = desk.session().context;
  auto rendered = stage(context, "bundle.render", [&] {
    return bundle::render(call.service.catalog(), recipe, document.text, options);
  });
  if (rendered) figures.made(*rendered);
  call.service.meters().bundled(figures);
  EIDOS_TRY(bundle::Bundle made, std::move(rendered));
  std::vector<std::string> warnings = desk.warnings();
  warnings.insert(warnings.end(), made.warnings.begin(), made.warnings.end());
  add_warnings(made.files, warnings);
  std::int64_t bytes = 0;
  for (const auto& [path, file] : made.files) bytes += static_cast<std::int64_t>(file.bytes.size());
  const std::size_t count = made.files.size();
  EIDOS_TRY(std::string archive, stage(context, "bundle.pack",
                                       [&] { return seal::pack(made.files, format, seal::kDefaultTime); }));
  const auto took = std::chrono::duration<double, std::milli>(call.service.clock().steady() - began).count();
  Reply reply{.body = std::move(archive)};
  reply.content_type = format == seal::Format::Zip ? "application/zip" : "application/gzip";
  reply.headers = {
      {"Content-Disposition", cat("attachment; filename=\"bundle.", seal::name_of(format), "\"")},
      {"X-Bundle-Files", cat(count)},
      {"X-Bundle-Size", cat(bytes)},
      {"X-Bundle-Duration", cat(static_cast<std::int64_t>(took), "ms")},
      {"X-Bundle-Warnings", cat(warnings.size())}};
  return reply;
}

}  // namespace eidos::serve
