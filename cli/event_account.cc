#include "cli/event_account.h"

#include "cli/json.h"

namespace cli {
namespace {

void add_or_null(JsonObject& object, std::string_view key, const std::optional<limits::TimeMs>& time) {
  time ? object.add(key, time->value) : object.raw(key, "null");
}

void add_or_null(JsonObject& object, std::string_view key, const std::optional<limits::Decimal>& money) {
  money ? object.add(key, money->to_string()) : object.raw(key, "null");
}

void add(JsonObject& object, const limits::Definition& definition) {
  object.add("userId", definition.user_id)
      .add("brandId", definition.brand_id)
      .add("currencyCode", definition.currency_code)
      .add("type", to_string(definition.type))
      .add("period", to_string(definition.period))
      .add("status", to_string(definition.status))
      .add("value", definition.value.to_string());
  add_or_null(object, "previousLimitValue", definition.previous_limit_value);
  object.add("activeFrom", definition.active_from.value);
  add_or_null(object, "activeUntil", definition.active_until);
  add_or_null(object, "createdAt", definition.created_at);
}

void add(JsonObject& object, const limits::Terms& terms) {
  if (terms.status) object.add("status", to_string(*terms.status));
  if (terms.value) object.add("value", terms.value->to_string());
  if (terms.previous_limit_value) add_or_null(object, "previousLimitValue", *terms.previous_limit_value);
  if (terms.active_until) add_or_null(object, "activeUntil", *terms.active_until);
}

}  // namespace

std::string EventAccount::rule() const {
  if (routing.route == nullptr) return {};
  return routing.by_default ? "default" : rule_at(routing.refusals.size());
}

std::string_view EventAccount::handler() const {
  if (routing.route == nullptr) return {};
  switch (routing.route->action) {
    case limits::Route::Action::kHandle:
      return routing.route->handler->name;
    case limits::Route::Action::kIgnore:
      return "ignore";
    case limits::Route::Action::kDeadLetter:
      return "dead_letter";
  }
  return {};
}

EventAccount Accountant::account_for(std::string_view bytes, const limits::Rules& rules) {
  arena_.clear();
  padded_.assign(bytes).append(kcl::Record::kPadding, ' ');
  const kcl::Record record{.data = std::string_view(padded_).substr(0, bytes.size()),
                           .is_base64 = true,
                           .partition_key = "",
                           .position = {"0", 0},
                           .arrival_ms = 0};
  EventAccount account;
  account.outcome = processor::decide(record, rules, reader_, arena_);
  limits::Decoder decoder;
  const auto event = decoder.decode(record.data, arena_);
  if (!event) return account;
  account.event_id = (*event)->event_id;
  account.type = (*event)->type;
  limits::Document document;
  const bool can_be_walked = !document.read(record.data, arena_);
  if (can_be_walked || !rules.candidates(account.type).need_document()) {
    account.routing = rules.account_for(account.type, document);
  }
  return account;
}

std::string rule_at(std::size_t index) {
  return "/rules/" + std::to_string(index);
}

std::string handled_event(const limits::Change& change) {
  return JsonObject()
      .add("aggregateId", change.key.aggregate_id)
      .add("createdAt", change.created_at.value)
      .add("eventId", change.stamp.event_id)
      .raw("payload", change.fields)
      .add("sequenceNumber", change.stamp.sequence.value)
      .add("type", change.type)
      .str();
}

std::string fields_set_by(const limits::Change& change) {
  JsonObject object;
  if (change.definition) add(object, *change.definition);
  if (change.terms) add(object, *change.terms);
  if (change.progress) {
    object.add("progress", change.progress->progress.to_string());
    add_or_null(object, "nextResetTime", change.progress->next_reset_time);
  }
  return object.str();
}

}  // namespace cli
