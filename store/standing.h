#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/history_reader.h"
#include "store/store.h"

/// How a limit stands or stood, and why, told by its history alone.
namespace store {

/// An event that a state rests upon, and what of the state it set.
struct Cause {
  HistoryRow event;
  std::vector<std::string_view> sets;  ///< fields by their names in JSON, those without a value too
  // Of the event that set progress, as far as it says so: before + amount = `event.progress_after`.
  std::optional<std::string> progress_before;
  std::optional<std::string> amount;
  std::vector<std::string> discrepancies;  ///< with what stood before it, one sentence each
};

struct Standing {
  KeptLimit limit;            ///< the state and its stamps; nothing else. Without a definition it was parked
  std::vector<Cause> causes;  ///< the highest stamp first; none if no event had come
};

/// What all events in the history fold to: each group is as the one with the highest stamp says.
/// A fault if an event that matters cannot be read; it names the event.
[[nodiscard]] limits::Checked<Standing> fold(const KeptLimit& kept, HistoryReader& reader);

/// Why it cannot be said how a limit stood.
enum class Obscurity {
  kNoHistory,   ///< the store keeps none, or did not always
  kPruned,      ///< an event that may have counted may have been pruned
  kUnreadable,  ///< an event cannot be read
};
[[nodiscard]] std::string_view to_string(Obscurity);  ///< "no-history", "pruned", "unreadable"

struct Obscured {
  Obscurity why;
  std::string what;  ///< a sentence, without a full stop
};

/// For KeptFilter::wants: the few events that `standing` needs of a history, however long that is. To be asked of a
/// limit's events from the highest stamp down.
[[nodiscard]] KeptFilter::Wants needed_for_standing(std::optional<limits::TimeMs> at);

/// As it stood at `at`: what those of its events fold to that were created then or before, by their producers' clocks
/// and in the order of their stamps, whenever they arrived. Or as it stands, if there is no `at`. `kept` has its
/// history, or what is needed of it.
[[nodiscard]] std::expected<Standing, Obscured> standing(const KeptLimit& kept, std::optional<limits::TimeMs> at,
                                                         HistoryReader& reader);

}  // namespace store
