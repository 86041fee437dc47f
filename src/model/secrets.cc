#include "model/secrets.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "data/document.h"
#include "model/secret_shapes.h"

namespace eidos::model {

namespace {

constexpr std::string_view kSecretWords[] = {
    "password",   "passwords", "passwd", "passphrase",    "passcode",  "pwd",        "secret",
    "secrets",    "token",     "tokens", "key",           "keys",      "credential", "credentials",
    "cred",       "creds",     "psk",    "authorization", "apikey",    "apitoken",   "accesskey",
    "privatekey", "secretkey", "sshkey", "authkey",       "authtoken", "bearer"};

// Secret only as the last word: "db_pass" is, "pass_through" is not.
constexpr std::string_view kSecretLastWords[] = {"pass", "auth", "pw", "sig", "signature"};

// Nobody ends another word with these.
constexpr std::string_view kSecretEndings[] = {"password", "passwd", "passphrase"};

// A name that ends so says where a secret is, or something about it, but not the secret: "token-file".
constexpr std::string_view kHarmlessLastWords[] = {
    "name",     "names",     "ref",        "refs",   "path",     "paths",    "file",    "files",
    "dir",      "directory", "mode",       "size",   "bits",     "bytes",    "count",   "type",
    "length",   "expiry",    "expiration", "ttl",    "age",      "enable",   "enabled", "namespace",
    "provider", "timeout",   "interval",   "policy", "rotation", "algorithm"};

// Settings about secrets in general, by a part of their path or name.
constexpr std::string_view kHarmlessParts[] = {"kernel/keys/",  // quotas of the kernel's keyrings
                                               "KeyringMode", "valkey"};

constexpr bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
constexpr bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

// Asked of every word of every key: the first letter decides nearly always.
template <std::size_t N>
bool one_of(std::string_view word, const std::string_view (&table)[N]) {
  return !word.empty() && std::ranges::any_of(table, [&](std::string_view entry) {
    return entry.front() == word.front() && entry == word;
  });
}

// A capital starts a word after a small letter ("dbKey") and before one ("APIKey" is API, Key).
bool starts_word(std::string_view text, std::size_t at) {
  if (!is_capital(text[at])) return false;
  bool after_small = !is_capital(text[at - 1]);
  bool before_small = at + 1 < text.size() && is_alnum(text[at + 1]) && !is_capital(text[at + 1]);
  return after_small || before_small;
}

// Calls `visit` with each word in lower case and whether it is the last one, until it returns true.
template <class Visit>
bool any_word(std::string_view key, Visit visit) {
  while (!key.empty() && !is_alnum(key.back())) key.remove_suffix(1);
  for (std::size_t at = 0; at < key.size();) {
    std::size_t start = at++;
    if (!is_alnum(key[start])) continue;
    while (at < key.size() && is_alnum(key[at]) && !starts_word(key, at)) ++at;
    if (visit(lower(key.substr(start, at - start)), at == key.size())) return true;
  }
  return false;
}

bool is_secret_word(std::string_view word, bool last) {
  auto ending = [&](std::string_view end) { return word.ends_with(end); };
  return one_of(word, kSecretWords) || (last && one_of(word, kSecretLastWords)) ||
         std::ranges::any_of(kSecretEndings, ending);
}

// ---- secrets inside a longer text --------------------------------------------------------------

constexpr std::size_t kLeastText = 8;      // shorter text has no shape to be known by
constexpr std::size_t kLeastEncoded = 16;  // base64 of twelve bytes; no known token is shorter
constexpr std::string_view kInNames = "_-./";

bool holds_secret(std::string_view text, int nesting);

// Cuts text into words, as a shell, systemd or a header would.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  // Empty at the end.
  std::string_view next() {
    std::size_t start = 0;
    while (start < text_.size() && between(text_[start])) ++start;
    std::size_t end = start;
    while (end < text_.size() && !between(text_[end])) ++end;
    std::string_view word = text_.substr(start, end - start);
    text_.remove_prefix(end);
    return word;
  }

 private:
  static bool between(char c) {
    constexpr auto kBetween = [] {
      std::array<bool, 256> table{};
      for (char one : std::string_view(" \t\r\n\"'`,;()[]{}<>|&\\"))
        table[static_cast<unsigned char>(one)] = true;
      return table;
    }();
    return kBetween[static_cast<unsigned char>(c)];
  }

