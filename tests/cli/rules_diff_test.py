"""What new rules would make otherwise, beside what they really do."""
import json
import pathlib
import sys
import time

import command_line
import kinesis_server

PROCESSOR, PROJECT = (pathlib.Path(path).resolve() for path in sys.argv[2:4])
sys.path.insert(0, str(PROJECT / "tests" / "support"))
import child  # noqa: E402
import kpl  # noqa: E402

RULE = '{"match": {"type": "%s"}, "handler": "%s"}'
CREATE = RULE % ("USER_LIMIT_CREATED", "create_limit")
PROGRESS = RULE % ("USER_LIMIT_PROGRESS_CHANGED", "change_progress")
# An amount of another name, for those who have it.
SPENT = """{"match": {"type": "USER_LIMIT_PROGRESS_CHANGED"}, "handler": "change_progress",
            "transform": {"payload": {"amount": {"from": ["/payload/corrected", "/payload/amount"]}}}}"""


def rules(*each, default="dead_letter"):
    return '{"rules": [%s], "default": "%s"}' % (", ".join(each), default)


class DiffTest(command_line.CommandLineTest):
    """On a store that the real processor has filled: two limits, and a dead letter since its rule was missing."""

    def setUp(self):
        super().setUp()
        self.kinesis = kinesis_server.KinesisServer()
        self.addCleanup(self.kinesis.close)
        self.env = {"LIMITS_STORE": "sqlite:limits.db", **self.kinesis.environment()}
        self.old = self.file("old.json", rules(CREATE))
        self.new = self.file("new.json", rules(CREATE, PROGRESS))
        self.deliver("limits.db", self.old, child.created(1), child.created(2, "limit-2"), child.progress(5, "0", "7"))

    def tearDown(self):
        self.assertEqual(self.kinesis.problems, [])

    def deliver(self, store, by, *events):
        with child.Child(PROCESSOR, "--store", f"sqlite:{self.folder}/{store}", "--rules", by, "--log-dir", "") as processor:
            processor.initialize()
            processor.deliver(*(child.record(event, 100 + place) for place, event in enumerate(events)))
            processor.end()

    def diff(self, *flags, new="new.json", old="old.json", **more):
        return self.limits("rules", "diff", new, "--rules", old, *flags, **more)

    def report(self, *flags, code=1, **more):
        done = self.diff(*flags, "--json", **more)
        self.assert_ends(done, code)
        return json.loads(done.stdout)

    def events(self, *events):
        return self.file("events.jsonl", "".join(json.dumps(event) + "\n" for event in events))


