#include "api/answers.h"
#include "api/listing.h"
#include "api/problem.h"
#include "api/service.h"
#include "limits/json_text.h"
#include "limits/wording.h"
#include "store/json.h"

// What is answered about limits.
namespace api {
namespace {

/// What is known under one id, by aggregate, defined or not; of one aggregate if one is asked for.
store::Result<std::vector<store::KeptLimit>> find(store::Reader& reader, const std::string& id,
                                                  const std::string* aggregate) {
  std::vector<store::KeptLimit> found;
  const auto read = reader.each_kept_limit({.user_limit_id = id, .history = false}, [&](const store::KeptLimit& limit) {
    if (aggregate == nullptr || limit.state.aggregate_id == *aggregate) found.push_back(limit);
    return true;
  });
  if (!read) return std::unexpected(read.error());
  return found;
}

Response not_found(const std::string& id, bool parked) {
  const std::string detail = parked
                                 ? "The limit " + limits::in_quotes(id) + " is parked: its definition has not come yet."
                                 : "No event of a limit " + limits::in_quotes(id) + " has come yet.";
  return problem(kLimitNotFound, detail, {{"parked", parked ? "true" : "false"}});
}

/// The limits have the same path, and differ by their aggregates.
Response ambiguous(const Target& target, const std::vector<store::KeptLimit>& limits) {
  std::string path;
  for (const std::string& segment : target.path) path += '/' + percent_encoded(segment);
  std::vector<std::string> urls;
  std::vector<std::string> states;
  for (const store::KeptLimit& limit : limits) {
    std::string url;
    limits::append_json_string(url, path + "?aggregate=" + percent_encoded(limit.state.aggregate_id));
    urls.push_back(std::move(url));
    if (limit.definition) states.push_back(limits::to_json(limit.state));
  }
  return problem(kLimitAmbiguous, "An id should be one aggregate's. Ask for one with ?aggregate=ID.",
                 {{"choices", json_array(urls)}, {"limits", json_array(states)}});
}

Response shown(const store::KeptLimit& limit) {
  Response response = json_answer(limits::to_json(limit.state));
  if (limit.newest) {
    response.set("Limits-Last-Change", std::to_string(limit.newest->arrival_ms))
        .set("Limits-Last-Change-Shard",
             percent_encoded(limit.newest->stream) + '/' + percent_encoded(limit.newest->shard));
  }
  return response;
}

}  // namespace

Response Service::limit(const Call& call) {
  return with_store(call, [&](store::Reader& reader) -> store::Result<Response> {
    const std::string& id = call.target.path[1];
    auto found = find(reader, id, call.target.find("aggregate"));
    if (!found) return std::unexpected(found.error());
    const auto parked = std::erase_if(*found, [](const store::KeptLimit& limit) { return !limit.definition; });
    if (found->empty()) return not_found(id, parked > 0);
    if (found->size() > 1) return ambiguous(call.target, *found);
    return shown(found->front());
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
    const std::string& id = call.target.path[1];
    const auto found = find(reader, id, call.target.find("aggregate"));
    if (!found) return std::unexpected(found.error());
    if (found->empty()) return not_found(id, false);
    if (found->size() > 1) return ambiguous(call.target, *found);
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
