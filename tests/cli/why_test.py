"""`limits why` and `limits get --at`, on what the real processor wrote."""
import json
import pathlib
import sys
import time

import command_line

PROCESSOR, ROOT = (pathlib.Path(path).resolve() for path in sys.argv[2:4])
sys.path.append(str(ROOT / "tests" / "support"))
import child  # noqa: E402

START = 1712000000000  # 2024-04-01 19:33:20 UTC
MINUTE = 60_000


def at(minutes, event):
    """The event, created so long after the start."""
    return {**event, "createdAt": START + minutes * MINUTE}


def life():
    """Created in the order of their sequence numbers, but for the last, which was created first."""
    return [
        at(1, child.created(1)),
        at(2, child.progress(2, "0", "120.50", remainingAmount="379.50", nextResetTime=START + 86_400_000)),
        at(3, child.event(3, "USER_LIMIT_CHANGED", "user-1", {"userLimitId": "limit-1", "value": "1000"})),
        at(4, child.progress(4, "120.50", "7", remainingAmount="872.50")),
        at(0, child.event(5, "USER_LIMIT_CHANGED", "user-1", {"userLimitId": "limit-1", "status": "CANCELED"})),
    ]


class WhyTest(command_line.CommandLineTest):
    def setUp(self):
        super().setUp()
        self.use("")

    def use(self, options):
        self.env = {"LIMITS_STORE": f"sqlite:{self.folder}/limits.db{options}"}

    def deliver(self, *events, arrival=START + 3_600_000):
        with child.Child(PROCESSOR, "--rules", ROOT / "properties" / "rules.json", "--log-dir", "", cwd=self.folder,
                         env=self.env) as processor:
            processor.initialize()
            processor.deliver(*[child.record(event, 100 + i, arrival=arrival) for i, event in enumerate(events)])

    def json(self, *args, code=0):
        done = self.limits(*args, "--json")
        self.assert_ends(done, code)
        return json.loads(done.stdout)

    def text(self, *args):
        done = self.limits(*args)
        self.assert_ends(done, 0)
        return done.stdout.decode()


class Past(WhyTest):
    def get(self, when):
        limit = self.json("get", "limit-1", "--at", when)
        return limit["progress"], limit["value"], limit["status"], limit["remaining"]

    def test_is_made_of_the_events_created_until_then_in_the_order_of_their_sequence(self):
        self.deliver(*reversed(life()))
        self.assertEqual(self.get(START + 1 * MINUTE), ("0", "500", "CANCELED", "500"))
        self.assertEqual(self.get(START + 2 * MINUTE), ("120.50", "500", "CANCELED", "379.50"))
        self.assertEqual(self.get(START + 3 * MINUTE - 1), ("120.50", "500", "CANCELED", "379.50"))
        self.assertEqual(self.get(START + 3 * MINUTE), ("120.50", "1000", "CANCELED", "879.50"))
        self.assertEqual(self.get(START + 4 * MINUTE), ("127.50", "1000", "CANCELED", "872.50"))

    def test_is_the_present_once_nothing_came_since(self):
        self.deliver(*life())
        now = self.json("get", "limit-1")
        past = self.json("get", "limit-1", "--at", "1s ago")
        self.assertLess(abs(past.pop("at") - time.time() * 1000), 60_000)
        self.assertEqual(past, now)

    def test_takes_times_as_people_and_programs_write_them(self):
        self.deliver(*life())
        for when in (str(START + 2 * MINUTE), "2024-04-01T19:35:20Z", "2024-04-01 21:35:20.000+02:00", "2024-04-01 19:35:20 UTC"):
            with self.subTest(when):
                self.assertEqual(self.json("get", "limit-1", "--at", when)["at"], START + 2 * MINUTE)
        for when in ("yesterday", "2024-04-01", "2024-04-01T19:35:20", "2024-04-01T19:35:20Z UTC", "2 ago", "-2h ago", "1e3"):
            for command in ("get", "why"):
                with self.subTest(when):
                    self.assert_ends(self.limits(command, "limit-1", "--at", when), 2, "--at: expected a time like", f'"{when}"')

    def test_has_a_card_that_says_of_when_it_is(self):
        self.deliver(*life())
        self.assertIn("As of        2024-04-01 19:34:20 UTC\n", self.text("get", "limit-1", "--at", START + MINUTE))

    def test_ends_with_3_where_there_was_no_limit(self):
        self.deliver(*life())
        for command in ("get", "why"):
            self.assert_ends(self.limits(command, "limit-1", "--at", START), 3, "at 2024-04-01 19:33:20 UTC: its events until then have no definition",
                             "limits history limit-1")
            self.assert_ends(self.limits(command, "limit-1", "--at", START - 1), 3, "its first event is of a later time")
            self.assert_ends(self.limits(command, "other", "--at", START), 3, "there is no limit other")

    def test_ends_with_1_where_it_was_pruned(self):
        self.deliver(*life())
        self.assertEqual(self.json("prune", "--older-than", "1d")["pruned"], 1)
        for command in ("get", "why"):
            self.assert_ends(self.limits(command, "limit-1", "--at", START + 2 * MINUTE), 1,
                             "how limit limit-1 stood at 2024-04-01 19:35:20 UTC cannot be known",
                             "up to sequence number 5 (event-user-1-5) were pruned", "Ask for a later time")
        self.assertEqual(self.get(START + 4 * MINUTE), ("127.50", "1000", "CANCELED", "872.50"))

    def test_ends_with_1_without_a_history(self):
        self.use("?history=off")
        self.deliver(*life())
        self.assert_ends(self.limits("get", "limit-1", "--at", START + MINUTE), 1, "cannot be known: the store keeps no history", "history=off")
        self.assert_ends(self.limits("why", "limit-1"), 1, "why limit limit-1 stands as it does cannot be known")
        self.use("")
        self.deliver(at(6, child.progress(6, "127.50", "1")))
        self.assert_ends(self.limits("why", "limit-1"), 1, "did not keep the history all the time")

    def test_of_an_id_of_two_aggregates_is_both_and_ends_with_1(self):
        self.deliver(*life(), at(2, child.created(1, user="user-2", value="9")))
        for command in ("get", "why"):
            both = self.json(command, "limit-1", "--at", "1s ago", code=1)
            self.assertEqual([limit["userId"] for limit in both], ["user-1", "user-2"])
            self.assertEqual(self.json(command, "limit-1", "--at", START + MINUTE)["userId"], "user-1")
            done = self.limits(command, "limit-1", "--at", "1s ago")
            self.assert_ends(done, 1, "finding foreign_aggregate: 2 aggregates have a limit limit-1")
            self.assertIn("\n\nLimit", done.stdout.decode())


