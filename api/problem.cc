#include "api/problem.h"

#include "limits/json_object.h"

namespace api {

Response problem(const Problem& kind, std::string_view detail, std::initializer_list<ProblemMember> members) {
  limits::JsonObject object;
  object.add("type", std::string(kDocumentPath) + '#' + std::string(kind.name))
      .add("title", kind.title)
      .add("status", kind.status)
      .add("detail", detail);
  for (const auto& [name, json] : members) object.raw(name, json);
  Response response{.status = kind.status, .body = object.str() + '\n'};
  response.set("Content-Type", "application/problem+json").set("Cache-Control", "no-store");
  return response;
}

}  // namespace api
