#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "store/sqlite/connection.h"

/// From the columns of a row to what the contract calls it. What no version of this program wrote throws Failure.
namespace store::sqlite {

/// Reads the columns of a row from left to right.
class Columns {
 public:
  Columns(const Connection& db, const Statement& row) : db_(db), row_(row) {}

  std::int64_t integer() { return row_.integer(next_++); }
  std::string text() { return std::string(row_.text(next_++)); }
  std::optional<std::int64_t> optional_integer() { return row_.optional_integer(next_++); }
  std::optional<std::string> optional_text() { return row_.optional_text(next_++); }
  /// Two columns: a sequence number and an event id.
  std::optional<OwnedStamp> optional_stamp() {
    const auto sequence = optional_integer();
    std::string event_id = text();
    return sequence ? std::optional(OwnedStamp{.sequence = *sequence, .event_id = std::move(event_id)}) : std::nullopt;
  }
  [[nodiscard]] bool next_is_null() const { return row_.is_null(next_); }
  void skip(int columns) { next_ += columns; }

  template <class Enum>
  Enum word() {
    const std::string_view text = row_.text(next_++);
    if (const auto value = limits::from_word<Enum>(text)) return *value;
    throw failure(
        Errc::kFatal, db_.path(),
        fmt::format("a limit has the word \"{}\", which this program does not know. Another program wrote it: "
                    "put back a backup.",
                    text));
  }

 private:
  const Connection& db_;
  const Statement& row_;
  int next_ = 0;
};

/// In the order of the members.
[[nodiscard]] limits::UserLimit read_limit(Columns& row);
/// As read_limit, whether it is defined or not; then the stamps of definition, progress, floor and each term, and where
/// the newest event came from.
[[nodiscard]] KeptLimit read_kept_limit(Columns& row);
[[nodiscard]] ParkedLimit read_parked(Columns& row);
[[nodiscard]] HistoryRow read_history(Columns& row);
[[nodiscard]] DeadLetterRow read_dead_letter(Columns& row, const Connection& db);
[[nodiscard]] ShardRow read_shard(Columns& row);
[[nodiscard]] limits::Reason read_reason(std::string_view name, const Connection& db);

}  // namespace store::sqlite
