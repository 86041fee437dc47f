#include "catalog/lint.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/chain.h"
#include "catalog/lint_collect.h"

namespace eidos::catalog {

const model::Overlay* parent_of(const Catalog& catalog, const model::Overlay& overlay) {
  if (overlay.metadata.name == kRoot) return nullptr;
  return catalog.overlay(overlay.spec.base.empty() ? kRoot : std::string_view(overlay.spec.base));
}

std::string LintCollector::path_of(const model::Overlay& overlay) {
  if (paths_.empty())
    for (const auto& [path, file] : catalog().files()) paths_.emplace(file.source, path);
  auto path = paths_.find(overlay.mark.file);
  return path == paths_.end() ? std::string() : path->second;
}

const data::Value* LintCollector::document(const model::Overlay& overlay) {
  if (auto found = documents_.find(&overlay); found != documents_.end()) return &found->second;
  auto value = catalog().values(path_of(overlay));
  if (!value) return nullptr;
  return &documents_.emplace(&overlay, *std::move(value)).first->second;
}

data::Mark LintCollector::name_mark(const model::Overlay& overlay) {
  const data::Value* root = document(overlay);
  const data::Value* metadata = root == nullptr ? nullptr : root->find("metadata");
  const data::Value* name = metadata == nullptr ? nullptr : metadata->find("name");
  return name == nullptr ? overlay.mark : name->mark();
}

data::Mark LintCollector::component_mark(const model::Overlay& overlay, const model::ComponentRef& ref,
                                         std::string_view key) {
  const data::Value* root = document(overlay);
  const data::Value* spec = root == nullptr ? nullptr : root->find("spec");
  const data::Value* refs = spec == nullptr ? nullptr : spec->find("componentRefs");
  if (refs == nullptr || !refs->is_list()) return ref.mark;
  for (const data::Value& one : refs->list()) {
    const data::Value* name = one.find("name");
    if (name == nullptr || !name->is_scalar() || name->scalar_text() != ref.name) continue;
    const data::Map::Entry* entry = one.map().entry(key);
    return entry == nullptr ? one.mark() : entry->mark;
  }
  return ref.mark;
}

void LintCollector::add(std::string_view rule, const data::Mark& at, std::string message, std::string fix) {
  Finding finding;
  finding.rule = find_rule(rule);
  EIDOS_ASSERT(finding.rule != nullptr);
  finding.file = catalog().sources().name(at.file);
  finding.line = at.line;
  finding.column = at.column;
  finding.message = std::move(message);
  finding.fix = std::move(fix);
  findings_.push_back(std::move(finding));
}

void LintCollector::add_file(std::string_view rule, std::string file, std::string message, std::string fix) {
  add(rule, {}, std::move(message), std::move(fix));
  findings_.back().file = std::move(file);
}

std::vector<Finding> lint(const Inspected& inspected) {
  LintCollector collector(inspected);
  lint_overlays(collector);
  lint_siblings(collector);
  lint_constraints(collector);
  lint_files(collector);
  lint_tuning(collector);
  std::vector<Finding> findings = collector.take();
  for (const Error& problem : inspected.problems)
    findings.push_back(finding_of(load_rule(problem.message), problem));
  return findings;
}

}  // namespace eidos::catalog
