#include "store/digest.h"

#include <cstdint>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "limits/json_text.h"

namespace store::digest {
namespace {

/// A JSON array, member after member.
class Line {
 public:
  explicit Line(std::string_view section) { text(section); }

  Line& text(std::string_view value) {
    limits::append_json_string(next(), value);
    return *this;
  }
  Line& text_or_null(const std::optional<std::string>& value) { return value ? text(*value) : json("null"); }
  Line& number(std::int64_t value) { return json(fmt::to_string(value)); }
  Line& number_or_null(const std::optional<std::int64_t>& value) { return value ? number(*value) : json("null"); }
  Line& stamp(const limits::Stamp& value) { return number(value.sequence.value).text(value.event_id); }
  Line& json(std::string_view value) {
    next() += value;
    return *this;
  }
  [[nodiscard]] std::string end() { return std::move(line_ += ']'); }

 private:
  std::string& next() { return line_ += line_.empty() ? '[' : ','; }

  std::string line_;
};

}  // namespace

std::string limit_line(const limits::UserLimit& limit, const limits::Stamp& definition, const limits::Stamp& progress) {
  return Line("limit")
      .text(limit.aggregate_id)
      .text(limit.user_limit_id)
      .text(limit.user_id)
      .text(limit.brand_id)
      .text(limit.currency_code)
      .text(to_string(limit.type))
      .text(to_string(limit.period))
      .text(to_string(limit.status))
      .text(limit.value)
      .text_or_null(limit.previous_limit_value)
      .number(limit.active_from)
      .number_or_null(limit.active_until)
      .number_or_null(limit.created_at)
      .stamp(definition)
      .text(limit.progress)
      .number_or_null(limit.next_reset_time)
      .stamp(progress)
      .end();
}

std::string parked_line(const ParkedLimit& parked) {
  return Line("parked")
      .text(parked.aggregate_id)
      .text(parked.user_limit_id)
      .text_or_null(parked.progress)
      .number_or_null(parked.next_reset_time)
      .stamp({.sequence = {parked.newest_sequence}, .event_id = parked.newest_event_id})
      .end();
}

std::string term_line(const limits::UserLimit& limit, limits::Term term, const limits::Stamp& stamp) {
  Line line("term");
  line.text(limit.aggregate_id).text(limit.user_limit_id).text(name_of(term));
  switch (term) {
    case limits::Term::kActiveUntil:
      line.number_or_null(limit.active_until);
      break;
    case limits::Term::kPreviousLimitValue:
      line.text_or_null(limit.previous_limit_value);
      break;
    case limits::Term::kStatus:
      line.text(to_string(limit.status));
      break;
    case limits::Term::kValue:
      line.text(limit.value);
      break;
  }
  return line.stamp(stamp).end();
}

std::string history_line(const HistoryRow& row) {
  return Line("history")
      .text(row.aggregate_id)
      .text(row.user_limit_id)
      .stamp({.sequence = {row.sequence}, .event_id = row.event_id})
      .text(row.type)
      .text(row.handler)
      .number(row.created_at)
      .text_or_null(row.progress_after)
      .json(row.fields)
      .end();
}

std::string dead_letter_line(limits::Reason reason, std::string_view raw) {
  std::string hex;
  hex.reserve(2 * raw.size());
  for (const char byte : raw) fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(byte));
  return Line("dead").text(to_string(reason)).text(hex).end();
}

}  // namespace store::digest
