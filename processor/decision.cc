#include "processor/decision.h"

#include <fmt/format.h>

#include "limits/wording.h"

namespace processor {
namespace {

/// An event without a type has a route only by a rule that asks for something else.
limits::Checked<const limits::Route*> route_of(const limits::Event& event, std::string_view json,
                                               const limits::Rules& rules, limits::Document& document,
                                               limits::Arena& arena) {
  const limits::Candidates& candidates = rules.candidates(event.type);
  if (candidates.need_document()) {
    if (auto fault = document.read(json, arena)) return std::unexpected(std::move(*fault));
    if (const limits::Route* route = rules.route(candidates, event.type, document)) return route;
  }
  if (event.type.empty()) return std::unexpected(*event.fault);
  return &rules.route(candidates);
}

}  // namespace

limits::Origin origin_of(const kcl::Record& record) {
  return {record.position.sequence, record.position.sub_sequence, {record.arrival_ms}};
}

limits::Checked<std::optional<limits::Change>> decide(const kcl::Record& record, const limits::Rules& rules,
                                                      RecordReader& reader, limits::Arena& arena) {
  using limits::Fault, limits::Reason, limits::Route;
  if (!record.is_base64) return std::unexpected(Fault{Reason::kBadBase64, "data: is not base64"});
  const auto decoded = reader.decoder.decode(record.data, arena);
  if (!decoded) return std::unexpected(decoded.error());
  const limits::Event& event = **decoded;
  const auto route = route_of(event, record.data, rules, reader.document, arena);
  if (!route) return std::unexpected(route.error());
  switch ((*route)->action) {
    case Route::Action::kIgnore:
      return std::nullopt;
    case Route::Action::kDeadLetter:
      return std::unexpected(
          Fault{Reason::kUnrouted, fmt::format("type: no rule routes {} to a handler", limits::in_quotes(event.type))});
    case Route::Action::kHandle:
      break;
  }
  auto change = limits::decide(event, *(*route)->handler, arena);
  if (change) change->origin = origin_of(record);
  return change;
}

}  // namespace processor
