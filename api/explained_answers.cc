#include "api/answers.h"
#include "api/found_limits.h"
#include "api/problem.h"
#include "api/service.h"
#include "limits/iso_time.h"
#include "limits/json_text.h"
#include "limits/wording.h"
#include "store/json.h"
#include "store/standing.h"

// What is answered about a limit from its history: how it stood, and why.
namespace api {
namespace {

/// `?at=TIME&explain=1`
struct Question {
  std::optional<limits::TimeMs> at;
  bool explain = false;
};

/// An error is the sentence for the client.
std::expected<Question, std::string> read_question(const Target& target) {
  Question question;
  if (const std::string* text = target.find("at")) {
    question.at = limits::parse_time(*text);
    if (!question.at) {
      return std::unexpected("at: expected ms since 1970 or a time like 2026-03-01T10:00:00Z, found " +
                             limits::in_quotes(*text));
    }
  }
  if (const std::string* text = target.find("explain")) {
    if (*text != "1") return std::unexpected("explain: expected 1, found " + limits::in_quotes(*text));
    question.explain = true;
  }
  return question;
}

Response unknown(const store::Obscured& obscured) {
  std::string reason;
  limits::append_json_string(reason, to_string(obscured.why));
  return problem(kHistoryMissing, "It cannot be known: " + obscured.what + '.', {{"reason", reason}});
}

Response none_then(const std::string& id, bool parked) {
  return problem(kLimitNotFound,
                 "There was no limit " + limits::in_quotes(id) + " then: " +
                     (parked ? "its events until then have no definition." : "its first event is of a later time."),
                 {{"parked", parked ? "true" : "false"}});
}

/// A limit that was defined, or of which that cannot be known.
struct Told {
  std::string aggregate_id;
  std::optional<store::Arrival> newest;
  std::expected<store::Standing, store::Obscured> standing;
};

Response ambiguous(const Target& target, const std::vector<Told>& told) {
  std::vector<store::KeptLimit> states;
  for (const Told& each : told) {
    store::KeptLimit& limit = states.emplace_back();
    limit.state.aggregate_id = each.aggregate_id;
    if (each.standing) limit = each.standing->limit;
  }
  return limit_ambiguous(target, states);
}

}  // namespace

Response Service::limit_by_history(const Call& call) {
  const auto question = read_question(call.target);
  if (!question) return problem(kBadRequest, question.error());
  return with_store(call, [&](store::Reader& reader) -> store::Result<Response> {
    const std::string& id = call.target.path[1];
    bool known = false;
    bool parked = false;
    store::HistoryReader events;
    std::vector<Told> told;
    const auto read = each_limit_to_stand(reader, call.target, question->at, [&](const store::KeptLimit& kept) {
      known = true;
      auto standing = store::standing(kept, question->at, events);
      if (standing && !standing->limit.definition) {
        parked |= !standing->causes.empty();
      } else {
        told.push_back(
            {.aggregate_id = kept.state.aggregate_id, .newest = kept.newest, .standing = std::move(standing)});
      }
    });
    if (!read) return std::unexpected(read.error());
    if (told.empty()) return known && question->at ? none_then(id, parked) : limit_not_found(id, parked);
    if (told.size() > 1) return ambiguous(call.target, told);
    const auto& [aggregate_id, newest, standing] = told.front();
    if (!standing) return unknown(standing.error());
    Response response = json_answer(store::to_json(*standing, question->at, question->explain));
    return question->at ? response : with_last_change(std::move(response), newest);
  });
}

}  // namespace api
