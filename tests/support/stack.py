"""Real emulators and the real MultiLangDaemon for one test: free ports, a folder of its own, nothing left behind."""

import base64
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
STREAM = "user-events"
REGION = "eu-west-2"
LOCAL = ("--local", "properties/local.properties")
STORE_UNAVAILABLE = 4  # exit code of `limits`
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": REGION}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, what, seconds=150):
    """The condition's first true value; an AssertionError that says `what` was waited for when the time is over."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s still waiting for {what() if callable(what) else what}")
        time.sleep(0.05)
    return value


def aws_call(port, target, body, kind="1.1"):
    """One request to an emulator, which takes any signature."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/", json.dumps(body), {
        "X-Amz-Target": target, "Content-Type": f"application/x-amz-json-{kind}", "X-Amz-Date": "20260101T000000Z",
        "Authorization": f"AWS4-HMAC-SHA256 Credential=local/20260101/{REGION}/any/aws4_request, SignedHeaders=host, Signature=0",
    })
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status == 200, f"{target}: {answer.status} {text.decode()}"
    return json.loads(text or b"{}")


def session_of(pid):
    """The processes of the session that `pid` leads, zombies left out."""
    members = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session, *_ = entry.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if int(session) == pid and state != "Z":
            members.append(int(entry.parent.name))
    return members


class Process:
    """A program in a session of its own, that cannot outlive the test: the kernel kills it when the test ends."""

    def __init__(self, command, log, **environment):
        self.log = pathlib.Path(log)
        with self.log.open("ab") as output:
            self.popen = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *map(str, command)], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True, cwd=ROOT, env={**os.environ, **CREDENTIALS, **environment},
            )
        self.pid = self.popen.pid

    def running(self):
        return self.popen.poll() is None

    def check(self):
        """An AssertionError, with its last words, if it has ended."""
        assert self.running(), f"{self.popen.args[3]} ended with {self.popen.returncode}: {self.words()}"

    def kill(self):
        """SIGKILL, and waits until what it had started has ended too."""
        self.popen.kill()
        self.popen.wait()
        wait_until(lambda: not session_of(self.pid), f"the children of process {self.pid} to end")

    def words(self):
        return self.log.read_text(errors="replace")[-2000:]


