-- A file of version 1, as a release of that version wrote it (sqlite3 FILE .dump).
BEGIN TRANSACTION;
CREATE TABLE counter (
  name  TEXT NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counter VALUES('change_id',7);
CREATE TABLE event_kind (
  kind_id INTEGER PRIMARY KEY,
  type    TEXT NOT NULL,
  handler TEXT NOT NULL,
  UNIQUE (type, handler)
) STRICT;
INSERT INTO event_kind VALUES(1,'USER_LIMIT_CREATED','create_limit');
INSERT INTO event_kind VALUES(2,'USER_LIMIT_PROGRESS_CHANGED','change_progress');
INSERT INTO event_kind VALUES(3,'USER_LIMIT_RESET','reset_progress');
CREATE TABLE origin (
  origin_id     INTEGER PRIMARY KEY,
  stream        TEXT NOT NULL,
  shard         TEXT NOT NULL,
  rules_version TEXT NOT NULL,
  UNIQUE (stream, shard, rules_version)
) STRICT;
INSERT INTO origin VALUES(1,'user-events','shardId-000000000000','0123456789abcdef');
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
INSERT INTO limit_definition VALUES(1,'limit-day','user-1',1712000060000,'evt-1','user-1','brand-1','EUR','DEPOSIT','DAY','ACTIVE','10000',NULL,1712000000000,NULL,NULL);
INSERT INTO limit_definition VALUES(3,'limit-orphan','user-2',1712000060000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO limit_progress VALUES(1,3,'evt-3','1234.50',1712086400000,1,2,3,NULL,NULL,NULL);
INSERT INTO limit_progress VALUES(3,7,'evt-7','0',1712086400000,NULL,5,1,NULL,NULL,NULL);
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
INSERT INTO limit_change VALUES(1,NULL,NULL,1,1,'evt-1',1,1,1712000001000,'0','{}',1,'496500000000000000000000000000000000000001',0,1712000060000);
INSERT INTO limit_change VALUES(2,3,NULL,3,3,'evt-3',1,2,1712000003000,'1234.50','{}',1,'496500000000000000000000000000000000000001',0,1712000060000);
INSERT INTO limit_change VALUES(3,1,NULL,2,2,'evt-2',1,3,1712000002000,'0','{}',1,'496500000000000000000000000000000000000001',0,1712000060000);
INSERT INTO limit_change VALUES(5,NULL,NULL,1,7,'evt-7',3,3,1712000007000,'0','{}',1,'496500000000000000000000000000000000000001',0,1712000060000);
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
INSERT INTO dead_letter VALUES(1,X'2b2e38054ffffc29d6555ec426d6ecc07eff8e61c77cf46f7562592537107f9a','open',1,'bad_json','byte 0: expected one JSON object, found nothing',1,'1',0,1712000000000,X'6e6f74201b5b324a206a736f6e20ff');
INSERT INTO dead_letter VALUES(2,X'8e6a5e67c1eda40616ad6a669d222026fd870b7681d80db41dd68207af440a9b','open',1,'unrouted','type: no rule for "UNKNOWN"',1,'1',0,1712000000000,X'7b2274797065223a22554e4b4e4f574e227d');
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
INSERT INTO shard VALUES('user-events','shardId-000000000000','host-1:4711','0123456789abcdef','496500000000000000000000000000000000000002',0,'496500000000000000000000000000000000000002',0,1712000061000,1712000061000,1500,1,3,0,1,1,2,2,0,0,0,0);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('limit_definition',5);
INSERT INTO sqlite_sequence VALUES('dead_letter',2);
CREATE INDEX limit_by_user ON limit_definition (user_id, user_limit_id, aggregate_id) WHERE user_id IS NOT NULL;
CREATE INDEX limit_parked ON limit_definition (aggregate_id, user_limit_id) WHERE user_id IS NULL;
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
COMMIT;
PRAGMA application_id=1431071085;
PRAGMA user_version=1;
