"""The job as a competent user of the official Python client does it: amazon_kclpy for the protocol, sqlite3 for the store.

    child.py DATABASE

WAL, NORMAL, one transaction and one checkpoint per batch; no dedupe, no history, no dead letters.
"""

import decimal
import json
import sqlite3
import sys

from amazon_kclpy import kcl
from amazon_kclpy.v3.processor import RecordProcessorBase

TABLE = """CREATE TABLE IF NOT EXISTS user_limits(
  userLimitId TEXT PRIMARY KEY, userId TEXT NOT NULL, brandId TEXT NOT NULL, currencyCode TEXT NOT NULL,
  period TEXT NOT NULL, status TEXT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, progress TEXT NOT NULL,
  activeFrom INTEGER NOT NULL, activeUntil INTEGER, createdAt INTEGER, nextResetTime INTEGER, previousLimitValue TEXT)"""
CREATE = """INSERT INTO user_limits VALUES(:userLimitId, :userId, :brandId, :currencyCode, :period, :status, :type, :value,
  :progress, :activeFrom, :activeUntil, :createdAt, :nextResetTime, :previousLimitValue) ON CONFLICT DO NOTHING"""
OPTIONAL = {"progress": "0", "activeUntil": None, "createdAt": None, "nextResetTime": None, "previousLimitValue": None}
UPDATE = "UPDATE user_limits SET progress = ?, nextResetTime = coalesce(?, nextResetTime) WHERE userLimitId = ?"


class Limits(RecordProcessorBase):
    def initialize(self, _):
        self.db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=5)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.execute(TABLE)

    def process_records(self, batch):
        self.db.execute("BEGIN IMMEDIATE")
        for record in batch.records:
            self.apply(json.loads(record.binary_data))
        self.db.execute("COMMIT")
        if batch.records:
            last = batch.records[-1]
            batch.checkpointer.checkpoint(last.sequence_number, last.sub_sequence_number)

    def apply(self, event):
        payload = event["payload"]
        if event["type"] == "USER_LIMIT_PROGRESS_CHANGED":
            progress = decimal.Decimal(payload["previousProgress"]) + decimal.Decimal(payload["amount"])
            self.db.execute(UPDATE, (str(progress), payload.get("nextResetTime"), payload["userLimitId"]))
        elif event["type"] == "USER_LIMIT_RESET":
            self.db.execute(UPDATE, ("0", payload.get("nextResetTime"), payload["userLimitId"]))
        elif event["type"] == "USER_LIMIT_CREATED":
            self.db.execute(CREATE, OPTIONAL | payload)

    def lease_lost(self, _):
        pass

    def shard_ended(self, ended):
        ended.checkpointer.checkpoint()

    def shutdown_requested(self, requested):
        requested.checkpointer.checkpoint()


kcl.KCLProcess(Limits()).run()
