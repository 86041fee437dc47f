#pragma once
// What must not travel in a document: recognised by the name it stands under, or by its shape.
//
// A name counts by its whole words ("dbPassword", "api-key", "AWS_SECRET_ACCESS_KEY"), not by letters in the
// middle of one ("valkey", "keymap"); names that only point at a secret ("secretName", "token-file") or set
// something about secrets in general (kernel/keys/*) are harmless. A shape counts wherever it stands: user
// information in a URL, PEM, JWT, the providers' own token shapes, `password=...` in a longer text, and JSON,
// base64, hexadecimal or percent-encoded text that holds any of these. Pure; bounded by the size of the text.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "data/value.h"
#include "model/snapshot.h"

namespace eidos::model {

/// True when what stands under this name is taken for a secret. Words are split at anything but letters and
/// digits, and where camelCase has a capital; path prefixes count, too ("auth.password.value").
bool is_secret_key(std::string_view key);

/// How many layers of encodings and JSON inside one another are opened.
constexpr int kMostNesting = 4;

/// True when the text has the shape of a secret, or holds one.
bool looks_secret_value(std::string_view text);

/// Both, for one entry: false for values that cannot be secrets whatever their name says (empty, an empty
/// list, a switch such as "true" or "0", a version number, an earlier "<redacted:3>").
bool is_secret(std::string_view key, std::string_view value);

/// Replaces secrets by "<redacted:N>". N counts the different values from 1 in document order, so that equal
/// secrets stay recognisable as equal, and nothing else about them does.
class Redactor {
 public:
  Redactor() = default;
  explicit Redactor(int nesting) : nesting_(nesting) {}

  /// Any document. Below a secret name every text and number goes; `name:`/`value:` pairs are looked at as
  /// one entry; a selector's or toleration's `key:` stays.
  void redact(data::Value& root);
  /// A document read from anywhere. In a Snapshot the names of images are no secrets, and metadata.redactions
  /// goes up; anything else as redact(root).
  void redact_document(data::Value& root);
  /// The readings of a snapshot, its node's name and what its collectors say; adds to metadata.redactions.
  void redact(Snapshot& snapshot);

  /// How many values were replaced.
  std::int64_t count() const { return count_; }

 private:
  void redact_measurement(data::Value& measurement);
  void visit_names(data::Map& map);
  void hide_text(std::string& text);
  void pass_over_tokens(const data::Value& value);
  void visit(data::Value& value, std::string_view key, bool below_secret);
  void visit_map(data::Map& map, bool below_secret);
  void hide_keys(data::Map& map);
  bool is_secret_name(std::string_view key) const;
  bool must_go(std::string_view key, std::string_view text, bool below_secret) const;
  std::string token(std::string_view secret);

  int nesting_ = kMostNesting;
  std::map<std::string, std::int64_t, std::less<>> numbers_;
  std::int64_t highest_ = 0;  // also of the tokens that stood there before
  std::int64_t count_ = 0;
};

}  // namespace eidos::model
