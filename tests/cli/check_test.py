import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys

import command_line

FILL_STORE, PROCESSOR, PROPERTIES = (pathlib.Path(path).resolve() for path in sys.argv[2:5])
KEYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
COMMAND = "build/release/bin/limits-processor --stream user-events --rules properties/rules.json --log-dir var/log"


class Check(command_line.CommandLineTest):
    """In a folder like the project's, with the store and the environment of the local stack."""

    def setUp(self):
        super().setUp()
        shutil.copytree(PROPERTIES, self.folder / "properties")
        (self.folder / "build/release/bin").mkdir(parents=True)
        (self.folder / "build/release/bin/limits-processor").symlink_to(PROCESSOR)
        self.env = {"LIMITS_STORE": "sqlite:limits.db", "HOME": str(self.folder), **KEYS}
        subprocess.run([FILL_STORE, "sqlite:limits.db"], check=True, cwd=self.folder)

    def properties(self, *changes, name="local"):
        """The shipped file, with each (what, in its place) changed."""
        text = (PROPERTIES / f"{name}.properties").read_text()
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        return self.file("some.properties", text).name

    def findings(self, *args, **env):
        done = self.limits("check", *args, "--json", **env)
        found = json.loads(done.stdout)["findings"]
        self.assertEqual(done.returncode, 1 if found else 0, done.stderr)
        return found

    def finds(self, changes, what, paste, *args, name="local", **env):
        """One finding, with its place, its reason and what to paste."""
        file = self.properties(*changes, name=name)
        found = self.findings(file, *args, **env)
        self.assertEqual(len(found), 1, found)
        self.assertIn(what, found[0]["what"])
        self.assertEqual(found[0].get("paste", ""), paste)
        self.assertGreater(len(found[0]["why"]), 20)
        new = [new.splitlines()[-1] for _, new in changes if new and not new.startswith("\n#")]
        if new and found[0]["file"] == file:
            line = (self.folder / file).read_text().splitlines()[found[0]["line"] - 1]
            self.assertTrue(any(words in line for words in new), line)
        return found[0]

    def test_finds_nothing_wrong_with_what_is_shipped(self):
        for name in ("local", "aws"):
            with self.subTest(name):
                done = self.limits("check", f"properties/{name}.properties")
                self.assert_ends(done, 0)
                said = done.stdout.decode()
                for well in ("settings of the daemon", "child build/release/bin/limits-processor", "rules properties/rules.json",
                             "credentials for ", "store sqlite:limits.db: sound, by SQLite 3."):
                    self.assertIn(well, said)

    def test_shows_place_reason_and_line_to_paste(self):
        file = self.properties(("shutdownGraceMillis = 20000", "shutdownGraceMilis = 20000"))
        done = self.limits("check", file)
        self.assert_ends(done, 1, "2 findings")
        line = (self.folder / file).read_text().splitlines().index("shutdownGraceMilis = 20000") + 1
        self.assertIn(f'some.properties:{line}: there is no key "shutdownGraceMilis"; did you mean "shutdownGraceMillis"?\n'
                      "    The daemon passes over a key that it does not know, and says nothing.\n"
                      "    > shutdownGraceMillis = 20000\n", done.stdout.decode())

    def test_finds_unknown_keys(self):
        self.finds([("workerId = local", "workerid = local")], 'no key "workerid"; did you mean "workerId"?', "workerId = local")
        self.finds([("workerId = local", "RetrievalMode = POLLING")], 'did you mean "retrievalMode"?', "retrievalMode = POLLING")
        self.finds([("workerId = local", "colour = red")], 'no key "colour"', "")

    def test_knows_what_the_daemon_knows(self):
        legal = ("kinesisClient.endpointOverride = http://127.0.0.1:1", "fanoutConfig.consumerName = x", "maxActiveThreads = 9",
                 "isGracefulLeaseHandoffEnabled = true", "awscredentialsproviderDynamoDB = DefaultCredentialsProvider")
        file = self.properties(("workerId = local", "\n".join(legal)))
        self.assertEqual(self.findings(file), [])

    def test_reads_what_java_reads(self):
        file = self.properties(("timeoutInSeconds = 300", "  ! a comment\n\\u0074imeoutIn\\\n   Seconds \t: 30\\\n  0  "))
        self.assertEqual(self.findings(file), [])
        self.finds([("timeoutInSeconds = 300", "timeoutInSeconds = 300\ntimeoutInSeconds=9")], "timeoutInSeconds is 9, ",
                   "timeoutInSeconds = 300")
        self.assert_ends(self.limits("check", self.properties(("workerId = local", "workerId = \\u00g"))), 1,
                         "some.properties:", "four hexadecimal digits")

    def test_names_a_file_that_is_not_there(self):
        self.assert_ends(self.limits("check", "none.properties"), 1, "none.properties: cannot be read: No such file")

    def test_finds_what_the_daemon_does_not_start_without(self):
        for key, paste in (("applicationName", "applicationName = user-limits"), ("streamName", "streamName = user-events"),
                           ("AwsCredentialsProvider", "AwsCredentialsProvider = DefaultCredentialsProvider")):
            self.finds([(f"\n{key} =", "\n#")], "is not set", paste)
        self.finds([("\nexecutableName =", "\n#")], "executableName is not set", f"executableName = {COMMAND}")

    def test_finds_a_missing_grace(self):
        self.finds([("shutdownGraceMillis = 20000", "")], "shutdownGraceMillis is not set", "shutdownGraceMillis = 35000")
        for value in ("0", "20s"):
            self.finds([("shutdownGraceMillis = 20000", f"shutdownGraceMillis = {value}")], f'shutdownGraceMillis is "{value}"',
                       "shutdownGraceMillis = 35000")

    def test_finds_a_missing_tick(self):
        key = "callProcessRecordsEvenForEmptyRecordList"
        for line in ("", f"{key} = false"):
            self.finds([(f"{key} = true", line)], "is not true", f"{key} = true")

    def test_finds_fanout(self):
        self.finds([("retrievalMode = POLLING", "retrievalMode = fanout")], "retrievalMode is FANOUT", "retrievalMode = POLLING")
        polling = [("idleTimeBetweenReadsInMillis = 250", ""), ("maxRecords = 1000", "")]
        self.finds([("retrievalMode = POLLING", ""), *polling], "not set, which means FANOUT", "retrievalMode = POLLING")
        self.finds([("retrievalMode = POLLING", "retrievalMode = SHOUTING")], 'found "SHOUTING"', "retrievalMode = POLLING")
        # What only polling knows makes the daemon poll.
        self.assertEqual(self.findings(self.properties(("retrievalMode = POLLING", ""))), [])

    def test_finds_a_heap_that_cannot_hold_the_largest_line(self):
        # 6 × 1.4 × 10 kB × 1000 × 4 = 336 MB
        self.assertEqual(self.findings(self.properties(), "--heap", "321"), [])
        self.finds([], "maxRecords is 1,000, which may take 336.0 MB of heap", "maxRecords = 998", "--heap", "320")
        self.finds([], "336.0 MB", "maxRecords = 399", "--heap", "128")
        self.finds([], "1.3 GB", "maxRecords = 798", "--heap", "1024", "--shards", "16")
        self.finds([], "33.6 GB", "maxRecords = 31", "--heap", "1024", "--record-bytes", "1000000")
        self.finds([("maxRecords = 1000", "")], "maxRecords is not set, so it is 10,000", "maxRecords = 399", "--heap", "128")

    def test_finds_a_child_that_cannot_be_run(self):
        self.finds([(COMMAND, "none/limits-processor --stream user-events")], "none/limits-processor is not there", "make build")
        self.file("child", "").chmod(0o644)
        self.finds([(COMMAND, "./child")], "./child cannot be run", "chmod +x ./child")
        self.finds([(COMMAND, "no-such-program")], "no-such-program is not there", "make build")
        self.assertEqual(self.findings(self.properties((COMMAND, "cat -u"))), [])

    def test_finds_flags_that_the_child_does_not_take(self):
        self.finds([("--log-dir", "--logdir")], "--logdir", "build/release/bin/limits-processor --help")
        self.finds([("--log-dir var/log", "--help")], "only prints", "build/release/bin/limits-processor --help")

    def test_finds_another_stream(self):
        self.finds([("--stream user-events", "--stream events")], 'takes the stream for "events"', "--stream user-events")

    def test_finds_another_store(self):
        self.finds([(COMMAND, COMMAND + " --store sqlite:other.db")], "writes sqlite:other.db, and limits reads sqlite:limits.db",
                   "export LIMITS_STORE=sqlite:other.db")
        self.assertEqual(self.findings(self.properties((COMMAND, COMMAND + " --store=sqlite:limits.db"))), [])

    def test_finds_a_daemon_that_ends_before_its_child_does(self):
        self.finds([("timeoutInSeconds = 300", "")], "timeoutInSeconds is not set", "timeoutInSeconds = 300")
        self.finds([("timeoutInSeconds = 300", "timeoutInSeconds = 240")], "the child has --batch-timeout 240",
                   "timeoutInSeconds = 300")
        self.finds([(COMMAND, COMMAND + " --batch-timeout 0")], "which means never", "--batch-timeout 240")

    def test_finds_rules_that_are_none(self):
        self.finds([("--rules properties/rules.json", "--rules none.json")], "none.json", "--rules properties/rules.json")
        self.file("bad.json", '{"rules": [')
        self.finds([("--rules properties/rules.json", "--rules bad.json")], "bad.json", "")

    def test_finds_credentials_missing(self):
        none = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        paste = "export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…"
        what = "CredentialsProvider finds no credentials here"
        self.finds([], what, paste, **none)
        self.finds([("AwsCredentialsProvider = Default", "AwsCredentialsProvider = Profile")], what, paste, name="aws")
        self.finds([], what, paste, name="aws", AWS_EC2_METADATA_DISABLED="true", **none)
        for found in ({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"}, {"AWS_WEB_IDENTITY_TOKEN_FILE": "t", "AWS_ROLE_ARN": "r"},
                      {"AWS_SHARED_CREDENTIALS_FILE": str(self.file("keys", ""))}):
            self.assertEqual(self.findings(self.properties(name="aws"), **{**none, **found}), [], found)
        (self.folder / ".aws").mkdir()
        self.file(".aws/credentials", "[default]")
        self.assertEqual(self.findings(self.properties(name="aws"), **none), [])

    def test_finds_a_provider_that_there_is_not(self):
        self.finds([("EnvironmentVariableCredentialsProvider", "EnvironmentVariablesCredentialsProvider")],
                   'did you mean "EnvironmentVariableCredentialsProvider"?',
                   "AwsCredentialsProvider = EnvironmentVariableCredentialsProvider")
        own = self.properties(("EnvironmentVariableCredentialsProvider", "com.example.Own, StsAssumeRoleCredentialsProvider|arn|x"))
        self.assertEqual(self.findings(own), [])

    def test_finds_a_damaged_store(self):
        with sqlite3.connect(self.folder / "limits.db") as db:
            page, = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'limit_change'").fetchone()
            size, = db.execute("PRAGMA page_size").fetchone()
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        with open(self.folder / "limits.db", "r+b") as file:
            file.seek((page - 1) * size)
            file.write(b"\x7f" * 512)
        found = self.findings()
        self.assertIn("malformed", found[-1]["what"])
        self.assertIn("put back a backup", found[0]["why"])

    def test_finds_a_store_that_is_refused(self):
        self.file("limits.db", "no database, but long enough to look like one" * 100)
        self.assertIn("not an SQLite database", self.findings()[0]["what"])
        self.assertIn("did you mean", self.findings(LIMITS_STORE="sqlit:limits.db")[0]["what"])

    def test_a_store_that_no_child_has_made_yet_is_well(self):
        done = self.limits("check", "--store", "sqlite:none.db")
        self.assert_ends(done, 0)
        self.assertIn("not there yet; the first child makes it", done.stdout.decode())
        self.assertFalse(os.path.exists(self.folder / "none.db"))


if __name__ == "__main__":
    del sys.argv[2:5]
    command_line.main()
