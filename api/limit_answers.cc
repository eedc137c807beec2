#include "api/answers.h"
#include "api/found_limits.h"
#include "api/listing.h"
#include "api/problem.h"
#include "api/service.h"
#include "store/json.h"

// What is answered about limits.
namespace api {
Response Service::limit(const Call& call) {
  if (call.target.find("at") != nullptr || call.target.find("explain") != nullptr) return limit_by_history(call);
  return with_store(call, [&](store::Reader& reader) -> store::Result<Response> {
    auto found = find_limits(reader, call.target);
    if (!found) return std::unexpected(found.error());
    const auto parked = std::erase_if(*found, [](const store::KeptLimit& limit) { return !limit.definition; });
    if (found->empty()) return limit_not_found(call.target.path[1], parked > 0);
    if (found->size() > 1) return limit_ambiguous(call.target, *found);
    const store::KeptLimit& limit = found->front();
    return with_last_change(json_answer(limits::to_json(limit.state)), limit.newest);
  });
}

Response Service::history(const Call& call) {
  const auto list = read_list_request(call.request, call.target, {.places = 1});
  if (!list) return problem(kBadRequest, list.error());
  std::optional<std::int64_t> from;
  if (!list->after.empty()) {
    from = parse_number(list->after[0]);
    if (!from) return problem(kBadRequest, "next: it is not from the header Link of such a list");
  }
  return with_store(call, [&](store::Reader& reader) -> store::Result<Response> {
    const auto found = find_limits(reader, call.target);
    if (!found) return std::unexpected(found.error());
    if (found->empty()) return limit_not_found(call.target.path[1], false);
    if (found->size() > 1) return limit_ambiguous(call.target, *found);
    const store::KeptLimit& limit = found->front();
    const auto page = reader.history_back(
        {.aggregate_id = limit.state.aggregate_id, .user_limit_id = limit.state.user_limit_id}, from, list->most);
    if (!page) return std::unexpected(page.error());
    std::vector<std::string> rows;
    for (const store::HistoryRow& row : page->rows) {
      limits::JsonObject object = store::as_json(row);
      if (limit.may_lack_events_before(row)) object.raw("gapBefore", "true");
      rows.push_back(object.str());
    }
    Response response = list_answer(list->format, rows);
    if (page->next) link_next(response, call.target, {std::to_string(*page->next)});
    return response;
  });
}

}  // namespace api
