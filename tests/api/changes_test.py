"""The change feed: asked for, waited for, and as a stream of events."""

import concurrent.futures
import http.client
import json
import shutil
import signal
import time
import unittest

from server import Answer, WithServer
from child import created, progress, record


class Stream:
    """A client of /changes/stream."""

    def __init__(self, port, target="/changes/stream", **headers):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.connection.request("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        self.response = self.connection.getresponse()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.response.close()
        self.connection.close()

    def block(self):
        """The fields of the next block of lines; nothing at the end."""
        fields = {}
        while line := self.response.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            fields[name] = value
        return fields

    def changes(self, count):
        """The next ones, by their ids."""
        found = {}
        while len(found) < count:
            block = self.block()
            if block.get("event") == "change":
                found[int(block["id"])] = json.loads(block["data"])
        return found


class Changes(WithServer):
    def setUp(self):
        super().setUp()
        self.deliver(record(created(1), 100), record(progress(5, "0", "1"), 101), record(progress(3, "0", "1"), 102))
        self.server = self.serve()

    def changes(self, query):
        answer = self.server.get(f"/changes?{query}")
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def test_they_come_in_the_order_of_arrival_and_say_where_to_go_on(self):
        whole = self.changes("after=0")
        self.assertEqual([row["sequenceNumber"] for row in whole["changes"]], [1, 5, 3])
        self.assertEqual(sorted(self.cli("history", "limit-1"), key=lambda row: row["changeId"]), whole["changes"])
        first = self.changes("after=0&limit=2")
        rest = self.changes(f"after={first['next']}&limit=2")
        self.assertEqual((first["changes"] + rest["changes"], rest["next"]), (whole["changes"], whole["next"]))
        self.assertEqual(self.changes(f"after={whole['next']}"), {"changes": [], "next": whole["next"]})

    def test_who_does_not_say_where_he_is_learns_where_the_end_is(self):
        self.assertEqual(self.changes("wait=20"), {"changes": [], "next": self.changes("after=0")["next"]})

    def test_who_waits_is_answered_when_there_is_one(self):
        end = self.changes("")["next"]
        with concurrent.futures.ThreadPoolExecutor() as pool, self.start_child() as child:
            waiting = [pool.submit(self.changes, f"after={end}&wait=20") for _ in range(3)]
            other = pool.submit(self.server.get, "/livez")
            self.assertEqual(other.result().status, 200)
            child.deliver(record(progress(9, "0", "1"), 109))
            for each in waiting:
                self.assertEqual([row["sequenceNumber"] for row in each.result()["changes"]], [9])

    def test_who_waits_in_vain_is_answered_too(self):
        end = self.changes("")["next"]
        start = time.monotonic()
        self.assertEqual(self.changes(f"after={end}&wait=1"), {"changes": [], "next": end})
        self.assertGreaterEqual(time.monotonic() - start, 1)

    def test_a_change_that_the_store_never_had_is_told(self):
        end = self.changes("")["next"]
        for target in [f"/changes?after={end + 1}", f"/changes?after={end + 1}&wait=20", f"/changes/stream?after={end + 1}"]:
            self.assertEqual(self.check_problem(self.server.get(target), 409, "change-unknown")["last"], end)

    def test_what_cannot_be_read_is_refused(self):
        for query, says in {"after=-1": "a changeId", "after=x": 'found "x"', "after=": "a changeId", "wait=61": "from 0 to 60",
                            "wait=1.5": "from 0 to 60", "limit=0": "from 1 to 1000", "afer=1": 'did you mean "after"'}.items():
            with self.subTest(query):
                self.assertIn(says, self.check_problem(self.server.get(f"/changes?{query}"), 400, "bad-request")["detail"])
        refused = self.server.get("/changes/stream", Last_Event_ID="x")
        self.assertIn("Last-Event-ID", self.check_problem(refused, 400, "bad-request")["detail"])
        refused = self.server.get("/changes?after=x", Last_Event_ID="0")  # which counts more, and excuses nothing
        self.assertIn("after: expected a changeId", self.check_problem(refused, 400, "bad-request")["detail"])


class Streams(WithServer):
    def setUp(self):
        super().setUp()
        self.deliver(record(created(1), 100))

    def test_events_come_as_they_happen(self):
        server = self.serve()
        with Stream(server.port) as stream, self.start_child() as child:
            self.assertEqual(stream.response.status, 200)
            self.assertEqual(stream.response.headers["Content-Type"], "text/event-stream")
            self.assertIn("Limits-As-Of", stream.response.headers)
            self.assertEqual(stream.block(), {"retry": "1000"})
            for step in range(2, 6):
                child.deliver(record(progress(step, "0", "1"), 100 + step))
                (number, row), = stream.changes(1).items()
                self.assertEqual((row["sequenceNumber"], row["changeId"]), (step, number))

    def test_a_stream_goes_on_where_the_last_ended(self):
        server = self.serve()
        with Stream(server.port, "/changes/stream?after=0") as stream:
            (number, _), = stream.changes(1).items()
        self.deliver(record(progress(2, "0", "1"), 102))
        # A browser sends its first target again.
        with Stream(server.port, "/changes/stream?after=0", Last_Event_ID=str(number)) as stream:
            self.assertEqual([row["sequenceNumber"] for row in stream.changes(1).values()], [2])

    def test_nothing_is_missing_and_nothing_twice(self):
        server = self.serve()
        with Stream(server.port, "/changes/stream?after=0") as stream, concurrent.futures.ThreadPoolExecutor() as pool:
            seen = pool.submit(stream.changes, 1001)
            with self.start_child("shardId-1") as one, self.start_child("shardId-2") as two:
                for step in range(2, 52):
                    for number, child in enumerate([one, two]):
                        child.deliver(*(record(progress(step, "0", "1", limit=f"limit-{number}-{i}"), step * 10 + i) for i in range(10)))
            stored = {row["changeId"]: row for row in server.get("/changes?after=0&limit=1000").json()["changes"]}
            rows = seen.result()
            self.assertEqual(list(rows), sorted(rows))
            self.assertEqual({number: rows[number] for number in stored}, stored)
            self.assertEqual((len(stored), len(rows)), (1000, 1001))

    def test_head_and_old_clients_are_served(self):
        server = self.serve()
        head = server.get("/changes/stream", method="HEAD")
        self.assertEqual((head.status, head.body, head.headers["Content-Type"]), (200, b"", "text/event-stream"))
        with server.connect() as old:
            old.sendall(b"GET /changes/stream?after=0 HTTP/1.0\r\n\r\n")
            received = b""
            while b"\n\ndata" not in received and b"}\n\n" not in received:
                received += old.recv(65536)
        header, _, body = received.partition(b"\r\n\r\n")
        self.assertNotIn(b"chunked", header)
        self.assertTrue(body.startswith(b"retry: 1000\n\nid: "), body)

    def test_the_server_ends_without_waiting_for_its_streams(self):
        server = self.serve()
        end = server.get("/changes").json()["next"]
        waiting = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        self.addCleanup(waiting.close)
        with Stream(server.port) as stream:
            stream.block()
            # Sent before the next request is: the server has taken it when it answers that one.
            waiting.request("GET", f"/changes?after={end}&wait=60")
            server.get("/livez")
            start = time.monotonic()
            self.assertEqual(server.end(signal.SIGTERM)[0], 0)
            self.assertLess(time.monotonic() - start, 5)
            self.assertEqual(stream.block(), {})
            self.assertEqual(Answer(waiting.getresponse()).json(), {"changes": [], "next": end})

    def test_a_stream_ends_when_its_store_is_another(self):
        shutil.copytree(self.folder, self.folder / "old")
        self.deliver(record(progress(2, "0", "1"), 102))
        server = self.serve()
        with Stream(server.port) as stream:
            stream.block()
            for path in self.folder.glob("limits.db*"):
                path.unlink()
            for path in (self.folder / "old").glob("limits.db*"):
                path.rename(self.folder / path.name)
            while stream.block():
                pass
        self.check_problem(server.get("/changes?after=2"), 409, "change-unknown")

    def test_half_of_the_connections_may_wait(self):
        server = self.serve("--max-connections", "4")
        end = server.get("/changes").json()["next"]
        with Stream(server.port) as one, Stream(server.port) as two:
            self.assertEqual([one.block(), two.block()], [{"retry": "1000"}] * 2)
            for target in ["/changes/stream", f"/changes?after={end}&wait=9"]:
                refused = server.get(target)
                self.check_problem(refused, 503, "too-many-followers")
                self.assertTrue(refused.headers["Retry-After"])
            self.assertEqual(server.get(f"/changes?after={end}").status, 200)


if __name__ == "__main__":
    unittest.main()
