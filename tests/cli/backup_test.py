import json
import pathlib
import signal
import sqlite3
import subprocess
import sys

import command_line

FILL_STORE = pathlib.Path(sys.argv[2]).resolve()


class Backup(command_line.CommandLineTest):
    def setUp(self):
        super().setUp()
        self.env = {"LIMITS_STORE": "sqlite:limits.db"}
        subprocess.run([FILL_STORE, "sqlite:limits.db", "400"], check=True, cwd=self.folder)

    def digest(self, file):
        done = self.limits("digest", "--store", f"sqlite:{file}")
        self.assert_ends(done, 0)
        return done.stdout

    def copies(self):
        """The files that a backup left."""
        return sorted(path.name for path in self.folder.iterdir() if not path.name.startswith("limits.db"))

    def under_strace(self, *injections):
        """`limits backup copy.db`, with the system calls on the new file and its folder as the injections say. An instrumented
        build cannot look for leaks while it is traced."""
        return subprocess.run(["strace", "-qq", "-o", "/dev/null", "-P", "copy.db-partial",
                               "-P", self.folder / "copy.db-partial", "-P", self.folder,
                               *(f"--inject={injection}" for injection in injections),
                               command_line.LIMITS, "backup", "copy.db"],
                              capture_output=True, cwd=self.folder, timeout=60,
                              env=command_line.environment(ASAN_OPTIONS="detect_leaks=0", **self.env))

    def test_copies_the_state_to_a_sound_database(self):
        done = self.limits("backup", "copy.db")
        self.assert_ends(done, 0, "copied ", "to copy.db, checked and synced")
        self.assertEqual(done.stdout, b"")
        self.assertEqual(self.digest("copy.db"), self.digest("limits.db"))
        self.assertEqual(self.copies(), ["copy.db"])
        with sqlite3.connect(f"file:{self.folder}/copy.db?mode=ro", uri=True) as copy:
            self.assertEqual(copy.execute("PRAGMA integrity_check").fetchall(), [("ok",)])

    def test_says_for_programs_what_it_made(self):
        done = self.limits("backup", "copy.db", "--json")
        self.assertEqual(json.loads(done.stdout), {"file": "copy.db", "bytes": (self.folder / "copy.db").stat().st_size})

    def test_leaves_a_file_that_is_there(self):
        self.file("copy.db", "precious")
        self.assert_ends(self.limits("backup", "copy.db"), 1, "copy.db: is there already", "Name a new file")
        self.assertEqual((self.folder / "copy.db").read_text(), "precious")
        self.assertEqual(self.copies(), ["copy.db"])
        (self.folder / "dangling").symlink_to("nowhere")
        self.assert_ends(self.limits("backup", "dangling"), 1, "dangling: is there already")

    def test_ends_with_4_without_a_store(self):
        self.assert_ends(self.limits("backup", "copy.db", "--store", "sqlite:none.db"), 4, "none.db")
        self.assertEqual(self.copies(), [])

    def fails_at_each(self, call, error, *said):
        """How many calls there are: the first, second, … and all after it fail, until none is left to fail."""
        for number in range(1, 1000):
            done = self.under_strace(f"{call}:error={error}:when={number}+")
            if done.returncode == 0:
                self.assertEqual(self.copies(), ["copy.db"])
                (self.folder / "copy.db").unlink()
                return number - 1
            self.assert_ends(done, 1, "copy.db", *said)
            self.assertEqual(self.copies(), [])
        return None

    def test_leaves_nothing_on_a_full_disk(self):
        self.assertGreater(self.fails_at_each("pwrite64", "ENOSPC", "copy.db-partial", "Free space on its disk"), 30)

    def test_leaves_nothing_when_another_call_fails(self):
        for call, error, at_least in (("pwrite64", "EIO", 30), ("fdatasync", "EIO", 1), ("fsync", "EIO", 1), ("renameat2", "EACCES", 1)):
            with self.subTest(call):
                self.assertGreaterEqual(self.fails_at_each(call, error), at_least)

    def test_needs_no_rename_that_only_some_file_systems_know(self):
        self.assert_ends(self.under_strace("renameat2:error=EINVAL"), 0)
        self.assertEqual(self.copies(), ["copy.db"])

    def test_leaves_nothing_when_it_is_interrupted(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                self.assert_ends(self.under_strace(f"pwrite64:signal={number.name}:when=2"), 1, "interrupted")
                self.assertEqual(self.copies(), [])

    def test_that_was_killed_never_has_the_name_and_is_told_by_the_next(self):
        self.assertEqual(self.under_strace("pwrite64:signal=SIGKILL:when=9").returncode, -signal.SIGKILL)
        self.assertEqual(self.copies(), ["copy.db-partial"])
        self.assert_ends(self.limits("backup", "copy.db"), 1, "copy.db-partial", "one was killed", "remove it")
        (self.folder / "copy.db-partial").unlink()
        self.assert_ends(self.limits("backup", "copy.db"), 0)


if __name__ == "__main__":
    del sys.argv[2]
    command_line.main()
