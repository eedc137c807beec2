#include "cli/table.h"

#include <algorithm>
#include <numeric>

#include "cli/text.h"

namespace cli {
namespace {

constexpr std::size_t kRowsThatSetWidths = 1000;
constexpr std::string_view kGap = "  ";

std::string padded(std::string_view text, std::size_t width, Column::Align align) {
  const std::size_t is = display_width(text);
  const std::string spaces(width > is ? width - is : 0, ' ');
  return align == Column::Align::kRight ? spaces + std::string(text) : std::string(text) + spaces;
}

}  // namespace

Table::Table(Output& output, std::vector<Column> columns) : output_(output), columns_(std::move(columns)) {}

void Table::row(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = printable(cell);
  if (!widths_.empty()) {
    print(cells);
    return;
  }
  waiting_.push_back(std::move(cells));
  if (waiting_.size() == kRowsThatSetWidths) set_widths();
}

void Table::finish() {
  if (widths_.empty() && !waiting_.empty()) set_widths();
}

void Table::set_widths() {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = display_width(columns_[i].title);
    for (const auto& cells : waiting_) widest = std::max(widest, display_width(cells[i]));
    widths_.push_back(widest);
  }
  const std::size_t line = std::reduce(widths_.begin(), widths_.end()) + kGap.size() * (widths_.size() - 1);
  const auto terminal = output_.width();
  as_cards_ = terminal && line > *terminal;
  if (!as_cards_) {
    std::string titles;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) titles += kGap;
      titles += padded(columns_[i].title, widths_[i], columns_[i].align);
    }
    titles.erase(titles.find_last_not_of(' ') + 1);
    output_.line(output_.emphasized(titles));
  }
  for (const auto& cells : waiting_) print(cells);
  waiting_.clear();
}

void Table::print(const std::vector<std::string>& cells) {
  as_cards_ ? print_card(cells) : print_line(cells);
}

void Table::print_line(const std::vector<std::string>& cells) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text += kGap;
    text += padded(cells[i], widths_[i], columns_[i].align);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  output_.line(text);
}

void Table::print_card(const std::vector<std::string>& cells) {
  if (!first_card_) output_.line("");
  first_card_ = false;
  std::vector<std::pair<std::string_view, std::string>> lines;
  lines.reserve(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) lines.emplace_back(columns_[i].title, cells[i]);
  card(output_, lines);
}

void Table::card(Output& output, const std::vector<std::pair<std::string_view, std::string>>& lines) {
  std::size_t widest = 0;
  for (const auto& [title, text] : lines) widest = std::max(widest, display_width(title));
  for (const auto& [title, text] : lines) {
    output.line(output.emphasized(padded(title, widest, Column::Align::kLeft)) + std::string(kGap) + printable(text));
  }
}

}  // namespace cli
