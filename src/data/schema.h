#pragma once
// Checking documents against a JSON Schema: the keywords that our own schemas are made of, and some more.
// What it does not know it refuses by name, so that no rule of a schema is passed over in silence.

#include <string>
#include <vector>

#include "data/value.h"

namespace eidos::data {

struct Violation {
  std::string path;  ///< "componentRefs[3].name"; empty for the document itself.
  Mark at;
  std::string what;
  bool operator==(const Violation&) const = default;
};

class Schema {
 public:
  /// Invalid, all problems together: a keyword that is not known (the message lists those that are) or not
  /// well-formed, a $ref that leads out of the document, nowhere, or round in a circle.
  static Result<Schema> read(Value root, const Sources& sources);

  /// Every way in which `document` breaks the schema, in document order; at most kMostViolations.
  std::vector<Violation> check(const Value& document) const;
  static constexpr std::size_t kMostViolations = 1000;

 private:
  explicit Schema(Value root) : root_(std::move(root)) {}
  Value root_;
};

}  // namespace eidos::data
