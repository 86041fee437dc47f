#include "cli/bundle_input.h"

#include <algorithm>
#include <optional>

#include "base/files.h"
#include "base/text.h"
#include "data/document.h"
#include "data/path.h"
#include "recipe/resolve.h"
#include "seal/contents.h"

namespace eidos::cli {

namespace {

using data::Value;

// Where a deployer's tree has the values of one component: a file below its folder, the kind of object in it
// ("": the file itself), and the way to them.
struct ValuesPlace {
  std::string_view file;
  std::string_view kind;
  std::string_view path;
  std::string_view beside = {};  ///< Only where this file is in the folder, too.
};
// Values with nulls stand as text, since the objects of a cluster drop those.
constexpr ValuesPlace kValuesPlaces[] = {
    {"manifests/values.yaml", "", "<name>"},      // beside manifests, whatever the deployer
    {"values.yaml", "", "<name>", "Chart.yaml"},  // a chart for each component
    {"values.yaml", "", ""},                      // helmfile
    {"application.yaml", "Application", "spec.source.helm.valuesObject"},
    {"application.yaml", "Application", "spec.source.helm.values"},
    {"release.yaml", "ConfigMap", "data.\"values.yaml\""},
    {"release.yaml", "HelmRelease", "spec.values"},
};

std::unexpected<Error> no_bundle(const std::string& place, std::string_view lacking) {
  return fail(ErrorKind::Invalid,
              cat(quote(place), " is ", is_archive(place) ? "an archive" : "a directory",
                  ", but no bundle: it has no ", lacking),
              {}, "give what 'eidos bundle' wrote, or a document");
}

// "---" at the start of a line ends a document wherever it stands.
std::vector<std::string> documents_in(std::string_view text) {
  std::vector<std::string> documents(1);
  for (std::string_view line : split(text, '\n')) {
    if (line == "---")
      documents.emplace_back();
    else
      documents.back() += cat(line, "\n");
  }
  return documents;
}

// An umbrella puts a switch around each manifest; the manifest is what is inside.
std::string unguarded(std::string_view text) {
  constexpr std::string_view kIf = "{{- if ";
  constexpr std::string_view kSwitch = "index .Values.enabled ";
  constexpr std::string_view kEnd = "{{ end }}\n";
  std::string_view first = text.substr(0, text.find('\n'));
  if (!first.starts_with(kIf) || first.find(kSwitch) == std::string_view::npos || !text.ends_with(kEnd))
    return std::string(text);
  text.remove_suffix(kEnd.size());
  return std::string(text.substr(std::min(text.find('\n') + 1, text.size())));
}

class BundleReader {
 public:
  BundleReader(const std::string& directory, const Context& context)
      : directory_(directory), context_(context) {}

  Result<diff::Bundle> read() {
    if (is_archive(directory_)) {
      EIDOS_CHECK(read_archive());
    } else {
      if (!context_.files.kind(cat(directory_, "/recipe.yaml"))) return no_bundle(directory_, "recipe.yaml");
      EIDOS_CHECK(read_files());
    }
    diff::Bundle bundle;
    EIDOS_TRY(Value root, parsed("recipe.yaml", files_.at("recipe.yaml")));
    data::Reading reading{sources_};
    EIDOS_TRY(bundle.recipe, recipe::read_recipe(root, reading));
    EIDOS_TRY(bundle.values, values(bundle.recipe));
    for (auto& [path, text] : files_)
      if (std::size_t at = below_templates(path); at != std::string::npos)
        bundle.manifests.emplace(path.substr(at), unguarded(text));
    return bundle;
  }

 private:
  Result<void> read_archive() {
    EIDOS_TRY(seal::Contents contents,
              seal::read_contents(context_.files, directory_, seal::keep_all, context_.limit));
    auto tree = seal::tree_of(contents);
    if (!tree) return std::unexpected(std::move(tree).error().at(directory_));
    for (auto& [path, file] : *tree) files_.emplace(path, std::move(file.bytes));
    return files_.contains("recipe.yaml") ? Result<void>() : no_bundle(directory_, "recipe.yaml");
  }

