#include "store/sqlite/schema.h"

#include <array>

#include <fmt/format.h>

namespace store::sqlite {
namespace {

/// What a new file gets. Never changed once released: changes come as further migrations.
constexpr const char* kTables = R"sql(
-- The last change_id given out. Ids never come again, whatever is deleted; AUTOINCREMENT would write its own table once
-- per row, this is written once per batch.
CREATE TABLE counter (
  name  TEXT NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counter VALUES ('change_id', 0);

-- Words that many rows repeat.
CREATE TABLE event_kind (
  kind_id INTEGER PRIMARY KEY,
  type    TEXT NOT NULL,
  handler TEXT NOT NULL,
  UNIQUE (type, handler)
) STRICT;
CREATE TABLE origin (
  origin_id     INTEGER PRIMARY KEY,
  stream        TEXT NOT NULL,
  shard         TEXT NOT NULL,
  rules_version TEXT NOT NULL,
  UNIQUE (stream, shard, rules_version)
) STRICT;

-- One row per limit, seldom written: who it is and, once defined, its definition. Until then all from event_id on is
-- NULL. The sequence number of the event that defined it is limit_progress.defined_by.
CREATE TABLE limit_definition (
  limit_id             INTEGER PRIMARY KEY AUTOINCREMENT,
  user_limit_id        TEXT NOT NULL,
  aggregate_id         TEXT NOT NULL,
  first_arrival        INTEGER NOT NULL,
  event_id             TEXT,
  user_id              TEXT,
  brand_id             TEXT,
  currency_code        TEXT,
  type                 TEXT,
  period               TEXT,
  status               TEXT,
  value                TEXT,
  previous_limit_value TEXT,
  active_from          INTEGER,
  active_until         INTEGER,
  created_at           INTEGER,
  UNIQUE (user_limit_id, aggregate_id)
) STRICT;
CREATE INDEX limit_by_user ON limit_definition (user_id, user_limit_id, aggregate_id) WHERE user_id IS NOT NULL;
CREATE INDEX limit_parked ON limit_definition (aggregate_id, user_limit_id) WHERE user_id IS NULL;

-- One narrow row per limit, written by nearly every event. (sequence, event_id) is the stamp of the progress group, and
-- the highest of all the limit's events. newest_* is the end of its history: the row, and that row's depth and skip_id.
CREATE TABLE limit_progress (
  limit_id        INTEGER PRIMARY KEY REFERENCES limit_definition,
  sequence        INTEGER NOT NULL,
  event_id        TEXT NOT NULL,
  progress        TEXT NOT NULL,
  next_reset_time INTEGER,
  defined_by      INTEGER,
  newest_id       INTEGER,
  newest_depth    INTEGER,
  newest_skip_id  INTEGER,
  floor_sequence  INTEGER,
  floor_event_id  TEXT
) STRICT;

-- One row per event, appended in order of arrival, without any index. A limit's rows are chained from the newest back
-- in the order of their stamps: previous_id is the row before (a late event re-points it, nothing else ever changes),
-- skip_id one far before, so that a search need not visit all. depth counts the rows up to this one.
CREATE TABLE limit_change (
  change_id        INTEGER PRIMARY KEY,
  previous_id      INTEGER,
  skip_id          INTEGER,
  depth            INTEGER NOT NULL,
  sequence         INTEGER NOT NULL,
  event_id         TEXT NOT NULL,
  limit_id         INTEGER NOT NULL REFERENCES limit_definition,
  kind_id          INTEGER NOT NULL REFERENCES event_kind,
  created_at       INTEGER NOT NULL,
  progress         TEXT,
  fields           TEXT NOT NULL,
  origin_id        INTEGER NOT NULL REFERENCES origin,
  kinesis_sequence TEXT NOT NULL,
  sub_sequence     INTEGER NOT NULL,
  arrival          INTEGER NOT NULL
) STRICT;

CREATE TABLE dead_letter (
  dead_letter_id   INTEGER PRIMARY KEY AUTOINCREMENT,
  key              BLOB NOT NULL UNIQUE CHECK (length(key) = 32),
  state            TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'discarded')),
  seen             INTEGER NOT NULL DEFAULT 1,
  reason           TEXT NOT NULL,
  what             TEXT NOT NULL,
  origin_id        INTEGER NOT NULL REFERENCES origin,
  kinesis_sequence TEXT NOT NULL,
  sub_sequence     INTEGER NOT NULL,
  arrival          INTEGER NOT NULL,
  raw              BLOB NOT NULL
) STRICT;

-- The writer touches its row in each transaction, and batches makes sure that the row is another each time: SQLite writes
-- nothing for a row that stays as it was, and a transaction that writes nothing syncs nothing.
CREATE TABLE shard (
  stream                  TEXT NOT NULL,
  shard                   TEXT NOT NULL,
  owner                   TEXT NOT NULL,
  rules_version           TEXT NOT NULL,
  sequence                TEXT NOT NULL,
  sub_sequence            INTEGER NOT NULL,
  checkpoint_sequence     TEXT NOT NULL,
  checkpoint_sub_sequence INTEGER NOT NULL,
  checkpoint_at           INTEGER,
  updated_at              INTEGER NOT NULL,
  millis_behind_latest    INTEGER,
  batches                 INTEGER NOT NULL,
  applied                 INTEGER NOT NULL,
  duplicate               INTEGER NOT NULL,
  stale                   INTEGER NOT NULL,
  parked                  INTEGER NOT NULL,
  ignored                 INTEGER NOT NULL,
  dead                    INTEGER NOT NULL,
  expired                 INTEGER NOT NULL,
  discrepancies_seen      INTEGER NOT NULL,
  sequence_conflicts      INTEGER NOT NULL,
  foreign_aggregates      INTEGER NOT NULL,
  PRIMARY KEY (stream, shard)
) STRICT, WITHOUT ROWID;

-- What people and other programs read. Only what SQLite 3.40 has: Debian 12's shell must be able to show them.
CREATE VIEW user_limits AS
  SELECT d.user_limit_id, d.aggregate_id, d.user_id, d.brand_id, d.currency_code, d.type, d.period, d.status, d.value,
         p.progress, d.previous_limit_value, d.active_from, d.active_until, p.next_reset_time, d.created_at
  FROM limit_definition AS d JOIN limit_progress AS p USING (limit_id)
  WHERE d.user_id IS NOT NULL;

CREATE VIEW limit_overview AS
  SELECT user_id, user_limit_id, type, period, status, currency_code AS currency, value, progress,
         round(100.0 * progress / nullif(CAST(value AS REAL), 0), 1) AS percent_used,
         strftime('%Y-%m-%d %H:%M:%S', next_reset_time / 1000, 'unixepoch') AS next_reset_utc,
         strftime('%Y-%m-%d %H:%M:%S', active_from / 1000, 'unixepoch') AS active_from_utc,
         strftime('%Y-%m-%d %H:%M:%S', active_until / 1000, 'unixepoch') AS active_until_utc
  FROM user_limits;

CREATE VIEW limit_history AS
  SELECT c.change_id, d.user_limit_id, d.aggregate_id, c.sequence, c.event_id, k.type, k.handler, c.created_at,
         c.progress, c.fields, o.stream, o.shard, c.kinesis_sequence, c.sub_sequence, c.arrival, o.rules_version
  FROM limit_change AS c
    JOIN limit_definition AS d USING (limit_id)
    JOIN event_kind AS k USING (kind_id)
    JOIN origin AS o USING (origin_id);

CREATE VIEW parked_limits AS
  SELECT d.user_limit_id, d.aggregate_id, p.progress, p.next_reset_time, p.sequence AS newest_sequence,
         p.event_id AS newest_event_id,
         (WITH RECURSIVE chain (change_id) AS (
            SELECT p.newest_id WHERE p.newest_id IS NOT NULL
            UNION ALL
            SELECT c.previous_id FROM chain JOIN limit_change AS c USING (change_id) WHERE c.previous_id IS NOT NULL)
          SELECT count(*) FROM chain) AS events,
         d.first_arrival AS since
  FROM limit_definition AS d JOIN limit_progress AS p USING (limit_id)
  WHERE d.user_id IS NULL;

CREATE VIEW dead_letters AS
  SELECT l.dead_letter_id AS id, l.state, l.seen, l.reason, l.what, o.stream, o.shard, l.kinesis_sequence,
         l.sub_sequence, l.arrival, o.rules_version, l.raw
  FROM dead_letter AS l JOIN origin AS o USING (origin_id);

CREATE VIEW shards AS SELECT * FROM shard;
)sql";

