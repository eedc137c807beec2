"""What the tests of the API share: the real limits-api on the file of a real child, and a client."""

import http.client
import json
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from child import Child  # noqa: E402

API, PROCESSOR, CLI = sys.argv[1:4]
del sys.argv[1:4]
RULES = ROOT / "properties" / "rules.json"
SHARD = "shardId-000000000000"


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)


class Server:
    """One limits-api on a free port."""

    def __init__(self, store, *flags, prefix=(), **popen):
        self.process = subprocess.Popen(
            [*prefix, API, "--store", store, "--listen", "127.0.0.1:0", *flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **popen,
        )
        self.said = self.process.stdout.readline()
        if not self.said:
            raise AssertionError(f"it ended with {self.process.wait()}: {self.process.stderr.read()}")
        self.port = int(self.said.rsplit(":", 1)[1])

    def get(self, target, method="GET", **headers):
        """One request on a connection of its own; underscores in names of headers stand for hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def raw(self, *parts):
        """Sends the bytes, and returns all that comes until the server closes."""
        with self.connect() as connection:
            for part in parts:
                connection.sendall(part)
            return read_all(connection)

    def end(self, sign=signal.SIGTERM, timeout=15):
        """Returns the exit code and what was said on stderr."""
        if self.process.poll() is None:
            self.process.send_signal(sign)
        _, errors = self.process.communicate(timeout=timeout)
        return self.process.returncode, errors


def read_all(connection):
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


class WithServer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="api-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = self.folder / "limits.db"
        self.store = f"sqlite:{self.database}"

    def serve(self, *flags, **popen):
        server = Server(self.store, *flags, **popen)
        self.addCleanup(server.end)
        return server

    def start_child(self, shard=SHARD):
        child = Child(PROCESSOR, "--store", self.store, "--rules", str(RULES), "--log-dir", "")
        self.addCleanup(child.__exit__)
        child.initialize(shard)
        return child

    def deliver(self, *records, shard=SHARD, behind=0):
        """The life of a child that gets one batch."""
        with self.start_child(shard) as child:
            child.deliver(*records, behind=behind)

    def cli(self, *words):
        done = subprocess.run([CLI, *words, "--json", "--store", self.store], check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

    def check_problem(self, answer, status, name):
        """Returns its members."""
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (status, "application/problem+json"))
        members = answer.json()
        self.assertEqual((members["status"], members["type"]), (status, f"/docs/api.md#{name}"))
        self.assertTrue(members["title"] and members["detail"])
        return members
