#pragma once
// Collects the changes between two documents: what is ignored, redacted or secret is dealt with here, once.

#include <string>

#include "diff/change.h"
#include "diff/ignore.h"
#include "diff/meaning.h"
#include "model/secrets.h"

namespace eidos::diff {

struct Place {
  std::string group;
  std::string key;
  std::string path;  ///< As it is shown.
  std::string flat;  ///< As --ignore is matched with it; empty: the path itself.
};

class Findings {
 public:
  explicit Findings(const Ignore& ignore) : ignore_(ignore) {}

  /// One place at which the documents may differ; nullptr is "not there". Nothing is recorded where they are
  /// the same, or where the meaning does not count.
  void compare(Place place, const data::Value* from, const data::Value* to, const Meaning& meaning);
  /// A change that was found otherwise (how, from, to, detail); its class and reason come from the meaning.
  void add(Place place, Change change, const Meaning& meaning);
  void add_not_counted(std::int64_t count = 1) { summary_.not_counted += count; }
  void add_note(std::string text) { notes_.push_back(std::move(text)); }

  /// Sorted by group (in the order the groups came), class and path.
  DiffResult result(Side from, Side to) &&;

 private:
  void hide_secrets(Place& place, Change& change);
  bool is_withheld(const data::Value& from, const data::Value& to) const;

  const Ignore& ignore_;
  model::Redactor redactor_;
  std::vector<Change> changes_;
  std::vector<std::string> notes_;
  Summary summary_;
};

}  // namespace eidos::diff