class Why(WhyTest):
    def test_names_the_event_behind_each_field(self):
        self.deliver(*life())
        limit = self.json("why", "limit-1")
        causes = limit.pop("explanation")
        self.assertEqual(limit, self.json("get", "limit-1"))
        sets = {field: cause["eventId"] for cause in causes for field in cause["sets"]}
        self.assertEqual({field: event[-1] for field, event in sets.items()},
                         {"progress": "4", "nextResetTime": "4", "value": "3", "status": "5",
                          **dict.fromkeys(("previousLimitValue", "activeUntil", "type", "period", "currencyCode", "userId",
                                           "brandId", "activeFrom", "createdAt"), "1")})
        self.assertEqual([cause["sequenceNumber"] for cause in causes], [5, 4, 3, 1])
        history = {row["eventId"]: row for row in self.json("history", "limit-1")}
        for cause in causes:
            row = history[cause["eventId"]]
            self.assertEqual({name: cause[name] for name in row}, row)
        self.assertEqual((causes[1]["progressBefore"], causes[1]["amount"], causes[1]["progressAfter"]), ("120.50", "7", "127.50"))
        self.assertNotIn("discrepancies", causes[1])

    def test_is_about_the_time_that_was_asked_for(self):
        self.deliver(*life())
        limit = self.json("why", "limit-1", "--at", START + 2 * MINUTE)
        self.assertEqual([cause["sequenceNumber"] for cause in limit["explanation"]], [5, 2, 1])
        self.assertEqual((limit["at"], limit["progress"]), (START + 2 * MINUTE, "120.50"))

    def test_can_be_read_out(self):
        self.deliver(*life())
        lines = self.text("why", "limit-1", "--at", START + 3 * MINUTE).splitlines()
        for line in ("As of     2024-04-01 19:36:20 UTC", "Progress  0 EUR + 120.50 EUR = 120.50 EUR",
                     "Left      1,000 EUR - 120.50 EUR = 879.50 EUR", "Resets    2024-04-02 19:33:20 UTC"):
            self.assertIn(line, lines)
        fields = {line.split()[0]: line.split()[-2:] for line in lines[lines.index("") + 2:] if line.startswith(("progress", "value"))}
        self.assertEqual(fields, {"progress": ["event-user-1-2", "2"], "value": ["event-user-1-3", "3"]})
        self.assertRegex("\n".join(lines), r"\n +3  event-user-1-3  USER_LIMIT_CHANGED +2024-04-01 19:36:20 UTC  "
                                           r"2024-04-01 20:33:20 UTC  user-events/shardId-000000000000  [0-9a-f]{12}\n")

    def test_says_what_a_reset_set_back(self):
        self.deliver(at(1, child.created(1)), at(2, child.progress(2, "0", "5")),
                     at(3, child.event(3, "USER_LIMIT_RESET", "user-1", {"userLimitId": "limit-1", "resetAmount": "5"})))
        self.assertIn("Progress  5 EUR before, set to 0 EUR\n", self.text("why", "limit-1"))

    def test_says_where_an_event_does_not_agree_with_those_before_it(self):
        self.deliver(at(1, child.created(1)), at(2, child.progress(2, "3", "5")))
        done = self.limits("why", "limit-1")
        self.assert_ends(done, 0, "warning: event event-user-1-2 does not agree with those before it: previousProgress is 3, but progress was 0")
        self.assertEqual(self.json("why", "limit-1")["explanation"][0]["discrepancies"], ["previousProgress is 3, but progress was 0"])

    def test_knows_the_events_that_a_prune_left(self):
        self.deliver(*life())
        before = self.json("why", "limit-1")
        self.json("prune", "--older-than", "1d")
        self.assertEqual(self.json("why", "limit-1"), before)

    def test_of_a_parked_limit_ends_with_3(self):
        self.deliver(life()[1])
        self.assert_ends(self.limits("why", "limit-1"), 3, "it is parked", "limits parked list")


if __name__ == "__main__":
    del sys.argv[2:4]
    command_line.main()
