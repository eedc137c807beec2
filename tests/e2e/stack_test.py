#!/usr/bin/env python3
"""`make run` and `make stop`, as people meet them: twice, after a stop, interrupted, and when something is in the way."""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from stack import ROOT, free_port, session_of, wait_until

PARTS = ("daemon-1", "daemon-2", "kinesis", "dynamodb", "api")


class Stack:
    """A stack in a folder of its own, driven by make alone."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="user-limits-stack-")
        self.path = pathlib.Path(self.folder.name)
        self.ports = {"KINESIS_PORT": str(free_port()), "DYNAMODB_PORT": str(free_port()), "API_PORT": str(free_port())}
        self.environment = {**os.environ, **self.ports, "LIMITS_VAR": self.folder.name}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.make("stop")
        self.folder.cleanup()

    def start(self, *goals):
        """make as from a terminal: in a process group of its own, which a Ctrl-C reaches as a whole."""
        return subprocess.Popen(["make", *goals], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, process_group=0)

    def make(self, *goals):
        """(exit code, all that was said)"""
        with self.start(*goals) as process:
            said, _ = process.communicate(timeout=240)
            return process.returncode, said

    def pid(self, part):
        with contextlib.suppress(FileNotFoundError, ValueError):
            return int((self.path / "run" / f"{part}.pid").read_text().split()[0])
        return None

    def pids(self):
        return {part: self.pid(part) for part in PARTS}

    def limits(self, *arguments):
        return subprocess.run([ROOT / "build/release/bin/limits", "--store", f"sqlite:{self.path}/limits.db", *arguments],
                              check=True, capture_output=True, text=True).stdout

    def has(self, part):
        return lambda: self.pid(part) is not None


class MakeRun(unittest.TestCase):
    def setUp(self):
        self.stack = self.enterContext(Stack())

    def run_well(self, *settings):
        code, said = self.stack.make("run", *settings)
        self.assertEqual(code, 0, said)
        self.assertIn("anna-deposit-day", said)
        self.assertIn("make stop", said)
        return said

    def assert_nothing_left(self, pids):
        for part, pid in pids.items():
            self.assertEqual(session_of(pid) if pid else [], [], part)
        self.assertEqual(self.stack.pids(), dict.fromkeys(PARTS))

    def assert_shown_commands_work(self, said):
        """Those that `make run` has printed, and those of the README, on this stack."""
        readme = [line.strip().replace("var/limits.db", str(self.stack.path / "limits.db"))
                  for line in (ROOT / "README.md").read_text().splitlines()
                  if line.startswith(("    build/release/bin/", "    sqlite3"))]
        printed = [line[18:] for line in said.splitlines() if line[18:].startswith(("build/release/bin/", "sqlite3", "curl"))]
        self.assertEqual((len(readme), len(printed)), (5, 6))
        for command in readme + printed:
            with self.subTest(command):
                done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True,
                                      env={**os.environ, "LIMITS_STORE": f"sqlite:{self.stack.path}/limits.db"})
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(done.stdout)

    def test_run_twice_and_after_a_stop(self):
        self.assert_shown_commands_work(self.run_well())
        digest, first = self.stack.limits("digest"), self.stack.pids()
        self.run_well()
        self.assertEqual((self.stack.limits("digest"), self.stack.pids()), (digest, first))
        self.assertIsNone(first["daemon-2"])
        for port in ("KINESIS_PORT", "API_PORT"):  # a running stack knows its own
            del self.stack.environment[port]
        code, said = self.stack.make("create-user-stream", "populate-data")
        self.assertEqual(code, 0, said)
        code, said = self.stack.make("stop")
        self.assertEqual(code, 0, said)
        self.stack.environment.update(self.stack.ports)
        self.assert_nothing_left(first)
        self.assertIn("Process shutdown is complete", (self.stack.path / "log" / "daemon-1.log").read_text())
        self.run_well()
        self.assertEqual(self.stack.limits("digest"), digest)
        code, said = self.stack.make("stop", "stop")
        self.assertEqual(code, 0, said)

    def shards_of(self, said):
        """Who reads what, as `make run` has said."""
        return {worker: set(shards.split()) for worker, shards in re.findall(r"^(daemon-\d) reads +(.*)$", said, re.MULTILINE)}

    def test_two_workers_share_the_shards_and_one_alone_has_them_all(self):
        shared = self.shards_of(self.run_well("WORKERS=2"))
        self.assertEqual({worker: len(shards) for worker, shards in shared.items()}, {"daemon-1": 2, "daemon-2": 2})
        digest, two = self.stack.limits("digest"), self.stack.pids()
        self.assertEqual(self.shards_of(self.run_well()), shared)
        self.assertEqual(self.stack.pids(), two)
        for worker, shards in shared.items():
            logs = {path.name for path in (self.stack.path / "log" / worker).iterdir()}
            self.assertLessEqual({f"user-events.{shard}.log" for shard in shards}, logs)

        alone = self.shards_of(self.run_well("WORKERS=1"))
        self.assertEqual(alone, {"daemon-1": set.union(*shared.values())})
        self.assertEqual((self.stack.limits("digest"), self.stack.pids()), (digest, {**two, "daemon-2": None}))
        self.assertEqual(session_of(two["daemon-2"]), [])

        back = self.shards_of(self.run_well("WORKERS=2"))
        self.assertEqual({worker: len(shards) for worker, shards in back.items()}, {"daemon-1": 2, "daemon-2": 2})
        pids = self.stack.pids()
        code, said = self.stack.make("stop")
        self.assertEqual(code, 0, said)
        self.assert_nothing_left(pids)
        for worker in back:
            self.assertIn("Process shutdown is complete", (self.stack.path / "log" / f"{worker}.log").read_text())

    def test_a_number_of_workers_that_makes_no_sense_is_one_clear_line(self):
        for workers in ("0", "5", "two"):
            code, said = self.stack.make("run", f"WORKERS={workers}")
            self.assertNotEqual(code, 0)
            self.assertIn(f"WORKERS is {workers}; give a number from 1 to 4", said)
        self.assertEqual(self.stack.pids(), dict.fromkeys(PARTS))

    def test_ctrl_c_ends_all_and_a_second_run_meanwhile_is_refused(self):
        with self.stack.start("run") as run:
            wait_until(self.stack.has("daemon-1"), "the daemon to be started")
            pids = self.stack.pids()
            code, said = self.stack.make("run")
            self.assertNotEqual(code, 0)
            self.assertIn("another one is at work", said)
            os.killpg(run.pid, signal.SIGINT)
            said, _ = run.communicate(timeout=120)
            self.assertNotEqual(run.returncode, 0, said)
        self.assert_nothing_left(pids)

    def test_stop_ends_a_run_that_is_still_at_work(self):
        with self.stack.start("run") as run:
            wait_until(self.stack.has("daemon-1"), "the daemon to be started")
            pids = self.stack.pids()
            code, said = self.stack.make("stop")
            self.assertEqual(code, 0, said)
            self.assert_nothing_left(pids)
            run.communicate(timeout=60)
            self.assertNotEqual(run.returncode, 0)

    def test_a_recycled_pid_is_never_ended(self):
        bystander = self.enterContext(subprocess.Popen(["sleep", "300"]))
        self.addCleanup(bystander.kill)
        (self.stack.path / "run").mkdir()
        (self.stack.path / "run" / "daemon-1.pid").write_text(f"{bystander.pid} 1\n")
        code, said = self.stack.make("stop")
        self.assertEqual(code, 0, said)
        self.assertIsNone(bystander.poll())

    def test_a_port_in_use_is_one_clear_line(self):
        for variable, port in self.stack.ports.items():
            with self.subTest(variable), socket.create_server(("127.0.0.1", int(port))):
                code, said = self.stack.make("run")
                self.assertNotEqual(code, 0)
                self.assertIn(f"port {port} is in use by another program", said)
                self.assertIn(f"make run {variable}=PORT", said)
                self.assertEqual(self.stack.pids(), dict.fromkeys(PARTS))


class MissingThings(unittest.TestCase):
    """With stand-ins for the tools that would fetch, which fail as they do without a network."""

    def setUp(self):
        self.path = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.bin = self.path / "bin"
        self.bin.mkdir()

    def stand_in(self, name, says, code):
        (self.bin / name).write_text(f"#!/bin/sh\necho '{says}' >&2\nexit {code}\n")
        (self.bin / name).chmod(0o755)

    def refused(self, *command):
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": f"{self.bin}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def test_packages_that_cannot_be_installed_are_named(self):
        self.stand_in("dpkg-query", "", 1)
        self.stand_in("sudo", "E: Unable to fetch some archives", 100)
        self.stand_in("apt-get", "E: Unable to fetch some archives", 100)
        said = self.refused(ROOT / "tools" / "install-packages", "build")
        self.assertRegex(said, r"could not install .*nettle-dev.*Is the network there\?.*E: Unable to fetch")
        self.assertEqual(said.count("\n"), 1)

    def test_jars_and_emulators_that_cannot_be_fetched_are_named(self):
        for file in ("fetch", "stack.sh", "pom.xml", "package.json", "package-lock.json"):
            (self.path / "daemon").mkdir(exist_ok=True)
            (self.path / "daemon" / file).write_bytes((ROOT / "daemon" / file).read_bytes())
        (self.path / "daemon" / "fetch").chmod(0o755)
        self.stand_in("mvn", "[ERROR] Unknown host", 1)
        self.stand_in("npm", "npm ERR! network", 1)
        said = self.refused(self.path / "daemon" / "fetch", "kcl")
        self.assertRegex(said, r"Maven could not fetch the jars of kcl. Is the network there\?")
        self.assertIn("Unknown host", said)
        said = self.refused(self.path / "daemon" / "fetch", "kinesis")
        self.assertRegex(said, r"npm could not fetch the Kinesis emulator. Is the network there\?")
        self.assertFalse((self.path / "daemon" / "jars" / "kcl").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