class Emulators:
    """Kinesis (which one, KINESIS in the environment says) and DynamoDB, empty. Leaving the `with` block ends them, and every daemon that was started on them."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="user-limits-e2e-")
        self.path = pathlib.Path(self.folder.name)
        self.kinesis_port, self.dynamodb_port = free_port(), free_port()
        self.kinesis_url = f"http://127.0.0.1:{self.kinesis_port}"
        # kinesis-mock counts closed shards, too, against its limit of 50.
        where = {"KINESIS_PORT": str(self.kinesis_port), "DYNAMODB_PORT": str(self.dynamodb_port), "LIMITS_VAR": self.folder.name,
                 "SHARD_LIMIT": "1000"}
        self.processes = [Process([ROOT / "daemon" / f"run-{name}"], self.path / f"{name}.log", **where)
                          for name in ("kinesis", "dynamodb")]

    def __enter__(self):
        for process, ready in zip(self.processes, (lambda: self.kinesis("ListStreams"), lambda: self.dynamodb("ListTables"))):
            wait_until(lambda: process.check() or self.answers(ready), lambda: f"an emulator: {process.words()}")
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.kill()
        self.folder.cleanup()

    @staticmethod
    def answers(call):
        try:
            call()
        except (OSError, http.client.HTTPException):
            return False
        return True

    def kinesis(self, action, **body):
        return aws_call(self.kinesis_port, f"Kinesis_20131202.{action}", body)

    def dynamodb(self, action, **body):
        return aws_call(self.dynamodb_port, f"DynamoDB_20120810.{action}", body, "1.0")

    def leases(self, application):
        """The lease table of an application: shard -> {attribute: value}."""
        if application not in self.dynamodb("ListTables")["TableNames"]:
            return {}
        items = self.dynamodb("Scan", TableName=application, ConsistentRead=True)["Items"]
        return {item["leaseKey"]["S"]: {name: next(iter(value.values())) for name, value in item.items()} for item in items}


class Pipeline:
    """One stream, one database, and daemons that read the one into the other."""

    def __init__(self, emulators, name, binaries, shards=4):
        self.emulators = emulators
        self.name = name
        self.binaries = pathlib.Path(binaries)
        self.path = emulators.path / name
        self.path.mkdir()
        self.store = f"sqlite:{self.path}/limits.db"
        self.last = {}  # shard -> sequence number of the newest record that `put_raw` put there
        self.limits("stream", "create", name, "--shards", str(shards), *self.endpoint(), store=False)

    def endpoint(self):
        return "--endpoint", self.emulators.kinesis_url, "--region", REGION

    def limits(self, *arguments, store=True, stdin=None, unavailable=None):
        """Runs the command line tool; its JSON answer, None if there is none. `unavailable` instead if no child has made
        the store yet."""
        where = ["--store", self.store] if store else []
        done = subprocess.run([self.binaries / "limits", *arguments, *where, "--json"], capture_output=True, text=True,
                              input=stdin, env={**os.environ, **CREDENTIALS}, timeout=60)
        if done.returncode == STORE_UNAVAILABLE and unavailable is not None:
            return unavailable
        assert done.returncode == 0, f"limits {' '.join(arguments)}: {done.returncode} {done.stderr}"
        return json.loads(done.stdout) if done.stdout else None

    def put(self, *arguments, stdin=None):
        return self.limits("put", "--stream", self.name, *self.endpoint(), *arguments, store=False, stdin=stdin)

    def put_raw(self, records):
        """Puts (partition key, bytes) pairs and remembers where they went."""
        for start in range(0, len(records), 500):
            answer = self.emulators.kinesis("PutRecords", StreamName=self.name, Records=[
                {"PartitionKey": key, "Data": base64.b64encode(data).decode()} for key, data in records[start:start + 500]])
            assert answer.get("FailedRecordCount", 0) == 0, answer
            for record in answer["Records"]:
                self.last[record["ShardId"]] = max(int(record["SequenceNumber"]), self.last.get(record["ShardId"], 0))

    def daemon(self, application=None, worker="first", properties=LOCAL, **settings):
        """Starts a daemon. Its application is the pipeline's unless told; another application reads from the start.
        `properties` are run-daemon's arguments up to the file, `settings` take the place of that file's lines."""
        application = application or f"{self.name}-application"
        settings = {
            "streamName": self.name, "applicationName": application, "workerId": worker,
            "kinesisEndpoint": self.emulators.kinesis_url,
            "dynamoDBEndpoint": f"http://127.0.0.1:{self.emulators.dynamodb_port}",
            "executableName": f"{self.binaries}/limits-processor --store {self.store} --stream {self.name} "
                              f"--rules properties/rules.json --log-dir {self.path / worker}",
            **settings,
        }
        process = Process(
            [ROOT / "daemon" / "run-daemon", *properties, *(f"{key}={value}" for key, value in settings.items())],
            self.path / f"daemon-{application}-{worker}.log", LIMITS_VAR=str(self.path / f"{application}-{worker}"),
        )
        self.emulators.processes.append(process)
        return process

    def shards(self):
        return {row["shard"]: row for row in self.limits("status", unavailable={"shards": []})["shards"]}

    def judged(self):
        """How many records have a verdict so far, every delivery counted."""
        return sum(sum(row["verdicts"].values()) for row in self.shards().values())

    def wait_for_verdicts(self, records, daemon):
        wait_until(lambda: self.alive(daemon) and self.judged() >= records,
                   lambda: f"{records} verdicts, there are {self.judged()}; the daemon said: {daemon.words()}")

    def wait_for_positions(self, *daemons):
        """Until each shard's last record is committed, however often it and others were delivered."""
        def there():
            rows = self.shards()
            return all(shard in rows and int(rows[shard]["sequenceNumber"] or 0) >= last for shard, last in self.last.items())
        wait_until(lambda: all([self.alive(daemon) for daemon in daemons]) and there(),
                   lambda: "the last records; " + "; ".join(f"a daemon said: {daemon.words()}" for daemon in daemons))

    @staticmethod
    def alive(daemon):
        assert daemon.running(), f"the daemon ended: {daemon.words()}"
        return True

    def digest(self):
        return self.limits("digest")["digest"]


def children_of(daemon):
    """The pids of a daemon's limits-processors."""
    return [pid for pid in session_of(daemon.pid) if pid != daemon.pid]


def end(daemon, seconds=60):
    """SIGTERM, as a service manager or `make stop` sends it; waits until the daemon and its children are gone."""
    daemon.popen.send_signal(signal.SIGTERM)
    daemon.popen.wait(seconds)
    wait_until(lambda: not session_of(daemon.pid), "the daemon's children to end")
