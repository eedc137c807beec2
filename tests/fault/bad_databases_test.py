"""A database that cannot be used is refused or waited for with a clear line, by the child and by the command line; what is in it
stays untouched, and is never served wrong.

    bad_databases_test.py PROCESSOR CLI
"""

import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support")]

from child import Child, created, progress, record  # noqa: E402

PROCESSOR, CLI = os.path.abspath(sys.argv.pop(1)), os.path.abspath(sys.argv.pop(1))
LIMIT_S = 10
APPLICATION_ID, USER_VERSION, PAGE_SIZE = 68, 60, 16  # where they stand in an SQLite file
UNAVAILABLE = 4


class BadDatabases(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bad-database-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = self.folder / "limits.db"

    def child(self, *under):
        flags = ["--store", f"sqlite:{self.database}", "--rules", str(ROOT / "properties" / "rules.json"), "--log-dir", "",
                 "--checkpoint-interval", "0"]
        child = Child(*under, PROCESSOR, *flags)
        self.addCleanup(child.__exit__)
        return child

    def fill(self, events=2):
        """A sound database with a limit, whose log is empty."""
        with self.child() as child:
            child.initialize()
            child.deliver(record(created(1), 1), *(record(progress(n, "0", str(n)), n) for n in range(2, events + 1)))

    def cli(self, *arguments):
        return subprocess.run([CLI, *arguments, "--store", f"sqlite:{self.database}"], capture_output=True, text=True, timeout=LIMIT_S)

    def assert_child_refuses(self, *words):
        """It ends in time without a word to the daemon, and says why and what to do."""
        said = self.refusal_of(self.child())
        for word in (str(self.database), *words):
            self.assertIn(word, said)

    def refusal_of(self, child):
        try:
            child.send("initialize", shardId="shardId-0", sequenceNumber="TRIM_HORIZON", subSequenceNumber=0)
        except BrokenPipeError:  # it has ended already
            pass
        self.assertIsNone(child.read())
        code, said = child.end(LIMIT_S)
        self.assertEqual(code, 1, said)
        return said

    def assert_all_refuse(self, *words):
        before = self.database.read_bytes()
        self.assert_child_refuses(*words)
        for command in (["list"], ["get", "limit-1"], ["history", "limit-1"], ["status"], ["digest"]):
            answer = self.cli(*command)
            self.assertEqual((answer.returncode, answer.stdout), (UNAVAILABLE, ""), command)
            for word in (str(self.database), *words):
                self.assertIn(word, answer.stderr, command)
        self.assertEqual(self.database.read_bytes(), before)

    def patch(self, offset, data):
        with self.database.open("r+b") as file:
            file.seek(offset)
            file.write(data)

    def test_garbage(self):
        self.database.write_bytes(b"all work and no play\n" * 1000)
        self.assert_all_refuse("not a database", "name another file")

    def test_a_database_of_another_program(self):
        with sqlite3.connect(self.database) as other:
            other.execute("create table notes (text)")
        self.assert_all_refuse("another program", "Name another file")

    def test_another_application_id(self):
        self.fill()
        self.patch(APPLICATION_ID, b"Else")
        self.assert_all_refuse("another program", "Name another file")

    def test_a_newer_version(self):
        self.fill()
        self.patch(USER_VERSION, (999).to_bytes(4, "big"))
        self.assert_all_refuse("version 999", "Install the release")

    def test_cut_off_at_every_page_and_within_one(self):
        self.fill(200)
        whole = self.database.read_bytes()
        page = int.from_bytes(whole[PAGE_SIZE : PAGE_SIZE + 2], "big")
        for size in [*range(page, len(whole), page), len(whole) - 1, page + 100]:
            with self.subTest(size=size):
                self.database.write_bytes(whole[:size])
                self.assert_all_refuse("ut back a backup")

    def test_cut_off_beside_a_log_that_a_killed_child_left(self):
        self.fill(200)
        child = self.child()
        child.initialize()
        child.deliver(record(progress(300, "0", "300"), 300))
        child.process.kill()
        child.process.wait()
        whole, expected = self.database.read_bytes(), self.cli("digest").stdout
        page = int.from_bytes(whole[PAGE_SIZE : PAGE_SIZE + 2], "big")
        served = set()
        for size in range(page, len(whole), page):
            with self.subTest(size=size):
                self.database.write_bytes(whole[:size])
                answer = self.cli("digest")
                served.add(answer.stdout)
                self.assertIn((answer.returncode, answer.stdout), [(UNAVAILABLE, ""), (0, expected)])
        self.assertIn("", served)

    def test_cut_off_in_the_first_page(self):
        self.fill()
        self.database.write_bytes(self.database.read_bytes()[:1000])
        self.assert_all_refuse()

    def test_empty_for_the_reader_and_new_for_the_child(self):
        self.database.touch()
        answer = self.cli("list")
        self.assertEqual((answer.returncode, answer.stdout), (UNAVAILABLE, ""))
        self.assertIn("just being made", answer.stderr)
        self.fill()
        self.assertEqual(self.cli("get", "limit-1").returncode, 0)

    def test_a_damaged_page_is_never_served(self):
        self.fill(400)
        size = self.database.stat().st_size
        page = int.from_bytes(self.database.read_bytes()[PAGE_SIZE : PAGE_SIZE + 2], "big")
        for number in range(2, size // page):
            self.patch(number * page, b"\xff" * page)
        answer = self.cli("digest")
        self.assertEqual((answer.returncode, answer.stdout), (UNAVAILABLE, ""))
        self.assertIn("damaged", answer.stderr)

    def test_read_only_for_the_child_and_good_for_the_reader(self):
        self.fill()
        expected = self.cli("digest").stdout
        # Root may write to what is read-only, so the child must be somebody else.
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        self.database.chmod(0o444)
        self.folder.chmod(0o555)
        self.addCleanup(self.folder.chmod, 0o700)
        self.assertIn("Let this user write", self.refusal_of(self.child(*nobody)))
        self.assertEqual(self.cli("digest").stdout, expected)

    def hold_lock(self):
        other = sqlite3.connect(self.database, isolation_level=None, check_same_thread=False)
        self.addCleanup(other.close)
        other.execute("begin immediate")
        return other

    def test_locked_by_another_program_the_child_waits_and_goes_on(self):
        self.fill()
        child = self.child()
        child.initialize()
        other = self.hold_lock()
        child.send("processRecords", records=[record(progress(9, "0", "7"), 9)], millisBehindLatest=0)
        self.assertIn(b"Another program holds the file's lock", child.process.stderr.readline())
        other.execute("rollback")
        self.assertEqual(child.read()["action"], "checkpoint")

    def test_locked_for_good_the_child_gives_up_without_a_checkpoint(self):
        self.fill()
        other, before = self.hold_lock(), self.cli("digest").stdout
        began = time.monotonic()
        self.assert_child_refuses("Another program holds the file's lock", "Trying again")
        self.assertLess(time.monotonic() - began, LIMIT_S)
        self.assertEqual(self.cli("digest").stdout, before)  # who reads does not wait
        other.execute("rollback")


    def test_a_full_disk_ends_the_child_and_the_next_goes_on_when_there_is_room(self):
        # A file system of its own, and the rights to make one. What is in it is gone with the last process that sees it.
        mount = f'mount -t tmpfs -o size=1M limits "{self.folder}" && echo mounted && exec cat'
        holder = subprocess.Popen(["unshare", "--map-root-user", "--mount", "sh", "-c", mount], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        self.addCleanup(holder.communicate)
        self.assertEqual(holder.stdout.readline(), b"mounted\n")
        inside = ["nsenter", f"--target={holder.pid}", "--user", "--mount", "--preserve-credentials"]
        batches = [[record(progress(n, "0", "1"), n) for n in range(first, first + 100)] for first in range(1, 100_000, 100)]

        child = self.child(*inside)
        child.initialize()
        stored = 0
        for batch in batches:
            child.send("processRecords", records=batch, millisBehindLatest=0)
            if (line := child.read()) is None:
                break
            self.assertEqual(line["sequenceNumber"], batch[-1]["sequenceNumber"])
            stored += 1
            child.send("checkpoint", sequenceNumber=None, subSequenceNumber=None, error=None)
            self.assertEqual(child.read()["action"], "status")
        code, said = child.end(LIMIT_S)
        self.assertEqual(code, 1, said)
        for words in (str(self.database), "full", "Free space on its disk"):
            self.assertIn(words, said)

        subprocess.run([*inside, "mount", "-o", "remount,size=100M", str(self.folder)], check=True)
        child = self.child(*inside)
        child.initialize()
        child.deliver(*batches[stored])
        self.assertEqual(child.end(), (0, ""))
        history = subprocess.run([*inside, CLI, "history", "limit-1", "--json", "--store", f"sqlite:{self.database}"],
                                 check=True, capture_output=True, text=True).stdout
        self.assertEqual(len(json.loads(history)), 100 * (stored + 1))


if __name__ == "__main__":
    unittest.main()
