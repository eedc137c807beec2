"""The API beside a store that others make, write, leave and replace; and that it writes nothing there."""

import os
import pathlib
import re
import shutil
import subprocess
import time
import unittest

from server import SHARD, WithServer
from child import created, progress, record


class Comings(WithServer):
    def test_the_api_may_start_before_any_child(self):
        server = self.serve()
        members = self.check_problem(server.get("/user-limits/limit-1"), 503, "store-unavailable")
        self.assertIn("No such file", members["detail"])
        self.assertEqual(server.get("/user-limits/limit-1").headers["Retry-After"], "1")
        self.assertEqual(self.check_problem(server.get("/readyz"), 503, "not-ready")["reasons"], ["store"])
        self.assertEqual(server.get("/livez").status, 200)
        self.assertFalse(self.database.exists(), "whoever reads makes no store")
        with self.start_child() as child:
            self.assertEqual(self.check_problem(server.get("/readyz"), 503, "not-ready")["reasons"], ["no-shard"])
            child.deliver(record(created(1), 100))
            self.assertEqual(server.get("/user-limits/limit-1").json()["progress"], "0")
            self.wait_until(lambda: server.get("/readyz").json() == {"ready": True})

    def test_the_api_stays_when_the_last_child_left_and_serves_the_next(self):
        server = self.serve()
        for step in range(1, 4):
            self.deliver(record(created(1), 100), record(progress(step + 1, "0", str(step)), 100 + step))
            self.assertEqual(server.get("/user-limits/limit-1").json()["progress"], str(step))
        self.assertEqual(server.get("/user-limits/limit-1").json()["progress"], "3")
        self.assertEqual(server.end()[0], 0)

    def test_a_file_in_the_place_of_another_is_seen(self):
        self.deliver(record(created(1, value="1"), 100))
        shutil.copy(self.database, self.folder / "copy")
        server = self.serve()
        self.assertEqual(server.get("/user-limits/limit-1").json()["value"], "1")
        for path in self.folder.glob("limits.db*"):
            path.unlink()
        self.deliver(record(created(2, value="2"), 100))
        self.wait_until(lambda: server.get("/user-limits/limit-1").json()["value"] == "2")

    def test_a_store_that_is_gone_is_not_answered_from_memory(self):
        self.deliver(record(created(1), 100))
        server = self.serve()
        self.assertEqual(server.get("/user-limits/limit-1").status, 200)
        for path in self.folder.glob("limits.db*"):
            path.unlink()
        self.wait_until(lambda: server.get("/user-limits/limit-1").status == 503)

    def test_a_shard_that_falls_behind_makes_it_unready(self):
        self.deliver(record(created(1), 100), behind=400_000)
        self.assertEqual(self.check_problem(self.serve().get("/readyz"), 503, "not-ready")["reasons"], ["lag"])
        self.assertEqual(self.serve("--ready-lag", "500").get("/readyz").status, 200)
        self.assertEqual(self.serve("--ready-lag", "0").get("/readyz").status, 200)

    def test_it_is_healthy_while_every_shard_gets_on(self):
        server = self.serve()
        (reason,) = self.check_problem(server.get("/healthz"), 503, "unhealthy")["reasons"]
        self.assertEqual(reason["reason"], "store")
        self.assertIn("No such file", reason["what"])
        with self.start_child() as child:
            child.deliver(record(created(1), 100))
            self.assertEqual(server.get("/healthz").json(), {"healthy": True})
            child.call("shardEnded")
        self.assertEqual(self.check_problem(server.get("/healthz"), 503, "unhealthy")["reasons"], [{"reason": "no-shard"}])

    def test_a_shard_that_stands_still_behind_is_named(self):
        server = self.serve("--stuck-after", "5")
        with self.start_child() as child:
            before = time.time()
            child.deliver(record(created(1), 100), behind=5000)
            after = time.time()
            self.wait_until(lambda: server.get("/healthz").status == 503)
            (reason,) = self.check_problem(server.get("/healthz"), 503, "unhealthy")["reasons"]
            self.assertGreater(time.time() - before, 5)
            self.assertEqual((reason["reason"], reason["stream"], reason["shard"]), ("stuck", "user-events", SHARD))
            self.assertGreaterEqual(reason["lag"], 5000)
            self.assertTrue(before * 1000 - 1 <= reason["since"] <= after * 1000, (before, reason, after))
            child.deliver(record(progress(2, "0", "1"), 101), behind=5000)
            self.assertEqual(server.get("/healthz").status, 200, "it goes on")

    def test_each_shard_that_is_too_far_behind_is_named(self):
        self.deliver(record(created(1), 100), behind=400_000)
        self.deliver(record(created(2), 100), shard="shardId-000000000001")
        (reason,) = self.check_problem(self.serve().get("/healthz"), 503, "unhealthy")["reasons"]
        self.assertEqual((reason["reason"], reason["shard"]), ("lag", SHARD))
        self.assertEqual(self.serve("--ready-lag", "0").get("/healthz").status, 200)

    def test_a_file_of_another_program_is_refused_at_the_start(self):
        self.database.write_bytes(b"no database" * 1000)
        with self.assertRaisesRegex(AssertionError, "ended with 1: .*not a database"):
            self.serve()

    def wait_until(self, done, seconds=20):
        """Asks again and again: a store is opened anew every few seconds."""
        deadline = time.monotonic() + seconds
        while not done():
            self.assertLess(time.monotonic(), deadline)


class Calls(WithServer):
    """What the system is asked to do, by strace."""

    WRITES = "write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,unlink,unlinkat,rename,renameat,renameat2,fsync,fdatasync"

    def test_the_api_writes_neither_the_database_nor_its_log(self):
        trace = self.folder / "trace"
        server = self.serve(prefix=["strace", "-D", "-f", "-y", "-qq", "-o", str(trace), "-e", f"trace={self.WRITES},openat"])
        for step in range(1, 4):  # children come and go: the file is made, its log begins, is copied back, and begins anew
            with self.start_child() as child:
                for part in range(20):
                    child.deliver(record(created(1), 100), record(progress(100 * step + part, "0", str(part)), 100 + part))
                    self.assertEqual(server.get("/user-limits/limit-1").json()["progress"], str(part))
                    self.assertEqual(server.get("/status").status, 200)
        self.assertEqual(server.get("/user-limits/user/user-1").status, 200)
        server.end()
        calls = [line for line in trace.read_text().splitlines() if str(self.database) in line]
        self.assertTrue([line for line in calls if "openat" in line], "the trace has seen the database")
        writes = [line for line in calls if "openat" not in line and f"{self.database}-shm" not in line]
        self.assertEqual(writes, [])
        made = [line for line in calls if "openat" in line and "O_TRUNC" in line]
        self.assertEqual(made, [])

    def test_the_trace_would_see_a_write(self):
        trace = self.folder / "trace"
        with self.start_child() as child:
            tracer = subprocess.Popen(
                ["strace", "-f", "-y", "-qq", "-o", str(trace), "-e", f"trace={self.WRITES}", "-p", str(child.process.pid)],
                stderr=subprocess.DEVNULL)
            status = pathlib.Path(f"/proc/{child.process.pid}/status")
            while not re.search(rf"^TracerPid:\t{tracer.pid}$", status.read_text(), flags=re.M):
                self.assertIsNone(tracer.poll())
                os.sched_yield()
            child.deliver(record(created(1), 100))
        tracer.wait(20)
        self.assertRegex(trace.read_text(), re.escape(f"{self.database}-wal"))


if __name__ == "__main__":
    unittest.main()
