#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <variant>

#include "limits/arena.h"
#include "limits/change.h"
#include "store/sqlite/connection.h"

namespace store::sqlite {

/// A term that is not the definition's: as it is stored, or as an event of the batch has it.
struct SetTerm {
  limits::Stamp stamp;
  std::variant<std::nullopt_t, std::int64_t, std::string_view, limits::Decimal> value = std::nullopt;
};

/// What decides about changes of a definition: the rest of its stamp, and the stamps of its terms. Seldom needed.
struct DefinitionStamps {
  std::string_view event_id;  ///< empty if there is no definition
  std::array<std::optional<SetTerm>, limits::kTermCount> terms;

  [[nodiscard]] bool has_term_of(const limits::Stamp& stamp) const;
  [[nodiscard]] bool has_term_under(limits::AggregateSeq sequence) const;
};

using LoadDefinitionStamps = std::function<DefinitionStamps(std::int64_t limit_id)>;

/// What the terms say of that, in their order.
[[nodiscard]] SetTerm set_term(const limits::Terms& terms, limits::Term term, const limits::Stamp& stamp);

/// Reads and writes the terms in limit_definition.
class TermColumns {
 public:
  explicit TermColumns(Connection& db) : db_(db) {}

  /// Text goes to the arena.
  [[nodiscard]] DefinitionStamps load(std::int64_t limit_id, limits::Arena& arena);
  /// Writes those that are set.
  void save(std::int64_t limit_id, const DefinitionStamps& stamps);

 private:
  Connection& db_;
  // Per term: the value, then its stamp.
  Statement load_{db_,
                  "SELECT event_id, active_until, active_until_sequence, active_until_event_id, previous_limit_value, "
                  "previous_limit_value_sequence, previous_limit_value_event_id, status, status_sequence, "
                  "status_event_id, value, value_sequence, value_event_id FROM limit_definition WHERE limit_id = ?"};
  std::array<Statement, limits::kTermCount> save_{
      Statement{db_,
                "UPDATE limit_definition SET active_until = ?2, active_until_sequence = ?3, active_until_event_id = ?4 "
                "WHERE limit_id = ?1"},
      Statement{db_,
                "UPDATE limit_definition SET previous_limit_value = ?2, previous_limit_value_sequence = ?3, "
                "previous_limit_value_event_id = ?4 WHERE limit_id = ?1"},
      Statement{db_,
                "UPDATE limit_definition SET status = ?2, status_sequence = ?3, status_event_id = ?4 "
                "WHERE limit_id = ?1"},
      Statement{db_,
                "UPDATE limit_definition SET value = ?2, value_sequence = ?3, value_event_id = ?4 WHERE limit_id = ?1"},
  };
};

}  // namespace store::sqlite
