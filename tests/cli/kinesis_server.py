"""A Kinesis endpoint for tests: knows what the CLI asks, and checks each signature on its own."""
import base64
import collections
import hashlib
import hmac
import http.server
import json
import threading

ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "a/session+token=="


def expected_signature(method, path, headers, body, signed_headers, scope):
    """AWS Signature Version 4, from its specification."""
    canonical = "\n".join([method, path, "", *[f"{name}:{' '.join(headers[name].split())}" for name in signed_headers],
                           "", ";".join(signed_headers), hashlib.sha256(body).hexdigest()])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], "/".join(scope),
                         hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + SECRET_KEY).encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


class KinesisServer:
    """Refuses every second record of as many PutRecords calls as `refusals` says."""

    def __init__(self):
        self.streams = {"user-events": 2}
        self.records = collections.defaultdict(list)  # stream -> [(partition key, bytes)]
        self.arrivals = collections.defaultdict(list)  # of them, in seconds since 1970
        self.now = 1_712_000_000
        self.page = 2  # records, and shards, in an answer
        self.calls = []  # (operation, number of records)
        self.refusals = 0
        self.keeps_records = True
        self.describes_as_creating = 0
        self.problems = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.check_signature(self.command, self.path, self.headers, body)
                status, answer = server.answer(self.headers["X-Amz-Target"], json.loads(body))
                text = json.dumps(answer).encode() if answer is not None else b""
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=[0.01], daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def environment(self):
        return {"AWS_ENDPOINT_URL_KINESIS": self.url, "AWS_ACCESS_KEY_ID": ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_SESSION_TOKEN": TOKEN}

    def check_signature(self, method, path, headers, body):
        fields = dict(part.strip().split("=", 1) for part in headers["Authorization"].split(" ", 1)[1].split(","))
        signed = fields["SignedHeaders"].split(";")
        scope = fields["Credential"].split("/")[1:]
        if fields["Signature"] != expected_signature(method, path, headers, body, signed, scope):
            self.problems.append("wrong signature")
        if not {"host", "content-type", "x-amz-date", "x-amz-target", "x-amz-security-token"} <= set(signed):
            self.problems.append(f"not all is signed: {signed}")
        if headers["X-Amz-Security-Token"] != TOKEN or scope[1:] != ["eu-west-2", "kinesis", "aws4_request"]:
            self.problems.append(f"wrong token or scope {scope}")
        if headers["Content-Type"] != "application/x-amz-json-1.1":
            self.problems.append(headers["Content-Type"])

    def answer(self, target, body):
        operation = target.removeprefix("Kinesis_20131202.")
        self.calls.append((operation, len(body.get("Records", []))))
        return getattr(self, operation)(body)

    @staticmethod
    def error(code, message):
        return 400, {"__type": code, "message": message}

    def PutRecords(self, body):
        if body["StreamName"] not in self.streams:
            return self.error("ResourceNotFoundException", f"Stream {body['StreamName']} not found")
        outcomes = []
        for index, record in enumerate(body["Records"]):
            if self.refusals > 0 and index % 2 == 0:
                outcomes.append({"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow down"})
                continue
            key = record["PartitionKey"]
            if self.keeps_records:
                self.add(body["StreamName"], key, base64.b64decode(record["Data"]))
            outcomes.append({"SequenceNumber": "1", "ShardId": self.shard_of(body["StreamName"], key)})
        self.refusals = max(0, self.refusals - 1)
        return 200, {"FailedRecordCount": sum("ErrorCode" in outcome for outcome in outcomes), "Records": outcomes}

    def add(self, stream, key, data):
        self.records[stream].append((key, data))
        self.arrivals[stream].append(self.now)

    def shard_of(self, stream, key):
        return f"shardId-{hashlib.md5(key.encode()).digest()[0] % self.streams[stream]:012}"

    def ListShards(self, body):
        asked = json.loads(body["NextToken"]) if "NextToken" in body else {"stream": body["StreamName"], "at": 0}
        stream, at = asked["stream"], asked["at"]
        if stream not in self.streams:
            return self.error("ResourceNotFoundException", f"Stream {stream} not found")
        shards = [{"ShardId": f"shardId-{number:012}"} for number in range(self.streams[stream])]
        more = {"NextToken": json.dumps({"stream": stream, "at": at + self.page})} if at + self.page < len(shards) else {}
        return 200, {"Shards": shards[at:at + self.page], **more}

    def GetShardIterator(self, body):
        since = body.get("Timestamp", 0)
        if body["ShardIteratorType"] != ("AT_TIMESTAMP" if since else "TRIM_HORIZON"):
            self.problems.append(f"an iterator of another kind: {body}")
        return 200, {"ShardIterator": json.dumps([body["StreamName"], body["ShardId"], since, 0])}

    def GetRecords(self, body):
        stream, shard, since, at = json.loads(body["ShardIterator"])
        there = [{"Data": base64.b64encode(data).decode(), "PartitionKey": key, "SequenceNumber": "1",
                  "ApproximateArrivalTimestamp": arrival}
                 for (key, data), arrival in zip(self.records[stream], self.arrivals[stream])
                 if self.shard_of(stream, key) == shard and arrival >= since]
        behind = 1000 * (at + self.page < len(there))
        return 200, {"Records": there[at:at + self.page], "MillisBehindLatest": behind,
                     "NextShardIterator": json.dumps([stream, shard, since, at + self.page])}

    def CreateStream(self, body):
        if body["StreamName"] in self.streams:
            return self.error("ResourceInUseException", "it exists")
        self.streams[body["StreamName"]] = body["ShardCount"]
        return 200, None

    def DescribeStreamSummary(self, body):
        name = body["StreamName"]
        creating = self.describes_as_creating > 0
        self.describes_as_creating -= creating
        return 200, {"StreamDescriptionSummary": {"StreamName": name, "OpenShardCount": self.streams[name],
                                                  "StreamStatus": "CREATING" if creating else "ACTIVE"}}
