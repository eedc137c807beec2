"""Runs the built `limits` as a user does."""
import fcntl
import os
import pathlib
import pty
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

LIMITS = pathlib.Path(sys.argv[1]).resolve()


def environment(**changes):
    """Nothing of the caller's settings reaches a test."""
    ours = {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "LIMITS_")) and name not in ("NO_COLOR", "TERM")}
    ours.update(changes)
    return ours


class CommandLineTest(unittest.TestCase):
    env = {}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def limits(self, *args, stdin="", **env):
        """Ends with an exit code, its stdout and stderr as text."""
        return subprocess.run([LIMITS, *map(str, args)], input=stdin.encode() if isinstance(stdin, str) else stdin,
                              capture_output=True, env=environment(**{**self.env, **env}), cwd=self.folder, timeout=60)

    def limits_on_terminal(self, *args, columns=80, typed=None, **env):
        """Exit code, and all that a terminal of that width got to see; `typed` is what a person types, if one does."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
        child = subprocess.Popen([LIMITS, *map(str, args)], stdout=theirs, stderr=theirs,
                                 stdin=subprocess.DEVNULL if typed is None else theirs,
                                 env=environment(**{"TERM": "xterm", **self.env, **env}), cwd=self.folder)
        os.close(theirs)
        if typed is not None:
            os.write(ours, typed.encode())
        seen = b""
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # what Linux says when the other side is closed
                break
            if not chunk:
                break
            seen += chunk
        os.close(ours)
        return child.wait(timeout=60), seen.decode().replace("\r\n", "\n")

    def peak_kb(self, *args, code=0):
        """The resident memory it came to, which is this process's at its start if that is more."""
        child = subprocess.Popen([LIMITS, *map(str, args)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 env=environment(ASAN_OPTIONS="quarantine_size_mb=1", **self.env), cwd=self.folder)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(child.returncode, code)
        return usage.ru_maxrss

    def file(self, name, text):
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def assert_ends(self, done, code, *said):
        """Ended with `code`, and each of `said` stands on stderr."""
        talk = done.stderr.decode()
        self.assertEqual(done.returncode, code, talk)
        for words in said:
            self.assertIn(words, talk)


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
