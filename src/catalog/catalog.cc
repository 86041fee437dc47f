#include "catalog/catalog.h"

#include "base/sha256.h"
#include "base/text.h"
#include "catalog/embedded.h"
#include "data/compact.h"

namespace eidos::catalog {

const model::Component* Catalog::component(std::string_view name) const {
  auto found = components_.find(name);
  return found == components_.end() ? nullptr : &registry_.components[found->second];
}

const model::Overlay* Catalog::overlay(std::string_view name) const {
  auto found = overlays_.find(name);
  return found == overlays_.end() ? nullptr : &found->second;
}

Result<data::Value> Catalog::value_of(const CatalogFile& file) const {
  if (file.parsed) return *file.parsed;
  std::string_view compact = file.compact;
  return data::take_compact(compact, file.source);
}

Result<data::Value> Catalog::values(std::string_view path) const {
  auto found = files_.find(path);
  if (found == files_.end())
    return fail(ErrorKind::NotFound, cat("the catalog has no file ", quote(path)), {},
                "lay the directory that has it over the catalog with --data");
  EIDOS_TRY(data::Value value, value_of(found->second));
  if (value.is_null()) return data::Value(data::Map()).with_mark(value.mark());
  return value;
}

Result<std::string> Catalog::text(std::string_view path) const {
  auto found = files_.find(path);
  if (found == files_.end())
    return fail(ErrorKind::NotFound, cat("the catalog has no file ", quote(path)), {},
                "lay the directory that has it over the catalog with --data");
  return text_of(found->second);
}

Result<std::string> Catalog::text_of(const CatalogFile& file) const {
  if (file.deflated.empty()) return file.text;
  return inflate(file.deflated, file.text_size);
}

std::vector<const CatalogFile*> Catalog::registries() const {
  std::vector<const CatalogFile*> all;
  for (const CatalogFile& file : lower_registries_) all.push_back(&file);
  if (auto last = files_.find("registry.yaml"); last != files_.end()) all.push_back(&last->second);
  return all;
}

const CatalogFile* Catalog::file_of(std::uint32_t source) const {
  for (const CatalogFile& file : lower_registries_)
    if (file.source == source) return &file;
  for (const auto& [path, file] : files_)
    if (file.source == source) return &file;
  return nullptr;
}

std::string Catalog::component_digest(const model::ComponentRef& ref) const {
  std::string inputs;
  auto add = [&](const std::string& path) {
    auto found = files_.find(path);
    inputs += cat(found == files_.end() ? "absent" : found->second.digest, "  ", path, "\n");
  };
  if (auto entry = registry_digests_.find(ref.name); entry != registry_digests_.end())
    inputs += cat(entry->second, "  registry.yaml\n");
  if (!ref.values_file.empty()) {
    std::string base = cat("components/", ref.name, "/values.yaml");
    if (base != ref.values_file) add(base);
    add(ref.values_file);
  }
  for (const std::string& path : ref.manifest_files) add(path);
  return cat("sha256:", sha256_hex(inputs));
}

}  // namespace eidos::catalog