/// What operators did with a dead letter.
constexpr const char* kDeadLetterAttempts = R"sql(
-- attempts counts replays; handled_at is the last replay or discard; retry_what is what was wrong at the last replay.
ALTER TABLE dead_letter ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dead_letter ADD COLUMN handled_at INTEGER;
ALTER TABLE dead_letter ADD COLUMN retry_what TEXT;

DROP VIEW dead_letters;
CREATE VIEW dead_letters AS
  SELECT l.dead_letter_id AS id, l.state, l.seen, l.reason, l.what, o.stream, o.shard, l.kinesis_sequence,
         l.sub_sequence, l.arrival, o.rules_version, l.raw, l.attempts, l.handled_at, l.retry_what
  FROM dead_letter AS l JOIN origin AS o USING (origin_id);
)sql";

/// Terms of a definition that change under a stamp of their own, which may be all that is known of a limit.
constexpr const char* kTerms = R"sql(
-- The stamp of a term that is not the definition's, else NULL.
ALTER TABLE limit_definition ADD COLUMN active_until_sequence INTEGER;
ALTER TABLE limit_definition ADD COLUMN active_until_event_id TEXT;
ALTER TABLE limit_definition ADD COLUMN previous_limit_value_sequence INTEGER;
ALTER TABLE limit_definition ADD COLUMN previous_limit_value_event_id TEXT;
ALTER TABLE limit_definition ADD COLUMN status_sequence INTEGER;
ALTER TABLE limit_definition ADD COLUMN status_event_id TEXT;
ALTER TABLE limit_definition ADD COLUMN value_sequence INTEGER;
ALTER TABLE limit_definition ADD COLUMN value_event_id TEXT;

