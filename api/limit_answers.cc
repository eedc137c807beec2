#include "api/answers.h"
#include "api/problem.h"
#include "api/service.h"
#include "limits/json_text.h"
#include "limits/wording.h"

// What is answered about limits.
namespace api {
namespace {

/// What is known under one id.
struct Found {
  std::vector<store::KeptLimit> limits;  ///< the defined ones
  bool parked = false;                   ///< one waits for its definition
};

store::Result<Found> find(store::Reader& reader, const std::string& id, const std::string* aggregate) {
  Found found;
  const auto read = reader.each_kept_limit({.user_limit_id = id, .history = false}, [&](const store::KeptLimit& limit) {
    if (aggregate != nullptr && limit.state.aggregate_id != *aggregate) return true;
    limit.definition ? found.limits.push_back(limit) : static_cast<void>(found.parked = true);
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

Response ambiguous(const std::string& id, const std::vector<store::KeptLimit>& limits) {
  std::vector<std::string> urls;
  std::vector<std::string> states;
  for (const store::KeptLimit& limit : limits) {
    std::string url;
    limits::append_json_string(
        url, "/user-limits/" + percent_encoded(id) + "?aggregate=" + percent_encoded(limit.state.aggregate_id));
    urls.push_back(std::move(url));
    states.push_back(limits::to_json(limit.state));
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
    const auto found = find(reader, id, call.target.find("aggregate"));
    if (!found) return std::unexpected(found.error());
    if (found->limits.empty()) return not_found(id, found->parked);
    if (found->limits.size() > 1) return ambiguous(id, found->limits);
    return shown(found->limits.front());
  });
}

Response Service::limits_of_user(const Call& call) {
  return with_store(call, [&](store::Reader& reader) -> store::Result<Response> {
    std::vector<std::string> rows;
    const auto read = reader.each_limit({.user_id = call.target.path[2]}, [&](const limits::UserLimit& limit) {
      rows.push_back(limits::to_json(limit));
      return true;
    });
    if (!read) return std::unexpected(read.error());
    return json_answer(json_array(rows));
  });
}

}  // namespace api
