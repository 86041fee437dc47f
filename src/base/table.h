#pragma once
// Columns for people: widths from the content, two blanks between.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace eidos {

enum class Paint : std::uint8_t { None, Good, Bad, Caution, Faint };

/// `text` between the terminal's codes for `paint`.
std::string painted(std::string_view text, Paint paint);

/// Control characters, bad UTF-8 and bidirectional overrides as \xNN or \uNNNN, all else as it is: a document
/// cannot paint on the terminal.
std::string harmless(std::string_view text);

class Table {
 public:
  struct Cell {
    std::string text;
    Paint paint = Paint::None;
    Cell(std::string t, Paint p = Paint::None) : text(std::move(t)), paint(p) {}
    Cell(std::string_view t) : text(t) {}
    Cell(const char* t) : text(t) {}
  };

  explicit Table(std::vector<std::string> headings);
  /// Cells beyond the headings are refused (an invariant); missing ones are empty.
  void add_row(std::vector<Cell> cells);
  /// A line of its own under the last row, indented; no column takes its width from it.
  void add_note(std::string_view text);

  struct Style {
    bool header = true;
    bool color = false;
  };
  /// No blanks at line ends; every line ends with a newline. Only the header line when there are no rows.
  std::string render(const Style& style) const;

 private:
  struct Line {
    std::vector<Cell> cells;
    std::string note;  ///< Instead of cells.
  };
  std::vector<std::size_t> widths(const Style& style) const;

  std::vector<std::string> headings_;
  std::vector<Line> lines_;
};

}  // namespace eidos