DROP VIEW parked_limits;

-- As before, but the progress group may not be set: then it is NULL. highest_* is the highest of all the limit's stamps
-- if that is not the progress group's, else NULL.
CREATE TABLE limit_progress_3 (
  limit_id         INTEGER PRIMARY KEY REFERENCES limit_definition,
  sequence         INTEGER,
  event_id         TEXT,
  progress         TEXT,
  next_reset_time  INTEGER,
  defined_by       INTEGER,
  newest_id        INTEGER,
  newest_depth     INTEGER,
  newest_skip_id   INTEGER,
  floor_sequence   INTEGER,
  floor_event_id   TEXT,
  highest_sequence INTEGER,
  highest_event_id TEXT
) STRICT;
INSERT INTO limit_progress_3 SELECT *, NULL, NULL FROM limit_progress;
DROP TABLE limit_progress;
-- As SQLite's documentation of ALTER TABLE has it: the views that name the table are not looked at, and stay.
PRAGMA legacy_alter_table=ON;
ALTER TABLE limit_progress_3 RENAME TO limit_progress;
PRAGMA legacy_alter_table=OFF;

CREATE VIEW parked_limits AS
  SELECT d.user_limit_id, d.aggregate_id, p.progress, p.next_reset_time,
         coalesce(p.highest_sequence, p.sequence) AS newest_sequence,
         coalesce(p.highest_event_id, p.event_id) AS newest_event_id,
         (WITH RECURSIVE chain (change_id) AS (
            SELECT p.newest_id WHERE p.newest_id IS NOT NULL
            UNION ALL
            SELECT c.previous_id FROM chain JOIN limit_change AS c USING (change_id) WHERE c.previous_id IS NOT NULL)
          SELECT count(*) FROM chain) AS events,
         d.first_arrival AS since
  FROM limit_definition AS d JOIN limit_progress AS p USING (limit_id)
  WHERE d.user_id IS NULL;
)sql";

