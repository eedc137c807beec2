#include <string_view>

#include "cli/child_process.h"
#include "cli/commands.h"
#include "limits/wording.h"

namespace cli {
namespace {

/// The API's own program answers; this one is spared the libraries that the other needs.
class ApiGet final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.required("PATH", path_, "What a client would ask the server for, with its query");
    arguments.flag("-i,--include", include_, "Print the answer's status and headers too");
  }

  Outcome<void> run(Context& context) override {
    if (!path_.starts_with('/')) {
      return fail(ExitCode::kUsage,
                  "PATH: expected what stands behind the host, as /user-limits?status=ACTIVE, found " +
                      limits::in_quotes(path_));
    }
    if (auto reader = context.open_reader(); !reader) return std::unexpected(reader.error());
    std::vector<std::string> arguments{"--store", context.store_url, "--get", path_};
    if (include_) arguments.emplace_back("--include");
    auto api = ChildProcess::start(beside_this_program("limits-api"), arguments);
    if (!api) return std::unexpected(api.error());
    const std::string answer = api->read_all();
    context.output.document(answer);
    switch (api->wait()) {
      case 0:
        return {};
      case 3:
        return fail(ExitCode::kNotFound, "the API has no " + path_ + ": its answer says why");
      default:
        return fail(ExitCode::kFailed, "the API cannot give " + path_ + ": its answer says why");
    }
  }

 private:
  std::string path_;
  bool include_ = false;
};

constexpr Example kExamples[] = {
    {.line = "limits api get /user-limits/limit-day-1", .says = "what the server would answer"},
    {.line = "limits api get '/user-limits?user=user-7f3k&status=ACTIVE' -i", .says = "with its headers"},
};

}  // namespace

const CommandEntry kApiGet{.name = "api get",
                           .summary = "Print what the HTTP API would answer, without a server",
                           .examples = kExamples,
                           .make = make_command<ApiGet>};

}  // namespace cli
