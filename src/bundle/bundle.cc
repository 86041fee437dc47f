#include "bundle/bundle.h"

#include "base/text.h"
#include "bundle/deployer.h"
#include "bundle/names.h"
#include "bundle/prepare.h"

namespace eidos::bundle {
namespace {

Result<void> check_repo_use(const Deployer& deployer, const Options& options) {
  bool given =
      !options.repo.empty() || !options.repo_path.empty() || options.repo_revision != Options().repo_revision;
  if (given && !deployer.takes_repo)
    return fail(
        ErrorKind::Invalid,
        cat("--repo, --repo-revision and --repo-path mean nothing to deployer ", quote(deployer.name)), {},
        "leave them out; argocd and flux use them");
  if (given && options.repo.empty())
    return fail(ErrorKind::Invalid, "--repo-revision and --repo-path need --repo", {},
                "name the Git repository that the bundle will be in");
  return {};
}

// What README says of the flags does not depend on how they were spelled.
Result<void> use_one_spelling(const Deployer* deployer, Options& options) {
  EIDOS_TRY(const Deployer* usual, find_deployer(deployer->name, {}));
  options.layout = deployer == usual ? std::string_view() : deployer->layout;
  if (options.name_space == deployer->name_space) options.name_space.clear();
  return {};
}

Result<Bundle> render_all(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                          std::string_view recipe_text, Options options) {
  EIDOS_TRY(const Deployer* deployer, find_deployer(options.deployer, options.layout));
  EIDOS_CHECK(use_one_spelling(deployer, options));
  EIDOS_CHECK(check_repo_use(*deployer, options));
  if (!options.name_space.empty()) EIDOS_CHECK(check_namespace("--namespace", options.name_space));
  std::vector<std::string> warnings;
  EIDOS_TRY(Stack stack, make_stack(catalog, recipe, recipe_text, options, warnings));
  if (stack.name_space.empty()) stack.name_space = deployer->name_space;
  EIDOS_TRY(Bundle out, deployer->render(stack));
  out.files.emplace(kChecksumsFile, File{checksum_lines(out.files)});
  out.warnings.insert(out.warnings.begin(), warnings.begin(), warnings.end());
  return out;
}

}  // namespace

Result<Bundle> render(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                      std::string_view recipe_text, const Options& options) {
  auto out = render_all(catalog, recipe, recipe_text, options);
  if (!out && options.fail_fast) out.error().others.clear();
  return out;
}

Result<std::vector<std::pair<std::string, data::Value>>> component_values(
    const catalog::Catalog& catalog, const model::RecipeResult& recipe, const Options& options,
    std::vector<std::string>& warnings) {
  EIDOS_TRY(Prepared prepared, prepare(catalog, recipe, options, warnings));
  std::vector<std::pair<std::string, data::Value>> out;
  for (Part& part : prepared.parts) out.emplace_back(part.ref->name, std::move(part.values));
  return out;
}

}  // namespace eidos::bundle
