// The simdjson reader: one pass over the line on demand, base64 decoded in place, one pass over each event, every field
// that a handler needs looked at and nothing done with it.
#include <cstdint>
#include <iostream>
#include <span>

#include <simdjson.h>

#include "kcl/internal/base64.h"
#include "lines.h"

namespace {

namespace ondemand = simdjson::ondemand;

std::uint64_t sum = 0;

void see(ondemand::value value);

void see_object(ondemand::object object) {
  for (auto field : object) {
    sum += std::string_view(field.unescaped_key()).size();
    see(field.value());
  }
}

void see(ondemand::value value) {
  switch (value.type()) {
    case ondemand::json_type::object:
      see_object(value.get_object());
      break;
    case ondemand::json_type::string:
      sum += std::string_view(value.get_string()).size();
      break;
    case ondemand::json_type::number:
      sum += static_cast<std::uint64_t>(std::int64_t(value.get_int64()));
      break;
    default:
      sum += value.raw_json_token().size();
  }
}

class Reader {
 public:
  void read(bench::Lines& lines, std::size_t size) {
    auto message = line_parser_.iterate(lines.data(), size, lines.capacity());
    for (auto record : message["records"]) {
      const std::string_view data = record["data"].raw_json_token();
      char* const begin = lines.data() + (data.data() + 1 - lines.data());
      const auto length = kcl::internal::decode_base64_in_place({begin, data.rfind('"') - 1});
      if (!length) throw std::runtime_error("bad base64");
      sum += std::string_view(record["sequenceNumber"]).size() + std::uint64_t(record["subSequenceNumber"]) +
             std::uint64_t(record["approximateArrivalTimestamp"]);
      // The event's text is followed by what is left of its base64 and of the line: that is padding enough.
      auto event = event_parser_.iterate(begin, *length, *length + simdjson::SIMDJSON_PADDING);
      see_object(event.get_object());
    }
  }

 private:
  ondemand::parser line_parser_, event_parser_;
};

}  // namespace

int main() {
  bench::Lines lines;
  Reader reader;
  bool first = true;
  for (auto line = lines.next(); !line.empty(); line = lines.next()) {
    if (!first) reader.read(lines, line.size());
    bench::Lines::answer(first ? "initialize" : "processRecords");
    first = false;
  }
  std::cerr << sum << "\n";
}
