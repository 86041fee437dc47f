// Overlays by themselves: can they be selected, do they agree with the registry, do they say what they are
// for.

#include <set>

#include "base/text.h"
#include "catalog/chain.h"
#include "catalog/lint_collect.h"

namespace eidos::catalog {

namespace {

void find_unreachable(LintCollector& lint) {
  std::set<const model::Overlay*> reached;
  for (const auto& [name, overlay] : lint.catalog().overlays()) {
    if (!overlay.spec.criteria && name != kRoot) continue;
    const model::Overlay* at = &overlay;
    while (at != nullptr && reached.insert(at).second) at = parent_of(lint.catalog(), *at);
  }
  for (const auto& [name, overlay] : lint.catalog().overlays())
    if (!reached.contains(&overlay))
      lint.add("unreachable-overlay", lint.name_mark(overlay),
               cat("overlay ", quote(name), " has no criteria and is the ancestor of no overlay that has"),
               "give it criteria, make it the base of another overlay, or remove it");
}

std::string default_source(const model::Component& entry) {
  if (entry.helm) return entry.helm->default_repository;
  return entry.kustomize ? entry.kustomize->default_source : std::string();
}

void find_drift(LintCollector& lint, const model::Overlay& overlay, const model::ComponentRef& ref) {
  const model::Component* entry = lint.catalog().component(ref.name);
  if (entry == nullptr) return;
  auto compare = [&](std::string_view rule, std::string_view key, std::string_view field,
                     const std::string& mine, const std::string& theirs) {
    if (mine.empty() || theirs.empty() || mine == theirs) return;
    lint.add(rule, lint.component_mark(overlay, ref, key),
             cat(ref.name, ": ", key, " is ", show(mine), " here and ", show(theirs), " in the registry (",
                 lint.catalog().sources().place(entry->mark), ")"),
             cat("make ", field, " and the overlay agree, or drop ", key, " here"));
  };
  if (entry->helm)
    compare("version-drift", "version", "helm.defaultVersion", ref.version, entry->helm->default_version);
  if (entry->kustomize)
    compare("version-drift", "tag", "kustomize.defaultTag", ref.tag, entry->kustomize->default_tag);
  compare("source-drift", "source", entry->helm ? "helm.defaultRepository" : "kustomize.defaultSource",
          ref.source, default_source(*entry));
}

void find_empty_descriptions(LintCollector& lint) {
  for (const auto& [name, overlay] : lint.catalog().overlays()) {
    auto text = lint.catalog().text(lint.path_of(overlay));
    if (text && description_of(*text).empty())
      lint.add("empty-description", lint.name_mark(overlay),
               cat("overlay ", quote(name), " does not say what it is for"),
               "begin the file with a comment that does");
  }
  for (const model::Component& component : lint.catalog().registry().components) {
    if (component.display_name.empty())
      lint.add("empty-description", component.mark,
               cat("component ", quote(component.name), " has no displayName"), "give it a name for people");
    for (const model::ComponentValidation& validation : component.validations)
      if (validation.message.empty())
        lint.add(
            "empty-description", component.mark,
            cat("component ", quote(component.name), ": validation ", validation.function, " has no message"),
            "say what the user should do");
  }
}

bool is_licence(std::string_view block) {
  for (std::string_view words : {"Licensed under", "All rights reserved", "limitations under the License"})
    if (block.find(words) != std::string_view::npos) return true;
  return false;
}

}  // namespace

std::string description_of(std::string_view text) {
  std::string out;
  std::string block;  // comment lines without a gap
  std::string kept;   // the same, as it is to be read
  auto end_block = [&] {
    if (!is_licence(block) && !kept.empty()) out += cat(kept, kept.ends_with('\n') ? "" : "\n");
    block.clear();
    kept.clear();
  };
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    if (line.empty()) {
      end_block();
      continue;
    }
    if (!line.starts_with('#')) break;
    std::string_view words = trim(line.substr(1));
    block += cat(words, "\n");
    if (words.starts_with("SPDX-License-Identifier") || words.starts_with("lint: ")) continue;
    bool starts = kept.empty() || kept.ends_with('\n');
    if (words.empty()) {
      if (!starts) kept += '\n';
      continue;
    }
    kept += cat(starts ? "" : " ", words);
  }
  end_block();
  return std::string(trim(out));
}

void lint_overlays(LintCollector& lint) {
  if (lint.loads()) find_unreachable(lint);
  for (const auto& [name, overlay] : lint.catalog().overlays())
    for (const model::ComponentRef& ref : overlay.spec.component_refs) find_drift(lint, overlay, ref);
  find_empty_descriptions(lint);
}

}  // namespace eidos::catalog
