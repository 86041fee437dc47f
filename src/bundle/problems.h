#pragma once
// Collects the problems of several flags or components, to be shown together.

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace eidos::bundle {

class Problems {
 public:
  /// Problems that `error` carries become neighbours: `others` has one level.
  void add(Error error) {
    std::vector<Error> others = std::exchange(error.others, {});
    list_.push_back(std::move(error));
    list_.insert(list_.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
  }
  void add(std::string message, std::string hint) {
    add(Error{ErrorKind::Invalid, std::move(message), {}, std::move(hint)});
  }
  /// Keeps the error, if there is one.
  void check(Result<void> result) {
    if (!result) add(std::move(result).error());
  }
  bool empty() const { return list_.empty(); }
  /// Empties the collection.
  Result<void> done() {
    if (list_.empty()) return {};
    return std::unexpected(together(std::exchange(list_, {})));
  }

 private:
  std::vector<Error> list_;
};

}  // namespace eidos::bundle
