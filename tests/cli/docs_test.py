"""Runs the console blocks of docs/cli.md, in their order, and compares what they print."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

import command_line
import kinesis_server

FILL_STORE, DOCUMENT = (pathlib.Path(path).resolve() for path in sys.argv[2:4])


def examples(text):
    """(command, what it prints) of each line that starts with a prompt, until the next or the end of its block."""
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


class Document(command_line.CommandLineTest):
    maxDiff = None

    def test_prints_what_it_says(self):
        kinesis = kinesis_server.KinesisServer()
        self.addCleanup(kinesis.close)
        kinesis.streams.clear()
        subprocess.run([FILL_STORE, f"sqlite:{self.folder}/limits.db"], check=True)
        self.file("events.jsonl", '{"aggregateId":"user-1"}\n{"aggregateId":"user-2"}\n')
        env = command_line.environment(LIMITS_STORE="sqlite:limits.db", **kinesis.environment())
        env["PATH"] = f"{command_line.LIMITS.parent}:{os.environ['PATH']}"
        code = 0
        found = list(examples(DOCUMENT.read_text()))
        self.assertGreater(len(found), 10)
        for command, output in found:
            with self.subTest(command):
                done = subprocess.run(["bash", "-c", f"(exit {code}); {command}"], stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, env=env, cwd=self.folder, timeout=60)
                self.assertEqual(done.stdout.decode(), output)
                code = done.returncode
        self.assertEqual(kinesis.problems, [])


if __name__ == "__main__":
    del sys.argv[2:4]
    command_line.main()
