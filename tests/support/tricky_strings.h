#pragma once
// Strings that some reader of YAML takes for something else, or that a writer gets wrong: what documents are
// tested with, in src/data and against other readers (tests/peers).

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace eidos::testing {

using namespace std::string_view_literals;

// Short ones first: they print in columns.
constexpr std::string_view kTricky[] = {
    "yes",       "No",        "on",      "OFF",       "y",        "N",         "~",         "null",
    "Null",      "true",      "FALSE",   "1e3",       "0755",     "0o17",      "1_000",     "12:30",
    "190:20:30", ".inf",      "-.INF",   ".NaN",      "-",        "?",         ":",         "- a",
    "? b",       "a: b",      "a #b",    "#c",        " x ",      "x ",        " x",        "",
    "end\n\n\n", "\nstart",   "a\n \nb", "tab\there", "\ttab",    "a\tb\nc",   "emoji 😀",  "שלום",
    "\u202Ertl", "1.10",      "0x1F",    "0b1",       "+1",       "-1",        "1.",        ".5",
    "=",         "<<",        "*a",      "&a",        "!t",       "%d",        "@x",        "`x",
    "{a",        "[a",        "}",       "]",         "a,b",      "'single'",  "---",       "...",
    "--- a",     "\r",        "a\rb",    "a\r\nb",    "\x7f",     "\u0085",    "\u2028",    "\uFEFF",
    "\x01\x02",  ">= 1.32.4", "a:",      "|",         ">",        "key: |",    "deadbeef",  "1e",
    "0",         "00",        "007",     "1__0",      "0.1.2",    "1:2",       "a\n",       "\n",
    "\n\n",      "x\n\ny",    "x\n\n",   "null\n",    "a\n#b",    "a\n---\nb", "!!str x",   "-.5",
    "+.inf",     "0x",        "-0",      "1e+3",      "1E5",      "0o8",       "08",        "1:30:00",
    "1_0.5",     "._1",       "1.e5",    "NULL",      "nul",      "Y",         "tRUE",      "a\tb",
    "x\t",       "a:\tb",     "a\t#b",   "\u00A0x",   "x\u00A0",  "\u3000x",   "\u200B",    "\u200E",
    "\u2029",    "\uFFFD",    "\uFFFE",  "\uE000",    "\u0080",   "\u009F",    "a\u0085b",  "a\u2028b",
    "\uFEFFa",   "a\uFEFF",   "e\u0301", "1\n",       "- a\n- b", "a\n\tb",    "a\n \n",    "a\n\n\n b",
    "a \n",      "a\n ",      "#a\nb",   "? ",        "-\n",      "\t\n",      "%YAML 1.1", "... a",
    "...\n",     "a ...",     "[]",      "{}",        "[a]: b",   "a]",        "a}b",       "*",
    "&",         "!",         "!!",      "!<a>",      "|-",       ">+",        "\\",        "\\n",
    "\"",        "'",         "''",      "a'b",       "a\"b",     "${VAR}",    "$(id)",     "<a&b>",
    "a,",        ",a",        "a ,b",    "key:value", "a:b: c",   "::",        ":a",        "-a",
    "?a",        "--",        "-:",      "nul\0!"sv,  "\0"sv,     "a\n\0b"sv};
constexpr std::string_view kTrickyLonger[] = {
    "2026-01-02",           "2026-01-02T03:04:05Z", "2001-12-14 21:59:43.10 -5",
    "multi\nline",          "multi\nline\n",        "  indented\nblock",
    "18446744073709551615", "\"double\"",           "back\\slash",
    "trailing \nspace",     "\U0001F9EA",           "\U0010FFFF",
    "a: b\nc: d",           "a\n\u2028b",           "a\n\u0085b",
    "%d\n---\na",           "{{ .Values.x }}",      "http://h:1/p?q#f"};

inline std::vector<std::string> tricky_strings() {
  std::vector<std::string> all(std::begin(kTricky), std::end(kTricky));
  all.insert(all.end(), std::begin(kTrickyLonger), std::end(kTrickyLonger));
  all.push_back(std::string(3000, 'k'));  // no simple key (YAML 1.2, 7.4.2)
  all.push_back(std::string(2000, '\x01'));
  all.push_back(std::string(1100, 'k') + ": v");
  all.push_back(std::string(400, '"'));
  all.push_back(std::string(200, 'w') + " " + std::string(200, 'w'));
  all.push_back(std::string(40, ' ') + "x");
  all.push_back("x" + std::string(40, '\n'));
  return all;
}

/// A string of up to eight pieces that mean something to a YAML reader; the same for the same generator.
inline std::string random_tricky_string(std::mt19937_64& random) {
  static constexpr std::string_view kPieces[] = {
      " ",          "  ",         "\n",     "\n\n",    "\n  ",    "\t",     "\r",     "\r\n",       ":",
      ": ",         " #",         "#",      "-",       "- ",      "? ",     "?",      ",",          "[",
      "]",          "{",          "}",      "&",       "*",       "!",      "!!",     "|",          ">",
      "'",          "\"",         "%",      "@",       "`",       "\\",     "\\x",    "~",          "=",
      "<<",         "---",        "...",    "\n---\n", "\n...\n", "0",      "1",      "8",          "0x",
      "0o",         "0b",         "_",      ".",       "+",       "e",      "E3",     "e+3",        ".inf",
      ".nan",       "null",       "true",   "yes",     "no",      "on",     "off",    "y",          "n",
      "2026-01-02", "T03:04:05Z", "12:30",  "a",       "b c",     "key",    "\u0085", "\u00A0",     "\u00E9",
      "\u05D0",     "\u2028",     "\u2029", "\u200F",  "\u202E",  "\uFEFF", "\uFFFE", "\U0001F600", "\x01",
      "\x1B",       "\x7F"};
  std::string out;
  for (std::uint64_t left = random() % 8 + 1; left > 0; --left) out += kPieces[random() % std::size(kPieces)];
  return out;
}

}  // namespace eidos::testing
