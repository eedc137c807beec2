#include "cli/bug_report.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/json.h"
#include "cli/limit_audit.h"
#include "limits/json_text.h"
#include "store/history_reader.h"

namespace cli {
namespace {

/// Names in place of ids.
class Mask {
 public:
  /// The same name for the same id, numbered as they first came. The numbers have one width, so that names sort as they
  /// were given: event ids decide between events of one sequence number.
  std::string name(std::string_view kind, std::string_view id) {
    std::map<std::string, std::string, std::less<>>& names = names_[std::string(kind)];
    const auto found = names.find(id);
    if (found != names.end()) return found->second;
    return names.emplace(id, fmt::format("{}-{:06}", kind, names.size() + 1)).first->second;
  }

 private:
  std::map<std::string, std::map<std::string, std::string, std::less<>>> names_;
};

std::string json_string(std::string_view text) {
  std::string json;
  limits::append_json_string(json, text);
  return json;
}

/// The payload fields that name somebody. The fields are canonical JSON, so a member is found as text: a quote within a
/// string would be escaped.
std::string masked_fields(std::string fields, Mask& mask) {
  constexpr std::pair<std::string_view, std::string_view> kIds[] = {
      {"brandId", "brand"}, {"userId", "user"}, {"userLimitId", "limit"}};
  for (const auto& [field, kind] : kIds) {
    const std::string key = json_string(field) + ":\"";
    const std::size_t start = fields.find(key);
    if (start == std::string::npos) continue;
    const std::size_t text = start + key.size();
    std::size_t end = text;
    while (fields[end] != '"') end += fields[end] == '\\' ? 2 : 1;
    fields.replace(text, end - text, mask.name(kind, std::string_view(fields).substr(text, end - text)));
  }
  return fields;
}

store::HistoryRow masked(store::HistoryRow row, Mask& mask) {
  row.aggregate_id = mask.name("aggregate", row.aggregate_id);
  row.event_id = mask.name("event", row.event_id);
  row.fields = masked_fields(std::move(row.fields), mask);
  return row;
}

store::KeptLimit masked_state(store::KeptLimit limit, Mask& mask) {
  // As in the fields, ids are masked by their JSON text.
  const auto by_text = [&mask](std::string_view kind, const std::string& id) {
    const std::string json = json_string(id);
    return mask.name(kind, std::string_view(json).substr(1, json.size() - 2));
  };
  limit.state.user_id = by_text("user", limit.state.user_id);
  limit.state.brand_id = by_text("brand", limit.state.brand_id);
  if (limit.definition) limit.definition->event_id = mask.name("event", limit.definition->event_id);
  for (auto& stamp : limit.terms) {
    if (stamp) stamp->event_id = mask.name("event", stamp->event_id);
  }
  if (limit.progress) limit.progress->event_id = mask.name("event", limit.progress->event_id);
  return limit;
}

std::string to_json(const Members& members) {
  JsonObject object;
  for (const auto& [name, value] : members) object.add(name, value);
  return object.str();
}

}  // namespace

std::string bug_report(const store::KeptLimit& kept, const store::KeptLimit& folded) {
  Mask mask;
  std::vector<store::HistoryRow> rows;
  for (const store::HistoryRow& row : kept.history) rows.push_back(masked(row, mask));
  std::ranges::sort(rows, {}, &store::HistoryRow::change_id);
  const std::string verify = JsonObject()
                                 .raw("stored", to_json(members_of(masked_state(kept, mask))))
                                 .raw("folded", to_json(members_of(masked_state(folded, mask))))
                                 .str();
  std::string report;
  for (const store::HistoryRow& row : rows) {
    std::string event = store::event_of(row);
    if (report.empty()) event.insert(event.size() - 1, ",\"verify\":" + verify);
    report += event + '\n';
  }
  return report;
}

Outcome<std::string> write_bug_report(const std::string& folder, const std::string& report) {
  for (int number = 1;; ++number) {
    const std::string path = fmt::format("{}/limits-verify-{}.jsonl", folder, number);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0 && errno == EEXIST) continue;
    bool written = file >= 0;
    for (std::string_view rest = report; written && !rest.empty();) {
      const ssize_t size = ::write(file, rest.data(), rest.size());
      written = size > 0;
      if (written) rest.remove_prefix(static_cast<std::size_t>(size));
    }
    const int error = errno;
    if (file >= 0) ::close(file);
    if (written) return path;
    if (file >= 0) ::unlink(path.c_str());  // half a report is none
    return fail(ExitCode::kFailed, path + ": the report cannot be written: " + std::generic_category().message(error) +
                                       ". Name another folder with --reports");
  }
}

}  // namespace cli
