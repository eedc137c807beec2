#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "cli/event_account.h"

namespace cli {

/// A file that says what some rules are to do with one event. docs/rules.md has its form.
class RulesCase {
 public:
  /// No larger than this, with the event in it.
  static constexpr std::size_t kMostBytes = std::size_t{4} * 1024 * 1024;

  /// The error is a sentence without the file's name.
  [[nodiscard]] static std::expected<RulesCase, std::string> parse(std::string text);

  /// The event's bytes, as they stand in the file.
  [[nodiscard]] std::string_view event() const { return std::string_view(text_).substr(event_.offset, event_.size); }

  struct Difference {
    std::string pointer;   ///< into the file: "/expect/sets/progress"
    std::string expected;  ///< JSON; empty: nothing
    std::string found;     ///< the same
  };
  /// What the account has otherwise than expected. `/expect/rule` only counts if it is there.
  [[nodiscard]] std::vector<Difference> compare(const EventAccount& account) const;
  /// The file's text with the account as what is expected; all else in it stays to the byte.
  [[nodiscard]] std::string text_expecting(const EventAccount& account) const;

 private:
  struct Place {
    std::size_t offset = 0;
    std::size_t size = 0;
  };
  RulesCase() = default;
  /// What the account says, as far as the case asks, as JSON.
  [[nodiscard]] std::string outcome_of(const EventAccount& account) const;

  std::string text_;
  Place event_;
  Place expect_;  ///< of size 0, before the last brace, if nothing is expected yet
  bool asks_for_rule_ = true;
};

}  // namespace cli
