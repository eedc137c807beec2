#include "processor/decision.h"

#include <fmt/format.h>

#include "limits/wording.h"

namespace processor {

limits::Origin origin_of(const kcl::Record& record) {
  return {record.position.sequence, record.position.sub_sequence, {record.arrival_ms}};
}

limits::Checked<std::optional<limits::Change>> decide(const kcl::Record& record, const limits::Rules& rules,
                                                      limits::Decoder& decoder, limits::Arena& arena) {
  using limits::Fault, limits::Reason, limits::Route;
  if (!record.is_base64) return std::unexpected(Fault{Reason::kBadBase64, "data: is not base64"});
  const auto event = decoder.decode(record.data, arena);
  if (!event) return std::unexpected(event.error());
  const Route& route = rules.route((*event)->type);
  switch (route.action) {
    case Route::Action::kIgnore:
      return std::nullopt;
    case Route::Action::kDeadLetter:
      return std::unexpected(Fault{
          Reason::kUnrouted, fmt::format("type: no rule routes {} to a handler", limits::in_quotes((*event)->type))});
    case Route::Action::kHandle:
      break;
  }
  auto change = limits::decide(**event, *route.handler, arena);
  if (change) change->origin = origin_of(record);
  return change;
}

}  // namespace processor
