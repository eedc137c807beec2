"""A DynamoDB that is out of capacity at times: stands in front of the emulator, and refuses what it is told to refuse."""

import http.client
import http.server
import threading

REFUSAL = (b'{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",'
           b'"message":"The level of configured provisioned throughput for the table was exceeded."}')


class Throttle:
    """A proxy on a port of its own. `refuse` is asked for each call, with the action's name and the body."""

    def __init__(self, dynamodb_port, refuse):
        self.refuse = refuse
        self.refused = 0
        throttle = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if throttle.refuse(self.headers["X-Amz-Target"].partition(".")[2], body):
                    throttle.refused += 1
                    self.answer(400, REFUSAL)
                    return
                connection = http.client.HTTPConnection("127.0.0.1", dynamodb_port, timeout=60)
                connection.request("POST", "/", body, dict(self.headers))
                answer = connection.getresponse()
                self.answer(answer.status, answer.read())
                connection.close()

            def answer(self, status, body):
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Nothing: the test says what it counts."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
