#include <clocale>

#include "cli/output.h"
#include "cli/parser.h"

namespace cli {
namespace {

ExitCode refuse(Output& output, const Refusal& refusal) {
  if (refusal.code == ExitCode::kDone) {
    output.write(refusal.text);
  } else if (refusal.is_help) {
    output.usage(refusal.text);
  } else {
    output.error(refusal.text);
  }
  return refusal.code;
}

ExitCode run(Output& output, int argc, const char* const* argv) {
  auto invocation = parse_command_line(argc, argv);
  if (!invocation) return refuse(output, invocation.error());
  output.set_json(invocation->json);
  output.set_talk(invocation->talk);
  Context context{.output = output, .store_url = invocation->store_url};
  if (const auto done = invocation->command->run(context); !done) {
    output.error(done.error().what);
    return done.error().code;
  }
  return ExitCode::kDone;
}

}  // namespace
}  // namespace cli

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "C.UTF-8");  // for the width of characters
  cli::Output output;
  cli::ExitCode code = cli::run(output, argc, argv);
  if (!output.flush()) {
    output.error("standard output could not be written");
    if (code == cli::ExitCode::kDone) code = cli::ExitCode::kFailed;
  }
  return static_cast<int>(code);
}
