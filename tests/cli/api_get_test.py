"""`limits api get`: the answers of the HTTP API without a server."""
import json
import pathlib
import subprocess
import sys

import command_line

FILL_STORE = pathlib.Path(sys.argv[2]).resolve()


class ApiGet(command_line.CommandLineTest):
    def setUp(self):
        super().setUp()
        self.env = {"LIMITS_STORE": f"sqlite:{self.folder}/limits.db"}
        subprocess.run([FILL_STORE, self.env["LIMITS_STORE"]], check=True)

    def get(self, *words):
        done = self.limits("api", "get", *words)
        self.assert_ends(done, 0)
        return done.stdout.decode()

    def test_prints_the_answer(self):
        self.assertEqual(json.loads(self.get("/user-limits/limit-day")), json.loads(self.limits("get", "limit-day", "--json").stdout))
        self.assertEqual(self.get("/user-limits?format=csv&status=ACTIVE").splitlines(),
                         self.limits("list", "-o", "csv", "--status", "ACTIVE").stdout.decode().splitlines())

    def test_prints_status_and_headers_if_they_are_wanted(self):
        head, _, body = self.get("/user-limits/limit-day", "-i").partition("\n\n")
        status, *headers = head.split("\n")
        names = {line.split(": ")[0] for line in headers}
        self.assertEqual((status, body), ("HTTP/1.1 200", self.get("/user-limits/limit-day")))
        self.assertLessEqual({"Content-Type", "ETag", "Limits-As-Of", "Limits-Stale"}, names)

    def test_ends_as_the_answer_is(self):
        for path, code, problem in [("/user-limits/none", 3, "limit-not-found"), ("/nowhere", 3, "not-found"),
                                    ("/user-limits?status=ON", 1, "bad-request")]:
            with self.subTest(path):
                done = self.limits("api", "get", path)
                self.assert_ends(done, code, path, "its answer says why")
                self.assertIn(f"#{problem}", json.loads(done.stdout)["type"])

    def test_says_what_it_cannot_ask(self):
        self.assert_ends(self.limits("api", "get", "user-limits"), 2, "PATH: expected", 'found "user-limits"')
        self.assert_ends(self.limits("api", "get", "/livez", "--store", f"sqlite:{self.folder}/none.db"), 4, "none.db")

    def test_waits_for_nothing(self):
        changes = json.loads(self.get("/changes?after=0"))
        self.assertEqual(json.loads(self.get(f"/changes?after={changes['next']}&wait=60"))["changes"], [])
        stream = self.get("/changes/stream?after=0")
        told = [json.loads(line.removeprefix("data: ")) for line in stream.splitlines() if line.startswith("data: ")]
        self.assertEqual(told, changes["changes"])

    def test_never_prints_what_a_terminal_acts_upon(self):
        for path in ("/user-limits", "/user-limits?format=csv"):
            code, seen = self.limits_on_terminal("api", "get", path, columns=200)
            self.assertEqual(code, 0)
            self.assertIn("limit-esc", seen)
            for unsafe in ("\x1b[", "\x9b", "\u202e"):
                self.assertNotIn(unsafe, seen)

    def test_needs_the_program_of_the_api(self):
        alone = self.folder / "limits"
        alone.write_bytes(command_line.LIMITS.read_bytes())
        alone.chmod(0o755)
        done = subprocess.run([alone, "api", "get", "/livez"], capture_output=True, env=command_line.environment(**self.env))
        self.assert_ends(done, 1, f"{self.folder}/limits-api: cannot be started")


if __name__ == "__main__":
    sys.argv.pop(2)
    command_line.main()
