#pragma once

#include <memory>
#include <string>

#include "store/sqlite/connection.h"
#include "store/sqlite/sqlite.h"

namespace store::sqlite {

/// The read side. A call is one statement or one transaction, so it sees one committed state.
class FileReader final : public Reader {
 public:
  /// Throws Failure.
  explicit FileReader(const std::string& path);

  Result<std::vector<limits::UserLimit>> get(std::string_view user_limit_id) override;
  Result<void> each_limit(const LimitFilter& filter, const Visitor<limits::UserLimit>& visit) override;
  Result<std::vector<HistoryRow>> history(std::string_view user_limit_id) override;
  Result<std::int64_t> first_change_since(limits::TimeMs arrival) override;
  Result<LimitPage> limits_after(const std::optional<LimitPlace>& after, const LimitFilter& filter,
                                 std::size_t most) override;
  Result<HistoryPage> history_back(const limits::LimitKey& key, std::optional<std::int64_t> from,
                                   std::size_t most) override;
  Result<std::vector<HistoryRow>> changes_after(std::int64_t change_id, std::size_t most) override;
  Result<std::int64_t> last_change() override;
  Result<std::vector<ParkedLimit>> parked_after(const limits::LimitKey& key, std::size_t most) override;
  Result<std::vector<DeadLetterRow>> dead_letters_after(std::int64_t id, std::size_t most) override;
  Result<void> each_parked(const Visitor<ParkedLimit>& visit) override;
  Result<void> each_dead_letter(const Visitor<DeadLetterRow>& visit) override;
  Result<std::optional<DeadLetterRow>> dead_letter(std::int64_t id) override;
  Result<std::vector<ShardRow>> shards() override;
  Result<Waiting> waiting() override;
  Result<void> each_kept_limit(const KeptFilter& filter, const Visitor<KeptLimit>& visit) override;
  std::string engine() override;
  Result<Space> space() override;
  Result<std::vector<std::string>> damage(Scrutiny scrutiny) override;
  Result<std::int64_t> backup(const std::string& path, const Progress& progress) override;
  Result<void> each_digest_line(const Visitor<std::string>& visit) override;

 private:
  /// Of one limit, by stamps, oldest first: those that are wanted, or all.
  std::vector<HistoryRow> chain_of(std::int64_t limit_id, const KeptFilter::Wants& wants = nullptr);
  /// All that the statement selects, of one committed state.
  template <class... Parameters>
  std::vector<KeptLimit> kept_limits(Statement& select, const KeptFilter& filter, const Parameters&... parameters);
  bool digest_limits(const Visitor<std::string>& visit);
  bool digest_parked(const Visitor<std::string>& visit);
  bool digest_terms(const Visitor<std::string>& visit);
  bool digest_history(const Visitor<std::string>& visit);
  bool digest_dead_letters(const Visitor<std::string>& visit);

  std::unique_ptr<Connection> db_;
  // What is asked often is prepared once.
  Statements statements_;
  Statement by_limit_;
  Statement by_user_;
  Statement kept_;
  Statement chain_;
};

}  // namespace store::sqlite
