"""What the API answers, and to whom."""

import pathlib
import re
import subprocess
import sys
import time
import unittest

import server
from server import API, SHARD, WithServer
from child import created, progress, record

DOCUMENT = pathlib.Path(sys.argv.pop(1))
FRESHNESS = ("Limits-As-Of", "Limits-Lag", "Limits-Stale")


class Limits(WithServer):
    def setUp(self):
        super().setUp()
        self.deliver(record(created(1, value="500"), 100), record(progress(2, "0", "120.50"), 101, arrival=1712000000007))
        self.server = self.serve()

    def test_a_limit_is_what_the_command_line_shows(self):
        answer = self.server.get("/user-limits/limit-1")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/json"))
        self.assertEqual(answer.json(), self.cli("get", "limit-1"))
        self.assertEqual((answer.json()["progress"], answer.json()["remaining"]), ("120.50", "379.50"))

    def test_it_says_when_it_last_changed_and_by_which_shard(self):
        headers = self.server.get("/user-limits/limit-1").headers
        self.assertEqual(headers["Limits-Last-Change"], "1712000000007")
        self.assertEqual(headers["Limits-Last-Change-Shard"], f"user-events/{SHARD}")

    def test_a_change_is_seen_at_once(self):
        with self.start_child() as child:
            for step in range(3, 10):
                child.deliver(record(progress(step, "0", str(step)), 100 + step))
                self.assertEqual(self.server.get("/user-limits/limit-1").json()["progress"], str(step))

    def test_who_has_the_answer_already_gets_no_body(self):
        first = self.server.get("/user-limits/limit-1")
        tag = first.headers["ETag"]
        for given in [tag, f"W/{tag}", f'"other", {tag}', f'"other",\t{tag} ,"more"', "*"]:
            with self.subTest(given):
                again = self.server.get("/user-limits/limit-1", If_None_Match=given)
                self.assertEqual((again.status, again.body, again.headers["ETag"]), (304, b"", tag))
                for name in FRESHNESS:
                    self.assertIn(name, again.headers)
        for given in ['"other"', tag.strip('"'), ""]:
            self.assertEqual(self.server.get("/user-limits/limit-1", If_None_Match=given).status, 200, given)
        self.deliver(record(progress(3, "120.50", "1"), 103))
        changed = self.server.get("/user-limits/limit-1", If_None_Match=tag)
        self.assertEqual((changed.status, changed.json()["progress"]), (200, "121.50"))

    def test_head_has_the_headers_of_get_and_no_body(self):
        get, head = self.server.get("/user-limits/limit-1"), self.server.get("/user-limits/limit-1", method="HEAD")
        self.assertEqual((head.status, head.body), (200, b""))
        moving = {"Date", "Limits-Lag"}
        self.assertEqual({name: value for name, value in head.headers.items() if name not in moving},
                         {name: value for name, value in get.headers.items() if name not in moving})

    def test_a_limit_that_is_not_there_is_told_from_one_that_is_parked(self):
        self.deliver(record(progress(1, "0", "5", limit="orphan", user="user-2"), 200))
        self.assertEqual(self.check_problem(self.server.get("/user-limits/none"), 404, "limit-not-found")["parked"], False)
        self.assertEqual(self.check_problem(self.server.get("/user-limits/orphan"), 404, "limit-not-found")["parked"], True)

    def test_an_id_of_two_aggregates_names_both(self):
        self.deliver(record(created(1, limit="limit-1", user="user/2", value="7"), 300))
        members = self.check_problem(self.server.get("/user-limits/limit-1"), 409, "limit-ambiguous")
        self.assertEqual([limit["userId"] for limit in members["limits"]], ["user-1", "user/2"])
        self.assertEqual([self.server.get(choice).json()["value"] for choice in members["choices"]], ["500", "7"])
        self.check_problem(self.server.get("/user-limits/limit-1?aggregate=user-3"), 404, "limit-not-found")

    def test_the_limits_of_a_user_are_an_array(self):
        self.deliver(record(created(3, limit="another"), 103), record(created(1, limit="b", user="user 2/%"), 104))
        answer = self.server.get("/user-limits/user/user-1")
        self.assertEqual([limit["limitId"] for limit in answer.json()], ["another", "limit-1"])
        self.assertEqual(answer.json(), self.cli("list", "--user", "user-1"))
        self.assertEqual([limit["limitId"] for limit in self.server.get("/user-limits/user/user%202%2F%25").json()], ["b"])
        self.assertEqual(self.server.get("/user-limits/user/nobody").json(), [])

    def test_ids_are_any_text(self):
        for number, limit in enumerate(["a b", "a/b", "..", "größe", 'x"y\\z', "user", "%2F", "a\r\nSet-Cookie: x"]):
            self.deliver(record(created(1, limit=limit, user=f"other-{number}"), 400 + number))
            with self.subTest(limit):
                answer = self.server.get(f"/user-limits/{quote(limit)}")
                self.assertEqual(answer.json()["limitId"], limit)
                self.assertNotIn("Set-Cookie", answer.headers)

    def test_the_name_of_a_shard_adds_no_header(self):
        self.deliver(record(progress(9, "0", "1"), 900), shard="shard\r\nSet-Cookie: x")
        headers = self.server.get("/user-limits/limit-1").headers
        self.assertEqual(headers["Limits-Last-Change-Shard"], "user-events/shard%0D%0ASet-Cookie%3A%20x")
        self.assertNotIn("Set-Cookie", headers)


