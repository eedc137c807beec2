#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/backends.h"
#include "tests/support/changes.h"

namespace tests {

/// What a walk visits, as a list. A failed call is thrown with its message: a test that cannot read its store has
/// nothing more to say.
[[nodiscard]] std::vector<limits::UserLimit> limits_in(store::Reader&, const store::LimitFilter& = {});
[[nodiscard]] std::vector<store::ParkedLimit> parked_in(store::Reader&);
[[nodiscard]] std::vector<store::KeptLimit> kept_limits_in(store::Reader&);
/// Of all changes in the history, in the order of arrival.
[[nodiscard]] std::vector<std::int64_t> change_ids_in(store::Reader&);
[[nodiscard]] std::vector<store::DeadLetterRow> dead_letters_in(store::Reader&);
[[nodiscard]] std::vector<std::string> digest_lines_in(store::Reader&);
/// Those of one section: "limit", "parked", "term", "history" or "dead".
[[nodiscard]] std::vector<std::string> digest_lines_in(store::Reader&, std::string_view section);

/// All that the reader's other calls say of the limits, parked limits, histories, floors, dead letters and shards that
/// there are, provenance and counts included; ids that grow by arrival count as places in that order.
[[nodiscard]] std::vector<std::string> listings_in(store::Reader&);

/// Applies, and throws what went wrong.
store::Report apply(store::Store&, const Batch&, store::Durability = store::Durability::kCommitted);

/// Prunes the changes below that id, and throws what went wrong. Returns how many were taken.
std::int64_t prune(store::Store&, std::int64_t before_change);

[[nodiscard]] store::Tally tally(std::initializer_list<std::pair<store::Verdict, std::int64_t>>);

/// One store of each kind, with one writer and one reader.
class StoreContract : public testing::TestWithParam<BackendKind> {
 protected:
  store::Report apply(const Batch& batch, store::Durability durability = store::Durability::kCommitted) {
    return tests::apply(*store_, batch, durability);
  }
  /// What became of a change that comes alone.
  store::Verdict verdict_of(const limits::Change&);
  /// The only defined limit of that id.
  [[nodiscard]] limits::UserLimit limit(std::string_view id = kLimit.user_limit_id);
  [[nodiscard]] std::vector<store::HistoryRow> history(std::string_view id = kLimit.user_limit_id);
  [[nodiscard]] std::vector<std::string> event_ids(std::string_view id = kLimit.user_limit_id);
  [[nodiscard]] store::ShardRow shard();

  std::unique_ptr<Backend> backend_ = GetParam().make(true);
  std::unique_ptr<store::Store> store_ = backend_->writer();
  std::unique_ptr<store::Reader> reader_ = backend_->reader();
};

}  // namespace tests

namespace store {
/// For messages of failed tests.
void PrintTo(const Tally&, std::ostream*);
void PrintTo(const Report&, std::ostream*);
void PrintTo(Verdict, std::ostream*);
}  // namespace store
