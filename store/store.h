#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limits/change.h"
#include "limits/fault.h"
#include "limits/sha256.h"
#include "limits/user_limit.h"

namespace store {

/// The things a caller can do about a failing store.
enum class Errc {
  kBusy,    ///< Other writers, or a passing condition: try again, a bounded number of times, then as kFatal.
  kFatal,   ///< Going on could be wrong: end non-zero, send no status.
  kAbsent,  ///< A reader's store has not been made yet; the first Store on it does that.
};

/// `what` names the store, what failed there, and what to do.
struct Error {
  Errc code;
  std::string what;
};

template <class T>
using Result = std::expected<T, Error>;

/// What became of a record. Every record gets exactly one. A change *takes effect* if its stamp is higher than that of
/// at least one group it writes; a group that is not set has no stamp, and any is higher.
enum class Verdict : std::uint8_t {
  kApplied,    ///< took effect, and the limit is defined now
  kDuplicate,  ///< no effect: this very event (its stamp) was here before
  kStale,      ///< no effect, but first seen: later events have set all it would set. It only goes into the history.
           ///< Without history, only a repeat of the event that set a group is known as a duplicate; others are stale.
  kParked,   ///< took effect on a limit that has no definition yet
  kIgnored,  ///< the rules say that it does not concern us
  kDead,     ///< could not be applied: kept as a dead letter
  kExpired,  ///< no effect, and not above the limit's floor: it may have been pruned, so nobody can say what it is
};
inline constexpr std::size_t kVerdictCount = 7;
[[nodiscard]] std::string_view to_string(Verdict);

/// Counts by verdict.
class Tally {
 public:
  std::int64_t& operator[](Verdict v) { return counts_[static_cast<std::size_t>(v)]; }
  std::int64_t operator[](Verdict v) const { return counts_[static_cast<std::size_t>(v)]; }
  Tally& operator+=(const Tally&);
  [[nodiscard]] std::int64_t total() const;
  friend bool operator==(const Tally&, const Tally&) = default;

 private:
  std::array<std::int64_t, kVerdictCount> counts_{};
};

/// A record that cannot be applied. The same record again (by its key), redelivered or sent anew by the producer, only
/// raises `seen`; all else stays as it first came.
struct DeadLetter {
  std::string_view raw;  ///< the record's bytes (the undecoded text for bad_base64)
  limits::Fault fault;
  limits::Origin origin;
};

/// A dead letter's identity: SHA-256 of the reason's name, a NUL and the raw bytes.
[[nodiscard]] limits::Sha256Digest key_of(limits::Reason, std::string_view raw);

struct ShardKey {
  std::string_view stream;
  std::string_view shard;
};

/// How long batches took, counted by how long: what Prometheus calls a histogram.
struct BatchTimes {
  /// Each is the most that a batch of its class took; the last class has no bound.
  static constexpr std::array<std::chrono::microseconds, 8> kBounds = {
      std::chrono::milliseconds(1),    std::chrono::milliseconds(3),   std::chrono::milliseconds(10),
      std::chrono::milliseconds(30),   std::chrono::milliseconds(100), std::chrono::milliseconds(300),
      std::chrono::milliseconds(1000), std::chrono::milliseconds(3000)};
  static constexpr std::size_t kClassCount = kBounds.size() + 1;
  [[nodiscard]] static std::size_t class_of(std::chrono::microseconds time);

