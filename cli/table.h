#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output.h"

namespace cli {

struct Column {
  enum class Align : std::uint8_t { kLeft, kRight };
  std::string_view title;
  Align align = Align::kLeft;
};

/// A table for people on stdout. Where the terminal is too narrow for it, each row is a card: one line per column.
/// Cells may be any text from outside. Widths are set by the first rows, so that a table of any length is printed as it
/// comes; a wider cell further down moves the rest of its line.
class Table {
 public:
  Table(Output& output, std::vector<Column> columns);
  void row(std::vector<std::string> cells);
  /// Prints what is left. A table without rows prints nothing.
  void finish();

  /// One thing on a card, whatever the terminal's width: pairs of title and text.
  static void card(Output& output, const std::vector<std::pair<std::string_view, std::string>>& lines);

 private:
  void set_widths();
  void print(const std::vector<std::string>& cells);
  void print_line(const std::vector<std::string>& cells);
  void print_card(const std::vector<std::string>& cells);

  Output& output_;
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> waiting_;
  std::vector<std::size_t> widths_;  ///< empty until they are set
  bool as_cards_ = false;
  bool first_card_ = true;
};

}  // namespace cli