  Result<void> read_files() {
    auto skip = [](std::string_view path) { return path.starts_with('.') || path == "charts"; };
    EIDOS_TRY(Walked walked,
              context_.files.walk(
                  directory_, {.max_file_bytes = kMaxDocumentBytes, .skip = skip, .limit = context_.limit}));
    if (walked.cut) return fail(ErrorKind::Invalid, "there is more below it than a bundle holds", directory_);
    if (!walked.unread.empty())
      return fail(ErrorKind::Invalid, cat(quote(walked.unread.front()), " cannot be read"), directory_);
    for (WalkedFile& file : walked.files) files_.emplace(std::move(file.path), std::move(file.bytes));
    return files_.contains("recipe.yaml") ? Result<void>()
                                          : no_bundle(directory_, "regular file recipe.yaml");
  }

  Result<Value> parsed(std::string_view path, std::string_view text) {
    return data::parse(text, sources_, cat(directory_, "/", path));
  }

  // templates/NAME/x.yaml of a chart for all, NAME/templates/NAME/x.yaml or
  // NAME/manifests/templates/NAME/x.yaml of one for each.
  static std::size_t below_templates(std::string_view path) {
    constexpr std::string_view kFolder = "templates/";
    if (path.starts_with(kFolder)) return kFolder.size();
    std::size_t at = path.find("/templates/");
    return at == std::string_view::npos ? at : at + 1 + kFolder.size();
  }

  Result<data::Map> values(const model::RecipeResult& recipe) {
    if (auto file = files_.find("values.yaml"); file != files_.end()) {
      EIDOS_TRY(Value root, parsed(file->first, file->second));
      if (root.is_map()) return std::move(root.map());
      return fail(ErrorKind::Invalid, cat("expected values, a map, got ", describe(root.type())),
                  sources_.place(root.mark()));
    }
    data::Map values;
    for (const model::ComponentRef& ref : recipe.component_refs) {
      EIDOS_TRY(std::optional<Value> of_one, values_of(ref.name));
      if (of_one) values.set(ref.name, *std::move(of_one));
    }
    if (values.empty() && !recipe.component_refs.empty()) return no_bundle(directory_, "values.yaml");
    return values;
  }

  Result<std::optional<Value>> values_of(const std::string& name) {
    for (const ValuesPlace& place : kValuesPlaces) {
      auto file = files_.find(cat(name, "/", place.file));
      if (file == files_.end()) continue;
      if (!place.beside.empty() && !files_.contains(cat(name, "/", place.beside))) continue;
      EIDOS_TRY(std::optional<Value> object, object_in(file->first, file->second, place.kind));
      if (!object) continue;
      const Value* found = &*object;
      if (place.path == "<name>")
        found = object->find(name);
      else if (!place.path.empty())
        found = data::find(*object, *data::parse_path(place.path));
      if (found != nullptr && found->is_map()) return *found;
      if (found == nullptr || !found->is_string()) continue;
      EIDOS_TRY(Value values, parsed(file->first, found->string()));
      if (values.is_map()) return values;
    }
    return std::optional<Value>();
  }

  Result<std::optional<Value>> object_in(const std::string& path, std::string_view text,
                                         std::string_view kind) {
    for (const std::string& document : documents_in(text)) {
      EIDOS_TRY(Value root, parsed(path, document));
      const Value* there = root.find("kind");
      if (kind.empty() || (there != nullptr && there->is_string() && there->string() == kind)) return root;
    }
    return std::optional<Value>();
  }

  const std::string& directory_;
  const Context& context_;
  data::Sources sources_;
  std::map<std::string, std::string> files_;
};

}  // namespace

bool is_directory(const std::string& source, const Context& context) {
  if (source.empty()) return false;  // "/." would be the root
  auto kind = context.files.kind(source + "/.");
  return kind && *kind == FileKind::Directory;
}

bool is_archive(const std::string& source) {
  return seal::format_of_name(source).has_value();
}

Result<diff::Bundle> read_bundle(const std::string& directory, const Context& context) {
  return BundleReader(directory, context).read();
}

}  // namespace eidos::cli
