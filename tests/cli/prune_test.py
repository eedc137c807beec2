"""`limits prune`, on what the real processor wrote, and what the other commands say afterwards."""
import json
import pathlib
import sqlite3
import sys
import time

import command_line

PROCESSOR, ROOT = (pathlib.Path(path).resolve() for path in sys.argv[2:4])
sys.path.append(str(ROOT / "tests" / "support"))
import child  # noqa: E402

DAY_MS = 86_400_000


def days_ago(days):
    return int(time.time() * 1000) - days * DAY_MS


def day(number, limit="limit-1", user="user-1"):
    """Two events of the user, whose sums agree with those of other days."""
    return [
        child.progress(10 * number, "0", "7", limit, user, remainingAmount="493"),
        child.event(10 * number + 1, "USER_LIMIT_RESET", user,
                    {"userLimitId": limit, "userId": user, "resetAmount": "7", "unusedAmount": "493"}),
    ]


class PruneTest(command_line.CommandLineTest):
    def setUp(self):
        super().setUp()
        self.database = self.folder / "limits.db"
        self.env = {"LIMITS_STORE": f"sqlite:{self.database}"}

    def processor(self):
        return child.Child(PROCESSOR, "--rules", ROOT / "properties" / "rules.json", "--log-dir", "", cwd=self.folder, env=self.env)

    def deliver(self, *events, arrival):
        with self.processor() as processor:
            processor.initialize()
            processor.deliver(*[child.record(event, 100 + i, arrival=arrival) for i, event in enumerate(events)])

    def deliver_ten_days(self):
        self.deliver(child.created(1), arrival=days_ago(11))
        for number in range(10):
            self.deliver(*day(number + 1), arrival=days_ago(10 - number))

    def json(self, *args):
        done = self.limits(*args, "--json")
        self.assert_ends(done, 0)
        return json.loads(done.stdout)

    def state(self):
        """The digest's lines but for the history's."""
        return [line for line in self.json("digest", "--lines") if line[0] != "history"]

    def sequences(self):
        return [event["sequenceNumber"] for event in self.json("history", "limit-1")]


class Prune(PruneTest):
    def test_takes_old_events_and_leaves_the_state(self):
        self.deliver_ten_days()
        before = self.state()
        done = self.limits("prune", "--older-than", "132h")
        self.assert_ends(done, 0, "9 events older than 132h pruned; the state is as it was")
        self.assertEqual(done.stdout, b"")
        self.assertEqual(self.sequences(), [1, 51, 60, 61, 70, 71, 80, 81, 90, 91, 100, 101])
        self.assertEqual(self.state(), before)
        self.assertEqual(self.json("verify"), {"limits": 1, "events": 12, "withoutWholeHistory": 0, "counts": {}, "findings": [],
                                               "reports": []})

    def test_says_for_programs_what_it_took(self):
        self.deliver_ten_days()
        now = days_ago(0)
        report = self.json("prune", "--older-than", "36h")
        self.assertEqual(list(report), ["arrivedBefore", "pruned"])
        self.assertEqual(report["pruned"], 17)
        self.assertLess(abs(report["arrivedBefore"] - (now - 1.5 * DAY_MS)), 60_000)

    def test_on_trial_writes_nothing_and_says_what_would_go(self):
        self.deliver_ten_days()
        before = self.database.read_bytes()
        done = self.limits("prune", "--older-than", "132h", "--dry-run")
        self.assert_ends(done, 0, "9 events of 1 limit would be pruned; nothing was written")
        report = self.json("prune", "--older-than", "132h", "--dry-run")
        self.assertEqual((report["wouldPrune"], report["limits"]), (9, 1))
        self.assertEqual(self.database.read_bytes(), before)

    def test_once_more_takes_nothing(self):
        self.deliver_ten_days()
        self.assertEqual(self.json("prune", "--older-than", "132h")["pruned"], 9)
        self.assertEqual(self.json("prune", "--older-than", "132h", "--dry-run")["wouldPrune"], 0)
        self.assertEqual(self.json("prune", "--older-than", "132h")["pruned"], 0)
        self.assertEqual(self.json("prune", "--older-than", "20d")["pruned"], 0)

    def test_of_everything_leaves_what_the_state_rests_upon(self):
        self.deliver_ten_days()
        self.assertEqual(self.json("prune", "--older-than", "0s")["pruned"], 19)
        self.assertEqual(self.sequences(), [1, 101])

    def test_reads_units_of_time(self):
        self.deliver(child.created(1), *day(1), arrival=days_ago(2))
        for age, pruned in (("3d", 0), ("50h", 0), ("2900m", 0), ("172000s", 1)):
            self.assertEqual(self.json("prune", "--older-than", age)["pruned"], pruned, age)

    def test_refuses_what_is_no_age(self):
        self.deliver_ten_days()
        self.assert_ends(self.limits("prune"), 2, "--older-than is required", "90d")
        for age in ("", "90", "d", "90x", "90 d", "-1d", "1.5d", "99999999999d", "90dd", "\x1b[2Jd"):
            done = self.limits("prune", "--older-than", age)
            self.assert_ends(done, 2, "--older-than")
            self.assertNotIn(b"\x1b", done.stderr)
        self.assertEqual(len(self.sequences()), 21)

    def test_makes_no_store(self):
        self.assert_ends(self.limits("prune", "--older-than", "1d", "--store", "sqlite:none.db"), 4, "none.db")
        self.assertFalse((self.folder / "none.db").exists())

    def test_beside_a_child_at_work_loses_nothing(self):
        with self.processor() as processor:
            processor.initialize()
            processor.deliver(child.record(child.created(1), 1, arrival=days_ago(11)))
            pruned = 0
            for number in range(1, 60):
                events = day(number)
                processor.deliver(*[child.record(event, 10 * number + i, arrival=days_ago(9)) for i, event in enumerate(events)])
                pruned += self.json("prune", "--older-than", "8d")["pruned"]
        self.assertEqual(pruned, 117)
        self.assertEqual(self.sequences(), [1, 591])
        self.assertEqual(self.json("verify")["counts"], {})

    def test_shows_how_far_it_is_on_a_terminal_and_what_to_do_next(self):
        self.deliver_ten_days()
        code, seen = self.limits_on_terminal("prune", "--older-than", "1d", "--dry-run")
        self.assertEqual(code, 0)
        self.assertIn("counting", seen)
        self.assertIn("next: limits prune --older-than 1d", seen)
        code, seen = self.limits_on_terminal("prune", "--older-than", "1d")
        self.assertEqual(code, 0)
        self.assertIn("pruning [", seen)
        self.assertIn("next: limits verify", seen)


