#pragma once
// The service described: OpenAPI 3.1, from the table of routes and the tables of flags and documents.

#include "data/value.h"

namespace eidos::serve {

/// `version` is info.version. The same for every run of one build.
data::Value openapi(std::string_view version);

}  // namespace eidos::serve
