"""What operators do with dead letters, on what the real processor wrote."""
import base64
import json
import pathlib
import subprocess
import sys

import command_line

PROCESSOR, ROOT = (pathlib.Path(path).resolve() for path in sys.argv[2:4])
sys.path.append(str(ROOT / "tests" / "support"))
import child  # noqa: E402

RULE = '{"match": {"type": "%s"}, "handler": "%s"}'
CREATE = RULE % ("USER_LIMIT_CREATED", "create_limit")
PROGRESS = RULE % ("USER_LIMIT_PROGRESS_CHANGED", "change_progress")
FIRST_RULES = '{"rules": [%s], "default": "dead_letter"}' % PROGRESS
LATER_RULES = '{"rules": [%s, %s], "default": "dead_letter"}' % (PROGRESS, CREATE)
ESCAPES = ("\x1b[31m", "\x9b", "\u202e")


class DeadLettersTest(command_line.CommandLineTest):
    def setUp(self):
        super().setUp()
        self.env = {"LIMITS_STORE": f"sqlite:{self.folder}/limits.db"}
        self.rules = self.file("rules.json", FIRST_RULES)
        self.later = self.file("later.json", LATER_RULES)

    def processor(self):
        return child.Child(PROCESSOR, "--rules", self.rules, "--log-dir", "", cwd=self.folder, env=self.env)

    def deliver(self, *data, shard="shardId-000000000000"):
        records = [child.record(each, 100 + i, sub=i) for i, each in enumerate(data)]
        with self.processor() as processor:
            processor.initialize(shard)
            processor.deliver(*records)

    def json(self, *args, code=0):
        done = self.limits(*args, "--json")
        self.assert_ends(done, code)
        return json.loads(done.stdout)

    def states(self):
        return [letter["state"] for letter in self.json("dead", "list")]

    def digest(self):
        return self.limits("digest").stdout


