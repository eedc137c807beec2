#include "cli/standings.h"

#include "cli/text.h"
#include "limits/wording.h"

namespace cli {
namespace {

std::string_view way_out(store::Obscurity why) {
  switch (why) {
    case store::Obscurity::kNoHistory:
      return "A store keeps it unless its URL ends in ?history=off";
    case store::Obscurity::kPruned:
      return "Ask for a later time";
    case store::Obscurity::kUnreadable:
      return "See: limits verify";
  }
  return {};
}

std::unexpected<Failure> not_known(const std::string& id, std::optional<limits::TimeMs> at,
                                   const store::Obscured& obscured) {
  return fail(ExitCode::kFailed,
              (at ? "how limit " + id + " stood at " + utc(at->value) : "why limit " + id + " stands as it does") +
                  " cannot be known: " + obscured.what + ". " + std::string(way_out(obscured.why)));
}

std::unexpected<Failure> not_there_yet(const std::string& id, limits::TimeMs at, bool parked) {
  return fail(ExitCode::kNotFound,
              "there was no limit " + id + " at " + utc(at.value) +
                  (parked ? ": its events until then have no definition" : ": its first event is of a later time") +
                  "; see: limits history " + id);
}

}  // namespace

void PointInTime::declare(Arguments& arguments) {
  arguments.option("--at", "TIME", text_,
                   "As it stood then: 2026-03-01T10:00:00Z, 2026-03-01 10:00:00 UTC, ms since 1970, or \"2h ago\"");
}

Outcome<std::optional<limits::TimeMs>> PointInTime::read() const {
  if (text_.empty()) return std::nullopt;
  const auto time = read_time(text_, wall_clock());
  if (time) return time;
  return fail(ExitCode::kUsage,
              "--at: expected a time like 2026-03-01T10:00:00Z, 2026-03-01 10:00:00 UTC, "
              "1772359200000 (ms since 1970) or \"2h ago\", found " +
                  limits::in_quotes(text_));
}

Outcome<std::vector<store::Standing>> standings(store::Reader& reader, const std::string& id,
                                                std::optional<limits::TimeMs> at) {
  std::vector<store::Standing> defined;
  std::optional<store::Obscured> obscured;
  store::HistoryReader events;
  bool known = false;
  bool parked = false;
  const store::KeptFilter filter{.user_limit_id = id, .wants = [at] { return store::needed_for_standing(at); }};
  const auto read = reader.each_kept_limit(filter, [&](const store::KeptLimit& kept) {
    known = true;
    auto standing = store::standing(kept, at, events);
    if (!standing) {
      obscured = standing.error();
    } else if (standing->limit.definition) {
      defined.push_back(std::move(*standing));
    } else {
      parked |= !standing->causes.empty();
    }
    return !obscured;
  });
  if (!read) return store_failure(read.error());
  if (obscured) return not_known(id, at, *obscured);
  if (!defined.empty()) return defined;
  return known && at ? not_there_yet(id, *at, parked) : no_limit(id, parked);
}

Outcome<void> print_found(Output& output, const std::string& id, std::size_t count,
                          const std::function<std::string(std::size_t)>& json,
                          const std::function<void(std::size_t)>& show) {
  if (output.json() && count == 1) {
    output.json_line(json(0));
  } else if (output.json()) {
    JsonArray array(output);
    for (std::size_t i = 0; i < count; ++i) array.add(json(i));
    array.finish();
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) output.line("");
      show(i);
    }
  }
  if (count == 1) return {};
  return fail(ExitCode::kFailed, "finding foreign_aggregate: " + std::to_string(count) + " aggregates have a limit " +
                                     id + ", and an id should be one aggregate's");
}

std::unexpected<Failure> no_limit(const std::string& id, bool parked) {
  return fail(ExitCode::kNotFound,
              "there is no limit " + id +
                  (parked ? ": it is parked, its definition has not come yet; see: limits parked list"
                          : ", or its first event has not come yet; see: limits list"));
}

}  // namespace cli
