#include <algorithm>
#include <array>

#include "cli/commands.h"
#include "cli/shells.h"

namespace cli {
namespace {

struct Shell {
  std::string_view name;
  std::string (*script)(const CommandNode&);
};
constexpr std::array<Shell, 3> kShells{{{.name = "bash", .script = bash_completion},
                                        {.name = "zsh", .script = zsh_completion},
                                        {.name = "fish", .script = fish_completion}}};
constexpr std::array<std::string_view, 3> kNames{kShells[0].name, kShells[1].name, kShells[2].name};

class Completion final : public Command {
 public:
  void declare(Arguments& arguments) override { arguments.required_word("SHELL", kNames, shell_, "bash, zsh or fish"); }

  Outcome<void> run(Context& context) override {
    const auto* const shell = std::ranges::find(kShells, shell_, &Shell::name);
    context.output.write(shell->script(command_tree()));
    return {};
  }

 private:
  std::string shell_;
};

constexpr Example kExamples[] = {
    {.line = "source <(limits completion bash)", .says = "in ~/.bashrc; for zsh the same in ~/.zshrc, after compinit"},
    {.line = "limits completion fish > ~/.config/fish/completions/limits.fish", .says = "for fish, once"},
};

}  // namespace

const CommandEntry kCompletion{.name = "completion",
                               .summary = "Print what makes a shell complete this command line",
                               .examples = kExamples,
                               .make = make_command<Completion>};

}  // namespace cli
