// Reads lines of two texts divided by a tab, and writes what limits::Decimal makes of them: either text read and
// written again (or why not), their sum, and how they compare (-1, 0, 1).
#include <iostream>
#include <string>

#include "limits/decimal.h"

namespace {

using limits::Decimal;

std::string text_of(const limits::Checked<Decimal>& number) {
  return number ? number->to_string() : std::string(limits::to_string(number.error().reason));
}

int sign_of(std::strong_ordering order) {
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  std::string line;
  while (std::getline(std::cin, line)) {
    const std::size_t tab = line.find('\t');
    const auto a = Decimal::parse(std::string_view(line).substr(0, tab));
    const auto b = Decimal::parse(std::string_view(line).substr(tab + 1));
    std::cout << text_of(a) << '\t' << text_of(b);
    if (a && b) std::cout << '\t' << text_of(Decimal::add(*a, *b)) << '\t' << sign_of(*a <=> *b);
    std::cout << '\n';
  }
}
