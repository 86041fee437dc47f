#include "model/document.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::model {
namespace {

constexpr std::string_view kKinds[] = {
    "Snapshot",         "RecipeCriteria", "RecipeMetadata", "ComponentRegistry",  "RecipeResult",
    "ValidationResult", "DiffResult",     "CatalogLock",    "VerificationResult", "TuningProfile"};

bool same_kind(std::string_view got, std::string_view want) {
  return got.size() == want.size() && !got.empty() && lower(got.substr(0, 1)) == lower(want.substr(0, 1)) &&
         got.substr(1) == want.substr(1);
}

bool known_api_version(std::string_view got) {
  return got == kApiVersion || std::ranges::find(kOlderApiVersions, got) != std::end(kOlderApiVersions);
}

std::string text_at(const data::Value& root, std::string_view key) {
  const data::Value* value = root.find(key);
  return value != nullptr && value->is_scalar() ? value->scalar_text() : std::string();
}

}  // namespace

std::optional<std::string_view> known_kind(std::string_view text) {
  for (std::string_view kind : kKinds)
    if (same_kind(text, kind)) return kind;
  return std::nullopt;
}

bool check_header(const data::Value& root, std::string_view kind, HeaderRule rule, data::Reading& reading) {
  std::size_t before = reading.problems.size();
  if (root.is_null()) {
    reading.problem(root.mark(), nullptr, "the document is empty", cat("give a document of kind ", kind));
    return false;
  }
  if (!root.is_map()) {
    reading.problem(root.mark(), nullptr,
                    cat("expected a document of kind ", kind, ", got ", data::describe(root.type())));
    return false;
  }
  std::string got = text_at(root, "kind");
  if (got.empty() && rule == HeaderRule::Required) {
    reading.problem(root.mark(), nullptr, "key 'kind' is missing",
                    cat("a document of kind ", kind, " belongs here"));
  } else if (!got.empty() && !same_kind(got, kind)) {
    bool known = known_kind(got).has_value();
    std::string_view only[] = {kind};
    reading.problem(root.find("kind")->mark(), nullptr,
                    cat(known ? "this is a " : "unknown kind ", known ? got : quote(got), ", not a ", kind,
                        known ? "" : did_you_mean(got, only)),
                    cat("a document of kind ", kind, " belongs here"));
  }
  std::string version = text_at(root, "apiVersion");
  if (version.empty() && rule == HeaderRule::Required && reading.problems.size() == before)
    reading.problem(root.mark(), nullptr, "key 'apiVersion' is missing",
                    cat("write apiVersion: ", kApiVersion));
  if (!version.empty() && !known_api_version(version))
    reading.problem(root.find("apiVersion")->mark(), nullptr,
                    cat("apiVersion ", quote(version), " is none of ", kApiVersion, ", ",
                        join(std::span<const std::string_view>(kOlderApiVersions), ", ")));
  return reading.problems.size() == before;
}

}  // namespace eidos::model
