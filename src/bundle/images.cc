#include "bundle/images.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "bundle/problems.h"
#include "bundle/stack.h"
#include "data/path.h"
#include "model/document.h"

namespace eidos::bundle {
namespace {

constexpr std::string_view kSystem = "{os}";
constexpr std::string_view kDigest = "sha256:";

const data::Value* value_at(const data::Value& values, const std::string& path) {
  auto parsed = data::parse_path(path);
  return parsed ? data::find(values, *parsed) : nullptr;
}

// What a Helm template takes for true.
bool is_true(const data::Value& value) {
  switch (value.type()) {
    case data::Type::Null: return false;
    case data::Type::Bool: return value.boolean();
    case data::Type::Number: return data::to_double(value.number()) != 0.0;
    case data::Type::String: return !value.string().empty();
    case data::Type::List: return !value.list().empty();
    case data::Type::Map: return !value.map().empty();
  }
  return false;
}

bool hold(const std::vector<model::ImageCondition>& conditions, const data::Value& values) {
  return std::ranges::all_of(conditions, [&](const model::ImageCondition& condition) {
    const data::Value* value = value_at(values, condition.path);
    return (value == nullptr ? condition.fallback : is_true(*value)) == condition.is;
  });
}

// Builds one reference out of the facts and the values.
class Reference {
 public:
  Reference(const model::ImageFact& fact, const data::Value& values) : fact_(fact), values_(values) {}

  /// nullopt: it needs the system of the nodes, and that is not known.
  std::optional<std::string> text(std::string_view node_os) {
    std::string whole = part(fact_.values.reference, {});
    if (!whole.empty()) return whole;
    std::string registry = part(fact_.values.registry, fact_.registry);
    std::string out = registry;
    if (!registry.empty() && !registry.ends_with('/')) out += '/';
    out += part(fact_.values.repository, fact_.repository);
    std::string tag = part(fact_.values.tag, fact_.tag);
    std::string digest = part(fact_.values.digest, fact_.digest);
    if (!digest.empty() && !digest.starts_with(kDigest)) digest = cat(kDigest, digest);
    if (!tag.empty()) out += cat(":", tag);
    if (!digest.empty()) return cat(out, "@", digest);
    if (tag.empty()) out += ":latest";
    if (fact_.suffix.find(kSystem) != std::string::npos && node_os.empty()) return std::nullopt;
    return cat(out, suffix(node_os));
  }

  std::vector<std::string> used() const { return used_; }

 private:
  std::string part(const std::vector<std::string>& paths, const std::string& fallback) {
    for (const std::string& path : paths) {
      const data::Value* value = value_at(values_, path);
      if (value == nullptr || !value->is_scalar() || value->scalar_text().empty()) continue;
      used_.push_back(path);
      return value->scalar_text();
    }
    return fallback;
  }
  std::string suffix(std::string_view node_os) const {
    std::string out = fact_.suffix;
    if (std::size_t at = out.find(kSystem); at != std::string::npos) out.replace(at, kSystem.size(), node_os);
    return out;
  }

