"""The real limits-processor on a real SQLite file, with this script in the daemon's place."""

import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from child import Child, created, progress, record  # noqa: E402

BINARY = sys.argv.pop(1)
RULES = ROOT / "properties" / "rules.json"


class WithDatabase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="child-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = self.folder / "limits.db"

    def start(self, *flags, rules=RULES, **popen):
        child = Child(
            BINARY, "--store", f"sqlite:{self.database}", "--rules", str(rules), "--log-dir", str(self.folder / "log"), *flags, **popen,
        )
        self.addCleanup(child.__exit__)
        return child

    def query(self, sql):
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as database:
            return database.execute(sql).fetchall()

    def limits(self):
        return self.query("select user_limit_id, progress from user_limits order by 1")


class ChildTest(WithDatabase):
    def test_a_session_ends_in_a_table_of_limits(self):
        child = self.start("--checkpoint-interval", "0")
        self.assertEqual(child.initialize(), [])
        batch = [record(created(1), 100), record(progress(2, "0", "120.50"), 101), record(progress(3, "120.50", "79.5"), 102, 4)]
        self.assertEqual(child.deliver(*batch), [("102", 4)])
        self.assertEqual(self.limits(), [("limit-1", "200.00")])
        self.assertEqual(child.call("shardEnded"), [(None, None)])
        self.assertEqual(child.end(), (0, ""))

    def test_rules_look_into_events_and_warn_of_those_that_never_match(self):
        rules = self.folder / "rules.json"
        rules.write_text("""{"rules": [
            {"match": {"at": "/payload/brandId", "prefix": "test-"}, "handler": "ignore"},
            {"match": {"type": "*"}, "handler": "create_limit"},
            {"match": {"type": "OTHER"}, "handler": "ignore"}], // the one before has it
            "default": "dead_letter"}""")
        child = self.start(rules=rules)
        child.initialize()
        ours, tests, typeless = created(1), created(2), created(3)
        tests["payload"].update(brandId="test-1", userLimitId="limit-2")
        typeless["payload"].update(brandId="test-1", userLimitId="limit-3")
        del typeless["type"]
        child.deliver(record(ours, 100), record(tests, 101), record(typeless, 102))
        self.assertEqual(self.limits(), [("limit-1", "0")])
        self.assertEqual(self.query("select ignored, dead from shards"), [(2, 0)])
        twice = json.dumps(created(4)).replace("{", '{"source": "a", "source": "b", ', 1)
        del typeless["payload"]["brandId"]
        child.deliver(record(typeless, 103), record(twice.encode(), 104))
        self.assertEqual(
            self.query("select reason, what from dead_letters order by id"),
            [("missing_field", "type: expected a non-empty string, found nothing"),
             ("bad_json", "source: expected once, found twice")])
        code, errors = child.end()
        self.assertEqual(code, 0)
        self.assertIn(f"{rules}: /rules/2: can never match: /rules/1 stands before it", errors)

    def test_a_status_means_committed(self):
        child = self.start()
        child.initialize()
        child.deliver(record(created(1), 100))
        os.kill(child.process.pid, signal.SIGKILL)
        child.process.wait()
        self.assertEqual(self.limits(), [("limit-1", "0")])

    def test_delivering_again_after_a_kill_changes_nothing(self):
        batch = [record(created(1), 100), record(progress(2, "0", "5"), 101)]
        for _ in range(2):
            child = self.start()
            child.initialize()
            child.deliver(*batch)
            os.kill(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self.assertEqual(self.limits(), [("limit-1", "5")])
        self.assertEqual(self.query("select count(*) from limit_history"), [(2,)])
        self.assertEqual(self.query("select applied, duplicate from shards"), [(2, 2)])

    def test_the_end_of_the_input_in_mid_line_is_a_clean_end_that_applies_nothing(self):
        child = self.start()
        child.initialize()
        child.write(json.dumps({"action": "processRecords", "records": [record(created(1), 100)]})[:-5])
        self.assertEqual(child.end(), (0, ""))
        self.assertEqual(self.limits(), [])

    def test_a_line_that_is_no_message_ends_it_without_a_status(self):
        child = self.start()
        child.initialize()
        child.write("what?\n")
        self.assertIsNone(child.read())
        code, said = child.end()
        self.assertEqual(code, 1)
        self.assertIn("what?", said)

    def test_signals_to_the_process_group_do_not_end_it(self):
        child = self.start()
        child.initialize()
        child.process.send_signal(signal.SIGINT)
        child.process.send_signal(signal.SIGTERM)
        child.deliver(record(created(1), 100))
        self.assertEqual(child.end(), (0, ""))
        self.assertEqual(self.limits(), [("limit-1", "0")])

    def test_a_bad_record_does_not_stop_its_neighbours(self):
        child = self.start()
        child.initialize()
        bad = {**record(b"", 101), "data": "*not base64*"}
        child.deliver(record(created(1), 100), bad, record(b"{", 102), record(progress(2, "0", "7"), 103))
        self.assertEqual(self.limits(), [("limit-1", "7")])
        self.assertEqual(self.query("select reason from dead_letters order by 1"), [("bad_base64",), ("bad_json",)])
        _, said = child.end()
        self.assertIn("limits dead list", said)

    def test_a_checkpoint_refused_for_good_ends_it(self):
        child = self.start("--checkpoint-interval", "0")
        child.initialize()
        with self.assertRaisesRegex(AssertionError, "ended with 1: .*InvalidStateException"):
            child.deliver(record(created(1), 100), answer="InvalidStateException")

    def test_a_throttled_checkpoint_is_covered_by_the_next(self):
        child = self.start("--checkpoint-interval", "0")
        child.initialize()
        self.assertEqual(child.deliver(record(created(1), 100), answer="ThrottlingException"), [("100", 0)])
        self.assertEqual(child.deliver(record(progress(2, "0", "1"), 101)), [("101", 0)])

    def test_a_lost_lease_ends_checkpoints_and_not_the_child(self):
        child = self.start("--checkpoint-interval", "0")
        child.initialize()
        self.assertEqual(child.deliver(record(created(1), 100), answer="ShutdownException"), [("100", 0)])
        self.assertEqual(child.deliver(record(progress(2, "0", "1"), 101)), [])
        self.assertEqual(child.call("leaseLost"), [])
        self.assertEqual(child.end()[0], 0)

    def test_a_shutdown_request_checkpoints_what_was_delivered(self):
        child = self.start("--checkpoint-interval", "3600")
        child.initialize()
        self.assertEqual(child.deliver(record(created(1), 100)), [])
        self.assertEqual(child.call("shutdownRequested"), [(None, None)])

    def test_a_daemon_that_dies_while_the_child_is_busy_leaves_no_child_behind(self):
        # Another writer holds the store's lock, so the child is busy when its input hangs up.
        child = self.start()
        child.initialize()
        with sqlite3.connect(self.database, isolation_level=None) as other:
            other.execute("begin immediate")
            child.send("processRecords", records=[record(created(1), 100)], millisBehindLatest=0)
            self.assertEqual(child.end()[0], 0)
        self.assertEqual(self.limits(), [])

    def test_four_children_share_one_file(self):
        children = [self.start() for _ in range(4)]
        for number, child in enumerate(children):
            child.initialize(f"shardId-{number}")
        for number, child in enumerate(children):
            child.send("processRecords", records=[
                record(created(i, limit=f"limit-{number}-{i}", user=f"user-{number}"), i) for i in range(1, 1001)
            ], millisBehindLatest=0)
        for child in children:
            self.assertEqual(child.read(), {"action": "status", "responseFor": "processRecords"})
        self.assertEqual(self.query("select count(*) from user_limits"), [(4000,)])
        self.assertEqual(self.query("select sum(applied) from shards"), [(4000,)])

    def test_what_it_cannot_start_with_is_said_in_one_line(self):
        cases = {
            "a folder that is not there": ["--store", "sqlite:/no/such/folder/limits.db", "--rules", str(RULES)],
            "an unknown kind of store": ["--store", "sqlit:limits.db", "--rules", str(RULES)],
            "a rules file that is not there": ["--store", f"sqlite:{self.database}", "--rules", "no-rules.json"],
        }
        for what, flags in cases.items():
            with self.subTest(what):
                done = subprocess.run([BINARY, *flags], capture_output=True, stdin=subprocess.DEVNULL, text=True, cwd=self.folder)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_help_and_version_go_to_stdout(self):
        for flag, text in {"--help": "executableName", "--version": "limits-processor 0."}.items():
            done = subprocess.run([BINARY, flag], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(text, done.stdout)


class LiveRules(WithDatabase):
    """Rules that change under running children."""

    def setUp(self):
        super().setUp()
        self.rules = self.folder / "rules.json"
        self.replace_rules("dead_letter")

    def replace_rules(self, default):
        new = self.folder / "rules.new"
        new.write_text(RULES.read_text().replace('"default": "dead_letter"', f'"default": "{default}"'))
        new.rename(self.rules)

    def status(self):
        done = subprocess.run([pathlib.Path(BINARY).with_name("limits"), "status", "--json", "--store", f"sqlite:{self.database}"],
                              capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def test_every_child_goes_by_the_new_rules_from_the_next_batch_on(self):
        children = [self.start(rules=self.rules) for _ in range(2)]
        for number, child in enumerate(children):
            child.initialize(f"shardId-{number}")
        unknown = {**created(1), "type": "SOMETHING_NEW"}
        numbers = iter(range(100, 200))
        for default in ("dead_letter", "ignore"):
            self.replace_rules(default)
            for place, child in enumerate(children):
                sequence = next(numbers)
                child.deliver(record(created(sequence, f"limit-{place}"), sequence), record(unknown, next(numbers)))
        self.assertEqual(self.query("select shard, dead, ignored, rules_problem from shards order by shard"),
                         [("shardId-0", 1, 1, None), ("shardId-1", 1, 1, None)])
        versions = self.query("select user_limit_id, rules_version from limit_history order by change_id")
        self.assertEqual([limit for limit, _ in versions], ["limit-0", "limit-1"] * 2)
        old, _, new, _ = [version for _, version in versions]
        self.assertNotEqual(old, new)
        self.assertEqual(versions, [("limit-0", old), ("limit-1", old), ("limit-0", new), ("limit-1", new)])
        self.assertEqual(self.query("select distinct rules_version from dead_letters"), [(old,)])
        for child in children:
            code, errors = child.end()
            self.assertEqual((code, errors.count("\n"), errors.count("dead letters")), (0, 1, 1), errors)

    def test_a_file_that_is_no_good_keeps_the_old_rules_and_shows_in_the_status(self):
        child = self.start(rules=self.rules)
        child.initialize()
        good = self.rules.read_text()
        self.rules.write_text(good.replace("reset_progress", "reset_progres"))
        child.deliver(record(created(1), 100))
        child.deliver(record(progress(2, "0", "1"), 101))
        problem = self.status()["shards"][0]["rulesProblem"]
        self.assertIn(f'{self.rules}: /rules/2/handler: no handler "reset_progres"', problem)
        self.rules.unlink()
        child.deliver(record(progress(3, "1", "1"), 102))
        self.assertIn("No such file", self.status()["shards"][0]["rulesProblem"])
        self.rules.write_text(good)
        child.deliver(record(progress(4, "2", "1"), 103))
        self.assertNotIn("rulesProblem", self.status()["shards"][0])
        self.assertEqual(self.limits(), [("limit-1", "3")])
        code, errors = child.end()
        self.assertEqual(code, 0)
        self.assertEqual(errors.count("stay in force"), 2, errors)


class Footprint(WithDatabase):
    """Not for instrumented builds."""

    def test_an_idle_child_takes_less_than_five_megabytes(self):
        with self.start() as first:  # makes the store, and holds some of what that took
            first.initialize()
        child = self.start()
        child.initialize()
        status = pathlib.Path(f"/proc/{child.process.pid}/status").read_text()
        resident_kb = int(status.split("VmRSS:")[1].split()[0])
        print(f"idle: {resident_kb} kB resident")
        self.assertLess(resident_kb, 5 * 1024)


if __name__ == "__main__":
    unittest.main()
