// The job as a competent user of the official Node client does it: aws-kcl for the protocol, better-sqlite3 for the store.
//
//     node child.js DATABASE
//
// WAL, NORMAL, one transaction and one checkpoint per batch; no dedupe, no history, no dead letters.
const kcl = require('aws-kcl');
const Database = require('better-sqlite3');
const Decimal = require('decimal.js-light');

const TABLE = `CREATE TABLE IF NOT EXISTS user_limits(
  userLimitId TEXT PRIMARY KEY, userId TEXT NOT NULL, brandId TEXT NOT NULL, currencyCode TEXT NOT NULL,
  period TEXT NOT NULL, status TEXT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, progress TEXT NOT NULL,
  activeFrom INTEGER NOT NULL, activeUntil INTEGER, createdAt INTEGER, nextResetTime INTEGER, previousLimitValue TEXT)`;
const CREATE = `INSERT INTO user_limits VALUES(@userLimitId, @userId, @brandId, @currencyCode, @period, @status, @type, @value,
  @progress, @activeFrom, @activeUntil, @createdAt, @nextResetTime, @previousLimitValue) ON CONFLICT DO NOTHING`;
const UPDATE = 'UPDATE user_limits SET progress = ?, nextResetTime = coalesce(?, nextResetTime) WHERE userLimitId = ?';
const OPTIONAL = {progress: '0', activeUntil: null, createdAt: null, nextResetTime: null, previousLimitValue: null};

class Limits {
  initialize(_, done) {
    const db = new Database(process.argv[2], {timeout: 5000});
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.exec(TABLE);
    this.create = db.prepare(CREATE);
    this.update = db.prepare(UPDATE);
    this.applyAll = db.transaction(records => {
      for (const record of records) this.apply(JSON.parse(Buffer.from(record.data, 'base64')));
    });
    done();
  }

  processRecords(input, done) {
    this.applyAll.immediate(input.records);
    const last = input.records.at(-1);
    if (!last) return done();
    input.checkpointer.checkpoint(last.sequenceNumber, () => done());
  }

  apply({type, payload}) {
    const next = payload.nextResetTime ?? null;
    if (type === 'USER_LIMIT_PROGRESS_CHANGED') {
      const places = Math.max(...[payload.previousProgress, payload.amount].map(text => text.split('.')[1]?.length ?? 0));
      const progress = new Decimal(payload.previousProgress).plus(payload.amount);
      this.update.run(progress.toFixed(places), next, payload.userLimitId);
    } else if (type === 'USER_LIMIT_RESET') {
      this.update.run('0', next, payload.userLimitId);
    } else if (type === 'USER_LIMIT_CREATED') {
      this.create.run({...OPTIONAL, ...payload});
    }
  }

  leaseLost(_, done) {
    done();
  }

  shardEnded(input, done) {
    input.checkpointer.checkpoint(() => done());
  }

  shutdownRequested(input, done) {
    input.checkpointer.checkpoint(() => done());
  }
}

kcl(new Limits()).run();
