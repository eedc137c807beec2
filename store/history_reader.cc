#include "store/history_reader.h"

#include "limits/json_object.h"

namespace store {

std::string event_of(const HistoryRow& row) {
  return limits::JsonObject()
      .add("aggregateId", row.aggregate_id)
      .add("createdAt", row.created_at)
      .add("eventId", row.event_id)
      .raw("payload", row.fields)
      .add("sequenceNumber", row.sequence)
      .add("type", row.type)
      .str();
}

limits::Checked<const limits::Handler*> handler_of(const HistoryRow& row) {
  const limits::Handler* const handler = limits::find_handler(row.handler);
  if (handler != nullptr) return handler;
  return std::unexpected(limits::Fault{limits::Reason::kUnrouted, "there is no handler " + row.handler});
}

limits::Checked<HistoryReader::Reading> HistoryReader::read(const HistoryRow& row) {
  const auto handler = handler_of(row);
  if (!handler) return std::unexpected(handler.error());
  arena_.clear();
  const std::string json = event_of(row);
  const std::string_view padded = arena_.keep(json + std::string(limits::Decoder::kPadding, ' '));
  const auto event = decoder_.decode(padded.substr(0, json.size()), arena_);
  if (!event) return std::unexpected(event.error());
  auto change = limits::decide(**event, **handler, arena_);
  if (!change) return std::unexpected(change.error());
  return Reading{.event = **event, .change = std::move(*change)};
}

}  // namespace store
