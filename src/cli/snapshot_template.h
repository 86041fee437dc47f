#pragma once
// `eidos snapshot --template FILE`: the snapshot as a Mustache template shows it.

#include <string>

#include "cli/flags.h"
#include "cli/world.h"
#include "data/value.h"
#include "model/snapshot.h"

namespace eidos::cli {

/// What a template sees: the document as it is written; in each subtype `readings`, a list of {key, value}
/// beside `data`; and each reading by its path, as constraints name it ("GPU.smi.driver").
data::Value template_view(const model::Snapshot& snapshot);

/// The template of --template: a file, "-" or a URL. {{> part}} is part.mustache beside the file. Errors as
/// of render(), and of reading.
Result<std::string> render_template(const Flags& flags, const model::Snapshot& snapshot, Session& session);

}  // namespace eidos::cli
