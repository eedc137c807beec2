#include <string>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/table.h"
#include "limits/handlers.h"

namespace cli {
namespace {

std::string to_json(const limits::Handler& handler) {
  std::string fields;
  for (const limits::FieldSpec& spec : handler.fields) {
    fields += (fields.empty() ? "" : ",") + JsonObject()
                                                .add("name", name_of(spec.field))
                                                .add("presence", describe(spec.presence))
                                                .add("kind", describe(spec.kind))
                                                .str();
  }
  return JsonObject().add("name", handler.name).add("summary", handler.summary).raw("fields", '[' + fields + ']').str();
}

class RulesHandlers final : public Command {
 public:
  void declare(Arguments&) override {}

  Outcome<void> run(Context& context) override {
    context.output.json() ? print_json(context.output) : print(context.output);
    return {};
  }

 private:
  static void print(Output& output) {
    for (const limits::Handler* handler : limits::handlers()) {
      if (handler != limits::handlers().front()) output.line("");
      output.line(output.emphasized(handler->name) + ": " + std::string(handler->summary));
      Table table(output, {{.title = "FIELD"}, {.title = "MUST IT COME"}, {.title = "WHAT IT IS"}});
      for (const limits::FieldSpec& spec : handler->fields) {
        table.row({std::string(name_of(spec.field)), std::string(describe(spec.presence)), describe(spec.kind)});
      }
      table.finish();
    }
  }

  static void print_json(Output& output) {
    JsonArray array(output);
    for (const limits::Handler* handler : limits::handlers()) array.add(to_json(*handler));
    array.finish();
  }
};

constexpr Example kExamples[] = {
    {.line = "limits rules handlers", .says = "what a rule's handler may be, and what its events must have"},
};

}  // namespace

const CommandEntry kRulesHandlers{.name = "rules handlers",
                                  .summary = "List the handlers that rules may name, and the fields they read",
                                  .examples = kExamples,
                                  .make = make_command<RulesHandlers>};

}  // namespace cli
