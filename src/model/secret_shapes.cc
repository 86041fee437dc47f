#include "model/secret_shapes.h"

#include <algorithm>
#include <bitset>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace eidos::model {

namespace {

constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_alnum(char c) {
  return is_lower(c) || is_upper(c) || is_digit(c);
}

// A token starts with this and is at least this long; what follows the prefix is letters, digits, "-_.".
struct Shape {
  std::string_view prefix;
  std::size_t least;
};
constexpr Shape kShapes[] = {
    {"AKIA", 20},      {"ASIA", 20},        {"ABIA", 20},     {"ACCA", 20},   // AWS access keys
    {"AIza", 39},      {"ya29.", 20},       {"GOCSPX-", 20},                  // Google
    {"ghp_", 20},      {"gho_", 20},        {"ghu_", 20},     {"ghs_", 20},   // GitHub
    {"ghr_", 20},      {"github_pat_", 20}, {"glpat-", 16},   {"gldt-", 16},  // and GitLab
    {"glrt-", 16},     {"glptt-", 16},      {"glcbt-", 16},   {"glsoat-", 16},
    {"nvapi-", 16},    {"hf_", 20},         {"sk-", 20},      {"xai-", 20},     // model providers
    {"xoxb-", 16},     {"xoxp-", 16},       {"xoxa-", 16},    {"xoxr-", 16},    // Slack
    {"dckr_pat_", 16}, {"npm_", 20},        {"pypi-", 20},    {"dop_v1_", 20},  // registries, hosting
    {"hvs.", 16},      {"hvb.", 16},        {"tskey-", 16},   {"SG.", 30},      // Vault, Tailscale, mail
    {"gsk_", 20},      {"whsec_", 20},      {"pul-", 20},     {"dp.st.", 20},
    {"sq0atp-", 16},   {"sk_live_", 16},    {"rk_live_", 16}, {"AGE-SECRET-KEY-", 16}};

constexpr std::size_t kLongestToken = 512;

// crypt(5) hashes: guessing them is a matter of time.
constexpr std::string_view kHashes[] = {"$1$",  "$5$",  "$6$",  "$7$",     "$y$",    "$gy$",
                                        "$2a$", "$2b$", "$2y$", "$argon2", "$apr1$", "{SSHA}"};

bool token_characters(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

// kubeadm's bootstrap token: six characters, a dot, sixteen, of small letters and digits.
bool is_bootstrap_token(std::string_view word) {
  constexpr std::size_t kId = 6;
  constexpr std::size_t kLength = 23;
  if (word.size() != kLength || word[kId] != '.') return false;
  auto fits = [](char c) { return is_lower(c) || is_digit(c); };
  return std::ranges::all_of(word.substr(0, kId), fits) && std::ranges::all_of(word.substr(kId + 1), fits) &&
         std::ranges::any_of(word.substr(kId + 1), is_digit);
}

// An AWS secret access key: forty characters of base64 that name no file and spell no digest.
bool is_aws_secret(std::string_view word) {
  constexpr std::size_t kLength = 40;
  constexpr std::size_t kLeastDifferent = 22;
  if (word.size() != kLength || word.front() == '/') return false;
  std::bitset<256> seen;
  bool lower = false;
  bool upper = false;
  bool digit = false;
  for (char c : word) {
    if (!is_alnum(c) && c != '/' && c != '+') return false;
    lower = lower || is_lower(c);
    upper = upper || is_upper(c);
    digit = digit || is_digit(c);
    seen.set(static_cast<unsigned char>(c));
  }
  return lower && upper && digit && seen.count() >= kLeastDifferent;
}

std::optional<unsigned> base64_digit(char c) {
  if (is_upper(c)) return static_cast<unsigned>(c - 'A');
  if (is_lower(c)) return static_cast<unsigned>(c - 'a') + 26;
  if (is_digit(c)) return static_cast<unsigned>(c - '0') + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return std::nullopt;
}

std::optional<unsigned char> hex_byte(std::string_view digits) {
  if (digits.size() != 2) return std::nullopt;
  unsigned value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return static_cast<unsigned char>(value);
}

// Bytes of characters beyond ASCII pass here; whether they spell any is asked of the whole text.
bool printable(unsigned char c) {
  return (c >= 0x20 && c != 0x7F) || c == '\n' || c == '\r' || c == '\t';
}

std::string if_text(std::string&& bytes) {
  return invalid_utf8(bytes) ? std::string() : std::move(bytes);
}

bool is_version(std::string_view value) {
  if (value.starts_with('v')) value.remove_prefix(1);
  bool dotted = false;
  bool after_digit = false;
  for (char c : value) {
    if (c == '.' && !after_digit) return false;
    if (c != '.' && !is_digit(c)) return false;
    dotted = dotted || c == '.';
    after_digit = is_digit(c);
  }
  return dotted && after_digit;
}

}  // namespace

bool has_url_userinfo(std::string_view text) {
  for (std::size_t at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    std::string_view scheme = text.substr(0, at);
    std::string_view rest = text.substr(at + 3);
    std::string_view authority = rest.substr(0, rest.find_first_of("/?#\"'<> \t\r\n"));
    std::size_t sign = authority.rfind('@');
    if (sign == std::string_view::npos || sign == 0) continue;
    if (authority.substr(sign + 1).starts_with("sha256:")) continue;  // an image by digest
    bool password = authority.substr(0, sign).find(':') != std::string_view::npos;
    if (password || !scheme.ends_with("ssh")) return true;
  }
  // dracut's spelling: iscsi:user:password@host
  std::size_t target = text.find("iscsi:");
  return target != std::string_view::npos && text.find('@', target) != std::string_view::npos;
}

bool is_jwt(std::string_view word) {
  constexpr std::size_t kLeast = 20;
  if (word.size() < kLeast || !word.starts_with("eyJ") || !token_characters(word)) return false;
  return std::ranges::count(word, '.') >= 2;
}

bool is_prefixed_token(std::string_view word) {
  constexpr std::size_t kLeast = std::ranges::min(kShapes, {}, &Shape::least).least;
  if (word.size() < kLeast || word.size() > kLongestToken) return false;
  auto fits = [&](const Shape& shape) {
    return word.front() == shape.prefix.front() && word.size() >= shape.least &&
           word.starts_with(shape.prefix);
  };
  return std::ranges::any_of(kShapes, fits) && token_characters(word);
}

bool is_provider_token(std::string_view word) {
  if (word.empty() || word.size() > kLongestToken) return false;
  if (is_prefixed_token(word)) return true;
  auto hashed = [&](std::string_view prefix) {
    return word.front() == prefix.front() && word.starts_with(prefix);
  };
  return std::ranges::any_of(kHashes, hashed) || is_aws_secret(word) || is_bootstrap_token(word);
}

std::string decoded_text(std::string_view word) {
  word = word.substr(0, word.find_last_not_of('=') + 1);
  std::string out;
  std::uint32_t bits = 0;
  int have = 0;
  for (char c : word) {
    std::optional<unsigned> digit = base64_digit(c);
    if (!digit) return {};
    bits = ((bits << 6) | *digit) & 0xFFFFFF;
    have += 6;
    if (have < 8) continue;
    have -= 8;
    auto byte = static_cast<unsigned char>((bits >> have) & 0xFF);
    if (!printable(byte)) return {};
    out += static_cast<char>(byte);
  }
  return if_text(std::move(out));
}

std::string unhexed_text(std::string_view word) {
  if (word.empty() || word.size() % 2 != 0) return {};
  std::string out;
  for (std::size_t at = 0; at < word.size(); at += 2) {
    const std::optional<unsigned char> byte = hex_byte(word.substr(at, 2));
    if (!byte || !printable(*byte)) return {};
    out += static_cast<char>(*byte);
  }
  return if_text(std::move(out));
}

std::string unescaped_text(std::string_view word) {
  if (word.find('%') == std::string_view::npos) return {};
  std::string out;
  for (std::size_t at = 0; at < word.size(); ++at) {
    const std::optional<unsigned char> byte =
        word[at] == '%' ? hex_byte(word.substr(at + 1, 2)) : std::nullopt;
    if (byte && !printable(*byte)) return {};
    out += byte ? static_cast<char>(*byte) : word[at];
    if (byte) at += 2;
  }
  return out.size() == word.size() ? std::string() : if_text(std::move(out));
}

bool cannot_be_secret(std::string_view value) {
  constexpr std::string_view kNothing[] = {"",     "[]",      "{}",       "[ ]", "<nil>", "null",
                                           "none", "true",    "false",    "on",  "off",   "yes",
                                           "no",   "enabled", "disabled", "0",   "1",     "-1"};
  constexpr std::size_t kLongest = std::ranges::max(kNothing, {}, &std::string_view::size).size();
  value = trim(value);
  if (value.size() <= kLongest &&
      std::ranges::find(kNothing, std::string_view(lower(value))) != std::end(kNothing))
    return true;
  return is_version(value) || redaction_number(value) != 0;
}

std::int64_t redaction_number(std::string_view value) {
  constexpr std::string_view kStart = "<redacted:";
  if (!value.starts_with(kStart) || !value.ends_with('>')) return 0;
  auto number = to_int(value.substr(kStart.size(), value.size() - kStart.size() - 1));
  return number && *number > 0 ? *number : 0;
}

}  // namespace eidos::model
