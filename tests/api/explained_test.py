"""How a limit stood, and why it stands as it does."""

import subprocess
import unittest

import server
from server import CLI, WithServer
from child import created, event, progress, record

START = 1712000000000


def at(ms, one):
    """The event, created so long after the start."""
    return {**one, "createdAt": START + ms}


def changed(sequence, user="user-1", **payload):
    return event(sequence, "USER_LIMIT_CHANGED", user, {"userLimitId": "limit-1", **payload})


class Explained(WithServer):
    def setUp(self):
        super().setUp()
        self.deliver(
            record(at(3000, changed(3, value="250")), 100),  # first of all, and not defined yet
            record(at(1000, created(1, value="500")), 101),
            record(at(2000, progress(2, "0", "120.50")), 102),
            record(at(4000, progress(4, "120.50", "1")), 103),
        )
        self.server = self.serve()

    def limit(self, query):
        answer = self.server.get(f"/user-limits/limit-1?{query}")
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def test_a_time_shows_the_limit_as_it_stood(self):
        states = [(limit["progress"], limit["value"], limit["remaining"], limit["at"])
                  for limit in (self.limit(f"at={START + ms}") for ms in (1000, 2999, 3000, 4000))]
        self.assertEqual(states, [("0", "500", "500", START + 1000), ("120.50", "500", "379.50", START + 2999),
                                  ("120.50", "250", "129.50", START + 3000), ("121.50", "250", "128.50", START + 4000)])

    def test_it_is_what_the_command_line_shows(self):
        when = str(START + 2000)
        self.assertEqual(self.limit(f"at={when}"), self.cli("get", "limit-1", "--at", when))
        self.assertEqual(self.limit("explain=1"), self.cli("why", "limit-1"))
        self.assertEqual(self.limit(f"at={when}&explain=1"), self.cli("why", "limit-1", "--at", when))

    def test_times_are_ms_or_iso_8601(self):
        for when in (str(START + 2000), "2024-04-01T19:33:22Z", "2024-04-01T21:33:22.000%2B02:00"):
            with self.subTest(when):
                self.assertEqual(self.limit(f"at={when}")["at"], START + 2000)

    def test_an_explanation_names_the_event_behind_each_field(self):
        causes = self.limit("explain=1")["explanation"]
        self.assertEqual([(cause["sequenceNumber"], cause["sets"][0]) for cause in causes], [(4, "progress"), (3, "value"), (1, "status")])
        newest = causes[0]
        self.assertEqual((newest["progressBefore"], newest["amount"], newest["progressAfter"]), ("120.50", "1", "121.50"))
        self.assertEqual((newest["shard"], newest["createdAt"], newest["arrivedAt"]), (server.SHARD, START + 4000, START))
        self.assertRegex(newest["rulesVersion"], "^[0-9a-f]{64}$")

    def test_without_an_explanation_the_present_is_the_same(self):
        explained = self.limit("explain=1")
        del explained["explanation"]
        self.assertEqual(explained, self.limit(""))

    def test_it_says_when_the_limit_last_changed_if_it_is_the_present(self):
        now = self.server.get("/user-limits/limit-1?explain=1").headers
        self.assertEqual(now["Limits-Last-Change"], str(START))
        self.assertIsNone(self.server.get(f"/user-limits/limit-1?at={START + 2000}").headers["Limits-Last-Change"])

    def test_an_answer_about_the_past_has_a_tag_too(self):
        path = f"/user-limits/limit-1?at={START + 2000}&explain=1"
        tag = self.server.get(path).headers["ETag"]
        self.assertEqual(self.server.get(path, If_None_Match=tag).status, 304)
        self.deliver(record(at(1500, changed(5, status="CANCELED")), 105))  # late, and created before that time
        again = self.server.get(path, If_None_Match=tag)
        self.assertEqual((again.status, again.json()["status"]), (200, "CANCELED"))

    def test_what_cannot_be_read_is_refused(self):
        for query, says in {"at=yesterday": 'at: expected ms since 1970 or a time like', "at=": 'found ""', "at=2024-04-01": "expected",
                            "at=2024-04-01T19:33:22+02:00Z": "expected", "explain=0": 'explain: expected 1, found "0"', "explain=": "explain"}.items():
            with self.subTest(query):
                self.assertIn(says, self.check_problem(self.server.get(f"/user-limits/limit-1?{query}"), 400, "bad-request")["detail"])

    def test_a_time_before_the_limit_finds_none(self):
        self.deliver(record(at(0, changed(6, status="CANCELED")), 106))
        for when, parked in ((START, True), (START - 1, False)):
            for more in ("", "&explain=1"):
                problem = self.check_problem(self.server.get(f"/user-limits/limit-1?at={when}{more}"), 404, "limit-not-found")
                self.assertEqual(problem["parked"], parked)
                self.assertIn("then", problem["detail"])
        self.check_problem(self.server.get(f"/user-limits/none?at={START}"), 404, "limit-not-found")
        self.deliver(record(progress(1, "0", "5", limit="orphan", user="user-2"), 200))
        problem = self.check_problem(self.server.get("/user-limits/orphan?explain=1"), 404, "limit-not-found")
        self.assertEqual((problem["parked"], "is parked" in problem["detail"]), (True, True))

    def test_what_was_pruned_cannot_be_known(self):
        before = self.limit("explain=1")
        subprocess.run([CLI, "--store", self.store, "prune", "--older-than", "1d"], check=True, capture_output=True)
        problem = self.check_problem(self.server.get(f"/user-limits/limit-1?at={START + 2000}"), 410, "history-missing")
        self.assertEqual(problem["reason"], "pruned")
        self.assertIn("up to sequence number 4 (event-user-1-4)", problem["detail"])
        self.assertEqual(self.limit("explain=1"), before)
        self.assertEqual(self.limit(f"at={START + 4000}")["progress"], "121.50")

    def test_an_id_of_two_aggregates_names_those_it_had_then(self):
        self.deliver(record(at(2000, created(1, user="user/2", value="7")), 300))
        self.assertEqual(self.limit(f"at={START + 1000}")["userId"], "user-1")
        problem = self.check_problem(self.server.get(f"/user-limits/limit-1?at={START + 2000}&explain=1"), 409, "limit-ambiguous")
        self.assertEqual([limit["progress"] for limit in problem["limits"]], ["120.50", "0"])
        chosen = [self.server.get(choice).json() for choice in problem["choices"]]
        self.assertEqual([(limit["userId"], limit["at"], "explanation" in limit) for limit in chosen],
                         [("user-1", START + 2000, True), ("user/2", START + 2000, True)])

    def test_one_of_two_that_cannot_be_known_is_a_choice_too(self):
        subprocess.run([CLI, "--store", self.store, "prune", "--older-than", "1d"], check=True, capture_output=True)
        self.deliver(record(at(2000, created(1, user="user-2", value="7")), 300))
        problem = self.check_problem(self.server.get(f"/user-limits/limit-1?at={START + 2000}"), 409, "limit-ambiguous")
        self.assertEqual([limit["userId"] for limit in problem["limits"]], ["user-2"])
        self.check_problem(self.server.get(problem["choices"][0]), 410, "history-missing")
        self.assertEqual(self.server.get(problem["choices"][1]).json()["value"], "7")


class WithoutHistory(WithServer):
    def test_only_the_present_is_known_and_not_why(self):
        self.store += "?history=off"
        self.deliver(record(created(1), 100))
        api = self.serve()
        self.assertEqual(api.get("/user-limits/limit-1").status, 200)
        for query in ("explain=1", f"at={START + 1}"):
            problem = self.check_problem(api.get(f"/user-limits/limit-1?{query}"), 410, "history-missing")
            self.assertEqual(problem["reason"], "no-history")


if __name__ == "__main__":
    unittest.main(verbosity=2)
