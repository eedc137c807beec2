"""The four steps of the README, word by word, on the images that build_images.py has built; then what they should have
led to. Docker is tests/docker/docker. Run by tools/test-docker, with a network of its own."""

import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import unittest
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "e2e")]
import compose
from engine import CHECKOUT, RUN, Container, buildah, config, health_check
from samples_test import expected_digest, sample_records
from stack import aws_call, wait_until

SERVICES = compose.load(CHECKOUT / "docker" / "compose.yaml")["services"]
SECTION = (CHECKOUT / "README.md").read_text().partition("## In containers")[2].partition("\n## ")[0]
KINESIS_UP, CREATE_STREAM, APP_UP, POPULATE, LIST, OVERVIEW, API_UP, DOWN = [
    line.strip() for line in SECTION.splitlines() if line.startswith("    ")]
NONROOT = 10001


def environment():
    return {**os.environ, "PATH": f"{HERE}:{os.environ['PATH']}"}


def shell(command):
    done = subprocess.run(command, shell=True, cwd=CHECKOUT, env=environment(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{command}: {done.returncode} {done.stdout}{done.stderr}"
    return done.stdout


def limits(*arguments):
    """The command line in the app's container; its JSON answer, None if there is no store yet."""
    done = Container.load("app").execute("limits", *arguments, "--json", capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else None


def said(container, script):
    """The words that a script prints in the container."""
    return container.execute("sh", "-c", script, capture_output=True, text=True).stdout.split()


def leases():
    items = aws_call(8000, "DynamoDB_20120810.Scan", {"TableName": "user-limits", "ConsistentRead": True}, "1.0")["Items"]
    return {item["leaseKey"]["S"]: item["checkpoint"]["S"] for item in items}


def log():
    return (RUN / "app.log").read_text()


def app_up():
    """The step that stays in the foreground; its process."""
    with (RUN / "app.log").open("ab") as output:
        return subprocess.Popen(shlex.split(APP_UP), cwd=CHECKOUT, env=environment(), stdout=output, stderr=output)


def await_verdicts(records):
    def judged():
        status = limits("status")
        return status and sum(status["totals"].values()) >= records
    wait_until(lambda: Container.load("app") and judged(), lambda: f"{records} verdicts; the app's log: {log()[-3000:]}")


class FourSteps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shell(KINESIS_UP)
        shell(CREATE_STREAM)
        cls.app = app_up()
        shell(POPULATE)
        wait_until(lambda: Container.load("app"), lambda: f"the app's container: {log()}", 60)
        await_verdicts(len(sample_records()))

    def test_the_limits_are_there(self):
        self.assertEqual(limits("digest")["digest"], expected_digest())
        overview = shell(OVERVIEW).splitlines()
        self.assertEqual(len(overview), 6)
        self.assertIn("anna-deposit-day", shell(LIST))

    def test_the_api_serves_them(self):
        shell(API_UP)
        for path, says in {"/user-limits/anna-deposit-day": b'"limitId":"anna-deposit-day"', "/": b"<title>"}.items():
            with urllib.request.urlopen(f"http://127.0.0.1:8080{path}", timeout=20) as answer:
                self.assertIn(says, answer.read())
        self.assertEqual(set(said(Container.load("api"), "stat -c %u /proc/[0-9]*")), {str(NONROOT)})

    def test_process_1_is_the_daemon_and_nothing_runs_as_root(self):
        for name, program in {"app": "java", "dynamodb": "java", "kinesis": "nghttpx"}.items():
            with self.subTest(name):
                container = Container.load(name)
                self.assertEqual(said(container, "cat /proc/1/comm"), [program])
                self.assertEqual(set(said(container, "stat -c %u /proc/[0-9]*")), {str(NONROOT)})
        self.assertEqual(len(said(Container.load("app"), "grep -l limits-processo /proc/[0-9]*/comm")), 4)

    def test_only_the_volume_can_be_written(self):
        for path, code in {"/var/lib/user-limits": 0, "/opt/user-limits": 1, "/opt/user-limits/properties": 1}.items():
            done = Container.load("app").execute("sh", "-c", f"t=$(mktemp -p {path}) && rm $t", capture_output=True)
            self.assertEqual(done.returncode, code, path)
        self.assertTrue((RUN / "volumes" / "limits" / "limits.db").is_file())
        self.assertEqual(list(config("user-limits")["Volumes"]), ["/var/lib/user-limits"])

    def test_no_tool_that_builds_is_left_in_an_image(self):
        for name in ("app", "kinesis"):
            found = said(Container.load(name), "for tool in java g++ cmake mvn npm git; do command -v $tool; done")
            self.assertEqual(found, ["/usr/bin/java"], name)

    def test_health_checks_tell_well_from_ill(self):
        for name in ("app", "kinesis", "dynamodb"):
            with self.subTest(name):
                container, (test, _) = Container.load(name), health_check(SERVICES[name])
                self.assertTrue(container.healthy(test))
        app, (test, _) = Container.load("app"), health_check(SERVICES["app"])
        app.environment.append("LIMITS_STORE=sqlite:/nowhere/limits.db")
        self.assertFalse(app.healthy(test))
        kinesis, (test, _) = Container.load("kinesis"), health_check(SERVICES["dynamodb"])
        test = [word.replace("8000", "4568") for word in test]
        self.assertFalse(kinesis.healthy(test))

    def test_ctrl_c_stops_with_every_lease_checkpointed_and_the_state_stays(self):
        digest = limits("digest")
        rows = {row["shard"]: row["sequenceNumber"] or "TRIM_HORIZON" for row in limits("status")["shards"]}
        said = len(log())
        self.app.send_signal(signal.SIGINT)
        self.app.wait(60)
        self.assertNotIn("was killed", log()[said:])
        self.assertIn("Process shutdown is complete", log()[said:])
        self.assertIsNone(Container.load("app"))
        self.assertEqual((len(rows), leases()), (4, rows))

        type(self).app = app_up()
        wait_until(lambda: Container.load("app"), lambda: f"the app's container: {log()[said:]}", 60)
        self.assertEqual(limits("digest"), digest)
        shell(POPULATE)
        await_verdicts(2 * len(sample_records()))
        self.assertEqual(limits("digest"), digest)

    @classmethod
    def tearDownClass(cls):
        shell(DOWN)
        cls.app.wait(60)
        buildah("rm", "--all")


if __name__ == "__main__":
    unittest.main(verbosity=2)
