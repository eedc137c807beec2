"""api/openapi.yaml against the server: it names what is served and nothing else, and every answer that it describes is given,
and is as it says."""

import contextlib
import json
import re
import subprocess
import time
import unittest

import openapi_spec_validator
import yaml

from server import API, PROCESSOR, ROOT, RULES, SHARD, WithServer
from child import Child, created, event, record
from openapi_document import Document
from openapi_store import WithFilledStore

DOCUMENT = Document()
CONNECTIONS = 8  # of which half may wait for changes


def in_path(value):
    return "".join(f"%{byte:02x}" for byte in value.encode())


def target_of(operation):
    """The path of the operation, with its example parameters."""
    path = DOCUMENT.operations[operation][0]
    for parameter in DOCUMENT.parameters(operation):
        if parameter["in"] == "path":
            path = path.replace("{%s}" % parameter["name"], in_path(parameter["example"]))
    return path


def routes():
    """From the router's table: of each path its parameters, and whether it needs no token."""
    source = (ROOT / "api" / "service.cc").read_text()
    lists = {name: set(re.findall(r'"(\w+)"', words)) for name, words in re.findall(r"std::array<[^>]*> (k\w+) = \{([^;]*)\};", source)}
    table = source.split("Service::routes()", 1)[1].split("};\n", 1)[0]
    found = {}
    for path, rest in re.findall(r"\{\.path = \{([^}]*)\},(.*?)\},?\n", table, flags=re.S):
        parameters = re.search(r"\.parameters = (k\w+)", rest)
        path = "/" + "/".join("{}" if part == "kAnySegment" else part.strip('"') for part in path.split(", "))
        found[path] = (lists[parameters[1]] if parameters else set(), ".open = true" in rest)
    return found


class Description(WithServer):
    def test_it_is_served_as_it_stands(self):
        answer = self.serve().get("/openapi.yaml")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/yaml"))
        self.assertEqual(answer.body.decode(), DOCUMENT.text)

    def test_it_is_openapi_3_1_of_this_version(self):
        document = yaml.safe_load(DOCUMENT.text)
        openapi_spec_validator.validate(document)
        self.assertTrue(document["openapi"].startswith("3.1."))
        version = subprocess.run([API, "--version"], check=True, capture_output=True, text=True).stdout
        self.assertEqual(version.split(), ["limits-api", document["info"]["version"]])

    def test_it_has_the_routers_paths_with_their_parameters_and_no_others(self):
        described = {}
        for operation, (path, _) in DOCUMENT.operations.items():
            query = {parameter["name"] for parameter in DOCUMENT.parameters(operation) if parameter["in"] == "query"}
            described[re.sub(r"\{\w+\}", "{}", path)] = (query, DOCUMENT.is_open(operation))
        self.assertEqual(described, routes())

    def test_it_has_every_type_of_problem_and_no_others(self):
        names = set(re.findall(r'\.name = "([a-z-]+)"', (ROOT / "api" / "problem.h").read_text()))
        self.assertEqual(set(re.findall(r"'/docs/api\.md#([a-z-]+)'", DOCUMENT.text)), names)

    def test_its_examples_are_as_their_schemas_say(self):
        examples = DOCUMENT.examples()
        self.assertGreater(len(examples), 15)
        for schema, example in examples:
            with self.subTest(example):
                self.assertEqual(DOCUMENT.faults(schema, example), [])

    def test_its_words_are_those_that_a_filter_takes(self):
        api = self.serve()
        for parameter in DOCUMENT.parameters("listLimits"):
            words = DOCUMENT.resolved(parameter["schema"]).get("enum")
            if words:
                detail = api.get(f"/user-limits?{parameter['name']}=none").json()["detail"]
                self.assertIn(f": expected one of {', '.join(words)}, found", detail)


