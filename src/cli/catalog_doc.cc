// `eidos catalog doc`: the catalog as Markdown pages.

#include "base/text.h"
#include "cli/catalog_flags.h"
#include "cli/catalog_pages.h"
#include "cli/output.h"
#include "cli/runs.h"

namespace eidos::cli {

namespace {

std::string all_pages(const FileTree& tree) {
  std::string out;
  for (const auto& [path, file] : tree)
    if (path != kChecksumsFile) out += cat("<!-- ", path, " -->\n", file.bytes, "\n");
  return out;
}

}  // namespace

Result<int> run_catalog_doc(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(check_output(flags));
  EIDOS_TRY(const catalog::Catalog* catalog, load_catalog(flags, session));
  EIDOS_TRY(FileTree tree, catalog_pages(*catalog));
  if (to_stdout(flags)) return print(all_pages(tree), session.world);
  session.world.watch_signals();
  EIDOS_CHECK(session.context.limit.check("writing the pages"));
  std::string path = flags.text("output");
  std::vector<std::string> inputs = flags.all("data");
  if (flags.has("catalog")) inputs.push_back(flags.text("catalog"));
  for (std::string& input : inputs) input = layer_path(input);
  EIDOS_CHECK(session.context.files.write_tree(
      path, tree,
      {.mark = "README.md", .inputs = inputs, .force = flags.on("force"), .limit = session.context.limit}));
  return print(cat("wrote ", tree.size(), " files: ", path, "\n"), session.world);
}

}  // namespace eidos::cli
