#include "kcl/record.h"

#include <algorithm>
#include <tuple>

namespace kcl {
namespace {

std::string_view without_leading_zeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

}  // namespace

bool operator<(const Position& a, const Position& b) {
  const std::string_view left = without_leading_zeros(a.sequence);
  const std::string_view right = without_leading_zeros(b.sequence);
  return std::tuple(left.size(), left, a.sub_sequence) < std::tuple(right.size(), right, b.sub_sequence);
}

}  // namespace kcl