class Diff(DiffTest):
    def test_shows_what_a_new_rule_makes_of_the_dead_letters(self):
        before = (self.folder / "limits.db").read_bytes()
        done = self.diff()
        self.assert_ends(done, 1, "0 events and 1 open dead letter: 1 taken otherwise; nothing was written",
                         "1 limit would end otherwise, and --threshold allows 0")
        self.assertEqual(done.stdout.decode(), """\
BEFORE                 AFTER            EVENTS
dead letter: unrouted  change_progress       1

LIMIT    AGGREGATE  FIELD     BEFORE  AFTER
limit-1  user-1     progress  0       7
""")
        self.assertEqual((self.folder / "limits.db").read_bytes(), before)
        self.assertEqual((self.folder / "limits.db-wal").read_bytes(), b"")

    def test_is_silent_where_nothing_would_end_otherwise(self):
        done = self.diff(new="old.json")
        self.assert_ends(done, 0, "1 open dead letter: 0 taken otherwise", "0 limits would end otherwise")
        self.assertEqual(done.stdout, b"")

    def test_a_threshold_lets_some_limits_pass(self):
        path = self.events(child.progress(6, "0", "1", "limit-2"))
        self.assert_ends(self.diff("--events", path, "--threshold", "1"), 1, "2 limits would end otherwise", "allows 1")
        self.assert_ends(self.diff("--events", path, "--threshold", "2"), 0, "2 limits would end otherwise")

    def test_events_that_change_nothing_in_the_end_are_told_apart(self):
        # Of the two ways of the event one is stale, and the other never comes to the limit.
        self.deliver("limits.db", self.new, child.progress(9, "7", "1"))
        report = self.report("--events", self.events(child.progress(6, "0", "1"), child.created(1)), code=0)
        self.assertEqual((report["events"], report["deadLetters"], report["takenOtherwise"], report["limitsChanged"]), (2, 1, 2, 0))
        self.assertEqual(report["ways"], [{"before": "dead letter: unrouted", "after": "change_progress", "events": 2}])

    def test_sees_another_transform_under_the_same_handler(self):
        spent = self.file("spent.json", rules(CREATE, SPENT))
        plain = child.progress(6, "7", "1")
        both = child.progress(7, "7", "2", corrected="3")
        report = self.report("--events", self.events(plain, both), new=spent, old="new.json")
        self.assertEqual(report["ways"], [{"before": "change_progress", "after": "change_progress, of another form", "events": 1}])
        limit, = report["limits"]
        self.assertEqual((limit["before"]["progress"], limit["after"]["progress"]), ("9", "10"))

    def test_a_limit_that_only_one_of_them_defines_is_told_as_such(self):
        without = self.file("without.json", rules(PROGRESS))
        path = self.events(child.created(6, "limit-3"), child.created(7, "limit-4"), child.progress(8, "0", "1", "limit-4"))
        done = self.diff("--events", path, new=without, old="new.json")
        self.assert_ends(done, 1, "2 limits would end otherwise")
        self.assertEqual([" ".join(line.split()) for line in done.stdout.decode().splitlines()[-2:]],
                         ["limit-3 user-1 all ACTIVE, 0 of 500 EUR not there", "limit-4 user-1 all ACTIVE, 1 of 500 EUR parked, progress 1"])

    def test_shows_five_limits_and_counts_all(self):
        path = self.events(*(child.created(10 + i, f"limit-{i}") for i in range(3, 10)))
        ignore = self.file("ignore.json", rules(default="ignore"))
        report = self.report("--events", path, new=ignore)
        self.assertEqual((report["limitsChanged"], [each["limitId"] for each in report["limits"]]),
                         (7, [f"limit-{i}" for i in range(3, 8)]))
        self.assertIn("and 2 limits more\n", self.diff("--events", path, new=ignore).stdout.decode())

    def test_is_what_the_rules_really_do(self):
        events = [child.progress(20 + i, "0", f"{i}.50", f"limit-{i % 4}", corrected=str(i)) for i in range(40)]
        events += [child.created(70 + i, f"limit-{i}") for i in range(2)]
        events += [b'{"no": "type"}', {**child.created(90), "type": "OTHER"}]
        lines = [event if isinstance(event, bytes) else json.dumps(event).encode() for event in events]
        new = self.file("spent.json", rules(SPENT, RULE % ("OTHER", "create_limit")))
        report = self.report("--events", self.file("events.jsonl", b"\n".join(lines)), new=new)

        really = {}
        for name, by in (("before", self.old), ("after", new)):
            self.limits("backup", f"{name}.db")
            self.deliver(f"{name}.db", by, *lines)
            self.limits("dead", "replay", "--all", "--rules", by, "--store", f"sqlite:{name}.db")
            listed = [json.loads(self.limits(*kind, "--json", "--store", f"sqlite:{name}.db").stdout)
                      for kind in (["list"], ["parked", "list"])]
            really[name] = {each["limitId"]: each for each in sum(listed, [])}
        changed = {limit for limit in really["before"].keys() | really["after"].keys()
                   if really["before"].get(limit) != really["after"].get(limit)}
        self.assertEqual({each["limitId"] for each in report["limits"]}, changed)
        self.assertEqual(report["limitsChanged"], len(changed))
        self.assertGreater(len(changed), 2)
        for each in report["limits"]:
            for name in really:
                ours, theirs = each[name], really[name].get(each["limitId"])
                self.assertEqual(ours and ours.get("progress"), theirs and theirs.get("progress"))
                if theirs and "value" in theirs:
                    self.assertEqual(ours, theirs)


