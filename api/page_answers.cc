#include <algorithm>

#include "api/answers.h"
#include "api/page_files.h"
#include "api/problem.h"
#include "api/service.h"

// The page for people. It asks this server what any client can ask.
namespace api {
namespace {

/// Nothing from elsewhere, no script or style but files of ours, and no frame around it.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

Response page_answer(std::string_view name) {
  const auto file = std::ranges::find(page_files(), name, &PageFile::name);
  if (file == page_files().end()) return problem(kNotFound, "The page has no such file.");
  Response response = file_answer(file->text, file->type);
  response.set("Content-Security-Policy", std::string(kPolicy)).set("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace

Response Service::page(const Call&) {
  return page_answer("index.html");
}

Response Service::page_file(const Call& call) {
  return page_answer(call.target.path[1]);
}

}  // namespace api
