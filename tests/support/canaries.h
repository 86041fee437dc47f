#pragma once
// Canaries: made-up secrets that a test plants wherever a collector reads, and then looks for in all it
// wrote.
//
//   for (const Planted& planted : canaries()) bus.set_property(unit, planted.key, planted.value);
//   ... collect, write the document, gather warnings and errors ...
//   EXPECT_EQ(canary_found(text), "");
//
// Every planted entry must be kept back whatever the source is: by its key, or, where the key says nothing,
// by what the value looks like. Nothing else may be planted here: a form that no filter could know (a
// reversed secret under a harmless name) would be a test that lies.

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eidos::testing {

/// Letters and digits only, so that it can stand in a token, a URL, a kernel command line and a name.
inline constexpr std::string_view kCanary = "Canary4711SingsAtNight";

inline std::string reversed(std::string_view text) {
  return {text.rbegin(), text.rend()};
}

inline std::string hex_of(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    out += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

inline std::string base64_of(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    std::array<unsigned, 3> bytes{};
    const std::size_t have = std::min<std::size_t>(3, text.size() - at);
    for (std::size_t i = 0; i < have; ++i) bytes.at(i) = static_cast<unsigned char>(text[at + i]);
    const unsigned bits = (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
    for (unsigned i = 0; i < 4; ++i) out += i <= have ? kDigits[(bits >> (18 - 6 * i)) & 63] : '=';
  }
  return out;
}

inline std::string without_padding(std::string base64) {
  base64.erase(base64.find_last_not_of('=') + 1);
  return base64;
}

/// Percent-encoded (RFC 3986): every byte, or only those that are not unreserved.
inline std::string percent_of(std::string_view text, bool every_byte) {
  std::string out;
  for (char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain && !every_byte)
      out += c;
    else
      out += "%" + hex_of(std::string_view(&c, 1));
  }
  return out;
}

/// The part of base64 text that stands for `text` whatever surrounds it, `before` bytes into a group of
/// three.
inline std::string base64_core(std::string_view text, std::size_t before) {
  std::string whole = base64_of(std::string(before, ' ') + std::string(text));
  const std::size_t bits = 8 * (before + text.size());
  const std::size_t first = (8 * before + 5) / 6;
  return whole.substr(first, bits / 6 - first);
}

/// One secret as an output could show it.
struct CanaryForm {
  std::string how;
  std::string text;
};

/// Every form that output is searched for: plain and its halves, base64 wherever it starts, hex,
/// percent-encoded, reversed. Letter case is ignored but for base64.
inline std::vector<CanaryForm> canary_forms(std::string_view canary = kCanary) {
  const std::size_t half = canary.size() / 2;
  std::vector<CanaryForm> forms = {{"plain", std::string(canary)},
                                   {"first half", std::string(canary.substr(0, half))},
                                   {"second half", std::string(canary.substr(half))},
                                   {"hex", hex_of(canary)},
                                   {"percent-encoded", percent_of(canary, true)},
                                   {"reversed", reversed(canary)}};
  for (std::size_t before : {0U, 1U, 2U}) {
    std::string core = base64_core(canary, before);
    forms.push_back({"base64", core});
    std::ranges::replace(core, '+', '-');
    std::ranges::replace(core, '/', '_');
    forms.push_back({"base64url", core});
  }
  return forms;
}

/// Which form of the canary stands in `output` and where, or "" when none does.
inline std::string canary_found(std::string_view output, std::string_view canary = kCanary) {
  auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  constexpr std::size_t kAround = 40;
  for (const CanaryForm& form : canary_forms(canary)) {
    const bool exact = form.how.starts_with("base64");
    auto at = exact ? std::search(output.begin(), output.end(), form.text.begin(), form.text.end())
                    : std::search(output.begin(), output.end(), form.text.begin(), form.text.end(), same);
    if (at == output.end()) continue;
    const auto offset = static_cast<std::size_t>(at - output.begin());
    const std::size_t start = offset < kAround ? 0 : offset - kAround;
    return form.how + ": ..." + std::string(output.substr(start, form.text.size() + 2 * kAround)) + "...";
  }
  return {};
}

/// One secret as a source can hold it.
struct Planted {
  std::string how;
  std::string key;    ///< What a reading would be called; harmless where the value is to be known by itself.
  std::string value;  ///< May hold blanks, quotes and line ends.
};

/// Under names that say it: the secret in any disguise.
inline std::vector<Planted> canaries_by_name(std::string_view canary = kCanary) {
  const std::pair<const char*, std::string> disguises[] = {{"plain", std::string(canary)},
                                                           {"base64", base64_of(canary)},
                                                           {"hex", hex_of(canary)},
                                                           {"percent-encoded", percent_of(canary, true)},
                                                           {"reversed", reversed(canary)}};
  std::vector<Planted> out;
  for (const char* key : {"password", "dbPassword", "API_TOKEN", "ssh-key", "client.secret", "authorization",
                          "credentials", "AWS_SECRET_ACCESS_KEY", "rd.iscsi.password"})
    for (const auto& [how, value] : disguises)
      out.push_back({std::string(how) + " under " + key, std::string(how) + "." + key, value});
  return out;
}

/// Values that are known by what they look like, on one line and without quotes or blanks.
inline std::vector<Planted> canary_words(std::string_view canary = kCanary) {
  const std::string c(canary);
  const std::string assignment = "password=" + c;
  const std::string url = "http://me:" + c + "@proxy.example:3128/";
  std::vector<Planted> out = {
      {"url", "", url},
      {"user name alone in a URL", "", "https://" + c + "@git.example/x.git"},
      {"dracut's iscsi", "", "iscsi:me:" + c + "@192.0.2.1::::iqn"},
      {"assignment", "", assignment},
      {"flag", "", "--db-password=" + c},
      {"short flag", "", "-token=" + c},
      {"base64 of an assignment", "", base64_of(assignment)},
      {"base64 of base64", "", base64_of("x=" + base64_of(assignment))},
      {"base64 of a URL", "", base64_of(url)},
      {"hex of an assignment", "", hex_of(assignment)},
      {"percent-encoded assignment", "", percent_of(assignment, true)},
      {"percent-encoded URL", "", percent_of(url, false)},
      {"jwt", "", "eyJhbGciOiJub25lIn0." + without_padding(base64_of(R"({"sub":")" + c + R"("})")) + ".c2ln"},
      {"signed URL", "", "https://b.example/o?X-Amz-Expires=600&X-Amz-Signature=" + c},
  };
  for (const char* prefix :
       {"ghp_", "github_pat_", "glpat-", "hf_", "nvapi-", "xoxb-", "sk-", "npm_", "hvs."})
    out.push_back({std::string("token ") + prefix, "", prefix + c});
  for (std::size_t i = 0; i < out.size(); ++i) out[i].key = "plain-setting-" + std::to_string(i);
  return out;
}

/// The same for longer texts: command lines, environments, JSON inside strings, several lines.
inline std::vector<Planted> canary_texts(std::string_view canary = kCanary) {
  const std::string c(canary);
  const std::string pair = R"([{"name":"DB_PASSWORD","value":")" + c + R"("}])";
  const std::string object = R"({"a":{"clientSecret":")" + c + R"("}})";
  std::vector<Planted> out = {
      {"command line", "", "/usr/bin/serve --verbose --token " + c + " --port 1"},
      {"command line, quoted", "", "/usr/bin/serve --password \"" + c + "\""},
      {"systemd's command", "", "{ path=/x ; argv[]=/x --api-key " + c + " ; ignore_errors=no }"},
      {"unit environment", "", "[A=b DB_PASSWORD=" + c + " LANG=C]"},
      {"unit environment, proxy", "", "[HTTPS_PROXY=http://me:" + c + "@h:1 NO_PROXY=localhost]"},
      {"header", "", "Authorization: Bearer " + c},
      {"basic header", "", "Authorization: Basic " + base64_of("me:" + c)},
      {"json object", "", object},
      {"json pairs", "", pair},
      {"json in json", "", R"({"a":"{\"password\":\")" + c + R"(\"}"})"},
      {"json behind other text", "", "CONFIG={\"password\":\"" + c + "\"} other"},
      {"json pairs behind other text", "", "ENV=" + pair + " other"},
      {"json, escaped, behind other text", "", R"(CONFIG={\"password\": \")" + c + R"(\"})"},
      {"base64 of json", "", base64_of(object)},
      {"hex of json", "", hex_of(object)},
      {"percent-encoded json", "", percent_of(object, false)},
      {"docker's credentials", "", R"({"auths":{"r.example":{"auth":")" + base64_of("me:" + c) + R"("}}})"},
      {"yaml", "", "user: me\npassword: " + c + "\n"},
      {"ini", "", "[db]\npassword = " + c + "\n"},
      {"pem", "", "-----BEGIN PRIVATE KEY-----\n" + c + "\n-----END PRIVATE KEY-----"},
  };
  for (std::size_t i = 0; i < out.size(); ++i) out[i].key = "plain-text-" + std::to_string(i);
  return out;
}

/// Secrets that stand where a name should; their values are empty.
inline std::vector<Planted> canary_keys(std::string_view canary = kCanary) {
  const std::string c(canary);
  return {{"a token for a name", "ghp_" + c, ""},
          {"a URL for a name", "http://me:" + c + "@h:1", ""},
          {"an assignment for a name", "password=" + c, ""},
          {"base64 for a name", base64_of("password=" + c), ""}};
}

/// All of them.
inline std::vector<Planted> canaries(std::string_view canary = kCanary) {
  std::vector<Planted> out;
  for (auto some : {canaries_by_name, canary_words, canary_texts, canary_keys})
    for (Planted& planted : some(canary)) out.push_back(std::move(planted));
  return out;
}

}  // namespace eidos::testing
