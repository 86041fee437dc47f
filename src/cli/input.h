#pragma once
// Where a command's documents come from: a file, "-" for standard input, http(s)://, cm://.

#include <string>
#include <string_view>
#include <vector>

#include "cli/flags.h"
#include "cli/world.h"
#include "data/value.h"
#include "model/lock.h"
#include "model/recipe.h"
#include "model/snapshot.h"

namespace eidos::cli {

struct Document {
  std::string name;  ///< As messages show it.
  std::string text;  ///< Byte for byte what was read.
  data::Sources sources;
  data::Value root;
};

/// Reads and parses one document. Content decides whether it is YAML or JSON, never the name. Invalid: a
/// scheme that is not read, and whatever data::parse refuses; the other kinds come from the file or the
/// network.
Result<Document> read_document(const std::string& source, const Flags& flags, Session& session);

/// Whether `source` is of the form SCHEME://…, and no path.
bool has_scheme(std::string_view source);
/// Whether that is http:// or https://.
bool is_remote(std::string_view source);
/// A source as messages and documents show it: a URL without what may be secret in it.
std::string shown_source(const std::string& source);

/// The bytes of a source alone. A file that is not there: NotFound, with the nearest name beside it.
Result<std::string> read_source(const std::string& source, const Flags& flags, Session& session);

Result<model::RecipeResult> recipe_of(const Document& document);
Result<model::Snapshot> snapshot_of(const Document& document);
Result<model::Criteria> criteria_of(const Document& document);
Result<model::CatalogLock> lock_in(const Document& document);

/// `error` with a hint at the name in the same directory that `path` may have meant.
Error with_neighbour(Error error, const std::string& path, Files& files);

/// Usage when more than one of these flags reads standard input.
Result<void> check_one_stdin(const Flags& flags, const std::vector<std::string_view>& names);

}  // namespace eidos::cli
