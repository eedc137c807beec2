#include "tests/contract/traffic.h"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

namespace tests {
namespace {

constexpr int kUsers = 3;
constexpr int kLimitsOfAUser = 4;

}  // namespace

Traffic::Traffic(std::uint64_t seed, int events) : seed_(seed), random_(seed), last_sequence_(kUsers) {
  for (int i = 0; i < events; ++i) {
    if (one_in(12)) {
      const auto reason = static_cast<limits::Reason>(below(7));
      dead_letters_.push_back(dead_letter(fmt::format("broken {} {}", seed_, below(4)), reason));
    } else {
      changes_.push_back(event(i));
    }
  }
}

limits::Change Traffic::event(int number) {
  const int user = below(kUsers);
  std::int64_t& sequence = last_sequence_[static_cast<std::size_t>(user)];
  if (!one_in(8)) sequence += 1 + below(3);
  // The last id of each user is also one of the next user's.
  const limits::LimitKey key{
      .aggregate_id = keep(fmt::format("user-{}-{}", seed_, user)),
      .user_limit_id = keep(fmt::format("limit-{}-{}", seed_, user * (kLimitsOfAUser - 1) + below(kLimitsOfAUser)))};
  limits::Change change = one_in(6)   ? changed(sequence, any_terms(), key)
                          : one_in(4) ? created(sequence, key)
                          : one_in(4) ? reset(sequence, key)
                                      : progressed(sequence, fmt::format("{}.50", below(3)), "1.5", key);
  if (change.definition) change.definition = any_definition();
  if (change.progress && one_in(2))
    change.progress = limits::Progress{.progress = any_money(), .next_reset_time = any_time()};
  // Ids that do not sort by number, so that ties go either way.
  return under_id(change, fmt::format("{:x}-{}", below(16), number));
}

limits::Definition Traffic::any_definition() {
  limits::Definition result = definition(keep(fmt::format("user-{}-{}", seed_, below(kUsers))));
  result.type = static_cast<limits::LimitType>(below(5));
  result.period = static_cast<limits::Period>(below(8));
  result.status = static_cast<limits::Status>(below(4));
  result.value = any_money();
  if (one_in(2)) result.previous_limit_value = any_money();
  result.active_until = any_time();
  result.created_at = any_time();
  return result;
}

limits::Terms Traffic::any_terms() {
  limits::Terms terms{.status = static_cast<limits::Status>(below(4))};
  if (one_in(2)) terms.value = any_money();
  if (one_in(2)) terms.active_until = any_time();
  if (one_in(2)) terms.previous_limit_value = one_in(2) ? std::optional(any_money()) : std::nullopt;
  if (terms.written().count() > 1 && one_in(2)) terms.status.reset();
  return terms;
}

limits::Decimal Traffic::any_money() {
  return decimal(fmt::format("{}{}", below(1000), one_in(2) ? fmt::format(".{:02}", below(100)) : ""));
}

std::optional<limits::TimeMs> Traffic::any_time() {
  if (one_in(2)) return std::nullopt;
  return limits::TimeMs{kStart + below(1'000'000)};
}

Batch Traffic::in_order() const {
  Batch batch{changes_};
  batch.dead_letters = dead_letters_;
  return batch;
}

std::vector<Batch> Traffic::delivered() {
  std::vector<std::variant<limits::Change, store::DeadLetter>> records;
  const auto deliver = [&](auto record) {
    for (int copies = 1 + below(3); copies > 0; --copies) {
      record.origin.arrival.value += 1 + below(1000);
      record.origin.sub_sequence = below(4);
      records.emplace_back(record);
    }
  };
  for (const limits::Change& change : changes_) deliver(change);
  for (const store::DeadLetter& letter : dead_letters_) deliver(letter);
  std::ranges::shuffle(records, random_);

  std::vector<Batch> batches;
  const int mean_size = 1 + below(20);
  for (const auto& record : records) {
    if (batches.empty() || one_in(mean_size)) {
      Batch& batch = batches.emplace_back();
      batch.shard.key.shard = keep(fmt::format("shard-{}", below(2)));
      batch.shard.now = {kStart + std::ssize(batches)};
      batch.ignored = below(3);
    }
    if (const auto* change = std::get_if<limits::Change>(&record)) {
      batches.back().changes.push_back(*change);
    } else {
      batches.back().dead_letters.push_back(std::get<store::DeadLetter>(record));
    }
  }
  return batches;
}

}  // namespace tests
