#pragma once
// JSON Patch (RFC 6902) between two trees: made, and applied.

#include <cstdint>
#include <string>

#include "base/error.h"
#include "data/path.h"
#include "data/value.h"

namespace eidos::data {

/// Equal as JSON values are: numbers by what they are worth (1e3 is 1000), all else as ==.
bool same_value(const Value& a, const Value& b);

/// RFC 6901: "/spec/a~1b/0"; "" is the whole document.
std::string to_pointer(const Path& path);

/// A list of operations that turns `from` into `to`: apply_patch gives a tree that == `to`. Removals come
/// before additions, in the order of the documents; items of lists are told apart by their `type`, `subtype`,
/// `name` or `key` where these are unique, so that one that only stands elsewhere is moved. Where single
/// steps would cost more than the whole (a hundred thousand keys gone), the whole is replaced.
Value make_patch(const Value& from, const Value& to);

/// What one patch may cost: a stranger's patch can copy a document into itself.
constexpr std::size_t kMaxPatchShifts = std::size_t{16} << 20;  ///< List items and map entries moved along.
constexpr std::size_t kMaxPatchBytes = std::size_t{256} << 20;  ///< Text and nodes added.

/// Applies every operation in turn, or none: on an error `root` is as it was. Invalid, naming the operation
/// ("patch[3]"): a list of anything but operations, an unknown op, a pointer that leads nowhere, a test that
/// fails, a result nested deeper than kMaxDepth, and what goes over the two bounds above.
Result<void> apply_patch(Value& root, const Value& patch);

}  // namespace eidos::data