class Afterwards(PruneTest):
    def setUp(self):
        super().setUp()
        self.deliver_ten_days()
        self.assertEqual(self.json("prune", "--older-than", "132h")["pruned"], 9)

    def totals(self):
        return self.json("status")["totals"]

    def test_history_says_what_is_missing(self):
        done = self.limits("history", "limit-1")
        self.assert_ends(done, 0, "old events were pruned: up to sequence number 51 (event-user-1-51)")
        gaps = [event["sequenceNumber"] for event in self.json("history", "limit-1") if event.get("gapBefore")]
        self.assertEqual(gaps, [1, 51])
        self.deliver(child.created(1, "limit-2", "user-2"), arrival=days_ago(1))
        self.assertEqual(self.limits("history", "limit-2").stderr, b"")

    def test_what_comes_again_is_expired_or_a_duplicate_and_changes_nothing(self):
        before, history = self.state(), self.sequences()
        self.deliver(child.created(1), *[event for number in range(10) for event in day(number + 1)], arrival=days_ago(0))
        self.assertEqual((self.totals()["expired"], self.totals()["duplicate"]), (11, 10))
        self.assertEqual(self.state(), before)
        self.assertEqual(self.sequences(), history)

    def test_what_comes_late_is_expired_at_the_floor_and_stale_above_it(self):
        for event in (child.progress(40, "0", "1"), child.progress(49, "0", "1"), child.progress(52, "0", "1")):
            self.deliver(event, arrival=days_ago(0))
        self.assertEqual((self.totals()["expired"], self.totals()["stale"]), (2, 1))
        self.assertIn(52, self.sequences())

    def test_a_dead_letter_of_an_expired_event_is_settled(self):
        self.deliver(child.event(45, "USER_LIMIT_BUMPED", "user-1",
                                 {"userLimitId": "limit-1", "previousProgress": "0", "amount": "1"}), arrival=days_ago(0))
        rules = self.file("rules.json", '{"rules": [{"match": {"type": "USER_LIMIT_BUMPED"}, "handler": "change_progress"}], '
                                        '"default": "dead_letter"}')
        before = self.state()
        self.assert_ends(self.limits("dead", "replay", "--all", "--rules", rules, "--dry-run"), 0, "0 limits would change")
        self.assert_ends(self.limits("dead", "replay", "--all", "--rules", rules), 0, "1 dead letter replayed: 1 expired")
        self.assertEqual(self.state(), before)

    def test_verify_finds_state_that_what_is_left_does_not_say(self):
        for sql, what in (("UPDATE limit_definition SET value = '501'", "value is 501, but its history says 500"),
                          ("UPDATE limit_progress SET progress = '8'", "progress is 8, but its history says 0")):
            with self.subTest(sql):
                before = self.database.read_bytes()
                database = sqlite3.connect(self.database)
                with database:
                    database.execute(sql)
                database.close()
                done = self.limits("verify", "--json")
                self.assert_ends(done, 1)
                self.assertEqual([finding["what"] for finding in json.loads(done.stdout)["findings"]], [what])
                self.database.write_bytes(before)

    def test_verify_checks_the_sums_of_what_is_left(self):
        self.deliver(child.progress(110, "5", "1"), arrival=days_ago(0))
        done = self.limits("verify", "--json")
        self.assert_ends(done, 1)
        self.assertEqual(json.loads(done.stdout)["counts"], {"discrepancy": 1})

    def test_a_backup_has_the_same_state(self):
        self.assert_ends(self.limits("backup", "copy.db"), 0)
        self.assertEqual(self.limits("digest", "--store", "sqlite:copy.db").stdout, self.limits("digest").stdout)


if __name__ == "__main__":
    del sys.argv[2:4]
    command_line.main()
