#include "kcl/internal/message.h"

#include "kcl/internal/excerpt.h"

namespace kcl::internal {

// The daemon knows exactly these members. A further one, or text before the JSON, makes it skip the line and wait for
// ever; a line `null` ends its worker (MultiLangProtocol, GetNextMessageTask).

std::string status_line(std::string_view action) {
  return R"({"action":"status","responseFor":")" + std::string(action) + R"("})";
}

Result<std::string> checkpoint_line(const Position& position) {
  if (position.sequence.empty() || position.sequence.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::unexpected(Error{"checkpoint: \"" + excerpt(position.sequence) +
                                 "\" is no sequence number; give the position of a record, as it came"});
  }
  return R"({"action":"checkpoint","sequenceNumber":")" + std::string(position.sequence) + R"(","subSequenceNumber":)" +
         std::to_string(position.sub_sequence) + "}";
}

std::string checkpoint_all_line() {
  return R"({"action":"checkpoint","sequenceNumber":null,"subSequenceNumber":null})";
}

}  // namespace kcl::internal
