#include "base/table.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace eidos {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::string_view kIndent = "    ";

std::string_view paint_code(Paint paint) {
  switch (paint) {
    case Paint::None: return "";
    case Paint::Good: return "\x1b[32m";
    case Paint::Bad: return "\x1b[31m";
    case Paint::Caution: return "\x1b[33m";
    case Paint::Faint: return "\x1b[2m";
  }
  std::unreachable();
}

std::string_view without_blanks_behind(std::string_view line) {
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

// Padding is added before paint, since codes have no width.
std::string render_row(const std::vector<Table::Cell>& cells, const std::vector<std::size_t>& widths,
                       bool color) {
  std::size_t last = cells.size();
  while (last > 0 && without_blanks_behind(cells[last - 1].text).empty()) --last;
  std::string line;
  for (std::size_t i = 0; i < last; ++i) {
    const Table::Cell& cell = cells[i];
    std::string_view text = i + 1 == last ? without_blanks_behind(cell.text) : std::string_view(cell.text);
    line += color ? painted(text, cell.paint) : std::string(text);
    if (i + 1 < last) line += cat(std::string(widths[i] - display_width(cell.text), ' '), kGap);
  }
  return line += '\n';
}

}  // namespace

std::string painted(std::string_view text, Paint paint) {
  return paint == Paint::None ? std::string(text) : cat(paint_code(paint), text, "\x1b[0m");
}

std::string harmless(std::string_view text) {
  std::string quoted = quote(text, std::string_view::npos);
  return quoted.substr(1, quoted.size() - 2);
}

Table::Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

void Table::add_row(std::vector<Cell> cells) {
  EIDOS_ASSERT(cells.size() <= headings_.size());
  for (Cell& cell : cells) cell.text = harmless(cell.text);
  lines_.push_back({std::move(cells), {}});
}

void Table::add_note(std::string_view text) {
  lines_.push_back({{}, harmless(text)});
}

std::vector<std::size_t> Table::widths(const Style& style) const {
  std::vector<std::size_t> widths(headings_.size(), 0);
  for (std::size_t i = 0; style.header && i < headings_.size(); ++i) widths[i] = display_width(headings_[i]);
  for (const Line& line : lines_)
    for (std::size_t i = 0; i < line.cells.size(); ++i)
      widths[i] = std::max(widths[i], display_width(line.cells[i].text));
  return widths;
}

std::string Table::render(const Style& style) const {
  std::vector<std::size_t> columns = widths(style);
  std::string out;
  if (style.header) out += render_row({headings_.begin(), headings_.end()}, columns, false);
  for (const Line& line : lines_)
    out += line.note.empty() ? render_row(line.cells, columns, style.color) : cat(kIndent, line.note, "\n");
  return out;
}

}  // namespace eidos