  std::array<std::int64_t, kClassCount> counts{};  ///< of each class alone
  std::chrono::microseconds sum{};
  friend bool operator==(const BatchTimes&, const BatchTimes&) = default;
};

/// What a batch says about its shard. The store adds the batch's tally to the shard's row; the rest replaces what the
/// row had, so after a replay its position is where the replay is.
struct ShardProgress {
  ShardKey key;
  std::string_view sequence{};  ///< of the last record of the batch; empty: no record, the row keeps its position
  std::int64_t sub_sequence = 0;
  std::optional<std::int64_t> millis_behind_latest{};  ///< at `now`; unset: nobody knows, and so the row says
  limits::TimeMs now{};                                ///< wall clock, for people only: nothing is decided by it
  std::string_view owner{};                            ///< host:pid of the child
  std::string_view rules_version{};                    ///< SHA-256 hex, limits::Rules::version
  std::string_view rules_problem{};                    ///< why they are not those that there should be by now
  bool checkpoint_follows = false;  ///< the daemon is about to be told that all up to the row's position is done
  bool ended = false;  ///< the shard is closed and was read to its end; the row says so until a batch comes without it
  /// What an earlier batch took: how long one takes is known only when it is committed, so the next one says it.
  std::optional<std::chrono::microseconds> batch_time{};
  bool checkpoint_refused = false;  ///< the daemon could not take the checkpoint that followed an earlier batch
};

/// The unit of commit.
struct Batch {
  std::span<const limits::Change> changes;  ///< in the order of the stream
  std::span<const DeadLetter> dead_letters{};
  std::int64_t ignored = 0;
  ShardProgress shard;
};

enum class Durability {
  kCommitted,  ///< survives the end of the process; a power cut may take back the newest batches (they come again)
  kDurable,    ///< survives a power cut, and so does everything committed before: required right before a checkpoint
};

/// Called with what is done and how much there is; false gives the work up.
using Progress = std::function<bool(std::int64_t done, std::int64_t total)>;

/// What a batch did. Findings are counted, and never stop anything.
struct Report {
  Tally verdicts;  ///< its total is the number of the batch's records
  /// Changes that set the progress group and claim another progress before them than it had (compared as numbers).
  std::int64_t discrepancies_seen = 0;
  /// Events first seen whose sequence number another event of the limit has. Without history only the events that set
  /// the groups are known, and those that set terms only to others that write terms.
  std::int64_t sequence_conflicts = 0;
  /// Limits first seen whose userLimitId another aggregate has.
  std::int64_t foreign_aggregates = 0;
  friend bool operator==(const Report&, const Report&) = default;
};

/// A dead letter that an operator takes up again.
struct Retry {
  std::int64_t id = 0;
  /// What it does by the rules as they are now, its origin included; nothing: they ignore it. Or why it still cannot be
  /// applied.
  limits::Checked<std::optional<limits::Change>> outcome;
};

/// Dead letters of one shard that are taken up again.
struct Replay {
  ShardKey shard;                  ///< where they came from
  std::string_view rules_version;  ///< of the rules that said what they do
  limits::TimeMs now;
  std::span<const Retry> retries;
};

struct ReplayReport {
  Report applied;             ///< of the letters that were open; kDead: failed again
  std::int64_t not_open = 0;  ///< somebody settled them before: left alone
  friend bool operator==(const ReplayReport&, const ReplayReport&) = default;
};

/// The write side. One thread per Store; many processes may share what it stores to.
class Store {
 public:
  virtual ~Store() = default;

  /// If not, `Change::fields` is not looked at.
  [[nodiscard]] virtual bool keeps_history() const = 0;

  /// Applies the changes (each group of a limit keeps the highest stamp), appends history, keeps the dead letters, adds
  /// to the shard's row, and records its position last. Each limit changes atomically with its history; a batch of
  /// which a part was committed converges when it is applied again. Applying what was already applied changes nothing
  /// and is not an error: the daemon redelivers after a crash. Waits a bounded time for other writers, then kBusy.
  /// kFatal, with nothing applied, for a batch that breaks what its types cannot say: no shard named, a change without
  /// ids or without a group, a definition without progress, a checkpoint that follows without kDurable.
  [[nodiscard]] Result<Report> apply(const Batch& batch, Durability durability);

  /// Does what the open ones among these dead letters do, and settles them, all or nothing: a letter that can be
  /// applied is `replayed`, one that fails again stays open, with one attempt more and what was wrong this time. The
  /// history names the place that the record came from first. The shard's row stays as it is: it counts what was read
  /// from the shard. Durable, and safe beside other operators and children. Errors as for `apply`.
  [[nodiscard]] Result<ReplayReport> replay(const Replay& replay);

  /// Sets the open ones among these dead letters to `discarded`, all or nothing, durably. Returns how many that were.
  [[nodiscard]] Result<std::int64_t> discard(std::span<const std::int64_t> ids, limits::TimeMs now);