  std::string_view text_;
};

bool is_secret_word_value(std::string_view word, int nesting) {
  if (is_provider_token(word) || is_jwt(word)) return true;
  if (nesting == 0 || word.size() < kLeastEncoded) return false;
  for (const std::string& inside : {decoded_text(word), unhexed_text(word), unescaped_text(word)})
    if (!inside.empty() && holds_secret(inside, nesting - 1)) return true;
  return false;
}

// "password=x", "--token=x", and each pair of "a=b=c".
bool is_secret_assignment(std::string_view word) {
  std::size_t start = 0;
  std::size_t sign = word.find('=');
  while (sign != std::string_view::npos) {
    std::size_t end = std::min(word.find('=', sign + 1), word.size());
    std::string_view value = word.substr(sign + 1, end - sign - 1);
    if (!cannot_be_secret(value) && is_secret_key(word.substr(start, sign - start))) return true;
    start = sign + 1;
    sign = end == word.size() ? std::string_view::npos : end;
  }
  return false;
}

// "password:x", as Go prints a map; "key:x" selects something, and what has a '/' or '@' before the sign
// names an image.
bool is_secret_pair(std::string_view word) {
  std::size_t sign = word.find_first_of(":/@");
  if (sign == std::string_view::npos || word[sign] != ':' || word.substr(sign).starts_with("://"))
    return false;
  std::string_view name = word.substr(0, sign);
  return name != "key" && !cannot_be_secret(word.substr(sign + 1)) && is_secret_key(name);
}

// "name:TOKEN value:x", the same for a list of pairs.
bool is_secret_value_of(std::string_view before, std::string_view word) {
  constexpr std::string_view kName = "name:";
  constexpr std::string_view kValue = "value:";
  return before.starts_with(kName) && word.starts_with(kValue) &&
         is_secret(before.substr(kName.size()), word.substr(kValue.size()));
}

// "--token" x, "password:" x, `password="x y"`: the word announces that the next one is a secret.
bool announces_secret(std::string_view word) {
  bool quoted_value = word.ends_with('=');
  bool flag = word.size() > 2 && word.starts_with('-') && word.find('=') == std::string_view::npos;
  return (flag || quoted_value || word.ends_with(':')) && is_secret_key(word);
}

// After "Bearer" a token, after "Basic" base64 of user:password (RFC 6750, RFC 7617).
bool is_authorization(std::string_view scheme, std::string_view word) {
  constexpr std::size_t kLeastToken = 16;
  if (scheme.size() != std::string_view("basic").size() && scheme.size() != std::string_view("bearer").size())
    return false;
  std::string name = lower(scheme);
  if (name == "bearer") return word.size() >= kLeastToken;
  return name == "basic" && decoded_text(word).find(':') != std::string::npos;
}

// One word, and what the one before it says about it.
bool word_is_secret(std::string_view before, std::string_view word, int nesting) {
  if (announces_secret(before) && !word.starts_with("-") && !cannot_be_secret(word)) return true;
  if (is_authorization(before, word) || is_secret_value_of(before, word)) return true;
  if (is_secret_assignment(word) || is_secret_pair(word) || is_secret_word_value(word, nesting)) return true;
  std::size_t sign = word.find('=');
  return sign != std::string_view::npos && is_secret_word_value(word.substr(sign + 1), nesting);
}

bool words_hold_secret(std::string_view text, int nesting) {
  std::string_view before;
  std::string_view label;  // `"label": word`, `label = word`: the sign is a word of its own
  std::string_view pair;   // the last `"name": word`
  Words words(text);
  for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
    if (word == ":" || word == "=") {
      label = before;
      continue;
    }
    const bool named = (label != "key" && is_secret_key(label)) || (label == "value" && is_secret_key(pair));
    if (named && !cannot_be_secret(word)) return true;
    if (word_is_secret(before, word, nesting)) return true;
    if (label == "name") pair = word;
    label = {};
    before = word;
  }
  return false;
}

// Nothing for what is no JSON.
std::optional<bool> json_holds_secret(std::string_view text, int nesting) {
  if (nesting == 0) return std::nullopt;
  std::string_view body = trim(text);
  if (!body.starts_with('{') && !body.starts_with('[')) return std::nullopt;
  data::Sources sources;
  auto value = data::parse_json(body, sources, "");
  if (!value) return std::nullopt;
  Redactor redactor(nesting - 1);
  redactor.redact(*value);
  return redactor.count() != 0;
}

