"""How the API treats connections: bounds, order, and its end."""

import signal
import socket
import unittest

from server import WithServer, read_all

GOOD = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def statuses(received):
    return [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]


class Requests(WithServer):
    def setUp(self):
        super().setUp()
        self.server = self.serve()

    def test_answers_come_in_the_order_of_the_requests(self):
        received = self.server.raw(GOOD + b"GET /none HTTP/1.1\r\nHost: x\r\n\r\n" + b"HEAD /livez HTTP/1.1\r\nHost: x\r\n\r\n" + LAST)
        self.assertEqual(statuses(received), [200, 404, 200, 200])

    def test_a_request_may_come_byte_by_byte(self):
        self.assertEqual(statuses(self.server.raw(*[bytes([byte]) for byte in LAST])), [200])

    def test_a_connection_is_kept_as_its_version_says(self):
        with self.server.connect() as connection:
            for _ in range(3):
                connection.sendall(GOOD)
                self.assertIn(b"200 OK", connection.recv(65536))
        self.assertIn(b"Connection: close", self.server.raw(LAST))
        self.assertIn(b"200 OK", self.server.raw(b"GET /livez HTTP/1.0\r\n\r\n"))

    def test_a_header_that_is_too_large_is_refused(self):
        most = 8 * 1024
        fits = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: "
        fits += b"a" * (most - len(fits) - 4) + b"\r\n\r\n"
        self.assertEqual((len(fits), statuses(self.server.raw(fits))), (most, [200]))
        for large in [fits.replace(b"X: ", b"X: a"), b"GET /" + b"a" * most + b" HTTP/1.1\r\n\r\n",
                      b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100_000 + b"\r\n"]:
            received = self.server.raw(large)
            self.assertEqual(statuses(received), [431])
            self.assertIn(b"/docs/api.md#header-too-large", received)

    def test_a_body_is_refused_however_it_comes(self):
        for header in [b"Content-Length: 5", b"Content-Length: 99999999999", b"Transfer-Encoding: chunked",
                       b"Expect: 100-continue\r\nContent-Length: 5"]:
            for method in [b"GET", b"POST"]:
                received = self.server.raw(method + b" /livez HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\nhello" + GOOD)
                self.assertEqual(statuses(received), [413], header)
                self.assertIn(b"Connection: close", received)

    def test_a_body_of_no_bytes_is_none(self):
        self.assertEqual(statuses(self.server.raw(LAST.replace(b"\r\n\r\n", b"\r\nContent-Length: 0\r\n\r\n"))), [200])

    def test_what_is_not_http_1_1_is_refused_and_ends_the_connection(self):
        for bad in [b"hello\r\n\r\n", b"GET /livez HTTP/1.1\r\n\r\n", b"GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                    b"GET /livez HTTP/2.0\r\nHost: x\r\n\r\n", b"GET  /livez HTTP/1.1\r\nHost: x\r\n\r\n",
                    b"GET /livez HTTP/1.1\r\nHost : x\r\n\r\n", b"GET /livez HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n",
                    b"GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    b"GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n",
                    b"GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"]:
            received = self.server.raw(bad + GOOD)
            self.assertEqual(statuses(received), [400], bad)
            self.assertIn(b"/docs/api.md#bad-request", received)


class Bounds(WithServer):
    def test_one_connection_too_many_takes_the_place_of_the_one_that_waits_longest(self):
        server = self.serve("--max-connections", "3")
        idle = [server.connect() for _ in range(3)]
        for connection in (idle[0], idle[2], idle[1]):  # from here on each waits for its next request
            self.addCleanup(connection.close)
            connection.sendall(GOOD)
            self.assertIn(b"200 OK", connection.recv(65536))
        for longest in (idle[0], idle[2]):
            one_more = server.connect()
            self.addCleanup(one_more.close)
            one_more.sendall(GOOD)
            self.assertIn(b"200 OK", one_more.recv(65536))
            self.assertEqual(longest.recv(1), b"")
        idle[1].sendall(LAST)
        self.assertEqual(statuses(read_all(idle[1])), [200])

    def test_a_request_that_does_not_come_whole_is_given_up(self):
        server = self.serve()
        with server.connect() as slow, server.connect() as silent:
            slow.sendall(GOOD[:-2])
            self.assertEqual(server.get("/livez").status, 200)
            self.assertEqual((slow.recv(1), silent.recv(1)), (b"", b""))  # in 15 seconds; connect() waits for 20


class End(WithServer):
    def test_both_signals_end_it_with_0(self):
        for sign in (signal.SIGTERM, signal.SIGINT):
            server = self.serve()
            with server.connect() as idle, server.connect() as slow:
                slow.sendall(GOOD[:10])
                self.assertEqual(server.get("/livez").status, 200)  # so both have been accepted
                code, errors = server.end(sign)
                self.assertEqual((code, idle.recv(1), slow.recv(1)), (0, b"", b""))
            self.assertIn(sign.name, errors)
            with self.assertRaises(OSError):
                server.connect()

    def test_an_answer_on_its_way_is_finished(self):
        server = self.serve()
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(20)
            connection.connect(("127.0.0.1", server.port))
            # More than the buffers between the two take, so the server still writes when the signal comes.
            requests = 2000
            document = b"GET /docs/api.md HTTP/1.1\r\nHost: x\r\n\r\n"
            connection.sendall(document * requests)
            first = connection.recv(4096)
            self.assertIn(b"200 OK", first)
            server.process.send_signal(signal.SIGTERM)
            received = first + read_all(connection)
        whole = received.split(b"HTTP/1.1 200 OK\r\n")[1:]
        self.assertLess(len(whole), requests)
        for answer in whole:
            header, body = answer.split(b"\r\n\r\n", 1)
            self.assertIn(b"Content-Length: %d\r\n" % len(body), header + b"\r\n")
        self.assertEqual(server.process.wait(timeout=20), 0)


if __name__ == "__main__":
    unittest.main()
