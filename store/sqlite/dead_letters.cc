#include "store/sqlite/dead_letters.h"

namespace store::sqlite {
namespace {

std::string_view bytes_of(const limits::Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

void DeadLetters::prepare(std::span<const DeadLetter> letters) {
  keys_.clear();
  for (const DeadLetter& letter : letters) keys_.push_back(key_of(letter.fault.reason, letter.raw));
}

void DeadLetters::keep(std::span<const DeadLetter> letters, const ShardProgress& shard) {
  if (letters.empty()) return;
  const std::int64_t origin = names_.origin(shard.key, shard.rules_version);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const DeadLetter& letter = letters[i];
    keep_.run(Blob{bytes_of(keys_[i])}, to_string(letter.fault.reason), std::string_view(letter.fault.what), origin,
              letter.origin.sequence, letter.origin.sub_sequence, letter.origin.arrival.value, Blob{letter.raw});
    count_.run(shard.key.stream, shard.key.shard, to_string(letter.fault.reason));
  }
}

bool DeadLetters::settle(const Retry& retry, limits::TimeMs now) {
  const LetterState state = retry.outcome ? LetterState::kReplayed : LetterState::kOpen;
  std::optional<std::string_view> what;
  if (!retry.outcome) what = retry.outcome.error().what;
  return settle_.query(retry.id, to_string(state), now.value, what).next();
}

bool DeadLetters::discard(std::int64_t id, limits::TimeMs now) {
  return discard_.query(id, now.value).next();
}

}  // namespace store::sqlite
