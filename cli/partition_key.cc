#include "cli/partition_key.h"

#include <simdjson.h>

#include "aws/kinesis.h"
#include "cli/input_buffer.h"
#include "limits/sha256.h"

namespace cli {

static_assert(InputBuffer::kPadding >= simdjson::SIMDJSON_PADDING);

struct PartitionKeys::Parser {
  simdjson::dom::parser dom;
};

PartitionKeys::PartitionKeys() : parser_(std::make_unique<Parser>()) {}
PartitionKeys::~PartitionKeys() = default;

std::expected<std::string, std::string> PartitionKeys::of_event(std::string_view json) {
  constexpr bool kCopyForPadding = false;
  simdjson::dom::element event;
  if (const auto error = parser_->dom.parse(json.data(), json.size(), kCopyForPadding).get(event)) {
    return std::unexpected(std::string("not JSON: ") + simdjson::error_message(error));
  }
  simdjson::dom::object fields;
  if (event.get(fields) != simdjson::SUCCESS) return std::unexpected("not a JSON object");
  simdjson::dom::element id;
  if (fields.at_key("aggregateId").get(id) != simdjson::SUCCESS) return std::unexpected("has no aggregateId");
  std::string_view text;
  if (id.get(text) != simdjson::SUCCESS || text.empty())
    return std::unexpected("aggregateId must be a text that is not empty");
  if (text.size() > aws::kLongestPartitionKey) return of_bytes(text);
  return std::string(text);
}

std::string PartitionKeys::of_bytes(std::string_view bytes) {
  limits::Sha256 sum;
  sum.add(bytes);
  return limits::to_hex(sum.finish());
}

}  // namespace cli
