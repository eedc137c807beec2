#include "processor/decision.h"

#include <fmt/format.h>

#include "limits/wording.h"

namespace processor {
namespace {

/// One record on its way.
class Decision {
 public:
  Decision(std::string_view json, const limits::Rules& rules, RecordReader& reader, limits::Arena& arena)
      : json_(json), rules_(rules), reader_(reader), arena_(arena) {}

  limits::Checked<std::optional<limits::Change>> run();

 private:
  limits::Checked<const limits::Route*> route_of(const limits::Event&);
  limits::Checked<limits::Change> change_by(const limits::Route&, const limits::Event&);
  /// Reads the event as a document, once.
  limits::Checked<const limits::Document*> document();

  std::string_view json_;
  const limits::Rules& rules_;
  RecordReader& reader_;
  limits::Arena& arena_;
  bool has_document_ = false;
};

limits::Checked<std::optional<limits::Change>> Decision::run() {
  using limits::Fault, limits::Reason, limits::Route;
  const auto event = reader_.decoder.decode(json_, arena_);
  if (!event) return std::unexpected(event.error());
  const auto route = route_of(**event);
  if (!route) return std::unexpected(route.error());
  switch ((*route)->action) {
    case Route::Action::kIgnore:
      return std::nullopt;
    case Route::Action::kDeadLetter:
      return std::unexpected(Fault{
          Reason::kUnrouted, fmt::format("type: no rule routes {} to a handler", limits::in_quotes((*event)->type))});
    case Route::Action::kHandle:
      break;
  }
  return change_by(**route, **event);
}

/// An event without a type has a route only by a rule that asks for something else.
limits::Checked<const limits::Route*> Decision::route_of(const limits::Event& event) {
  const limits::Candidates& candidates = rules_.candidates(event.type);
  if (candidates.need_document()) {
    const auto read = document();
    if (!read) return std::unexpected(read.error());
    if (const limits::Route* route = rules_.route(candidates, event.type, **read)) return route;
  }
  if (event.type.empty()) return std::unexpected(*event.fault);
  return &rules_.route(candidates);
}

limits::Checked<limits::Change> Decision::change_by(const limits::Route& route, const limits::Event& event) {
  if (!route.transform) return limits::decide(event, *route.handler, arena_, reader_.fields);
  const auto read = document();
  if (!read) return std::unexpected(read.error());
  const auto made = route.transform->apply(event, **read, arena_);
  if (!made) return std::unexpected(made.error());
  return limits::decide(*made, *route.handler, arena_, reader_.fields);
}

limits::Checked<const limits::Document*> Decision::document() {
  if (!has_document_) {
    if (auto fault = reader_.document.read(json_, arena_)) return std::unexpected(std::move(*fault));
    has_document_ = true;
  }
  return &reader_.document;
}

}  // namespace

limits::Origin origin_of(const kcl::Record& record) {
  return {record.position.sequence, record.position.sub_sequence, {record.arrival_ms}};
}

limits::Checked<std::optional<limits::Change>> decide(const kcl::Record& record, const limits::Rules& rules,
                                                      RecordReader& reader, limits::Arena& arena) {
  if (!record.is_base64) {
    return std::unexpected(limits::Fault{limits::Reason::kBadBase64, "data: is not base64"});
  }
  auto change = Decision(record.data, rules, reader, arena).run();
  if (change && *change) (*change)->origin = origin_of(record);
  return change;
}

}  // namespace processor