  const model::ImageFact& fact_;
  const data::Value& values_;
  std::vector<std::string> used_;
};

std::vector<std::string> sources_of(const model::ImageRelease& release, const model::ImageFact& fact) {
  std::vector<std::string> out;
  for (const std::string& name : fact.from) {
    auto source = std::ranges::find(release.sources, name, &model::ImageSource::name);
    if (source == release.sources.end()) continue;
    out.push_back(source->repository.empty() ? source->path
                                             : cat(source->repository, " ", source->tag, " ", source->path));
  }
  return out;
}

Result<std::optional<model::ComponentImages>> facts_of(const catalog::Catalog& catalog,
                                                       const std::string& component) {
  std::string path = cat("components/", component, "/images.yaml");
  if (!catalog.has_file(path)) return std::nullopt;
  EIDOS_TRY(data::Value root, catalog.values(path));
  data::Reading reading{catalog.sources()};
  EIDOS_TRY(model::ComponentImages facts,
            model::read_document<model::ComponentImages>(root, "ComponentImages", reading));
  return std::optional(std::move(facts));
}

const model::ImageRelease* release_of(const model::ComponentImages& facts, const std::string& version) {
  for (const model::ImageRelease& release : facts.releases)
    if (release.version == version || release.version.empty()) return &release;
  return nullptr;
}

std::string recorded_versions(const model::ComponentImages& facts) {
  std::vector<std::string> versions;
  for (const model::ImageRelease& release : facts.releases) versions.push_back(release.version);
  return join(versions, ", ");
}

// The object that starts it is in a file of the catalog: whether the recipe has that file decides.
bool is_shipped(const model::ImageRelease& release, const model::ImageFact& fact,
                const model::ComponentRef& ref) {
  if (fact.by != "manifest") return true;
  return std::ranges::any_of(release.sources, [&](const model::ImageSource& source) {
    return std::ranges::find(fact.from, source.name) != fact.from.end() &&
           std::ranges::find(ref.manifest_files, source.path) != ref.manifest_files.end();
  });
}

void add_images(const Part& part, const model::ImageRelease& release, std::string_view node_os,
                ImageList& list) {
  for (const model::ImageFact& fact : release.images) {
    if (!hold(fact.when, part.values) || !is_shipped(release, fact, *part.ref)) continue;
    Reference reference(fact, part.values);
    if (auto text = reference.text(node_os))
      list.images.push_back({.reference = *std::move(text),
                             .component = part.ref->name,
                             .name = fact.name,
                             .by = fact.by,
                             .set = reference.used(),
                             .from = sources_of(release, fact)});
    else
      list.gaps.push_back(
          {part.ref->name, fact.name,
           "its tag ends in the system of the nodes, which nothing names: give --node-os, as in "
           "ubuntu24.04"});
  }
  for (const model::MissingImage& missing : release.missing)
    if (hold(missing.when, part.values)) list.gaps.push_back({part.ref->name, missing.what, missing.why});
}

Result<void> add_component(const catalog::Catalog& catalog, const Part& part, std::string_view node_os,
                           ImageList& list) {
  const model::ComponentRef& ref = *part.ref;
  if (!ref.source.empty())
    list.charts.push_back(
        {ref.name, ref.chart.empty() ? ref.name : ref.chart, ref.source, ref.version, ref.name_space});
  EIDOS_TRY(auto facts, facts_of(catalog, ref.name));
  if (!facts) {
    list.gaps.push_back({ref.name, "all images", "the catalog has no images.yaml for this component"});
    return {};
  }
  const model::ImageRelease* release = release_of(*facts, ref.version);
  if (release == nullptr)
    list.gaps.push_back({ref.name, "all images",
                         cat("nothing is recorded for version ", show(ref.version), ", only for ",
                             recorded_versions(*facts))});
  else
    add_images(part, *release, node_os, list);
  return {};
}

// "== 24.04" and "24.04" both pin a reading.
std::string pinned(const model::RecipeResult& recipe, std::string_view path) {
  auto found = std::ranges::find(recipe.constraints, path, &model::Constraint::name);
  if (found == recipe.constraints.end()) return {};
  std::string_view text = trim(found->value);
  if (text.starts_with("==")) text = trim(text.substr(2));
  return text.find_first_of("<>=! ") == std::string_view::npos ? std::string(text) : std::string();
}

std::string system_of(const model::RecipeResult& recipe) {
  std::string id = pinned(recipe, "OS.release.ID");
  std::string version = pinned(recipe, "OS.release.VERSION_ID");
  return id.empty() || version.empty() ? std::string() : cat(id, version);
}

}  // namespace

std::vector<std::string> ImageList::references() const {
  std::vector<std::string> out;
  for (const ImageRow& row : images)
    if (out.empty() || out.back() != row.reference) out.push_back(row.reference);
  return out;
}

Result<ImageList> list_images(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                              const Options& options, std::string_view node_os,
                              std::vector<std::string>& warnings) {
  EIDOS_TRY(Prepared prepared, prepare(catalog, recipe, options, warnings));
  ImageList list;
  EIDOS_TRY(list.stack, stack_name(recipe.criteria));
  std::string system = node_os.empty() ? system_of(recipe) : std::string(node_os);
  Problems problems;
  for (const Part& part : prepared.parts) problems.check(add_component(catalog, part, system, list));
  EIDOS_CHECK(problems.done());
  std::ranges::sort(list.images, {},
                    [](const ImageRow& row) { return std::tie(row.reference, row.component, row.name); });
  return list;
}

}  // namespace eidos::bundle
