#include "bundle/stack.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "bundle/names.h"
#include "bundle/observer.h"
#include "bundle/problems.h"
#include "recipe/resolve.h"

namespace eidos::bundle {
namespace {

constexpr std::size_t kMaxPreRelease = 60;

bool is_identifier_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

// One dot-separated part of a pre-release; may come back empty.
std::string clean_identifier(std::string_view part) {
  std::string out;
  for (char c : part) {
    if (is_identifier_char(c))
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (out.ends_with('-')) out.pop_back();
  bool number = !out.empty() && out.find_first_not_of("0123456789") == std::string::npos;
  while (number && out.size() > 1 && out.front() == '0') out.erase(0, 1);
  return out;
}

Result<void> check_chart(const Piece& piece, std::string_view who, std::vector<std::string>& warnings) {
  const model::ComponentRef& ref = *piece.part.ref;
  EIDOS_CHECK(check_source(who, ref.source));
  if (!is_chart_name(piece.chart()))
    return fail(ErrorKind::Invalid, cat(who, ": ", quote(piece.chart()), " is no chart name"), {},
                "use letters, digits, '-', '_' and '.'; the repository belongs into source");
  if (ref.version.empty())
    return fail(ErrorKind::Invalid, cat(who, ": no chart version"), {},
                "give componentRefs[].version, or helm.defaultVersion in the registry");
  if (!is_chart_version(ref.version))
    return fail(ErrorKind::Invalid, cat(who, ": ", quote(ref.version), " is no chart version"), {},
                "give one version, as in 1.2.3 or v1.2.3; not a range");
  if (ref.source.starts_with("http://"))
    warnings.push_back(cat(who, ": ", ref.source, " is plain HTTP; nothing proves which chart it delivers"));
  return {};
}

Result<void> check_piece(const Piece& piece, std::vector<std::string>& warnings) {
  const model::ComponentRef& ref = *piece.part.ref;
  std::string who = cat("component ", quote(ref.name));
  EIDOS_CHECK(check_component_name(ref.name));
  if (!ref.name_space.empty()) EIDOS_CHECK(check_namespace(who, ref.name_space));
  if (ref.type == "Kustomize")
    return fail(ErrorKind::Invalid, cat(who, " is a Kustomize component; a bundle holds charts only"), {},
                cat("leave it out with --set ", ref.name, ":enabled=false and apply it with kustomize"));
  if (!ref.type.empty() && ref.type != "Helm")
    return fail(ErrorKind::Invalid, cat(who, ": unknown type ", quote(ref.type)), {},
                "types are Helm, Kustomize");
  if (!ref.patches.empty())
    warnings.push_back(cat(who, ": patches are for Kustomize components and are not used"));
  if (piece.has_chart()) return check_chart(piece, who, warnings);
  if (piece.manifests.empty())
    return fail(ErrorKind::Invalid, cat(who, " has neither a chart nor manifests"), {},
                "give it a source, or manifestFiles");
  return {};
}

Result<std::vector<Manifest>> manifests_of(const catalog::Catalog& catalog, const Part& part) {
  std::vector<Manifest> manifests;
  Problems problems;
  std::string who = cat("component ", quote(part.ref->name));
  for (const std::string& path : part.ref->manifest_files) {
    if (auto fits = check_manifest_path(who, path); !fits)
      problems.add(std::move(fits).error());
    else if (auto text = catalog.text(path))
      manifests.push_back({path, *std::move(text)});
    else
      problems.add(std::move(text).error().within(who));
  }
  EIDOS_CHECK(problems.done());
  return manifests;
}

Result<std::vector<Piece>> with_manifests(const catalog::Catalog& catalog, std::vector<Part> parts,
                                          Observer* observer) {
  std::vector<Piece> pieces;
  Problems problems;
  for (Part& part : parts) {
    auto manifests = observed(observer, part.ref->name, [&] { return manifests_of(catalog, part); });
    if (manifests)
      pieces.push_back({.part = std::move(part), .manifests = *std::move(manifests)});
    else
      problems.add(std::move(manifests).error());
  }
  EIDOS_CHECK(problems.done());
  return pieces;
}

// A component that is not in the bundle makes nobody wait.
void set_levels(std::vector<Piece>& pieces) {
  std::map<std::string_view, int> levels;
  for (Piece& piece : pieces) {
    for (const std::string& name : piece.part.ref->dependency_refs)
      if (auto found = levels.find(name); found != levels.end())
        piece.level = std::max(piece.level, found->second + 1);
    levels.emplace(piece.name(), piece.level);
  }
}

}  // namespace

Result<Stack> make_stack(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                         std::string_view recipe_text, const Options& options,
                         std::vector<std::string>& warnings) {
  EIDOS_TRY(Prepared prepared, prepare(catalog, recipe, options, warnings));
  Stack stack{.name = {},
              .version = stack_version(recipe.metadata.version),
              .name_space = options.name_space,
              .recipe_text = recipe_text,
              .recipe = &recipe,
              .options = &options,
              .pieces = {},
              .switched_off = std::move(prepared.switched_off),
              .not_chosen = std::move(prepared.not_chosen),
              .warnings = {}};
  EIDOS_TRY(stack.name, stack_name(recipe.criteria));
  EIDOS_TRY(stack.pieces, with_manifests(catalog, std::move(prepared.parts), options.observer));
  EIDOS_CHECK(check_pieces(stack.pieces, options.observer, warnings));
  set_levels(stack.pieces);
  stack.warnings = warnings;
  return stack;
}

Result<std::string> stack_name(const model::Criteria& criteria) {
  auto or_any = [](const std::string& value) { return value.empty() ? std::string_view("any") : value; };
  std::string name = cat("eidos-", or_any(criteria.service), "-", or_any(criteria.accelerator));
  if (is_dns_label(name)) return name;
  return fail(ErrorKind::Invalid, cat("the criteria make ", quote(name), ", which is no chart name"), {},
              "correct service and accelerator in the recipe's criteria");
}

std::string stack_version(std::string_view recipe_version) {
  if (is_semver(recipe_version)) return std::string(recipe_version);
  std::string cleaned;
  for (std::string_view part : split(recipe_version.substr(0, kMaxPreRelease), '.')) {
    std::string identifier = clean_identifier(part);
    if (!identifier.empty()) cleaned += cat(cleaned.empty() ? "" : ".", identifier);
  }
  return cleaned.empty() ? "0.0.0" : cat("0.0.0-", cleaned);
}

Result<void> check_pieces(const std::vector<Piece>& pieces, Observer* observer,
                          std::vector<std::string>& warnings) {
  Problems problems;
  for (const Piece& piece : pieces)
    problems.check(observed(observer, piece.name(), [&] { return check_piece(piece, warnings); }));
  return problems.done();
}

std::string stack_description(const model::Criteria& criteria) {
  std::string stated;
  for (const model::Dimension& dimension : model::kDimensions)
    if (const std::string& value = criteria.*dimension.member; !value.empty())
      stated += cat(stated.empty() ? "" : ", ", dimension.name, " ", value);
  return stated.empty() ? "GPU stack for any cluster" : cat("GPU stack for ", stated);
}

int level_count(const Stack& stack) {
  int count = 0;
  for (const Piece& piece : stack.pieces) count = std::max(count, piece.level + 1);
  return count;
}

}  // namespace eidos::bundle