  /// Takes the changes with an id below `before_change` out of the history, and never touches the state. Of each
  /// limit's the ones stay that won a group (Retention): the *base*, which folds to what all of them folded to. The
  /// highest stamp among them is the limit's *floor* from then on. A later event not above the floor that sets no group
  /// is kExpired and leaves no trace; all others are what they would have been. Works in transactions of the size of a
  /// batch, so that writers are not held up. What one did is done, whatever comes of the next: a failure, a kill,
  /// `progress` that gives up. Another call goes on there. Returns how many were taken.
  [[nodiscard]] Result<std::int64_t> prune(std::int64_t before_change, const Progress& progress);

 private:
  virtual Result<Report> do_apply(const Batch&, Durability) = 0;
  virtual Result<ReplayReport> do_replay(const Replay&) = 0;
  virtual Result<std::int64_t> do_discard(std::span<const std::int64_t> ids, limits::TimeMs now) = 0;
  virtual Result<std::int64_t> do_prune(std::int64_t before_change, const Progress&) = 0;
};

/// One event of a limit, as it was applied. The first group of members is content and made from the event alone; the
/// second is provenance and outside equality.
struct HistoryRow {
  std::string aggregate_id;
  std::string user_limit_id;
  std::int64_t sequence = 0;
  std::string event_id;
  std::string type;
  std::string handler;
  std::int64_t created_at = 0;
  std::optional<std::string> progress_after;  ///< set if the event's handler writes the progress group
  std::string fields;                         ///< canonical JSON object

  std::int64_t change_id = 0;  ///< grows in order of arrival
  std::string stream;
  std::string shard;
  std::string kinesis_sequence;
  std::int64_t sub_sequence = 0;
  std::int64_t arrival_ms = 0;
  std::string rules_version;
};

/// A limit of which something is set, and whose definition has not come yet.
struct ParkedLimit {
  std::string aggregate_id;
  std::string user_limit_id;
  std::optional<std::string> progress;  ///< not set if nothing but terms came
  std::optional<std::int64_t> next_reset_time;
  std::int64_t newest_sequence = 0;  ///< of the highest of its groups' stamps
  std::string newest_event_id;
  std::int64_t events = 0;    ///< how many of its events are in the history; 0 if history is off
  std::int64_t since_ms = 0;  ///< arrival of the one that was stored first
};

/// What became of a dead letter. Only an operator settles one, and nothing opens it again, a redelivery neither.
enum class LetterState : std::uint8_t { kOpen, kReplayed, kDiscarded };
[[nodiscard]] std::span<const std::string_view> letter_states();  ///< their names, in the order of the enumerators
[[nodiscard]] std::string_view to_string(LetterState);

struct DeadLetterRow {
  std::int64_t id = 0;
  LetterState state{};  ///< outside equality, as all that operators do
  limits::Reason reason{};
  std::string what;
  std::string raw;
  std::string stream;
  std::string shard;
  std::string kinesis_sequence;
  std::int64_t sub_sequence = 0;
  std::int64_t arrival_ms = 0;
  std::int64_t seen = 1;  ///< outside equality
  std::string rules_version;
  std::int64_t attempts = 0;               ///< how often it was replayed, the successful time included
  std::optional<std::int64_t> handled_at;  ///< when it was last replayed or discarded
  std::optional<std::string> retry_what;   ///< what was wrong at the last attempt, if it failed again
};

struct ShardRow {
  std::string stream;
  std::string shard;
  std::string owner;
  std::string sequence;
  std::int64_t sub_sequence = 0;
  std::string checkpoint_sequence;  ///< last position that the daemon was about to be told
  std::int64_t checkpoint_sub_sequence = 0;
  std::int64_t updated_at = 0;
  std::int64_t checkpoint_at = 0;
  std::optional<std::int64_t> ended_at;  ///< when the shard, closed by a reshard, was read to its end
  std::optional<std::int64_t> millis_behind_latest;
  Tally verdicts;
  std::int64_t discrepancies_seen = 0;
  std::int64_t sequence_conflicts = 0;
  std::int64_t foreign_aggregates = 0;
  std::map<limits::Reason, std::int64_t> dead_by_reason{};  ///< what the dead among the verdicts are; none is 0
  BatchTimes batch_times{};
  std::int64_t checkpoints_refused = 0;
  std::string rules_version;
  std::string rules_problem;  ///< why these are not the newest rules; empty: they are
};

/// A stamp that owns its text.
struct OwnedStamp {
  std::int64_t sequence = 0;
  std::string event_id;
  friend auto operator<=>(const OwnedStamp&, const OwnedStamp&) = default;

