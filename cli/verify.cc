#include <map>
#include <vector>

#include "cli/bug_report.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/limit_audit.h"
#include "cli/table.h"
#include "cli/text.h"
#include "limits/json_text.h"

namespace cli {
namespace {

std::string to_json(const AuditFinding& finding) {
  JsonObject object;
  object.add("finding", finding.kind);
  if (!finding.limit.empty()) object.add("limitId", finding.limit).add("aggregateId", finding.aggregate);
  return object.add("what", finding.what).str();
}

class Verify final : public Command {
 public:
  void declare(Arguments& arguments) override {
    arguments.option("--reports", "FOLDER", reports_folder_,
                     "Where a limit whose state is wrong is written to, ids masked (default: this folder)");
  }

  Outcome<void> run(Context& context) override {
    auto reader = context.open_reader();
    if (!reader) return std::unexpected(reader.error());
    Report report(context.output);
    if (auto looked = look_for_damage(**reader, report); !looked) return looked;
    if (auto audited = audit_limits(context.output, **reader, report); !audited) return audited;
    return report.finish();
  }

 private:
  /// What was found, printed as it comes.
  class Report {
   public:
    explicit Report(Output& output)
        : output_(output), table_(output, {{.title = "FINDING"}, {.title = "LIMIT"}, {.title = "WHAT"}}) {}

    void add(const AuditFinding& finding) {
      ++counts_[std::string(finding.kind)];
      if (!output_.json()) {
        table_.row({std::string(finding.kind), finding.limit, finding.what});
      } else if (findings_.size() < kMostInJson) {
        findings_.push_back(to_json(finding));
      }
    }

    Outcome<void> finish() {
      table_.finish();
      JsonObject counts;
      std::string text;
      std::int64_t total = 0;
      for (const auto& [kind, number] : counts_) {
        counts.add(kind, number);
        text += (text.empty() ? ": " : ", ") + count(number) + ' ' + kind;
        total += number;
      }
      if (output_.json()) print_json(counts.str());
      for (const std::string& path : files_) output_.info("written, to be replayed with limits put: " + path);
      output_.info("verified " + counted(limits_, "limit") + " with " + counted(events_, "event") +
                   (without_history_ > 0 ? ", " + count(without_history_) + " without a whole history" : ""));
      if (total == 0) return {};
      return fail(ExitCode::kFailed, counted(total, "finding") + text);
    }

    void audited(const store::KeptLimit& limit, bool whole_history) {
      ++limits_;
      events_ += std::ssize(limit.history);
      if (!whole_history) ++without_history_;
    }
    [[nodiscard]] std::int64_t limits() const { return limits_; }
    [[nodiscard]] bool may_write_file() const { return files_.size() < kMostFiles; }
    void wrote(std::string path) { files_.push_back(std::move(path)); }

   private:
    static constexpr std::size_t kMostInJson = 1000;
    static constexpr std::size_t kMostFiles = 10;

    static std::string array(const std::vector<std::string>& elements) {
      std::string text;
      for (const std::string& element : elements) text += (text.empty() ? "" : ",\n") + element;
      return '[' + text + ']';
    }
    void print_json(const std::string& counts) {
      std::vector<std::string> files;
      for (const std::string& path : files_) limits::append_json_string(files.emplace_back(), path);
      output_.json_line(JsonObject()
                            .add("limits", limits_)
                            .add("events", events_)
                            .add("withoutWholeHistory", without_history_)
                            .raw("counts", counts)
                            .raw("findings", array(findings_))
                            .raw("reports", array(files))
                            .str());
    }

    Output& output_;
    Table table_;
    std::map<std::string, std::int64_t> counts_;
    std::vector<std::string> findings_;
    std::vector<std::string> files_;
    std::int64_t limits_ = 0;
    std::int64_t events_ = 0;
    std::int64_t without_history_ = 0;
  };

  static Outcome<void> look_for_damage(store::Reader& reader, Report& report) {
    const auto damage = reader.damage(store::Scrutiny::kComplete);
    if (!damage) return store_failure(damage.error());
    for (const std::string& what : *damage) report.add({.kind = "damage", .limit = {}, .aggregate = {}, .what = what});
    return {};
  }

  Outcome<void> audit_limits(Output& output, store::Reader& reader, Report& report) const {
    Progress progress(output, "verifying", 0);
    LimitAudit audit;
    std::string last_limit;
    std::string last_aggregate;
    Outcome<void> written;
    const auto read = reader.each_kept_limit({}, [&](const store::KeptLimit& kept) {
      progress.show(report.limits(), counted(report.limits(), "limit"));
      const std::string& limit = kept.state.user_limit_id;
      if (limit == last_limit) {
        report.add({.kind = "foreign_aggregate",
                    .limit = limit,
                    .aggregate = kept.state.aggregate_id,
                    .what = "belongs to " + last_aggregate + " and to " + kept.state.aggregate_id});
      }
      last_limit = limit;
      last_aggregate = kept.state.aggregate_id;
      const auto result = audit.audit(kept, [&](const AuditFinding& finding) { report.add(finding); });
      report.audited(kept, result.folded.has_value());
      if (result.differs && report.may_write_file()) {
        auto path = write_bug_report(reports_folder_, bug_report(kept, *result.folded));
        path ? report.wrote(std::move(*path)) : void(written = std::unexpected(path.error()));
      }
      return written.has_value();
    });
    if (!read) return store_failure(read.error());
    return written;
  }

  std::string reports_folder_ = ".";
};

constexpr Example kExamples[] = {
    {.line = "limits verify", .says = "fold every limit's history again, and compare"},
    {.line = "limits verify --json | jq .counts", .says = "how many findings of each kind"},
};

}  // namespace

const CommandEntry kVerify{.name = "verify",
                           .summary = "Check the state against its own history",
                           .examples = kExamples,
                           .make = make_command<Verify>};

}  // namespace cli