def quote(text):
    return "".join(f"%{byte:02x}" for byte in text.encode())


class Freshness(WithServer):
    def headers(self, api):
        answer = api.get("/user-limits/user/user-1")
        self.assertEqual(answer.status, 200)
        return [answer.headers[name] for name in FRESHNESS]

    def test_is_that_of_the_shard_that_is_farthest_behind(self):
        before = time.time_ns() // 1_000_000
        self.deliver(record(created(1), 100), shard="shardId-1")
        self.deliver(shard="shardId-2", behind=30_000)
        as_of, lag, stale = self.headers(self.serve())
        self.assertLessEqual(before - 30_000, int(as_of))
        self.assertLess(int(as_of), before - 20_000)
        self.assertLess(abs(int(lag) - 30_000), 10_000)
        self.assertEqual(stale, "false")

    def test_a_shard_at_its_end_holds_nothing_back(self):
        with self.start_child("shardId-1") as child:
            child.deliver(behind=3_600_000)
            child.call("shardEnded")
        self.deliver(record(created(1), 100), shard="shardId-2")
        self.assertEqual(self.headers(self.serve())[2], "false")

    def test_an_answer_that_is_old_says_so_although_nothing_moves(self):
        self.deliver(record(created(1), 100))
        api = self.serve("--stale-after", "1")
        deadline = time.monotonic() + 20
        while self.headers(api)[2] == "false":
            self.assertLess(time.monotonic(), deadline)
        self.assertGreater(int(self.headers(api)[1]), 1000)

    def test_a_store_that_no_shard_was_read_into_is_stale(self):
        self.start_child().end()  # it has not heard how far it is behind
        self.assertEqual(self.headers(self.serve()), [None, None, "true"])


class Pages(WithServer):
    def test_status_has_what_the_command_line_has_and_more(self):
        self.deliver(record(created(1), 100), record(b"{", 101), record(progress(1, "0", "5", limit="orphan", user="user-2"), 102))
        status, ours = self.serve().get("/status").json(), self.cli("status")
        self.assertGreater(status.pop("storeBytes"), 0)
        self.assertRegex(status.pop("engine"), r"^SQLite 3\.")
        self.assertGreaterEqual(status["shards"][0].pop("lag"), 0)
        self.assertEqual(status, ours)
        self.assertEqual((status["parkedLimits"], status["openDeadLetters"]), (1, 1))

    def test_every_problem_leads_to_its_heading(self):
        page = self.serve().get("/docs/api.md")
        self.assertEqual((page.status, page.headers["Content-Type"]), (200, "text/markdown; charset=utf-8"))
        self.assertEqual(page.body.decode(), DOCUMENT.read_text())
        source = (server.ROOT / "api" / "problem.h").read_text()
        names = re.findall(r'\.name = "([a-z-]+)"', source)
        self.assertGreater(len(names), 8)
        headings = re.findall(r"^#+ ([a-z-]+)$", page.body.decode(), flags=re.M)
        self.assertEqual([name for name in names if name not in headings], [])

    def test_paths_that_are_none_are_not_found(self):
        api = self.serve()
        for path in ["//", "/page", "/page/none.js", "/user-limits/", "/user-limits/a/b/c", "/user-limits/user/", "/../etc/passwd",
                     "/user-limits/user/a/b", "/USER-LIMITS/a", "/livez/", "/%2e%2e/%2e%2e/etc/passwd", "/docs/../docs/api.md"]:
            with self.subTest(path):
                self.check_problem(api.get(path), 404, "not-found")

    def test_targets_that_cannot_be_read_are_refused(self):
        api = self.serve()
        for path, says in {"/user-limits/%": '"%" is no escape', "/user-limits/%ff": "not UTF-8", "/user-limits/%00": "NUL",
                           "/livez?a=1": 'No parameter "a"', "/user-limits/a?agregate=x": 'did you mean "aggregate"',
                           "/user-limits/a?aggregate=x&aggregate=y": "there twice", "nothing": "begins with /"}.items():
            with self.subTest(path):
                self.assertIn(says, self.check_problem(api.get(path), 400, "bad-request")["detail"])

    def test_only_reading_is_served(self):
        api = self.serve()
        for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"]:
            with self.subTest(method):
                answer = api.get("/livez", method=method)
                self.check_problem(answer, 405, "method-not-allowed")
                self.assertEqual(answer.headers["Allow"], "GET, HEAD, OPTIONS")
        answer = api.get("/user-limits/a", method="OPTIONS")
        self.assertEqual((answer.status, answer.headers["Allow"], answer.body), (204, "GET, HEAD, OPTIONS", b""))


