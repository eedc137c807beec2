#include "cli/commands.h"
#include "cli/json.h"

namespace cli {
namespace {

class Digest final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.flag("--lines", lines_, "The lines that the digest is the SHA-256 of");
  }

  Outcome<void> run(Context& context) override {
    auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    return lines_ ? print_lines(context.output, **reader) : print_digest(context.output, **reader);
  }

 private:
  static Outcome<void> print_digest(Output& output, store::Reader& reader) {
    const auto digest = reader.digest();
    if (!digest) return store_failure(digest.error());
    output.json() ? output.json_line(JsonObject().add("digest", *digest).str()) : output.line(*digest);
    return {};
  }

  static Outcome<void> print_lines(Output& output, store::Reader& reader) {
    JsonArray array(output);
    const auto read = reader.each_digest_line([&](const std::string& line) {
      output.json() ? array.add(line) : output.data_line(line);
      return true;
    });
    if (!read) return store_failure(read.error());
    if (output.json()) array.finish();
    return {};
  }

  bool lines_ = false;
};

constexpr Example kExamples[] = {
    {.line = "limits digest", .says = "one number for the whole state: equal for stores that hold the same"},
    {.line = "limits digest --lines | sha256sum", .says = "the same number, made by hand"},
    {.line = "diff <(limits digest --lines) <(limits --store sqlite:other.db digest --lines)", .says = "what differs"},
};

}  // namespace

const CommandEntry kDigest{
    .name = "digest", .summary = "Print the digest of the state", .examples = kExamples, .make = make_command<Digest>};

}  // namespace cli
