#include "cli/child_check.h"
#include "cli/commands.h"
#include "cli/credentials_check.h"
#include "cli/daemon_check.h"
#include "cli/diagnosis.h"
#include "cli/json.h"
#include "cli/text.h"
#include "limits/json_text.h"
#include "store/open.h"

namespace cli {
namespace {

void check_store(const std::string& url, Diagnosis& diagnosis) {
  const std::size_t before = diagnosis.findings.size();
  const auto found = [&](std::string what, std::string why) {
    diagnosis.found({.what = std::move(what), .file = url, .line = 0, .why = std::move(why), .paste = ""});
  };
  const auto reader = store::open_reader(url);
  if (!reader && reader.error().code == store::Errc::kAbsent) {
    diagnosis.well.push_back("store " + url + ": not there yet; the first child makes it");
    return;
  }
  if (!reader) return found(reader.error().what, "No child starts on it, and nothing can be read from it.");
  const auto damage = (*reader)->damage(store::Scrutiny::kQuick);
  if (!damage) return found(damage.error().what, "It could not be looked at.");
  for (const std::string& what : *damage) {
    found(what, "The store is damaged: stop all that use it and put back a backup, or let the stream be replayed.");
  }
  diagnosis.well_unless_found(before, "store " + url + ": sound, by " + (*reader)->engine());
}

class Check final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.optional("PROPERTIES", properties_,
                       "The daemon's properties file; without it, only the store is looked at");
    arguments.number_option("--heap", "MIB", heap_, 1, kMost,
                            "Heap of the daemon's JVM (default: 60 percent of this machine's memory)");
    arguments.number_option("--shards", "N", shards_, 1, kMost, "Shards that the daemon may carry (default: 4)");
    arguments.number_option("--record-bytes", "N", record_bytes_, 1, kMost, "Size of a large record (default: 10000)");
  }

  Outcome<void> run(Context& context) override {
    Diagnosis diagnosis;
    if (!properties_.empty()) {
      const auto file = PropertiesFile::read(properties_);
      if (!file) return std::unexpected(file.error());
      const std::int64_t heap = heap_ > 0 ? heap_ * 1024 * 1024 : default_heap_bytes();
      check_daemon(*file, {.heap_bytes = heap, .shards = shards_, .record_bytes = record_bytes_}, diagnosis);
      check_child(*file, context.store_url, diagnosis);
      check_credentials(*file, diagnosis);
    }
    check_store(context.store_url, diagnosis);
    context.output.json() ? print_json(context.output, diagnosis) : print(context.output, diagnosis);
    if (properties_.empty()) context.output.hint("limits check properties/aws.properties");
    if (diagnosis.findings.empty()) return {};
    return fail(ExitCode::kFailed, counted(std::ssize(diagnosis.findings), "finding"));
  }

 private:
  static std::string place(const SetupFinding& finding) {
    return finding.file + (finding.line > 0 ? ":" + std::to_string(finding.line) : "");
  }

  static void print(Output& output, const Diagnosis& diagnosis) {
    for (const SetupFinding& finding : diagnosis.findings) {
      output.line(output.emphasized(printable(place(finding))) + ": " + printable(finding.what));
      output.line("    " + printable(finding.why));
      if (!finding.paste.empty()) output.line("    > " + printable(finding.paste));
    }
    for (const std::string& well : diagnosis.well) output.line("well: " + printable(well));
  }

  static void print_json(Output& output, const Diagnosis& diagnosis) {
    std::string findings;
    for (const SetupFinding& finding : diagnosis.findings) {
      JsonObject object;
      object.add("what", finding.what).add("file", finding.file);
      if (finding.line > 0) object.add("line", finding.line);
      object.add("why", finding.why);
      if (!finding.paste.empty()) object.add("paste", finding.paste);
      findings += (findings.empty() ? "" : ",\n") + object.str();
    }
    std::string well;
    for (const std::string& what : diagnosis.well) {
      well += well.empty() ? "" : ",";
      limits::append_json_string(well, what);
    }
    output.json_line(JsonObject().raw("findings", "[" + findings + "]").raw("well", "[" + well + "]").str());
  }

  static constexpr std::int64_t kMost = 1'000'000'000;
  std::string properties_;
  std::int64_t heap_ = 0;
  std::int64_t shards_ = 4;
  std::int64_t record_bytes_ = 10'000;
};

constexpr Example kExamples[] = {
    {.line = "limits check properties/aws.properties",
     .says = "before the daemon is started: settings, child, rules, store"},
    {.line = "limits check properties/aws.properties --heap 2048 --shards 16", .says = "for a daemon of another size"},
    {.line = "limits check --json | jq '.findings | length'", .says = "the store alone, for a program"},
};

}  // namespace

const CommandEntry kCheck{.name = "check",
                          .summary = "Look for what is wrong with the settings and the store",
                          .examples = kExamples,
                          .make = make_command<Check>};

}  // namespace cli
