import base64
import csv
import hashlib
import io
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import command_line

FILL_STORE = pathlib.Path(sys.argv[2]).resolve()
LIMIT = {"limitId": "limit-day", "aggregateId": "user-1", "userId": "user-1", "brandId": "brand-1", "currencyCode": "EUR", "type": "DEPOSIT",
         "period": "DAY", "status": "ACTIVE", "value": "10000", "progress": "1234.50", "remaining": "8765.50", "activeFrom": 1712000000000,
         "nextResetTime": 1712086400000}
VERDICTS = ["applied", "duplicate", "stale", "parked", "ignored", "dead", "expired"]
UNSAFE = ("\x1b[31m", "\x1b[2J", "\x9b", "\u202e")


class FilledStoreTest(command_line.CommandLineTest):
    @classmethod
    def setUpClass(cls):
        cls.store_folder = tempfile.TemporaryDirectory()
        url = f"sqlite:{cls.store_folder.name}/limits.db"
        subprocess.run([FILL_STORE, url], check=True)
        cls.env = {"LIMITS_STORE": url}

    @classmethod
    def tearDownClass(cls):
        cls.store_folder.cleanup()

    def text(self, *args, **env):
        done = self.limits(*args, **env)
        self.assert_ends(done, 0)
        return done.stdout.decode()

    def json(self, *args):
        done = self.limits(*args, "--json")
        self.assert_ends(done, 0)
        for unsafe in UNSAFE:
            self.assertNotIn(unsafe, done.stdout.decode())
        return json.loads(done.stdout)


class Get(FilledStoreTest):
    def test_shows_a_card(self):
        card = self.text("get", "limit-day")
        for line in ("Limit        limit-day", "Value        10,000 EUR", "Progress     1,234.50 EUR",
                     "Resets       2024-04-02 19:33:20 UTC"):
            self.assertIn(line + "\n", card)

    def test_gives_the_stable_form_of_a_limit(self):
        self.assertEqual(self.json("get", "limit-day"), LIMIT)

    def test_ends_with_3_for_an_unknown_id(self):
        for json_too in ([], ["--json"]):
            done = self.limits("get", "limit-none", *json_too)
            self.assert_ends(done, 3, "there is no limit limit-none", "limits list")
            self.assertEqual(done.stdout, b"")

    def test_says_that_a_limit_is_parked(self):
        self.assert_ends(self.limits("get", "limit-orphan"), 3, "it is parked", "limits parked list")

    def test_names_every_aggregate_that_has_the_id_and_ends_with_1(self):
        done = self.limits("get", "limit-two", "--json")
        self.assert_ends(done, 1, "finding foreign_aggregate: 2 aggregates have a limit limit-two")
        self.assertEqual([limit["userId"] for limit in json.loads(done.stdout)], ["user-3", "user-4"])
        done = self.limits("get", "limit-two")
        self.assert_ends(done, 1, "foreign_aggregate")
        self.assertEqual(done.stdout.decode().count("limit-two"), 2)


