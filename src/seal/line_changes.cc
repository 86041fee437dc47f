// A line diff by the longest common subsequence. Bundles are small, and most of two of them is alike: what
// they share at both ends is taken off first, and a rest too large for the table counts as replaced.

#include <algorithm>

#include "base/text.h"
#include "seal/changes.h"

namespace eidos::seal {

namespace {

constexpr std::size_t kAround = 2;
constexpr std::size_t kMostShown = 40;
constexpr std::size_t kLongestLine = 160;
constexpr std::size_t kLargestTable = 4'000'000;

struct Step {
  char mark;  // ' ', '-', '+'
  std::string_view text;
};

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text.empty() ? Lines() : split(text, '\n');
}

void put(std::vector<Step>& out, char mark, const Lines& lines, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) out.push_back({mark, lines[i]});
}

// length[i][j]: of the longest common subsequence of a from i and b from j.
class Table {
 public:
  Table(const Lines& a, const Lines& b) : a_(a), b_(b), length_((a.size() + 1) * (b.size() + 1)) {
    for (std::size_t i = a.size(); i-- > 0;)
      for (std::size_t j = b.size(); j-- > 0;)
        at(i, j) = a[i] == b[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
  }

  void steps(std::vector<Step>& out) {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a_.size() && j < b_.size()) {
      if (a_[i] == b_[j]) {
        out.push_back({' ', a_[i]});
        ++i, ++j;
      } else if (at(i + 1, j) >= at(i, j + 1)) {
        out.push_back({'-', a_[i++]});
      } else {
        out.push_back({'+', b_[j++]});
      }
    }
    put(out, '-', a_, i, a_.size());
    put(out, '+', b_, j, b_.size());
  }

 private:
  std::uint32_t& at(std::size_t i, std::size_t j) { return length_[i * (b_.size() + 1) + j]; }

  const Lines& a_;
  const Lines& b_;
  std::vector<std::uint32_t> length_;
};

std::vector<Step> steps_between(const Lines& a, const Lines& b) {
  std::size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  std::size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
    ++tail;
  auto middle = [&](const Lines& lines) {
    return Lines(lines.begin() + static_cast<std::ptrdiff_t>(head),
                 lines.end() - static_cast<std::ptrdiff_t>(tail));
  };
  const Lines x = middle(a);
  const Lines y = middle(b);
  std::vector<Step> out;
  put(out, ' ', a, 0, head);
  if (!x.empty() && y.size() > kLargestTable / x.size()) {
    put(out, '-', x, 0, x.size());
    put(out, '+', y, 0, y.size());
  } else {
    Table(x, y).steps(out);
  }
  put(out, ' ', a, a.size() - tail, a.size());
  return out;
}

std::string shown(const Step& step) {
  std::string_view text = step.text;
  if (text.size() <= kLongestLine) return cat(step.mark, text);
  std::size_t end = kLongestLine;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // whole characters only
  return cat(step.mark, text.substr(0, end), "…");
}

// Where the run of steps around `at` ends: behind the last change that is near enough to the one before.
std::size_t hunk_end(const std::vector<Step>& steps, std::size_t at) {
  std::size_t last = at;
  for (std::size_t i = at; i < steps.size() && i <= last + 2 * kAround + 1; ++i)
    if (steps[i].mark != ' ') last = i;
  return std::min(steps.size(), last + kAround + 1);
}

std::string range(std::size_t before, const std::vector<Step>& steps, std::size_t from, std::size_t to,
                  char other) {
  std::size_t count = 0;
  for (std::size_t i = from; i < to; ++i) count += steps[i].mark != other ? 1U : 0U;
  return cat(count == 0 ? before : before + 1, count == 1 ? "" : cat(",", count));
}

}  // namespace

std::vector<std::string> line_changes(std::string_view before, std::string_view after) {
  std::vector<std::string> out;
  if (before == after) return out;
  const Lines a = lines_of(before);
  const Lines b = lines_of(after);
  const std::vector<Step> steps = steps_between(a, b);
  std::size_t old_line = 0;  // lines passed
  std::size_t new_line = 0;
  auto pass = [&](std::size_t from, std::size_t to) {
    for (; from < to; ++from) {
      old_line += steps[from].mark != '+' ? 1U : 0U;
      new_line += steps[from].mark != '-' ? 1U : 0U;
    }
  };
  std::size_t done = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].mark == ' ') continue;
    const std::size_t from = std::max(done, i - std::min(i, kAround));
    const std::size_t to = hunk_end(steps, i);
    pass(done, from);
    out.push_back(cat("@@ -", range(old_line, steps, from, to, '+'), " +",
                      range(new_line, steps, from, to, '-'), " @@"));
    for (std::size_t k = from; k < to; ++k) out.push_back(shown(steps[k]));
    pass(from, to);
    done = to;
    i = to - 1;
  }
  if (out.empty()) out.emplace_back("only the line end at the end of the file differs");
  if (out.size() > kMostShown) {
    const std::size_t more = out.size() - kMostShown;
    out.resize(kMostShown);
    out.push_back(cat("… ", more, " more lines"));
  }
  return out;
}

}  // namespace eidos::seal