bool holds_secret(std::string_view text, int nesting) {
  if (text.size() < kLeastText) return false;
  if (text.find(':') != std::string_view::npos && has_url_userinfo(text)) return true;
  if (text.find("-----BEGIN ") != std::string_view::npos) return true;
  if (std::optional<bool> json = json_holds_secret(text, nesting)) return *json;
  return words_hold_secret(text, nesting);
}

// `key:` names what is selected or tolerated, or an entry of a ConfigMap, when one of these stands beside it.
bool is_selector(const data::Map& map) {
  constexpr std::string_view kBeside[] = {"operator", "effect", "values",     "name",
                                          "value",    "path",   "topologyKey"};
  return std::ranges::any_of(kBeside, [&](std::string_view key) { return map.contains(key); });
}

// The name that a `value:` stands under in a list of pairs, as container environments are written.
std::string_view pair_name(const data::Map& map) {
  for (std::string_view key : {"name", "key"})
    if (const data::Value* name = map.find(key); name != nullptr && name->is_string()) return name->string();
  return {};
}

// Its keys are names that others gave ("aws-secrets-manager", "externalsecrets.external-secrets.io"), no
// settings.
bool keys_are_names(std::string_view type, std::string_view subtype) {
  constexpr std::string_view kNamed[] = {"image", "helm", "crd"};
  return lower(type) == "nodetopology" || (lower(type) == "k8s" && one_of(subtype, kNamed));
}

std::string_view text_at(const data::Value& map, std::string_view key) {
  const data::Value* value = map.find(key);
  return value != nullptr && value->is_string() ? std::string_view(value->string()) : std::string_view();
}

// metadata.redactions of a document, which may not have it yet.
void count_redactions(data::Value& root, std::int64_t count) {
  data::Value& metadata = root.map().at_or_add("metadata");
  if (count == 0 || (!metadata.is_map() && !metadata.is_null())) return;
  if (metadata.is_null()) metadata = data::Value(data::Map());
  const data::Value* before = metadata.find("redactions");
  const bool counted = before != nullptr && before->is_number();
  const std::int64_t earlier = counted ? data::to_int64(before->number()).value_or(0) : 0;
  metadata.map().set("redactions", data::Value(earlier + count));
}

}  // namespace

bool is_secret_key(std::string_view key) {
  bool secret = false;
  bool harmless = any_word(key, [&](const std::string& word, bool last) {
    secret = secret || is_secret_word(word, last);
    return last && one_of(word, kHarmlessLastWords);
  });
  if (!secret || harmless) return false;
  auto within = [&](std::string_view part) { return key.find(part) != std::string_view::npos; };
  return std::ranges::none_of(kHarmlessParts, within);
}

bool looks_secret_value(std::string_view text) {
  return holds_secret(text, kMostNesting);
}

bool is_secret(std::string_view key, std::string_view value) {
  return !cannot_be_secret(value) && (is_secret_key(key) || looks_secret_value(value));
}

bool Redactor::must_go(std::string_view key, std::string_view text, bool below_secret) const {
  return !cannot_be_secret(text) && (below_secret || is_secret_key(key) || holds_secret(text, nesting_));
}

void Redactor::redact(data::Value& root) {
  pass_over_tokens(root);
  visit(root, {}, false);
}

void Redactor::redact_document(data::Value& root) {
  if (lower(text_at(root, "kind")) != "snapshot") return redact(root);
  pass_over_tokens(root);
  const std::int64_t before = count_;
  hide_keys(root.map());
  for (auto& entry : root.map()) {
    if (entry.key != "measurements" || !entry.value.is_list()) {
      visit(entry.value, entry.key, false);
      continue;
    }
    for (data::Value& measurement : entry.value.list()) redact_measurement(measurement);
  }
  if (count_ != before) count_redactions(root, count_ - before);
}

void Redactor::redact_measurement(data::Value& measurement) {
  if (!measurement.is_map()) return visit(measurement, {}, false);
  const std::string type(text_at(measurement, "type"));
  hide_keys(measurement.map());
  for (auto& entry : measurement.map()) {
    if (entry.key != "subtypes" || !entry.value.is_list()) {
      visit(entry.value, entry.key, false);
      continue;
    }
    for (data::Value& group : entry.value.list()) {
      const bool names = group.is_map() && keys_are_names(type, text_at(group, "subtype"));
      data::Value* data = group.is_map() ? group.map().find("data") : nullptr;
      if (names && data != nullptr && data->is_map())
        visit_names(data->map());
      else
        visit(group, {}, false);
    }
  }
}