class Replay(DeadLettersTest):
    def test_by_a_rule_that_came_later_applies_what_was_dead(self):
        self.deliver(child.created(1), child.progress(2, "0", "5"), b"no JSON")
        self.assertEqual(self.states(), ["open", "open"])
        done = self.limits("dead", "replay", "--reason", "unrouted", "--rules", self.later)
        self.assert_ends(done, 0, "1 dead letter replayed: 1 applied")
        self.assertEqual(self.states(), ["replayed", "open"])
        self.assertEqual(self.json("get", "limit-1")["progress"], "5")
        first, second = self.json("history", "limit-1")
        self.assertEqual((first["shard"], first["kinesisSequenceNumber"]), ("shardId-000000000000", "100"))
        self.assertEqual(second["kinesisSubSequenceNumber"], 1)
        letter = self.json("dead", "show", 1)
        self.assertEqual((letter["attempts"], letter["state"]), (1, "replayed"))
        self.assertGreater(letter["handledAt"], 1_700_000_000_000)

    def test_keeps_what_fails_again_with_the_attempt_counted(self):
        self.deliver(child.progress(2, "0", "a hundred"), child.created(1))
        for attempt in (1, 2):
            done = self.limits("dead", "replay", "1", "--rules", self.later)
            self.assert_ends(done, 1, "0 dead letters replayed", "1 dead letter failed again: still open")
            letter = self.json("dead", "show", 1)
            self.assertEqual((letter["state"], letter["attempts"]), ("open", attempt))
            self.assertEqual(letter["retryWhat"], letter["what"])
        self.assertIn("Last replay", self.limits("dead", "show", "1").stdout.decode())
        self.assertEqual(self.json("dead", "show", 2)["attempts"], 0)

    def test_is_the_same_state_as_if_the_rules_had_always_been_there(self):
        events = [child.created(i + 1, limit=f"limit-{i % 3}") for i in range(9)]
        events += [child.progress(20 + i, "0", f"{i}.50", limit=f"limit-{i % 5}") for i in range(9)]
        self.deliver(*events)
        self.assert_ends(self.limits("dead", "replay", "--all", "--rules", self.later), 0, "9 dead letters replayed")
        limits = self.limits("list", "--json").stdout, self.limits("parked", "list", "--json").stdout
        self.env["LIMITS_STORE"] = f"sqlite:{self.folder}/clean.db"
        self.rules = self.later
        self.deliver(*events)
        self.assertEqual((self.limits("list", "--json").stdout, self.limits("parked", "list", "--json").stdout), limits)

    def test_is_not_undone_by_a_redelivery(self):
        self.deliver(child.created(1))
        self.limits("dead", "replay", "--all", "--rules", self.later)
        before = self.digest()
        self.deliver(child.created(1))
        self.assertEqual(self.states(), ["replayed"])
        self.rules = self.later
        self.deliver(child.created(1))
        self.assertEqual(self.digest(), before)

    def test_goes_shard_by_shard_and_by_filter(self):
        self.deliver(child.created(1, limit="limit-a"), shard="shardId-a")
        self.deliver(child.created(1, limit="limit-b"), shard="shardId-b")
        self.assert_ends(self.limits("dead", "replay", "--shard", "shardId-b", "--rules", self.later), 0)
        self.assertEqual([limit["limitId"] for limit in self.json("list")], ["limit-b"])
        self.assert_ends(self.limits("dead", "replay", "--all", "--rules", self.later), 0)
        self.assertEqual([limit["limitId"] for limit in self.json("list")], ["limit-a", "limit-b"])
        self.assertEqual(self.json("history", "limit-a")[0]["shard"], "shardId-a")

    def test_leaves_bad_base64_dead(self):
        with self.processor() as processor:
            processor.initialize()
            processor.deliver({**child.record(b"", 100), "data": "{not base64}"})
        self.assert_ends(self.limits("dead", "replay", "--all", "--rules", self.later), 1, "failed again")
        self.assertEqual(self.json("dead", "list")[0]["reason"], "bad_base64")

    def test_beside_a_child_and_another_operator_settles_each_letter_once(self):
        self.deliver(*[child.created(i + 1, limit=f"limit-{i}") for i in range(300)])
        command = [command_line.LIMITS, "dead", "replay", "--all", "--rules", self.later, "--json"]
        with self.processor() as processor:
            processor.initialize()
            operators = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder,
                                          env=command_line.environment(**self.env)) for _ in range(2)]
            for i in range(300):
                processor.deliver(child.record(child.progress(1000 + i, "0", "1", limit=f"limit-{i}"), 1000 + i))
            reports = [json.loads(operator.communicate(timeout=60)[0]) for operator in operators]
        self.assertEqual([operator.returncode for operator in operators], [0, 0])
        self.assertEqual(sum(report["replayed"] for report in reports), 300)
        self.assertEqual(set(self.states()), {"replayed"})
        self.assertEqual({limit["progress"] for limit in self.json("list")}, {"1"})
        self.assertEqual(len(self.json("list")), 300)

    def test_says_who_was_settled_before_and_what_is_not_there(self):
        self.deliver(child.created(1))
        self.limits("dead", "discard", "1")
        self.assert_ends(self.limits("dead", "replay", "1", "--rules", self.later), 0, "dead letter 1 is discarded already")
        self.assert_ends(self.limits("dead", "replay", "7", "--rules", self.later), 3, "there is no dead letter 7")
        self.assertEqual(self.json("list"), [])

    def test_wants_to_be_told_which(self):
        self.deliver(child.created(1))
        self.assert_ends(self.limits("dead", "replay", "--rules", self.later), 2, "say which dead letters")
        self.assert_ends(self.limits("dead", "replay", "1", "--all", "--rules", self.later), 2, "leave out")
        done = self.limits("dead", "replay", "--reason", "unroutd", "--rules", self.later)
        self.assert_ends(done, 2, 'did you mean "unrouted"?')
        self.assert_ends(self.limits("dead", "replay", "--all", "--rules", "none.json"), 1, "none.json")

    def test_makes_no_store_that_is_not_there(self):
        self.assert_ends(self.limits("dead", "replay", "--all", "--rules", self.later), 4, "limits.db")
        self.assertFalse((self.folder / "limits.db").exists())

    def test_shows_a_bar_on_a_terminal_only(self):
        self.deliver(*[child.created(i + 1, limit=f"limit-{i}") for i in range(3)])
        _, seen = self.limits_on_terminal("dead", "replay", "1", "--rules", self.later)
        self.assertIn("replaying [", seen)
        done = self.limits("dead", "replay", "2", "--rules", self.later)
        self.assertNotIn(b"replaying", done.stdout + done.stderr)


class Rehearsal(DeadLettersTest):
    def rehearse(self, *args):
        return self.json("dead", "replay", "--all", "--dry-run", "--rules", self.later, *args)

    def test_shows_before_and_after_and_writes_nothing(self):
        self.deliver(child.created(1), child.progress(2, "0", "5"), child.created(1, limit="limit-2"), b"no JSON")
        before = self.limits("digest", "--lines").stdout, self.json("dead", "list")
        first, second = self.rehearse()
        self.assertEqual(first["limitId"], "limit-1")
        self.assertEqual(first["before"]["progress"], "5")
        self.assertNotIn("value", first["before"])
        self.assertEqual((first["after"]["value"], first["after"]["progress"]), ("500", "5"))
        self.assertEqual((first["wasParked"], first["becomesVisible"]), (True, True))
        self.assertEqual((second["before"], second["wasParked"], second["becomesVisible"]), (None, False, True))
        self.assertEqual((self.limits("digest", "--lines").stdout, self.json("dead", "list")), before)

    def test_is_a_table_for_people(self):
        self.deliver(child.created(1), child.progress(2, "0", "1234.50"), b"no JSON")
        done = self.limits("dead", "replay", "--all", "--dry-run", "--rules", self.later)
        self.assert_ends(done, 0, "1 limit would change", "1 would fail again; nothing was written")
        line = done.stdout.decode().splitlines()[1]
        self.assertRegex(line, r"^limit-1 +user-1 +parked, progress 1,234.50 +ACTIVE, 1,234.50 of 500 EUR +becomes visible$")

    def test_leaves_out_what_would_have_no_effect(self):
        self.rules = self.file("other.json", '{"rules": [%s], "default": "dead_letter"}' % CREATE)
        self.deliver(child.created(5), child.progress(2, "0", "7"))
        done = self.limits("dead", "replay", "--all", "--dry-run", "--rules", self.later)
        self.assert_ends(done, 0, "0 limits would change, 1 dead letter would have no effect")

    def test_says_what_the_replay_then_does(self):
        self.deliver(*[child.created(i + 1, limit=f"limit-{i % 4}", value=str(i)) for i in range(12)])
        self.rules = self.later
        self.deliver(child.created(6, limit="limit-1", value="7.70"), child.progress(30, "1", "2", limit="limit-2"))
        after = {change["limitId"]: change["after"] for change in self.rehearse()}
        self.assert_ends(self.limits("dead", "replay", "--all", "--rules", self.later), 0)
        for limit in self.json("list"):
            self.assertEqual(after.get(limit["limitId"], limit), limit)
        self.assertEqual(len(after), 4)