/// Why a shard does not go by the newest rules; NULL: it does. The view has all columns of its table.
constexpr const char* kRulesProblem = R"sql(
ALTER TABLE shard ADD COLUMN rules_problem TEXT;
)sql";

/// When a closed shard was read to its end; NULL: it is open. The view has all columns of its table.
constexpr const char* kShardEnd = R"sql(
ALTER TABLE shard ADD COLUMN ended_at INTEGER;
)sql";

/// What is measured: how long batches took, checkpoints that were refused, and why records are dead.
constexpr const char* kSamples = R"sql(
-- Batches by how long they took: up to that long, and longer than the column before says. The view has all columns.
ALTER TABLE shard ADD COLUMN batch_micros INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shard ADD COLUMN batches_1_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shard ADD COLUMN batches_3_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shard ADD COLUMN batches_10_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shard ADD COLUMN batches_30_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shard ADD COLUMN batches_100_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shard ADD COLUMN batches_300_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shard ADD COLUMN batches_1000_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shard ADD COLUMN batches_3000_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shard ADD COLUMN batches_longer INTEGER NOT NULL DEFAULT 0;
-- How often the daemon could not take a checkpoint.
ALTER TABLE shard ADD COLUMN checkpoints_refused INTEGER NOT NULL DEFAULT 0;

-- Written only for batches that have dead letters. What there is already counts for the shard that it came from first.
CREATE TABLE dead_records (
  stream  TEXT NOT NULL,
  shard   TEXT NOT NULL,
  reason  TEXT NOT NULL,
  records INTEGER NOT NULL,
  PRIMARY KEY (stream, shard, reason)
) STRICT, WITHOUT ROWID;
INSERT INTO dead_records
  SELECT o.stream, o.shard, l.reason, sum(l.seen) FROM dead_letter AS l JOIN origin AS o USING (origin_id) GROUP BY 1, 2, 3;

-- So that open ones are counted without a look at the raw bytes.
CREATE INDEX dead_letter_open ON dead_letter (dead_letter_id) WHERE state = 'open';
)sql";

constexpr std::array kMigrations = {kTables, kDeadLetterAttempts, kTerms, kRulesProblem, kShardEnd, kSamples};

}  // namespace

std::int64_t schema_version() {
  return std::ssize(kMigrations);
}

FileKind kind_of(Connection& db) {
  const std::int64_t application = db.integer("PRAGMA application_id");
  const std::int64_t version = db.integer("PRAGMA user_version");
  if (application == kApplicationId) {
    if (version == schema_version()) return FileKind::kCurrent;
    return version < schema_version() ? FileKind::kOlder : FileKind::kNewer;
  }
  const bool untouched = application == 0 && version == 0 && db.integer("SELECT count(*) FROM sqlite_schema") == 0;
  return untouched ? FileKind::kEmpty : FileKind::kForeign;
}

void migrate(Connection& db) {
  Transaction transaction(db, Transaction::Kind::kWrite);
  for (std::int64_t done = db.integer("PRAGMA user_version"); done < schema_version(); ++done) {
    db.execute(kMigrations[static_cast<std::size_t>(done)]);
  }
  db.execute(fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", kApplicationId, schema_version()).c_str());
  transaction.commit();
}

}  // namespace store::sqlite