// These keys say nothing about what stands under them; a secret for a name, or in one, is one here, too.
void Redactor::visit_names(data::Map& map) {
  hide_keys(map);
  for (auto& entry : map) visit(entry.value, {}, false);
}

void Redactor::hide_text(std::string& text) {
  if (holds_secret(text, nesting_)) text = token(text);
}

void Redactor::redact(Snapshot& snapshot) {
  std::int64_t before = count_;
  for (const Measurement& measurement : snapshot.measurements)
    for (const Subtype& group : measurement.subtypes)
      for (const auto& entry : group.data) pass_over_tokens(entry.value);
  for (Measurement& measurement : snapshot.measurements)
    for (Subtype& group : measurement.subtypes) {
      if (keys_are_names(measurement.type, group.subtype))
        visit_names(group.data);
      else
        visit_map(group.data, false);
    }
  hide_text(snapshot.metadata.source_node);
  for (CollectorOutcome& outcome : snapshot.collectors) hide_text(outcome.detail);
  snapshot.metadata.redactions += count_ - before;
}

// A document may have been redacted before: its tokens stay, and new ones must not repeat them.
void Redactor::pass_over_tokens(const data::Value& value) {
  if (value.is_string()) highest_ = std::max(highest_, redaction_number(value.string()));
  if (value.is_list())
    for (const data::Value& item : value.list()) pass_over_tokens(item);
  if (value.is_map())
    for (const auto& entry : value.map()) {
      highest_ = std::max(highest_, redaction_number(entry.key));
      pass_over_tokens(entry.value);
    }
}

void Redactor::visit(data::Value& value, std::string_view key, bool below_secret) {
  if (value.is_map()) return visit_map(value.map(), below_secret || is_secret_key(key));
  if (value.is_list()) {
    for (data::Value& item : value.list()) visit(item, key, below_secret);
    return;
  }
  if (!value.is_string() && !value.is_number()) return;
  std::string text = value.scalar_text();
  if (!must_go(key, text, below_secret)) return;
  data::Mark mark = value.mark();
  value = data::Value(token(text)).with_mark(mark);
}

void Redactor::visit_map(data::Map& map, bool below_secret) {
  constexpr std::string_view kReferences[] = {"name", "namespace", "kind", "apiVersion"};
  hide_keys(map);
  const bool selector = is_selector(map);
  const std::string pair(pair_name(map));
  for (auto& entry : map) {
    bool reference = one_of(entry.key, kReferences) || (selector && entry.key == "key");
    std::string_view key = entry.key;
    if (reference) key = {};
    if (entry.key == "value" && !pair.empty()) key = pair;
    visit(entry.value, key, below_secret && !reference);
  }
}

// A secret can stand where a name should, as a bare word of a kernel command line does, or be part of one
// ("pam.ghp_....soft.core"). Most names are words with nothing between that could end them: as a whole and in
// parts, only long ones have a secret's shape.
bool Redactor::is_secret_name(std::string_view key) const {
  const bool word = std::ranges::all_of(key, [](char c) { return is_alnum(c) || kInNames.contains(c); });
  if (word ? is_secret_word_value(key, nesting_) : holds_secret(key, nesting_)) return true;
  for (std::size_t at = key.find_first_of("./"); at != std::string_view::npos;
       at = key.find_first_of("./", at + 1)) {
    const std::string_view rest = key.substr(at + 1);
    if (word && rest.size() < kLeastEncoded) return false;
    const std::string_view part = rest.substr(0, rest.find_first_of("./"));
    if (is_prefixed_token(rest) || is_prefixed_token(part) || is_jwt(rest) ||
        is_secret_word_value(part, nesting_))
      return true;
  }
  return false;
}

void Redactor::hide_keys(data::Map& map) {
  auto secret = [&](const data::Map::Entry& entry) { return is_secret_name(entry.key); };
  if (std::ranges::none_of(map, secret)) return;
  data::Map shown;
  for (auto& entry : map)
    shown.set(secret(entry) ? token(entry.key) : entry.key, std::move(entry.value), entry.mark);
  map = std::move(shown);
}

std::string Redactor::token(std::string_view secret) {
  ++count_;
  auto known = numbers_.find(secret);
  if (known == numbers_.end()) known = numbers_.emplace(secret, ++highest_).first;
  return cat("<redacted:", known->second, ">");
}

}  // namespace eidos::model