class Answers(WithFilledStore):
    """Every answer that is described is asked for, and held against its description."""

    def setUp(self):
        super().setUp()
        self.seen = set()
        self.types = set()

    def ask(self, api, operation, more="", **request):
        answer = api.get(target_of(operation) + more, **request)
        self.hold(operation, answer)
        return answer

    def hold(self, operation, answer):
        self.assertEqual(DOCUMENT.faults_of(operation, answer), [], (operation, answer.status, answer.body[:500]))
        self.seen.add((operation, answer.status))
        if answer.status >= 400:
            self.types.add(answer.json()["type"])

    def test_each_is_given_and_is_as_it_is_described(self):
        api = self.serve("--ready-lag", "0", "--stuck-after", "86400")
        for operation in DOCUMENT.operations:
            with self.subTest(operation):
                if operation != "streamChanges":
                    self.ask_well(api, operation)
                self.ask_badly(api, operation)
        self.ask_about_limits(api)
        self.ask_about_changes()
        self.ask_without_a_token()
        self.ask_without_a_store()
        self.ask_about_health()
        # The server's own fault cannot be asked for.
        described = {(operation, status) for operation in DOCUMENT.operations for status in DOCUMENT.responses(operation) if status != 500}
        self.assertEqual(self.seen, described)
        names = set(re.findall(r"'(/docs/api\.md#[a-z-]+)'", DOCUMENT.text))
        self.assertEqual(names - self.types, {"/docs/api.md#internal"})

    def ask_well(self, api, operation):
        answer = self.ask(api, operation)
        self.assertEqual(answer.status, 200)
        self.hold_example(operation, answer)
        self.assertEqual(self.ask(api, operation, If_None_Match="*").status, 304)
        for parameter in DOCUMENT.parameters(operation):
            if parameter["name"] == "format":
                for word in parameter["schema"]["enum"]:
                    self.assertEqual(self.ask(api, operation, f"?format={word}&limit=1").status, 200)

    def hold_example(self, operation, answer):
        """What is an example is so in truth: the answer, or rows of it."""
        example = DOCUMENT.responses(operation)[200]["content"].get("application/json", {}).get("example")
        if isinstance(example, list):
            rows = answer.json()
            self.assertEqual([row for row in example if row not in rows], [])
        elif example:
            self.assertEqual(answer.json(), example)

    def ask_badly(self, api, operation):
        self.assertEqual(self.ask(api, operation, "?nothing=1").status, 400)
        self.assertEqual(self.ask(api, operation, method="POST").status, 405)
        self.assertEqual(self.ask(api, operation, Content_Length="5").status, 413)
        self.assertEqual(self.ask(api, operation, X_Long="x" * 9000).status, 431)

    def ask_about_limits(self, api):
        def of(limit, operation="getLimit", more=""):
            path = DOCUMENT.operations[operation][0].replace("{limitId}", in_path(limit))
            answer = api.get(path + more)
            self.hold(operation, answer)
            return answer

        for limit in [one["limitId"] for one in api.get("/user-limits").json()]:
            if limit != "shared":
                self.assertEqual(of(limit, more="?explain=1").status, 200)
                self.assertEqual(of(limit, "listHistory").status, 200)
        self.assertNotIn("remaining", of("far below").json())
        self.assertIn("discrepancies", json.dumps(of('a/b, "c"\r\nü', more="?explain=1").json()))
        self.assertEqual(of("pruned", "listHistory").json()[0]["gapBefore"], True)
        self.assertIn("at", of("anna-deposit-day", more="?at=1760000060000").json())
        self.assertEqual(of("pruned", more="?at=1712000000002").status, 410)
        for operation in ["getLimit", "listHistory"]:
            self.assertEqual([of("none", operation).status, of("shared", operation).status], [404, 409])
        answer = api.get("/page/none.js")
        self.hold("getPageFile", answer)
        self.assertEqual(answer.status, 404)

        letters = api.get("/dead-letters").json()
        schema = DOCUMENT.strict["components"]["schemas"]["DeadLetter"]["properties"]
        for name in ["reason", "state"]:
            self.assertEqual({letter[name] for letter in letters}, set(schema[name]["enum"]))
        self.assertEqual({name for letter in letters for name in letter}, set(schema))
        header = api.get("/user-limits?format=csv").body.decode().partition("\r\n")[0].split(",")
        self.assertEqual(header, [name for name in DOCUMENT.strict["components"]["schemas"]["Limit"]["properties"] if name not in ["at", "explanation"]])

    def ask_about_changes(self):
        api = self.serve("--max-connections", str(CONNECTIONS))
        last = api.get("/changes").json()["next"]
        for operation in ["listChanges", "streamChanges"]:
            self.assertEqual(self.ask(api, operation, f"?after={last + 1}").status, 409)
        self.hold("streamChanges", api.get("/changes/stream", method="HEAD"))
        with contextlib.ExitStack() as followers:
            for _ in range(CONNECTIONS // 2):
                self.follow(followers.enter_context(api.connect()), last)
            for operation, more in {"listChanges": f"?after={last}&wait=60", "streamChanges": ""}.items():
                self.assertEqual(self.ask(api, operation, more).status, 503)

    def follow(self, connection, last):
        """Reads the stream from its beginning up to that change."""
        connection.sendall(b"GET /changes/stream?after=0 HTTP/1.1\r\nHost: x\r\n\r\n")
        received = b""
        while f"id: {last}\n".encode() not in received or not received.endswith(b"\n\n\r\n"):
            part = connection.recv(65536)
            self.assertTrue(part, received)
            received += part
        events = re.findall(rb"^data: (.*)$", received, flags=re.M)
        self.assertGreater(len(events), 15)
        for event_text in events:
            self.assertEqual(DOCUMENT.faults(DOCUMENT.strict["components"]["schemas"]["Event"], json.loads(event_text)), [])

    def ask_without_a_token(self):
        secret = self.folder / "token"
        secret.write_text("s3cret\n")
        api = self.serve("--token-file", str(secret))
        for operation in DOCUMENT.operations:
            answer = self.ask(api, operation)
            self.assertEqual(answer.status == 401, not DOCUMENT.is_open(operation), operation)
        self.assertEqual(self.ask(api, "getLimit", Authorization="Bearer s3cret").status, 200)

    def ask_without_a_store(self):
        store, self.store = self.store, f"sqlite:{self.folder / 'none.db'}"
        api = self.serve()
        for operation in DOCUMENT.operations:
            if 503 in DOCUMENT.responses(operation):
                self.assertEqual(self.ask(api, operation).status, 503)
        self.assertEqual(self.reasons(api, "isReady"), ["store"])
        self.assertEqual([reason["reason"] for reason in self.reasons(api, "getHealth")], ["store"])
        self.start_child().end()  # it has not heard how far it is behind
        self.assertEqual(self.reasons(api, "isReady"), ["no-shard"])
        self.store = store

    def reasons(self, api, operation):
        return self.ask(api, operation).json()["reasons"]

    def ask_about_health(self):
        """Each reason once. A shard is stuck when it has stood still for a second."""
        self.deliver(record(created(1, limit="behind", user="behind"), 49800000000), shard="shardId-4", behind=3_600_000)
        self.refuse_rules()
        api = self.serve("--stuck-after", "1", "--ready-lag", "1")
        shards = self.ask(api, "getStatus").json()["shards"]
        self.assertEqual({name for shard in shards for name in shard}, set(DOCUMENT.strict["components"]["schemas"]["Shard"]["properties"]))
        self.assertEqual(self.reasons(api, "isReady"), ["lag"])
        deadline = time.monotonic() + 20
        while (found := {reason["reason"] for reason in self.reasons(api, "getHealth")}) != {"lag", "stuck", "rules"}:
            self.assertLess(time.monotonic(), deadline, found)

    def refuse_rules(self):
        """A child goes by old rules, for the newest are no good."""
        rules = self.folder / "rules.json"
        rules.write_text(RULES.read_text())
        with Child(PROCESSOR, "--store", self.store, "--rules", str(rules), "--log-dir", "") as child:
            child.initialize(SHARD)
            rules.write_text("{")
            child.deliver(record(event(1, "LIMIT_USER_CHANGED", "anna", {}), 49700000000))


if __name__ == "__main__":
    unittest.main()
