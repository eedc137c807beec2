"""Lists, a part at a time: filters, formats, and where each part goes on."""

import csv
import io
import json
import re
import unittest

from server import WithServer
from child import created, progress, record


class Lists(WithServer):
    def list(self, target, **headers):
        answer = self.api.get(target, **headers)
        self.assertEqual(answer.status, 200, answer.body)
        return answer

    def follow(self, target):
        """The rows of all parts, and how many parts there were."""
        rows, parts = [], 0
        while target:
            answer = self.list(target)
            rows += answer.json()
            parts += 1
            link = answer.headers["Link"]
            target = link and re.fullmatch('<(/.*)>; rel="next"', link).group(1)
        return rows, parts


class Limits(Lists):
    def setUp(self):
        super().setUp()
        self.deliver(*(record(created(1, limit=f"limit-{number}", user=f"user-{number % 3}", type=("LOSS", "BET")[number % 2],
                                      period=("DAY", "WEEK", "MONTH")[number % 3]), 100 + number) for number in range(10)))
        self.api = self.serve()

    def test_parts_make_the_whole_by_user_and_id(self):
        whole = self.cli("list")
        self.assertEqual(len(whole), 10)
        self.assertEqual(whole, sorted(whole, key=lambda limit: (limit["userId"], limit["limitId"])))
        for most, parts in {1: 10, 3: 4, 5: 2, 10: 1, 1000: 1}.items():
            with self.subTest(most):
                self.assertEqual(self.follow(f"/user-limits?limit={most}"), (whole, parts))
        self.assertEqual(self.follow("/user-limits"), (whole, 1))

    def test_filters_are_met_all_of_them(self):
        whole = self.cli("list")
        for query, holds in {
            "user=user-1": lambda limit: limit["userId"] == "user-1",
            "type=BET": lambda limit: limit["type"] == "BET",
            "period=WEEK&type=LOSS": lambda limit: (limit["period"], limit["type"]) == ("WEEK", "LOSS"),
            "status=ACTIVE": lambda limit: True,
            "status=CANCELED": lambda limit: False,
            "brand=brand-1&user=user-2": lambda limit: limit["userId"] == "user-2",
            "brand=none": lambda limit: False,
        }.items():
            with self.subTest(query):
                self.assertEqual(self.follow(f"/user-limits?{query}&limit=2")[0], [limit for limit in whole if holds(limit)])

    def test_a_part_begins_where_the_last_ended_whatever_was_written_meanwhile(self):
        first = self.list("/user-limits?limit=4")
        self.deliver(record(created(1, limit="a", user="user-0"), 200), record(created(1, limit="z", user="user-9"), 201))
        rest, _ = self.follow(first.headers["Link"].split("<")[1].split(">")[0])
        whole = [limit["limitId"] for limit in self.cli("list")]
        self.assertEqual([limit["limitId"] for limit in first.json() + rest], [limit for limit in whole if limit != "a"])

    def test_of_a_user_they_are_whole(self):
        self.assertEqual(self.follow("/user-limits/user/user-1"), (self.cli("list", "--user", "user-1"), 1))
        self.assertEqual(self.follow("/user-limits/user/user-1?limit=1"), (self.cli("list", "--user", "user-1"), 3))

    def test_lines_of_json_and_csv_hold_the_same(self):
        whole = self.cli("list")
        lines = self.list("/user-limits?format=jsonl")
        self.assertEqual(lines.headers["Content-Type"], "application/x-ndjson")
        self.assertEqual([json.loads(line) for line in lines.body.decode().splitlines()], whole)
        self.assertEqual(self.list("/user-limits", Accept="application/x-ndjson").body, lines.body)
        table = self.list("/user-limits?format=csv")
        self.assertEqual(table.headers["Content-Type"], "text/csv; charset=utf-8")
        self.assertEqual(self.list("/user-limits", Accept="text/csv").body, table.body)
        rows = list(csv.DictReader(io.StringIO(table.body.decode(), newline="")))
        self.assertEqual([{name: value for name, value in row.items() if value} for row in rows],
                         [{name: str(value) for name, value in limit.items()} for limit in whole])

    def test_csv_survives_any_id(self):
        ids = ["comma,comma", 'quote"quote', "line\r\nline", "=1+1", "größe"]
        self.deliver(*(record(created(1, limit=limit, user="odd"), 300 + number) for number, limit in enumerate(ids)))
        rows = csv.DictReader(io.StringIO(self.list("/user-limits?format=csv&user=odd").body.decode(), newline=""))
        self.assertEqual(sorted(row["limitId"] for row in rows), sorted(ids))

    def test_what_cannot_be_read_says_what_would_do(self):
        for query, says in {
            "type=DEPOSITS": 'found "DEPOSITS"; did you mean "DEPOSIT"', "period=": "expected", "status=active": "ACTIVE",
            "limit=0": "from 1 to 1000", "limit=1001": "from 1 to 1000", "limit=x": 'found "x"', "limit=1e2": "from 1 to 1000",
            "format=xml": "one of json, jsonl, csv", "next=zz": "header Link", "next=61": "header Link", "next=": "header Link",
            "users=a": 'did you mean "user"',
        }.items():
            with self.subTest(query):
                self.assertIn(says, self.check_problem(self.api.get(f"/user-limits?{query}"), 400, "bad-request")["detail"])
        self.assertIn("one of json, jsonl, found", self.check_problem(self.api.get("/parked?format=csv"), 400, "bad-request")["detail"])