class Access(WithServer):
    def serve_with_token(self, *flags):
        secret = self.folder / "token"
        secret.write_text("s3cret\n")
        return self.serve("--token-file", str(secret), *flags)

    def test_only_who_shows_the_token_is_answered(self):
        self.deliver(record(created(1), 100))
        api = self.serve_with_token()
        for path in ["/user-limits/limit-1", "/user-limits/user/user-1", "/status", "/healthz", "/no-such-page"]:
            for shown in [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic s3cret"}, {"Authorization": "Bearer s3crets"}]:
                with self.subTest(path, **shown):
                    answer = api.get(path, **shown)
                    self.check_problem(answer, 401, "unauthorized")
                    self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")
        self.assertEqual(api.get("/user-limits/limit-1", Authorization="Bearer s3cret").json()["limitId"], "limit-1")

    def test_probes_and_the_page_need_no_token(self):
        self.deliver(record(created(1), 100))
        api = self.serve_with_token()
        self.assertEqual([api.get(path).status for path in ["/livez", "/readyz", "/docs/api.md"]], [200, 200, 200])

    def test_pages_of_other_origins_may_not_ask_unless_told(self):
        answer = self.serve().get("/livez", Origin="https://desk.example")
        self.assertEqual([name for name in answer.headers if name.startswith("Access-Control")], [])

    def test_pages_of_the_origin_that_is_set_may_ask(self):
        api = self.serve_with_token("--cors-origin", "https://desk.example")
        for path in ["/livez", "/status"]:  # an error, too, or the page could not read it
            answer = api.get(path, Origin="https://desk.example")
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "https://desk.example")
            self.assertIn("Limits-Stale", answer.headers["Access-Control-Expose-Headers"])
            other = api.get(path, Origin="https://other.example")
            self.assertNotIn("Access-Control-Allow-Origin", other.headers)
            self.assertEqual(other.headers["Vary"], "Origin")
        asked = api.get("/status", method="OPTIONS", Origin="https://desk.example", Access_Control_Request_Method="GET")
        self.assertEqual(asked.status, 204)
        self.assertIn("Authorization", asked.headers["Access-Control-Allow-Headers"])

    def test_what_it_cannot_start_with_is_said_in_one_line(self):
        taken = self.serve()
        cases = {
            "No such file": ["--token-file", "none"],
            f"cannot listen at 127.0.0.1:{taken.port}": ["--listen", f"127.0.0.1:{taken.port}"],
            'no store has the scheme "sqlit"': ["--store", "sqlit:limits.db"],
        }
        for says, flags in cases.items():
            with self.subTest(says):
                done = subprocess.run([API, *flags], cwd=self.folder, capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stdout, done.stderr.count("limits-api: error:")), (1, "", 1))
                self.assertIn(says, done.stderr)

    def test_an_open_door_is_warned_of(self):
        # An address of no host at all (RFC 5737): so the door is not opened.
        done = subprocess.run([API, "--listen", "192.0.2.1:0"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("whoever reaches 192.0.2.1 can read every limit: ask for a token with --token-file", done.stderr)
        self.assertIn("cannot listen at 192.0.2.1:0", done.stderr)


if __name__ == "__main__":
    unittest.main()
