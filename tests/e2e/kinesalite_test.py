#!/usr/bin/env python3
"""The other Kinesis emulator: kinesalite, which speaks HTTP/1.1 only, behind nghttpx, because the daemon speaks HTTP/2."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from stack import CREDENTIALS, REGION, ROOT, Emulators, Process, aws_call, free_port, session_of, wait_until


class Kinesalite(unittest.TestCase):
    def setUp(self):
        self.path = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.port = free_port()
        self.kinesis = self.started("kinesalite")
        wait_until(lambda: self.kinesis.check() or Emulators.answers(lambda: self.call("ListStreams")),
                   lambda: f"kinesalite: {self.kinesis.words()}")

    def started(self, kinesis):
        process = Process([ROOT / "daemon" / "run-kinesis"], self.path / "kinesis.log", KINESIS=kinesis,
                          KINESIS_PORT=str(self.port), LIMITS_VAR=str(self.path))
        self.addCleanup(process.kill)
        return process

    def call(self, action, **body):
        return aws_call(self.port, f"Kinesis_20131202.{action}", body)

    def test_makes_streams_and_answers_over_http_2_without_tls(self):
        url = f"http://127.0.0.1:{self.port}"
        done = subprocess.run([BINARIES / "limits", "stream", "create", "stream", "--shards", "2", "--endpoint", url,
                               "--region", REGION], env=CREDENTIALS, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.call("ListStreams")["StreamNames"], ["stream"])
        done = subprocess.run(["curl", "-s", "--http2-prior-knowledge", "-o", "/dev/null", "-w", "%{http_version}", url],
                              capture_output=True, text=True)
        self.assertEqual(done.stdout, "2")

    def test_ends_whole_on_sigterm(self):
        self.assertGreater(len(session_of(self.kinesis.pid)), 1)
        self.kinesis.popen.terminate()
        self.kinesis.popen.wait(20)
        wait_until(lambda: not session_of(self.kinesis.pid), "kinesalite to end with its proxy")

    def test_another_emulator_is_refused_with_those_there_are(self):
        other = self.started("kinesis")
        self.assertNotEqual(other.popen.wait(20), 0)
        self.assertIn("KINESIS is kinesis; choose kinesis-mock or kinesalite", other.words())


if __name__ == "__main__":
    BINARIES = pathlib.Path(sys.argv.pop(1))
    unittest.main(verbosity=2)