class Discard(DeadLettersTest):
    def test_settles_letters_and_keeps_them_in_the_list(self):
        self.deliver(child.created(1), b"no JSON", b"neither")
        self.assert_ends(self.limits("dead", "discard", "--reason", "bad_json"), 0, "2 dead letters discarded")
        self.assertEqual(self.states(), ["open", "discarded", "discarded"])
        self.assertEqual([letter["id"] for letter in self.json("dead", "list", "--state", "open")], [1])
        self.assertEqual(self.json("dead", "discard", "--all"), {"discarded": 1})

    def test_is_not_undone_by_a_redelivery(self):
        self.deliver(b"no JSON")
        self.limits("dead", "discard", "1")
        before = self.digest()
        self.deliver(b"no JSON")
        letter, = self.json("dead", "list")
        self.assertEqual((letter["state"], letter["seen"]), ("discarded", 2))
        self.assertEqual(self.digest(), before)

    def test_wants_to_be_told_which(self):
        self.deliver(b"no JSON")
        self.assert_ends(self.limits("dead", "discard"), 2, "say which dead letters")
        self.assert_ends(self.limits("dead", "discard", "9"), 3, "there is no dead letter 9")
        self.assertEqual(self.states(), ["open"])


class Show(DeadLettersTest):
    def show(self, data, **env):
        self.rules = self.later
        self.deliver(data)
        return self.limits("dead", "show", "1", **env).stdout.decode()

    def test_points_at_the_place_and_names_what_is_nearest(self):
        card = self.show(child.progress(2, "0", "1e3"))
        excerpt, carets = card.splitlines()[-6:-4]
        self.assertEqual(excerpt[carets.index("^"):carets.rindex("^") + 1], '"1e3"')
        self.assertIn('Place     payload.amount\n', card)
        self.assertIn('Expected  decimal text like "12.50"\n', card)
        self.assertIn('Nearest   "1000"\n', card)
        explanation = self.json("dead", "show", 1)["explanation"]
        raw = base64.b64decode(self.json("dead", "show", 1)["rawBase64"])
        self.assertEqual(raw[explanation["offset"]:explanation["offset"] + explanation["bytes"]], b'"1e3"')
        self.assertEqual(explanation["nearest"], '"1000"')

    def test_names_the_nearest_word(self):
        self.assertIn('Nearest   "DEPOSIT"\n', self.show(child.created(1, type="DEPOSITS")))

    def test_points_into_a_long_record_on_one_line(self):
        filler = {f"other-{i}": "x" * 50 for i in range(100)}
        event = child.progress(2, "0", 5, **filler)
        card = self.show({**event, "more": filler})
        excerpt, carets = card.splitlines()[-6:-4]
        self.assertLessEqual(len(excerpt), 100)
        self.assertEqual(excerpt[carets.index("^")], "5")
        self.assertTrue(excerpt.startswith("…") and excerpt.endswith("…"))

    def test_is_in_line_where_bytes_are_shown_as_escapes(self):
        text = 'é中\x1b[31m\x9b\u202e'
        raw = ('{"aggregateId":"u","createdAt":1,"eventId":"e","payload":{"note":"%s","amount":true,'
               '"previousProgress":"0","userLimitId":"l"},"sequenceNumber":1,"type":"USER_LIMIT_PROGRESS_CHANGED"}' % text.replace("\x1b", "\\u001b"))
        card = self.show(raw.encode())
        for escape in ESCAPES:
            self.assertNotIn(escape, card)
        excerpt, carets = card.splitlines()[-5:-3]
        # A Chinese character takes two columns.
        self.assertEqual(excerpt[carets.index("^") - 1:][:4], "true")

    def test_of_what_is_no_json_points_at_the_byte(self):
        card = self.show(b'{"type": nonsense}')
        self.assertIn("Place     byte ", card)
        self.assertIn("^", card)


if __name__ == "__main__":
    del sys.argv[2:4]
    command_line.main()