  [[nodiscard]] limits::Stamp view() const { return {.sequence = {sequence}, .event_id = event_id}; }
};

/// Where an event that is in the history came from, and when.
struct Arrival {
  std::int64_t change_id = 0;
  std::string stream;
  std::string shard;
  std::int64_t arrival_ms = 0;
};

/// A limit as it is kept, defined or not: what is known of it, and what that rests upon.
struct KeptLimit {
  limits::UserLimit state;  ///< fields of a group that is not set mean nothing
  std::optional<OwnedStamp> definition;
  std::optional<OwnedStamp> progress;
  /// Of the terms that are not the definition's, by limits::Term. Set where an event with a higher stamp than the
  /// definition's set the term, or there is no definition.
  std::array<std::optional<OwnedStamp>, limits::kTermCount> terms{};
  std::optional<OwnedStamp> floor;  ///< if it was pruned: events up to this one may be missing in the history
  std::optional<Arrival> newest;    ///< of the event with the highest stamp, if the store keeps a history
  std::vector<HistoryRow> history;  ///< by stamps, oldest first

  /// Whether events that stood right before that one may have been pruned.
  [[nodiscard]] bool may_lack_events_before(const HistoryRow& row) const;
};

/// How many of its events `Store::prune` would take. The limit has its history.
[[nodiscard]] std::int64_t prunable(const KeptLimit& limit, std::int64_t before_change);

struct KeptFilter {
  /// Asked of each event of a limit, the highest stamp first.
  using Wants = std::function<bool(const HistoryRow&)>;

  std::optional<std::string> user_limit_id;
  bool history = true;  ///< with the events, or without
  /// Makes one for each limit, where not all of the events are wanted: a history can be long.
  std::function<Wants()> wants{};
};

/// Limits that have all that is set.
struct LimitFilter {
  std::optional<std::string> user_id{};
  std::optional<std::string> brand_id{};
  std::optional<limits::LimitType> type{};
  std::optional<limits::Period> period{};
  std::optional<limits::Status> status{};

  [[nodiscard]] bool matches(const limits::UserLimit&) const;
};

/// A place in the order by (user, limit, aggregate).
struct LimitPlace {
  std::string user_id;
  std::string user_limit_id;
  std::string aggregate_id;
};

/// A part of a walk, and where the next part goes on from; unset after the last.
struct LimitPage {
  std::vector<limits::UserLimit> limits;
  std::optional<LimitPlace> next;
};
struct HistoryPage {
  std::vector<HistoryRow> rows;
  std::optional<std::int64_t> next;  ///< id of the change that the next part begins with
};

/// How many limits a part of a walk looks at, at most: with a filter that few meet it is short, even empty, and has a
/// next one all the same.
inline constexpr std::size_t kPageReach = 2000;

/// Called with each row in turn; false ends the walk. May write to the store, but not call the reader that calls it.
template <class Row>
using Visitor = std::function<bool(const Row&)>;

/// How closely `Reader::damage` looks.
enum class Scrutiny {
  kQuick,     ///< all is there, and every row is well formed
  kComplete,  ///< and what is kept twice, for speed, agrees
};

/// What waits for something: a definition, or a person.
struct Waiting {
  std::int64_t parked_limits = 0;
  std::int64_t open_dead_letters = 0;
  friend bool operator==(const Waiting&, const Waiting&) = default;
};

/// What the state takes where it is kept, and what is left there; all 0 if it is kept in no file.
struct Space {
  std::int64_t bytes = 0;       ///< of its file, with what is free in there
  std::int64_t log_bytes = 0;   ///< of the file with what was committed and is not in that one yet
  std::int64_t free_bytes = 0;  ///< on their disk, for who writes them
};

/// The read side: never writes, and never waits for a writer. Each call sees one committed state. Text is ordered byte
/// by byte.
class Reader {
 public:
  virtual ~Reader() = default;

