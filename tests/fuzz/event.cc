// Records. Whether their bytes are one JSON object is asked of another parser too; what each handler makes of an event
// has to come out again of an event made from that.
#include "limits/event.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "limits/handlers.h"
#include "limits/json_text.h"
#include "tests/fuzz/require.h"

namespace {

using limits::Arena;
using limits::Change;
using limits::Decoder;
using limits::Event;
using limits::Handler;
using limits::Reason;
using nlohmann::json;

/// A record's bytes, and behind them others. In memory of its own, so that a step beyond the padding is seen.
class Bytes {
 public:
  Bytes(std::string_view text, char next) : bytes_(text.begin(), text.end()), size_(text.size()) {
    bytes_.resize(size_ + Decoder::kPadding, next);
    bytes_.shrink_to_fit();
  }
  [[nodiscard]] std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::vector<char> bytes_;
  std::size_t size_;
};

/// What nlohmann's parser says of the bytes, and what the decoder's promise makes of that.
class Judge final : public json::json_sax_t {
 public:
  /// Nothing where this parser does not know: it takes no number beyond a double.
  static std::optional<bool> accepts(std::string_view text) {
    if (text.contains('\0')) return false;  // which nlohmann takes for the end
    Judge judge;
    const bool is_json = json::sax_parse(text, &judge);
    if (judge.number_too_large_) return std::nullopt;
    return is_json && judge.is_object_ && !judge.twice_ && judge.deepest_ <= Decoder::kMaxDepth;
  }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(json::binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    if (depth_ == 0) is_object_ = true;
    return open();
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    if (depth_ == 1) {
      part_ = name;
      twice_ |= kParts.contains(name) && !seen_.insert(name).second;
    }
    if (depth_ == 2 && in_payload_) twice_ |= is_field(name) && !seen_.insert("payload." + name).second;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception& error) override {
    constexpr int kNumberOverflow = 406;
    number_too_large_ = error.id == kNumberOverflow;
    return false;
  }

 private:
  static inline const std::set<std::string> kParts{"aggregateId", "createdAt",      "eventId",
                                                   "payload",     "sequenceNumber", "type"};

  static bool is_field(std::string_view name) {
    for (std::size_t i = 0; i < limits::kFieldCount; ++i) {
      if (name == limits::name_of(static_cast<limits::Field>(i))) return true;
    }
    return false;
  }

  bool open() {
    ++depth_;
    deepest_ = std::max(deepest_, depth_);
    if (depth_ == 2) in_payload_ = part_ == "payload";
    return true;
  }
  bool close() {
    --depth_;
    return true;
  }

  int depth_ = 0;
  int deepest_ = 0;
  bool is_object_ = false;
  bool in_payload_ = false;
  bool twice_ = false;
  bool number_too_large_ = false;
  std::string part_;
  std::set<std::string> seen_;
};

std::string quoted(std::string_view text) {
  std::string json_text;
  limits::append_json_string(json_text, text);
  return json_text;
}

/// An event that says what the change says.
std::string event_of(const Change& change) {
  return "{\"aggregateId\":" + quoted(change.key.aggregate_id) +
         ",\"createdAt\":" + std::to_string(change.created_at.value) + ",\"eventId\":" + quoted(change.stamp.event_id) +
         ",\"payload\":" + std::string(change.fields) +
         ",\"sequenceNumber\":" + std::to_string(change.stamp.sequence.value) + ",\"type\":" + quoted(change.type) +
         "}";
}

void require_same_again(const Change& change, const Handler& handler) {
  const Bytes bytes(event_of(change), '"');
  // As a child has them: from record to record.
  static Decoder decoder;
  static Arena arena;
  arena.clear();
  const auto event = decoder.decode(bytes.text(), arena);
  fuzz::require(event.has_value(), "an event made from a change is decoded");
  const auto again = limits::decide(**event, handler, arena);
  fuzz::require(again.has_value(), "an event made from a change makes a change");
  fuzz::require(again->key == change.key && again->stamp == change.stamp && again->fields == change.fields &&
                    again->type == change.type && again->definition.has_value() == change.definition.has_value() &&
                    again->progress.has_value() == change.progress.has_value() &&
                    (again->terms ? again->terms->written() : 0) == (change.terms ? change.terms->written() : 0),
                "the same change");
}

void handle(const Event& event, const Handler& handler, Arena& arena) {
  const auto change = limits::decide(event, handler, arena);
  if (change) {
    require_same_again(*change, handler);
  } else {
    fuzz::require_fit_to_show(change.error().what);
    fuzz::require(change.error().reason != Reason::kBadJson, "bad JSON is seen when it is decoded");
  }
}

/// Why the bytes are no event, if they are none.
std::optional<Reason> decode(std::string_view text, char next) {
  const Bytes bytes(text, next);
  static Decoder decoder;
  static Arena arena;
  arena.clear();
  const auto event = decoder.decode(bytes.text(), arena);
  if (!event) {
    fuzz::require_fit_to_show(event.error().what);
    return event.error().reason;
  }
  for (const Handler* handler : limits::handlers()) handle(**event, *handler, arena);
  return std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::WithinASecond watch;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto fault = decode(input, '}');
  fuzz::require(decode(input, '"') == fault, "what stands behind a record to change nothing");
  if (const auto accepted = Judge::accepts(input)) {
    fuzz::require(*accepted == (fault != Reason::kBadJson), *accepted ? "good JSON" : "bad JSON");
  }
  return 0;
}