class Stream(DiffTest):
    def put(self, *events):
        self.assert_ends(self.limits("put", self.events(*events)), 0)

    def test_plays_what_a_stream_has(self):
        self.kinesis.streams["user-events"] = 3
        self.put(*(child.progress(6 + i, "0", "1", f"limit-{i}", user=f"user-{i}") for i in range(9)))
        report = self.report("--stream", "user-events")
        self.assertEqual((report["events"], report["takenOtherwise"], report["limitsChanged"]), (9, 10, 9))
        asked = [name for name, _ in self.kinesis.calls]
        self.assertEqual((asked.count("ListShards"), asked.count("GetShardIterator")), (2, 3))

    def test_unpacks_aggregates_as_the_daemon_does(self):
        packed = [json.dumps(child.progress(6 + i, "0", "1", f"limit-{i}")).encode() for i in range(3)]
        self.kinesis.add("user-events", "key", kpl.aggregate("key", packed))
        self.assertEqual(self.report("--stream", "user-events")["events"], 3)

    def test_plays_only_what_arrived_since(self):
        self.put(child.progress(6, "0", "1", "limit-2"))
        self.kinesis.now = time.time() - 60
        self.put(child.progress(7, "0", "1", "limit-3"))
        self.assertEqual(self.report("--stream", "user-events", "--since", "10m")["events"], 1)
        self.assertEqual(self.report("--stream", "user-events")["events"], 2)

    def test_names_a_stream_that_is_not_there(self):
        self.assert_ends(self.diff("--stream", "none"), 1, "Stream none not found")
        self.assert_ends(self.diff("--since", "1h"), 2, "--since: says which records of a --stream, and none is named")
        self.assert_ends(self.diff("--stream", "user-events", "--since", "soon"), 2, "--since: expected", 'found "soon"')


class Misuse(DiffTest):
    def test_names_what_is_wrong(self):
        bad = self.file("bad.json", '{"rules": [], "default": "ignor"}')
        for flags, code, words in [
            ({"new": "none.json"}, 1, "none.json: cannot read the rules: No such file or directory\n"),
            ({"old": "none.json"}, 1, "none.json: cannot read the rules: No such file or directory. Name the file with --rules"),
            ({"new": bad}, 1, f'{bad}: /default: no handler "ignor"'),
        ]:
            self.assert_ends(self.diff(**flags), code, words)
        self.assert_ends(self.diff("--threshold", "-1"), 2, "--threshold: expected a whole number")
        self.assert_ends(self.limits("rules", "diff"), 2, "FILE is required")
        self.assert_ends(self.diff("--store", "sqlite:none.db"), 4, "none.db")

    def test_names_the_place_in_events_that_are_none(self):
        for text, words in [('{"a": 1}\n\n{"a": \n', "events.jsonl, line 3: is no JSON. A line is one event"),
                            ('[{"a": 1}, {"a"}]', "events.jsonl, line 1: is no JSON"),
                            ('[{"a": 1}', "the input ends inside of the array"),
                            ("x" * 2_000_000, "an event of more than 1048576 bytes")]:
            self.assert_ends(self.diff("--events", self.file("events.jsonl", text)), 1, words)
        self.assert_ends(self.diff("--events", "none.jsonl"), 1, "none.jsonl: cannot be opened")
        self.assert_ends(self.diff("--events", "-", stdin="{"), 1, "standard input, line 1: is no JSON")
        self.assert_ends(self.diff("--events", "-", stdin=""), 1, "0 events and 1 open dead letter")


if __name__ == "__main__":
    del sys.argv[2:4]
    command_line.main()
