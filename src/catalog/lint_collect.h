#pragma once
// What the themes of catalog lint share: the documents with their marks, and where findings go.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/lint.h"

namespace eidos::catalog {

class LintCollector {
 public:
  explicit LintCollector(const Inspected& inspected) : inspected_(inspected) {}

  const Catalog& catalog() const { return inspected_.loaded.catalog; }
  const Loaded& loaded() const { return inspected_.loaded; }
  /// False: some chain may be cut, and what hangs on it is said to be there.
  bool loads() const { return inspected_.problems.empty(); }
  /// False: what nobody seems to name may be named by what could not be read.
  bool whole() const { return inspected_.whole; }

  /// Path in the catalog of the file an overlay stands in; "" when it is not at hand.
  std::string path_of(const model::Overlay& overlay);
  /// The document of an overlay, marks and all; nullptr when its file is not at hand.
  const data::Value* document(const model::Overlay& overlay);
  /// Where an overlay names itself.
  data::Mark name_mark(const model::Overlay& overlay);
  /// Where its reference to a component says `key`; the reference itself when it does not.
  data::Mark component_mark(const model::Overlay& overlay, const model::ComponentRef& ref,
                            std::string_view key);

  void add(std::string_view rule, const data::Mark& at, std::string message, std::string fix);
  void add_file(std::string_view rule, std::string file, std::string message, std::string fix);
  std::vector<Finding> take() { return std::move(findings_); }

 private:
  const Inspected& inspected_;
  std::map<const model::Overlay*, data::Value> documents_;
  std::map<std::uint32_t, std::string> paths_;  // source → path in the catalog
  std::vector<Finding> findings_;
};

/// The overlay's parent; nullptr for the root and where there is none of that name.
const model::Overlay* parent_of(const Catalog& catalog, const model::Overlay& overlay);

/// The rule of a problem of loading, by what its message says.
std::string_view load_rule(std::string_view message);

/// How many dimensions criteria state.
int rank(const model::Criteria& criteria);
/// Whether somebody can state what both ask for.
bool compatible(const model::Criteria& a, const model::Criteria& b);

// The themes.
void lint_overlays(LintCollector& lint);
void lint_siblings(LintCollector& lint);
void lint_constraints(LintCollector& lint);
void lint_files(LintCollector& lint);
void lint_tuning(LintCollector& lint);

}  // namespace eidos::catalog
