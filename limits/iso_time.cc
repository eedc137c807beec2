#include "limits/iso_time.h"

#include <charconv>
#include <chrono>
#include <cstddef>

namespace limits {
namespace {

/// Reads from the front. What is not as expected turns it bad: it stays so, and nothing is left to read.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return good_ && rest_.empty(); }

  bool skip(std::string_view any_of) {
    if (rest_.empty() || !any_of.contains(rest_.front())) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(std::string_view any_of) {
    if (!skip(any_of)) turn_bad();
  }
  int digits(std::size_t count) {
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) number = number * 10 + digit();
    return number;
  }
  int up_to(int most, std::size_t count) {
    const int number = digits(count);
    if (number > most) turn_bad();
    return number;
  }
  /// A fraction in thousandths.
  int thousandths() {
    int number = digit() * 100;
    for (int weight = 10; next_is_digit(); weight /= 10) number += digit() * weight;
    return number;
  }
  [[nodiscard]] bool next_is_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }

 private:
  void turn_bad() {
    good_ = false;
    rest_ = {};
  }

  int digit() {
    if (!next_is_digit()) {
      turn_bad();
      return 0;
    }
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
  bool good_ = true;
};

std::chrono::minutes offset(Scanner& scanner) {
  if (scanner.skip("Zz")) return {};
  const bool is_east = scanner.skip("+");
  if (!is_east) scanner.expect("-");
  int minutes = scanner.up_to(23, 2) * 60;
  if (scanner.skip(":") || scanner.next_is_digit()) minutes += scanner.up_to(59, 2);
  return std::chrono::minutes(is_east ? minutes : -minutes);
}

}  // namespace

std::optional<TimeMs> parse_iso_time(std::string_view text) {
  using namespace std::chrono;
  Scanner scanner(text);
  const year y(scanner.digits(4));
  scanner.expect("-");
  const month m(static_cast<unsigned>(scanner.digits(2)));
  scanner.expect("-");
  const day d(static_cast<unsigned>(scanner.digits(2)));
  scanner.expect("Tt ");
  milliseconds time = hours(scanner.up_to(23, 2));
  scanner.expect(":");
  time += minutes(scanner.up_to(59, 2));
  if (scanner.skip(":")) {
    time += seconds(scanner.up_to(59, 2));
    if (scanner.skip(".,")) time += milliseconds(scanner.thousandths());
  }
  time -= offset(scanner);
  const year_month_day date(y, m, d);
  if (!scanner.at_end() || !date.ok()) return std::nullopt;
  return TimeMs{(sys_days(date).time_since_epoch() + time).count()};
}

std::optional<TimeMs> parse_time(std::string_view text) {
  TimeMs time;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), time.value);
  if (error == std::errc() && end == text.data() + text.size()) return time;
  return parse_iso_time(text);
}

}  // namespace limits
