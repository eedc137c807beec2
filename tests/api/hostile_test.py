"""Good requests beside clients that mean harm: 1,000 that send a byte now and then, headers without end, a million headers,
bodies without end, requests that two servers would read differently, answers nobody takes, and tricks with paths.

All at once, against one server: good requests keep their pace, and memory stays. Prints what it measured.
"""

import argparse
import multiprocessing
import os
import pathlib
import random
import socket
import sys
import time
import unittest

from server import WithServer
from child import created, record

SLOW_CLIENTS = 1000
P99_MS = 200
GROWTH_MIB = 16

OPTIONS = argparse.ArgumentParser()
OPTIONS.add_argument("--seconds", type=float, default=10)
OPTIONS.add_argument("--seed", type=int, default=1)
OPTIONS, sys.argv[1:] = OPTIONS.parse_known_args()

START = b"GET /user-limits/limit-1 HTTP/1.1\r\nHost: x\r\n"
PATHS = ["/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc%2fpasswd", "//etc/passwd", "/user-limits/../status",
         "/user-limits/%00", "/user-limits/%c0%ae%c0%ae", "/user-limits/%", "/user-limits/" + "a" * 7000, "/" * 7000,
         "/user-limits/' OR 1=1 --".replace(" ", "%20"), "/user-limits/%0d%0aSet-Cookie:%20x", "/user-limits/\\..\\..",
         "/?" + "&".join(f"a{n}=1" for n in range(1000)), "*", "http://", "http:///status"]


class Attacker:
    """A connection that sends what its script yields, and begins anew when the server ends it."""

    def __init__(self, port, script, reads=True):
        self.port, self.script, self.reads = port, script, reads
        self.connection = None

    def begin(self):
        self.end()
        self.connection = socket.socket()
        self.connection.setblocking(False)
        self.connection.connect_ex(("127.0.0.1", self.port))
        self.parts = self.script()
        self.rest = b""

    def end(self):
        if self.connection:
            self.connection.close()

    def step(self):
        """Sends and reads what can be without waiting. True if it did anything."""
        try:
            if not self.rest:
                self.rest = next(self.parts, b"")
            if self.rest:
                self.rest = self.rest[self.connection.send(self.rest):]
        except BlockingIOError:
            pass
        except OSError:
            return self.begin()
        if not self.reads:
            return
        try:
            if self.connection.recv(65536) == b"":
                self.begin()
        except BlockingIOError:
            pass
        except OSError:
            self.begin()


def once(data):
    return lambda: iter([data])


def endless(start, part):
    def script():
        yield start
        while True:
            yield part
    return script


def attackers(port):
    headers = b"X: " + b"y" * 50 + b"\r\n"
    yield from (Attacker(port, endless(START, headers * 100)) for _ in range(4))
    yield from (Attacker(port, once(START + b"X: y\r\n" * 1_000_000 + b"\r\n")) for _ in range(2))
    yield from (Attacker(port, endless(START + b"Content-Length: 100000000000\r\n\r\n", b"z" * 65536)) for _ in range(4))
    yield from (Attacker(port, endless(START + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"z" * 4096 + b"\r\n")) for _ in range(4))
    yield from (Attacker(port, once(START + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /status HTTP/1.1\r\n\r\n"))
                for _ in range(4))
    yield from (Attacker(port, endless(b"", (START + b"\r\n") * 100), reads=False) for _ in range(4))
    yield from (Attacker(port, once(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())) for path in PATHS)
    yield from (Attacker(port, once(random.randbytes(1000) + b"\r\n\r\n")) for _ in range(4))


def slow_script():
    for byte in START + b"X: " + b"y" * 8000:
        yield bytes([byte])


def attack(port, seed, ready, stop):
    os.nice(10)  # it is the server that is to be kept busy, not the machine
    random.seed(seed)
    slow = [Attacker(port, slow_script) for _ in range(SLOW_CLIENTS)]
    fast = list(attackers(port))
    for each in slow + fast:
        each.begin()
    ready.set()
    while not stop.is_set():
        for each in random.sample(slow, 20):
            each.step()
        for each in fast:
            each.step()
    for each in slow + fast:
        each.end()


def memory_kib(pid, name):
    return int(pathlib.Path(f"/proc/{pid}/status").read_text().split(name + ":")[1].split()[0])


class Hostile(WithServer):
    def test_good_requests_keep_their_pace_and_memory_stays(self):
        self.deliver(record(created(1), 100))
        server = self.serve("--max-connections", "2000")
        self.assertEqual(server.get("/user-limits/limit-1").status, 200)
        before = memory_kib(server.process.pid, "VmRSS")
        ready, stop = multiprocessing.Event(), multiprocessing.Event()
        process = multiprocessing.Process(target=attack, args=(server.port, OPTIONS.seed, ready, stop))
        process.start()
        self.addCleanup(process.join)
        self.addCleanup(stop.set)
        ready.wait()
        times = []
        end = time.monotonic() + OPTIONS.seconds
        while time.monotonic() < end:
            start = time.monotonic()
            self.assertEqual(server.get("/user-limits/limit-1").json()["limitId"], "limit-1")
            times.append(1000 * (time.monotonic() - start))
        growth = (memory_kib(server.process.pid, "VmHWM") - before) / 1024
        times.sort()
        p99 = times[int(0.99 * len(times))]
        print(f"seed {OPTIONS.seed}: {len(times)} good requests in {OPTIONS.seconds:g} s, half within {times[len(times) // 2]:.1f} ms, "
              f"99 % within {p99:.1f} ms, the slowest {times[-1]:.1f} ms; {growth:.1f} MiB more memory")
        self.assertLess(p99, P99_MS)
        self.assertLess(growth, GROWTH_MIB)
        stop.set()
        process.join()
        self.assertEqual(server.end()[0], 0)


if __name__ == "__main__":
    unittest.main()
