#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"
#include "api/target.h"

namespace api {

enum class Format { kJson, kJsonLines, kCsv };

/// What a request says about the part of a list that it wants.
struct ListRequest {
  Format format = Format::kJson;
  std::size_t most = 0;
  std::vector<std::string> after{};  ///< where it goes on from; empty: at the beginning
};

struct ListRules {
  std::size_t places;  ///< parts of which a cursor is made
  std::int64_t usual = 100;
  bool has_csv = false;
};

/// From `format` or the header Accept, `limit` and `next`. An error is the sentence for the client.
[[nodiscard]] std::expected<ListRequest, std::string> read_list_request(const Request& request, const Target& target,
                                                                        const ListRules& rules);

/// The rows, each a JSON object or a line of CSV, in that format. `header` is the first line of CSV.
[[nodiscard]] Response list_answer(Format format, std::span<const std::string> rows, std::string_view header = {});

/// Tells where the list goes on: the same target with another `next`, in the header Link (RFC 8288).
void link_next(Response& response, const Target& target, std::initializer_list<std::string_view> after);

}  // namespace api
