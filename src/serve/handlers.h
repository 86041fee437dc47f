#pragma once
// Private to this room: what handlers share.

#include <string>
#include <string_view>

#include "data/document.h"
#include "serve/routes.h"

namespace eidos::serve {

/// What bodies are called in messages and by flags.
constexpr const char* kBodyName = "body";

struct BodyDocument {
  data::Sources sources;
  data::Value root;
  std::string kind;  ///< As it says itself, or empty.
};

/// The body as one document, whatever its language. Invalid: it is empty, or none.
Result<BodyDocument> body_of(const Call& call);
/// The body as it was sent; of a recipe that this service gave out with warnings, without them: they are none
/// of the recipe's.
std::string recipe_text(BodyDocument body, const Call& call);
/// A part of the body as a paper of its own. Invalid: there is no such part, or it is no map.
Result<std::string> part_of(const BodyDocument& body, std::string_view name);

/// In the language the caller wants.
Reply reply_with(const data::Value& document, const Call& call);

/// The command behind the route.
const cli::Command& command_of(const Call& call);

}  // namespace eidos::serve
