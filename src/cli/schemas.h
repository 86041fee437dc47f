#pragma once
// The kinds of documents and their JSON Schemas, from the field tables that read them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace eidos::cli {

/// The one version of schemas there is.
constexpr std::string_view kSchemaVersion = "v1alpha1";

/// The name of a kind as we spell it, from any spelling of its case; nullopt for what is none.
std::optional<std::string_view> kind_called(std::string_view name);

/// The JSON Schema of a kind in our spelling.
data::Value schema_of(std::string_view kind);

}  // namespace eidos::cli