class List(FilledStoreTest):
    def test_is_a_table_of_the_defined_limits(self):
        lines = self.text("list").splitlines()
        self.assertEqual(lines[0].split(), ["LIMIT", "USER", "TYPE", "PERIOD", "STATUS", "VALUE", "PROGRESS", "RESETS"])
        self.assertEqual(len(lines), 1 + 4)
        self.assertRegex(lines[2], r"^limit-day +user-1 +DEPOSIT +DAY +ACTIVE +10,000 EUR +1,234.50 EUR +2024-04-02 19:33:20 UTC$")

    def test_is_a_json_array(self):
        limits = self.json("list")
        self.assertEqual([limit["limitId"] for limit in limits], ["limit-esc", "limit-day", "limit-two", "limit-two"])
        self.assertEqual(limits[1], self.json("get", "limit-day"))

    def test_goes_on_after_the_rows_that_set_the_widths(self):
        subprocess.run([FILL_STORE, f"sqlite:{self.folder}/many.db", "1200"], check=True)
        store = f"sqlite:{self.folder}/many.db"
        lines = self.text("list", "--user", "user-9", "--store", store).splitlines()
        self.assertEqual(len(lines), 1 + 1200)
        self.assertEqual(len({len(line) for line in lines[1:]}), 1)
        done = self.limits("list", "--json", "--store", store)
        self.assertEqual(len(json.loads(done.stdout)), 4 + 1200)

    def test_can_be_one_users(self):
        self.assertEqual([limit["limitId"] for limit in self.json("list", "--user", "user-3")], ["limit-two"])
        self.assertEqual(self.json("list", "--user", "nobody"), [])
        done = self.limits("list", "--user", "nobody")
        self.assert_ends(done, 0, "0 limits of nobody")
        self.assertEqual(done.stdout, b"")

    def test_can_be_those_with_given_terms(self):
        self.assertEqual(self.json("list", "--user", "user-1", "--brand", "brand-1", "--type", "DEPOSIT", "--period", "DAY", "--status", "ACTIVE"), [LIMIT])
        for option, other in {"--brand": "brand-9", "--type": "SESSION", "--period": "WEEK", "--status": "FUTURE"}.items():
            with self.subTest(option):
                self.assertEqual(self.json("list", option, other), [])

    def test_refuses_words_that_there_are_not(self):
        for option, word in {"--type": "DEPOSITS", "--period": "DAYS", "--status": "ACTIV", "--output": "cvs"}.items():
            with self.subTest(option):
                self.assert_ends(self.limits("list", option, word), 2, option, f'found "{word}"', "did you mean")
        self.assert_ends(self.limits("list", "--json", "-o", "csv"), 2, "leave one of them out")

    def test_has_a_form_for_each_use(self):
        limits = self.json("list")
        self.assertEqual(json.loads(self.text("list", "-o", "json")), limits)
        self.assertEqual([json.loads(line) for line in self.text("list", "-o", "ndjson").splitlines()], limits)
        self.assertEqual(self.text("list", "-o", "table"), self.text("list"))
        rows = list(csv.DictReader(io.StringIO(self.text("list", "-o", "csv"), newline="")))
        self.assertEqual([{name: cell for name, cell in row.items() if cell} for row in rows],
                         [{name: str(value) for name, value in limit.items()} for limit in limits])
        self.assertEqual(self.text("list", "-o", "csv", "--user", "nobody").count("\n"), 1)

    def test_is_whole_over_many_pages(self):
        store = f"sqlite:{self.folder}/pages.db"
        subprocess.run([FILL_STORE, store, "2500"], check=True)
        ids = [json.loads(line)["limitId"] for line in self.text("list", "-o", "ndjson", "--user", "user-9", "--store", store).splitlines()]
        self.assertEqual((len(ids), len(set(ids)), ids), (2500, 2500, sorted(ids)))

    def test_never_prints_what_a_terminal_acts_upon(self):
        for form in ("ndjson", "csv"):
            _, seen = self.limits_on_terminal("list", "-o", form, columns=200, NO_COLOR="1")
            for unsafe in UNSAFE:
                self.assertNotIn(unsafe, seen)
        code, seen = self.limits_on_terminal("list", columns=200, NO_COLOR="1")
        self.assertEqual(code, 0)
        for output in (self.text("list"), seen):
            self.assertIn("user-\\x1b[31m\\x9b\\u202ered", output)
            for unsafe in UNSAFE:
                self.assertNotIn(unsafe, output)

    def test_is_cards_where_the_terminal_is_narrow(self):
        _, wide = self.limits_on_terminal("list", columns=200, NO_COLOR="1")
        _, narrow = self.limits_on_terminal("list", columns=40, NO_COLOR="1")
        self.assertIn("LIMIT      USER", wide)
        self.assertIn("LIMIT     limit-day\nUSER      user-1\n", narrow)
        self.assertEqual(narrow.count("LIMIT "), 4)

    def test_takes_the_width_from_columns(self):
        _, narrow = self.limits_on_terminal("list", columns=200, COLUMNS="40", NO_COLOR="1")
        self.assertIn("LIMIT     limit-day\n", narrow)
        for none in ("0", "wide", "-1", ""):
            _, wide = self.limits_on_terminal("list", columns=200, COLUMNS=none, NO_COLOR="1")
            self.assertIn("LIMIT      USER", wide)

    def test_is_coloured_on_a_terminal_only(self):
        _, seen = self.limits_on_terminal("list", columns=200)
        self.assertIn("\x1b[1mLIMIT", seen)
        self.assertNotIn("\x1b", self.limits_on_terminal("list", columns=200, NO_COLOR="1")[1])
        self.assertNotIn("\x1b", self.limits_on_terminal("list", columns=200, TERM="dumb")[1])
        self.assertIn("\x1b", self.limits_on_terminal("list", columns=200, NO_COLOR="")[1])
        done = self.limits("list", TERM="xterm")
        self.assertNotIn(b"\x1b", done.stdout + done.stderr)

    def test_hints_at_the_next_command_on_a_terminal_only(self):
        self.assertIn("next: limits get ID", self.limits_on_terminal("list", NO_COLOR="1")[1])
        self.assertNotIn(b"next:", self.limits("list").stderr)
        self.assertNotIn("next:", self.limits_on_terminal("list", "--json", NO_COLOR="1")[1])

    def test_says_no_more_than_the_log_level_allows(self):
        self.assertEqual(self.limits("list", "--log-level", "warn").stderr, b"")
        self.assertEqual(self.limits("get", "none", "--log-level", "off").stderr, b"")


