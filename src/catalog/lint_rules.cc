#include <algorithm>

#include "base/text.h"
#include "catalog/lint.h"
#include "catalog/lint_collect.h"

namespace eidos::catalog {

namespace {

constexpr Severity kError = Severity::Error;
constexpr Severity kWarning = Severity::Warning;

constexpr bool kNever = false;  // not to be allowed: the catalog does not load with it

constexpr Rule kRules[] = {
    {"not-a-regular-file", kError, "a link, FIFO or device where a catalog file belongs", kNever},
    {"unreadable-file", kError, "a catalog file that cannot be read or is too large", kNever},
    {"not-yaml", kError, "a file that is no valid YAML", kNever},
    {"wrong-kind", kError, "a document of another kind or apiVersion than its place wants", kNever},
    {"unknown-key", kError, "a key that the document kind does not have", kNever},
    {"invalid-document", kError, "a value of the wrong type or shape, or one that is missing", kNever},
    {"missing-root", kError, "no registry.yaml, or no overlay named base", kNever},
    {"duplicate-name", kError, "one name for two overlays of a layer, two components or two override keys",
     kNever},
    {"layer-conflict", kError, "an overlay that takes another's place without saying so", kNever},
    {"missing-parent", kError, "an overlay whose base is no overlay of the catalog", kNever},
    {"inheritance-cycle", kError, "overlays that are each other's ancestors", kNever},
    {"changed-dimension", kError, "an overlay that drops or changes what an ancestor asks for", kNever},
    {"unknown-criteria-value", kError, "a criteria value that the registry does not list", kNever},
    {"bad-constraint", kError, "a constraint that cannot be read", kNever},
    {"bad-setting", kError, "a setting of a tuning profile that cannot be read or set", kNever},
    {"unregistered-component", kError, "an overlay names a component that the registry lacks", kNever},
    {"missing-file", kError, "an overlay names a values file or manifest that is not there", kNever},
    {"broken-dependency", kError, "a dependency of some combination is missing or goes in a circle"},
    {"render-fails", kError, "Helm cannot render a manifest with its values (--render)"},
    {"stray-file", kError, "a file that is in no place of a catalog and is never read"},
    {"missing-check", kWarning, "a health check names a file that the catalog does not have"},
    {"unreachable-overlay", kWarning, "an overlay that nothing can select: no criteria, nobody's ancestor"},
    {"sibling-conflict", kWarning,
     "overlays of one rank that can apply together and write one value differently"},
    {"tuning-conflict", kWarning,
     "tuning profiles of one rank that can apply together and set one reading differently"},
    {"loosened-constraint", kWarning, "an overlay that allows what an ancestor's constraint forbids"},
    {"version-drift", kWarning, "an overlay and the registry name different versions of a component"},
    {"source-drift", kWarning, "an overlay and the registry name different sources of a component"},
    {"unknown-scheduling-path", kWarning,
     "a scheduling path of the registry that no values file and no schema of the chart has"},
    {"unused-file", kWarning, "a manifest or values file that nothing names"},
    {"unused-component", kWarning, "a component of the registry that no overlay names"},
    {"empty-description", kWarning, "an overlay or component that does not say what it is for"},
    {"unused-allow", kWarning, "an allow comment that covers no finding", kNever},
    {"bad-allow", kError, "an allow comment without a rule or a reason", kNever},
};

// Problems of loading are told by their messages, whose user's part stands in quotes; the first row that is
// found wins.
struct Saying {
  std::string_view words;
  std::string_view rule;
};
constexpr Saying kSayings[] = {
    {"is not a regular file", "not-a-regular-file"},
    {"went away between", "unreadable-file"},
    {"Permission denied", "unreadable-file"},
    {"is larger than", "unreadable-file"},
    {"not valid YAML", "not-yaml"},
    {"not valid UTF-8", "not-yaml"},
    {" stands twice in one map", "not-yaml"},
    {"not supported here", "not-yaml"},
    {"alias", "not-yaml"},
    {"nested deeper", "not-yaml"},
    {"the document is empty", "wrong-kind"},
    {"a document of kind", "wrong-kind"},
    {"unknown kind ", "wrong-kind"},
    {"this is a ", "wrong-kind"},
    {"apiVersion", "wrong-kind"},
    {"unknown key", "unknown-key"},
    {"profile name '", "duplicate-name"},
    {"setting '", "bad-setting"},
    {"driverCuda: ", "bad-setting"},
    {"has no registry.yaml", "missing-root"},
    {"the catalog has no overlay named", "missing-root"},
    {"stands twice in one layer", "duplicate-name"},
    {"already belongs to the component", "duplicate-name"},
    {"is already in a lower layer", "layer-conflict"},
    {"takes the file of overlay", "layer-conflict"},
    {"says 'replaces: true'", "layer-conflict"},
    {"which is no overlay of this catalog", "missing-parent"},
    {"inheritance cycle: ", "inheritance-cycle"},
    {" of its ancestor ", "changed-dimension"},
    {" must be one of: ", "unknown-criteria-value"},
    {"is not in the registry", "unregistered-component"},
    {"is not in the catalog", "missing-file"},
    {"dependency cycle: ", "broken-dependency"},
    {"which is not in the recipe", "broken-dependency"},
    {"constraint '", "bad-constraint"},
    {"has fewer than three parts", "bad-constraint"},
    {": type '", "bad-constraint"},
};

}  // namespace

std::span<const Rule> lint_rules() {
  return kRules;
}

const Rule* find_rule(std::string_view id) {
  const auto* found = std::ranges::find(kRules, id, &Rule::id);
  return found == std::ranges::end(kRules) ? nullptr : found;
}

std::string_view load_rule(std::string_view message) {
  for (const Saying& saying : kSayings)
    if (message.find(saying.words) != std::string_view::npos) return saying.rule;
  return "invalid-document";
}

Finding finding_of(std::string_view rule, const Error& error) {
  Finding out;
  out.rule = find_rule(rule);
  EIDOS_ASSERT(out.rule != nullptr);
  out.file = error.where;
  out.message = error.message;
  out.fix = error.hint;
  // "file:line:column"; a bare name stays whole.
  std::size_t second = out.file.rfind(':');
  std::size_t first = second == std::string::npos || second == 0 ? second : out.file.rfind(':', second - 1);
  if (first == std::string::npos || second == 0) return out;
  auto line = to_int(std::string_view(out.file).substr(first + 1, second - first - 1));
  auto column = to_int(std::string_view(out.file).substr(second + 1));
  if (!line || !column || *line <= 0 || *column <= 0) return out;
  out.line = static_cast<std::uint32_t>(*line);
  out.column = static_cast<std::uint32_t>(*column);
  out.file.resize(first);
  return out;
}

}  // namespace eidos::catalog
