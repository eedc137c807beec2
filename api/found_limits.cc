#include "api/found_limits.h"

#include "api/answers.h"
#include "api/problem.h"
#include "limits/json_text.h"
#include "limits/wording.h"
#include "store/standing.h"

namespace api {
namespace {

/// The same target, of one aggregate.
std::string url_of(const Target& target, std::string_view aggregate) {
  std::string url;
  for (const std::string& segment : target.path) url += '/' + percent_encoded(segment);
  url += "?aggregate=" + percent_encoded(aggregate);
  for (const auto& [name, value] : target.query) {
    if (name != "aggregate") url += '&' + percent_encoded(name) + '=' + percent_encoded(value);
  }
  return url;
}

store::Result<void> each_found(store::Reader& reader, const Target& target, store::KeptFilter filter,
                               const std::function<void(const store::KeptLimit&)>& visit) {
  const std::string* const aggregate = target.find("aggregate");
  filter.user_limit_id = target.path[1];
  return reader.each_kept_limit(filter, [&](const store::KeptLimit& limit) {
    if (aggregate == nullptr || limit.state.aggregate_id == *aggregate) visit(limit);
    return true;
  });
}

}  // namespace

store::Result<std::vector<store::KeptLimit>> find_limits(store::Reader& reader, const Target& target) {
  std::vector<store::KeptLimit> found;
  const auto read = each_found(reader, target, {.user_limit_id = {}, .history = false},
                               [&found](const store::KeptLimit& limit) { found.push_back(limit); });
  if (!read) return std::unexpected(read.error());
  return found;
}

store::Result<void> each_limit_to_stand(store::Reader& reader, const Target& target, std::optional<limits::TimeMs> at,
                                        const std::function<void(const store::KeptLimit&)>& visit) {
  const auto wants = [at] { return store::needed_for_standing(at); };
  return each_found(reader, target, {.user_limit_id = {}, .wants = wants}, visit);
}

Response limit_not_found(const std::string& id, bool parked) {
  const std::string detail = parked
                                 ? "The limit " + limits::in_quotes(id) + " is parked: its definition has not come yet."
                                 : "No event of a limit " + limits::in_quotes(id) + " has come yet.";
  return problem(kLimitNotFound, detail, {{"parked", parked ? "true" : "false"}});
}

Response limit_ambiguous(const Target& target, std::span<const store::KeptLimit> limits) {
  std::vector<std::string> urls;
  std::vector<std::string> states;
  for (const store::KeptLimit& limit : limits) {
    limits::append_json_string(urls.emplace_back(), url_of(target, limit.state.aggregate_id));
    if (limit.definition) states.push_back(limits::to_json(limit.state));
  }
  return problem(kLimitAmbiguous, "An id should be one aggregate's. Ask for one with ?aggregate=ID.",
                 {{"choices", json_array(urls)}, {"limits", json_array(states)}});
}

Response with_last_change(Response response, const std::optional<store::Arrival>& newest) {
  if (newest) {
    response.set("Limits-Last-Change", std::to_string(newest->arrival_ms))
        .set("Limits-Last-Change-Shard", percent_encoded(newest->stream) + '/' + percent_encoded(newest->shard));
  }
  return response;
}

}  // namespace api