class History(FilledStoreTest):
    def test_is_in_the_order_of_the_sequence(self):
        lines = self.text("history", "limit-day").splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["SEQUENCE", "1", "2", "3"])
        self.assertIn("1,234.50", lines[3])

    def test_is_json_with_content_and_provenance(self):
        rows = self.json("history", "limit-day")
        self.assertEqual([row["eventId"] for row in rows], ["evt-1", "evt-2", "evt-3"])
        self.assertEqual(list(rows[2]),
                         ["aggregateId", "limitId", "sequenceNumber", "eventId", "type", "handler", "createdAt",
                          "progressAfter", "fields", "changeId", "stream", "shard", "kinesisSequenceNumber",
                          "kinesisSubSequenceNumber", "arrivedAt", "rulesVersion"])
        self.assertEqual(rows[2]["fields"], {"amount": "1234.50", "nextResetTime": 1712086400000, "previousProgress": "0",
                                             "userLimitId": "limit-day"})
        self.assertEqual(rows[2]["kinesisSequenceNumber"], "496500000000000000000000000000000000000001")

    def test_of_a_parked_limit_is_shown_too(self):
        self.assertEqual([row["eventId"] for row in self.json("history", "limit-orphan")], ["evt-7"])

    def test_ends_with_3_for_an_unknown_id(self):
        self.assert_ends(self.limits("history", "limit-none"), 3, "there is no history of a limit limit-none")


class Status(FilledStoreTest):
    def test_is_an_object_of_shards_and_totals(self):
        status = self.json("status")
        self.assertEqual(list(status), ["shards", "totals", "findings", "parkedLimits", "openDeadLetters"])
        self.assertEqual((status["parkedLimits"], status["openDeadLetters"]), (1, 2))
        self.assertEqual(list(status["totals"]), VERDICTS)
        first, second = status["shards"]
        self.assertEqual((first["stream"], first["shard"]), ("user-events", "shardId-000000000000"))
        self.assertEqual(list(first),
                         ["stream", "shard", "owner", "sequenceNumber", "subSequenceNumber", "checkpointSequenceNumber",
                          "checkpointSubSequenceNumber", "updatedAt", "checkpointAt", "millisBehindLatest", "verdicts",
                          "findings", "rulesVersion"])
        self.assertEqual(first["verdicts"], {"applied": 3, "duplicate": 0, "stale": 1, "parked": 1, "ignored": 2,
                                             "dead": 2, "expired": 0})
        self.assertEqual(status["totals"]["ignored"], 4)
        self.assertEqual(status["findings"], {"discrepanciesSeen": 0, "sequenceConflicts": 0, "foreignAggregates": 1})
        for verdict in VERDICTS:
            self.assertEqual(status["totals"][verdict], first["verdicts"][verdict] + second["verdicts"][verdict])

    def test_is_a_table_with_a_line_for_all(self):
        done = self.limits("status")
        self.assert_ends(done, 0, "limits: warning: findings: 1 foreign_aggregate\n")
        lines = done.stdout.decode().splitlines()
        self.assertEqual(lines[0].split(), ["SHARD", "OWNER", "BEHIND", "UPDATED", "CHECKPOINT", *VERDICTS])
        self.assertRegex(lines[1], r"^user-events/shardId-000000000000 +host-1:4711 +1\.5 s +\d+ days ago +\d+ days ago +3 ")
        self.assertTrue(lines[3].startswith("all "))
        self.assertEqual(lines[4:], ["1 parked limit, 2 open dead letters"])

    def test_hints_at_what_waits(self):
        _, seen = self.limits_on_terminal("status", columns=250, NO_COLOR="1")
        self.assertIn("next: limits dead list\nnext: limits parked list\n", seen)