  /// The defined limits of that id, by aggregate: normally at most one.
  [[nodiscard]] virtual Result<std::vector<limits::UserLimit>> get(std::string_view user_limit_id) = 0;
  /// By (user, limit, aggregate).
  [[nodiscard]] virtual Result<void> each_limit(const LimitFilter&, const Visitor<limits::UserLimit>&) = 0;
  /// In the order of stamps, oldest first; if two aggregates have the id, one after the other. Empty for an id that is
  /// not known, and if the store keeps no history.
  [[nodiscard]] virtual Result<std::vector<HistoryRow>> history(std::string_view user_limit_id) = 0;
  /// The lowest id of a change that arrived at `arrival` or later or at no known time, of those that no `prune` was
  /// about; one above the last if there is none. All with lower ids are older.
  [[nodiscard]] virtual Result<std::int64_t> first_change_since(limits::TimeMs arrival) = 0;
  /// The limits behind `after`, or the first: at most `most`, in the order of each_limit.
  [[nodiscard]] virtual Result<LimitPage> limits_after(const std::optional<LimitPlace>& after, const LimitFilter&,
                                                       std::size_t most) = 0;
  /// The history of one limit from its newest event back, or from the change `from`, which is one of its own: at most
  /// `most` events.
  [[nodiscard]] virtual Result<HistoryPage> history_back(const limits::LimitKey&, std::optional<std::int64_t> from,
                                                         std::size_t most) = 0;
  /// The changes of all limits behind that id, in the order of arrival: at most `most`. None comes between two that
  /// were seen: ids grow in the order of commits.
  [[nodiscard]] virtual Result<std::vector<HistoryRow>> changes_after(std::int64_t change_id, std::size_t most) = 0;
  /// The highest id that a change has had.
  [[nodiscard]] virtual Result<std::int64_t> last_change() = 0;
  /// The first of each_parked behind that limit, or of all.
  [[nodiscard]] virtual Result<std::vector<ParkedLimit>> parked_after(const limits::LimitKey&, std::size_t most) = 0;
  /// The first of each_dead_letter behind that id.
  [[nodiscard]] virtual Result<std::vector<DeadLetterRow>> dead_letters_after(std::int64_t id, std::size_t most) = 0;
  /// By (aggregate, limit).
  [[nodiscard]] virtual Result<void> each_parked(const Visitor<ParkedLimit>&) = 0;
  /// By id, oldest first.
  [[nodiscard]] virtual Result<void> each_dead_letter(const Visitor<DeadLetterRow>&) = 0;
  [[nodiscard]] virtual Result<std::optional<DeadLetterRow>> dead_letter(std::int64_t id) = 0;
  /// By (limit, aggregate). Each limit is of one committed state, but a long walk sees newer ones as it goes on, so
  /// that it holds up nobody; it holds some hundred limits at a time.
  [[nodiscard]] virtual Result<void> each_kept_limit(const KeptFilter&, const Visitor<KeptLimit>&) = 0;
  /// By (stream, shard).
  [[nodiscard]] virtual Result<std::vector<ShardRow>> shards() = 0;
  [[nodiscard]] virtual Result<Waiting> waiting() = 0;

  /// What keeps the state, for people: "SQLite 3.53.2".
  [[nodiscard]] virtual std::string engine() = 0;
  [[nodiscard]] virtual Result<Space> space() = 0;
  /// What is broken in how the state is kept, one sentence each, some 100 at most; none if it is sound. Reads all of
  /// the store, so it takes as long as the disk does. (A store that is broken at its start is refused when it is
  /// opened.)
  [[nodiscard]] virtual Result<std::vector<std::string>> damage(Scrutiny) = 0;

  /// Copies one committed state into the new file `path`, which is a store of its own then; others go on writing. The
  /// file has its name only when it is whole, checked (kQuick) and synced. Returns its bytes.
  /// kFatal: there is such a file already (it stays as it is), the store is damaged, or it is not kept in a file. After
  /// a failure nothing is left behind; if the process was killed, "<path>-partial" is.
  [[nodiscard]] virtual Result<std::int64_t> backup(const std::string& path, const Progress& progress) = 0;

  /// The state as lines of text, one JSON array per line, in a fixed order: what two stores must have in common to be
  /// called equal. Limits, parked limits, history content, dead letters; store/README.md has the exact form.
  [[nodiscard]] virtual Result<void> each_digest_line(const Visitor<std::string>&) = 0;
  /// SHA-256 over those lines, each with its LF, as hex.
  [[nodiscard]] Result<std::string> digest();
};

}  // namespace store