class WhatHappened(Lists):
    def test_a_history_is_the_newest_event_first(self):
        self.deliver(record(created(1), 100), *(record(progress(step, "0", "1"), 100 + step) for step in (5, 3, 9, 7)))
        self.api = self.serve()
        newest_first = self.cli("history", "limit-1")[::-1]
        self.assertEqual([row["sequenceNumber"] for row in newest_first], [9, 7, 5, 3, 1])
        for most, parts in {1: 5, 2: 3, 5: 1, 100: 1}.items():
            with self.subTest(most):
                self.assertEqual(self.follow(f"/user-limits/limit-1/history?limit={most}"), (newest_first, parts))
        self.check_problem(self.api.get("/user-limits/none/history"), 404, "limit-not-found")
        self.check_problem(self.api.get("/user-limits/limit-1/history?next=78"), 400, "bad-request")

    def test_the_history_of_an_id_of_two_aggregates_names_both(self):
        self.deliver(record(created(1), 100), record(created(2, user="user-2"), 101))
        self.api = self.serve()
        members = self.check_problem(self.api.get("/user-limits/limit-1/history"), 409, "limit-ambiguous")
        self.assertEqual([self.follow(choice)[0][0]["sequenceNumber"] for choice in members["choices"]], [1, 2])

    def test_parked_limits_and_dead_letters_are_those_of_the_command_line(self):
        self.deliver(*(record(progress(1, "0", "5", limit=f"orphan-{number}", user="user-2"), 100 + number) for number in range(5)),
                     *(record(b"{" * number, 110 + number) for number in range(1, 6)))
        self.api = self.serve()
        for path, words in {"/parked": ["parked", "list"], "/dead-letters": ["dead", "list"]}.items():
            for most, parts in {2: 3, 4: 2, 100: 1}.items():
                with self.subTest(path, most=most):
                    rows, seen = self.follow(f"{path}?limit={most}")
                    self.assertEqual((rows, seen, len(rows)), (self.cli(*words), parts, 5))
        self.assertEqual([json.loads(line)["limitId"] for line in self.list("/parked?format=jsonl&limit=2").body.splitlines()],
                         ["orphan-0", "orphan-1"])

    def test_a_history_of_a_parked_limit_is_there_too(self):
        self.deliver(record(progress(4, "0", "5", limit="orphan", user="user-2"), 100))
        self.api = self.serve()
        self.assertEqual(self.list("/user-limits/orphan/history").json(), self.cli("history", "orphan"))


if __name__ == "__main__":
    unittest.main()