class Digest(FilledStoreTest):
    def test_is_the_sum_of_its_lines(self):
        digest = self.text("digest").strip()
        self.assertRegex(digest, r"^[0-9a-f]{64}$")
        lines = self.limits("digest", "--lines").stdout
        self.assertEqual(hashlib.sha256(lines).hexdigest(), digest)
        self.assertEqual(self.json("digest"), {"digest": digest})
        self.assertEqual(self.json("digest", "--lines"), [json.loads(line) for line in lines.splitlines()])

    def test_prints_no_raw_line_on_a_terminal(self):
        _, seen = self.limits_on_terminal("digest", "--lines", columns=200, NO_COLOR="1")
        for unsafe in UNSAFE:
            self.assertNotIn(unsafe, seen)


class ParkedList(FilledStoreTest):
    def test_shows_limits_without_a_definition(self):
        self.assertRegex(self.text("parked", "list").splitlines()[1],
                         r"^limit-orphan +user-2 +0 +1 +evt-7 +2024-04-01 19:34:20 UTC +USER_LIMIT_CREATED$")
        self.assertEqual(self.json("parked", "list"),
                         [{"aggregateId": "user-2", "limitId": "limit-orphan", "progress": "0",
                           "nextResetTime": 1712086400000, "newestSequenceNumber": 7, "newestEventId": "evt-7",
                           "events": 1, "since": 1712000060000, "waitsFor": "USER_LIMIT_CREATED"}])


class Dead(FilledStoreTest):
    def test_list_shows_reasons(self):
        lines = self.text("dead", "list").splitlines()
        self.assertEqual(lines[0].split(), ["ID", "STATE", "REASON", "SEEN", "TRIED", "ARRIVED", "WHAT"])
        self.assertIn("line \\x1b[2J is not JSON", lines[1])
        self.assertIn("unrouted", lines[2])

    def test_list_is_a_json_array(self):
        letters = self.json("dead", "list")
        self.assertEqual([letter["reason"] for letter in letters], ["bad_json", "unrouted"])
        self.assertEqual(list(letters[0]), ["id", "state", "reason", "what", "bytes", "stream", "shard", "sequenceNumber",
                                            "subSequenceNumber", "arrivedAt", "seen", "rulesVersion", "attempts"])

    def test_show_gives_the_exact_bytes(self):
        letter = self.json("dead", "show", self.json("dead", "list")[0]["id"])
        self.assertEqual(base64.b64decode(letter["rawBase64"]), b"not \x1b[2J json \xff")
        self.assertEqual(letter["raw"], "not \x1b[2J json \ufffd")

    def test_show_is_a_card(self):
        card = self.text("dead", "show", self.json("dead", "list")[0]["id"])
        self.assertIn("Raw          not \\x1b[2J json \\xff\n", card)

    def test_show_ends_with_3_for_an_unknown_number(self):
        self.assert_ends(self.limits("dead", "show", "999"), 3, "there is no dead letter 999")
        self.assert_ends(self.limits("dead", "show", "first"), 2, "ID")


class Store(command_line.CommandLineTest):
    READERS = (["get", "x"], ["list"], ["history", "x"], ["status"], ["digest"], ["parked", "list"], ["dead", "list"],
               ["dead", "show", "1"], ["dead", "discard", "--all"], ["verify"], ["prune", "--older-than", "1d"])

    def test_that_is_not_there_ends_every_reader_with_4(self):
        for args in self.READERS:
            done = self.limits(*args)
            self.assert_ends(done, 4, "var/limits.db")
            self.assertEqual(done.stdout, b"")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_that_cannot_be_read_ends_with_4(self):
        foreign = self.folder / "foreign.db"
        with sqlite3.connect(foreign) as database:
            database.execute("CREATE TABLE other (x)")
        for path in (self.folder, self.file("text.db", "not a database" * 100), self.file("empty.db", ""), foreign):
            with self.subTest(path):
                self.assert_ends(self.limits("list", "--store", f"sqlite:{path}"), 4, str(path))

    def test_of_an_unknown_kind_ends_with_4_and_names_the_kinds(self):
        self.assert_ends(self.limits("--store", "postgres:x", "list"), 4, "postgres:x", "sqlite:")

    def test_of_the_option_wins_over_that_of_the_environment(self):
        done = self.limits("list", "--store", "sqlite:one.db", LIMITS_STORE="sqlite:two.db")
        self.assert_ends(done, 4, "one.db")
        self.assert_ends(self.limits("list", LIMITS_STORE="sqlite:two.db"), 4, "two.db")


class Stdout(FilledStoreTest):
    def test_that_is_full_is_a_failure(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([command_line.LIMITS, "list"], stdout=full, stderr=subprocess.PIPE,
                                  env=command_line.environment(**self.env))
        self.assert_ends(done, 1, "standard output could not be written")


if __name__ == "__main__":
    sys.argv.pop(2)
    command_line.main()
