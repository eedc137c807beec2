"""`limits verify`, on what the real processor wrote and on what somebody changed behind its back."""
import json
import pathlib
import sqlite3
import subprocess
import sys

import command_line

PROCESSOR, ROOT = (pathlib.Path(path).resolve() for path in sys.argv[2:4])
sys.path.append(str(ROOT / "tests" / "support"))
import child  # noqa: E402


def life(limit="limit-1", user="user-1", start=1):
    """Events whose sums agree."""
    return [
        child.created(start, limit, user),
        child.progress(start + 1, "0", "120.50", limit, user, remainingAmount="379.50"),
        child.event(start + 2, "USER_LIMIT_RESET", user,
                    {"userLimitId": limit, "userId": user, "resetAmount": "120.5", "resetPercentage": "24.1",
                     "unusedAmount": "379.50"}),
        child.progress(start + 3, "0", "7", limit, user, remainingAmount="493"),
    ]


class Verify(command_line.CommandLineTest):
    def setUp(self):
        super().setUp()
        self.use("limits.db")

    def use(self, name, options=""):
        self.database = self.folder / name
        self.env = {"LIMITS_STORE": f"sqlite:{self.database}{options}"}

    def processor(self):
        return child.Child(PROCESSOR, "--rules", ROOT / "properties" / "rules.json", "--log-dir", "", cwd=self.folder, env=self.env)

    def deliver(self, *events):
        with self.processor() as processor:
            processor.initialize()
            processor.deliver(*[child.record(event, 100 + i) for i, event in enumerate(events)])

    def change(self, sql):
        database = sqlite3.connect(self.database)
        with database:
            self.assertEqual(database.execute(sql).rowcount, 1, sql)
        database.close()

    def verify(self, code=0, *args):
        done = self.limits("verify", "--json", *args)
        self.assert_ends(done, code)
        return json.loads(done.stdout)

    def finding(self, kind):
        """The only finding."""
        report = self.verify(1)
        self.assertEqual(report["counts"], {kind: 1}, report)
        return report["findings"][0]["what"]

    def test_finds_nothing_in_a_sound_state(self):
        # Late, repeated, parked, of two users under one number, dead: none of it is wrong.
        events = [*reversed(life()), *life("limit-2", "user-2"), *life(), child.progress(9, "0", "1", "orphan"), b"no JSON"]
        self.deliver(*events)
        self.assertEqual(self.verify(), {"limits": 3, "events": 9, "withoutWholeHistory": 0, "counts": {}, "findings": [],
                                         "reports": []})
        done = self.limits("verify")
        self.assert_ends(done, 0, "verified 3 limits with 9 events")
        self.assertEqual(done.stdout, b"")

    def test_finds_state_that_its_history_does_not_say(self):
        self.deliver(*life())
        for column, value, name, says in [("progress", "'8'", "progress", "7"), ("next_reset_time", "5", "nextResetTime", "null"),
                                          ("sequence", "99", "progressBy", "4 event-user-1-4")]:
            with self.subTest(column):
                before = self.database.read_bytes()
                self.change(f"UPDATE limit_progress SET {column} = {value}")
                what = self.finding("state_differs")
                self.assertIn(f"{name} is ", what)
                self.assertIn(f"but its history says {says}", what)
                self.database.write_bytes(before)
        self.change("UPDATE limit_definition SET value = '501'")
        self.assertEqual(self.finding("state_differs"), "value is 501, but its history says 500")

    def test_folds_terms_that_change_one_by_one(self):
        def changed(sequence, **terms):
            return child.event(sequence, "USER_LIMIT_CHANGED", "user-1", {"userLimitId": "limit-1", **terms})

        self.deliver(changed(9, value="750", activeUntil=None), *life(), changed(8, status="CANCELED", value="600"),
                     child.event(7, "USER_LIMIT_CHANGED", "user-2", {"userLimitId": "parked", "status": "FUTURE"}))
        self.verify()
        for change, says in [("status = 'ACTIVE'", "status is ACTIVE, but its history says CANCELED"),
                             ("value_sequence = 10", "valueBy is 10 event-user-1-9, but its history says 9 event-user-1-9"),
                             ("active_until = 5", "activeUntil is 5, but its history says null")]:
            with self.subTest(change):
                before = self.database.read_bytes()
                self.change(f"UPDATE limit_definition SET {change} WHERE limit_id = 1")
                self.assertEqual(self.finding("state_differs"), says)
                self.database.write_bytes(before)
        self.change("UPDATE limit_definition SET status = 'ACTIVE' WHERE user_limit_id = 'parked'")
        self.assertEqual(self.finding("state_differs"), "status is ACTIVE, but its history says FUTURE")

    def test_finds_a_definition_that_came_from_nowhere(self):
        self.deliver(child.progress(5, "0", "1"))
        self.change("UPDATE limit_definition SET event_id='e', user_id='u', brand_id='b', currency_code='EUR', type='BET', "
                    "period='DAY', status='ACTIVE', value='1', active_from=1")
        self.change("UPDATE limit_progress SET defined_by = 1")
        self.assertIn("definedBy is 1 e, but its history says nothing", self.finding("state_differs"))

    def test_writes_the_events_of_a_wrong_limit_for_a_bug_report(self):
        secrets = ("secret-limit", "secret-user", "secret-brand", "event-secret")
        events = life("secret-limit", "secret-user")
        events[0]["payload"]["brandId"] = "secret-brand"
        self.deliver(events[1], events[0], *events[2:], *life("other"))
        self.change("UPDATE limit_progress SET progress = '8' WHERE limit_id = 1")
        path, = self.verify(1)["reports"]
        text = (self.folder / path).read_text()
        for secret in secrets:
            self.assertNotIn(secret, text)
        lines = [json.loads(line) for line in text.splitlines()]
        self.assertEqual([line["sequenceNumber"] for line in lines], [2, 1, 3, 4], "as they arrived")
        self.assertEqual((lines[0]["verify"]["stored"]["progress"], lines[0]["verify"]["folded"]["progress"]), ("8", "7"))
        self.assertEqual(lines[1]["payload"]["brandId"], lines[0]["verify"]["stored"]["brandId"])

        self.use("replayed.db")
        self.deliver(*[line.encode() for line in text.splitlines()])
        limit, = json.loads(self.limits("list", "--json").stdout)
        for member in ("userId", "brandId", "value", "progress", "status"):
            self.assertEqual(limit[member], lines[0]["verify"]["folded"][member])
        self.verify()

    def test_writes_over_no_report_and_not_too_many(self):
        events = [event for i in range(12) for event in life(f"limit-{i}", start=10 * i + 1)]
        self.deliver(*events)
        database = sqlite3.connect(self.database)
        with database:
            database.execute("UPDATE limit_progress SET progress = '8'")
        database.close()
        reports = self.folder / "reports"
        reports.mkdir()
        (reports / "limits-verify-1.jsonl").write_text("mine")
        report = self.verify(1, "--reports", reports)
        self.assertEqual((len(report["reports"]), report["counts"]), (10, {"state_differs": 12}))
        self.assertEqual((reports / "limits-verify-1.jsonl").read_text(), "mine")
        self.assert_ends(self.limits("verify", "--reports", "none"), 1, "none/limits-verify-1.jsonl", "--reports")

    def test_leaves_no_half_of_a_report_that_cannot_be_written(self):
        self.deliver(*life("limit-1", start=1))
        database = sqlite3.connect(self.database)
        with database:
            database.execute("UPDATE limit_progress SET progress = '8'")
        database.close()
        report = self.folder / "limits-verify-1.jsonl"
        full_disk = ["strace", "-f", "-o", self.folder / "calls", "-P", report, "-e", "inject=write:error=ENOSPC"]
        done = subprocess.run([*full_disk, command_line.LIMITS, "verify"], capture_output=True, env=command_line.environment(ASAN_OPTIONS="detect_leaks=0", **self.env),
                              cwd=self.folder, timeout=60)
        self.assert_ends(done, 1, "limits-verify-1.jsonl", "No space left on device")
        self.assertFalse(report.exists())

    def test_finds_events_whose_sums_do_not_agree(self):
        self.deliver(child.created(1), child.progress(2, "5", "1", remainingAmount="494"))
        self.assertEqual(self.finding("discrepancy"),
                         "event event-user-1-2 (sequence number 2): previousProgress is 5, but progress was 0")
        self.use("more.db")
        events = life()
        events[1]["payload"]["remainingAmount"] = "379"
        events[2]["payload"].update(resetAmount="119", resetPercentage="24")
        self.deliver(*events)
        said = " ".join(finding["what"] for finding in self.verify(1)["findings"])
        for words in ("previousProgress + amount + remainingAmount is 499.50, but value was 500",
                      "resetAmount is 119, but progress was 120.50", "resetAmount + unusedAmount is 498.50",
                      "resetPercentage is 24, but resetAmount is 119 of 500"):
            self.assertIn(words, said)

    def test_finds_two_events_under_one_number_and_two_users_of_one_limit(self):
        events = life()
        twin = {**events[1], "eventId": "twin"}
        self.deliver(*events[:2], twin)
        report = self.verify(1)
        self.assertEqual(report["counts"]["sequence_conflict"], 1)
        self.assertIn("event event-user-1-2 has this number too", str(report["findings"]))
        self.use("two.db")
        self.deliver(*life(), *life(user="user-2"))
        self.assertEqual(self.finding("foreign_aggregate"), "belongs to user-1 and to user-2")

    def test_finds_a_damaged_file(self):
        self.deliver(*life())
        self.change("INSERT INTO dead_letter (key, reason, what, origin_id, kinesis_sequence, sub_sequence, arrival, raw) "
                    "VALUES (zeroblob(32), 'bad_json', '', 99, '1', 0, 0, zeroblob(0))")
        self.assertIn("origin", self.finding("damage"))

    def test_finds_history_that_was_tampered_with(self):
        self.deliver(*life())
        self.change("UPDATE limit_change SET progress = '9' WHERE sequence = 3")
        self.assertIn("progress after it is 9, but the event says 0", self.finding("history_differs"))
        self.use("unreadable.db")
        self.deliver(*life())
        self.change("UPDATE limit_change SET fields = '{}' WHERE sequence = 2")
        self.assertIn("payload.amount", self.finding("unreadable_event"))

    def test_beside_children_that_write_finds_nothing(self):
        with self.processor() as processor:
            processor.initialize()
            running = None
            for i in range(60):
                events = life(f"limit-{i % 20}", start=1 + 10 * i)
                processor.deliver(*[child.record(event, 1000 + 10 * i + n) for n, event in enumerate(events)])
                if running is None or running.poll() is not None:
                    running = self.running_verify(running)
            self.running_verify(running).communicate(timeout=60)

    def running_verify(self, before):
        """Starts one; the one before must have found nothing."""
        if before:
            self.assertEqual(json.loads(before.communicate(timeout=60)[0])["counts"], {})
        return subprocess.Popen([command_line.LIMITS, "verify", "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                cwd=self.folder, env=command_line.environment(ASAN_OPTIONS="detect_leaks=0", **self.env))

    def test_says_what_it_cannot_fold(self):
        self.use("off.db", "?history=off")
        self.deliver(*life())
        self.assertEqual(self.verify()["withoutWholeHistory"], 1)
        self.assert_ends(self.limits("verify"), 0, "1 without a whole history")

    def test_shows_how_far_it_is_on_a_terminal_only(self):
        self.deliver(*life())
        self.assertIn("verifying", self.limits_on_terminal("verify")[1])
        done = self.limits("verify")
        self.assertNotIn(b"verifying", done.stdout + done.stderr)


if __name__ == "__main__":
    del sys.argv[2:4]
    command_line.main()
