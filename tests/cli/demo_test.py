"""`limits demo`, from the folder of a person who has nothing set up."""
import json
import os
import re
import subprocess

import command_line


class Demo(command_line.CommandLineTest):
    def setUp(self):
        super().setUp()
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.env = {"TMPDIR": str(self.temporary), "LIMITS_STORE": "sqlite:/nowhere/at/all.db"}

    def test_kills_a_child_and_ends_in_the_same_state(self):
        done = self.limits("demo", "--json")
        self.assert_ends(done, 0, "took ")
        result = json.loads(done.stdout)
        self.assertTrue(result["same"])
        self.assertEqual(result["undisturbed"], result["afterTheRestart"])
        self.assertNotEqual(result["afterTheKill"], result["undisturbed"])
        self.assertGreater(result["committedBeforeTheKill"], 0)
        self.assertLess(result["committedBeforeTheKill"], result["records"])
        self.assertEqual(list(self.temporary.iterdir()), [], "nothing is left")

    def test_tells_it_to_people(self):
        done = self.limits("demo")
        self.assert_ends(done, 0)
        said = done.stdout.decode()
        clean, torn, recovered = re.findall(r"digest of the state +([0-9a-f]{64})", said)
        self.assertEqual(clean, recovered)
        self.assertNotEqual(clean, torn)
        pid = int(re.search(r"kill -9 (\d+)", said)[1])
        with self.assertRaises(ProcessLookupError):
            os.kill(pid, 0)
        self.assertIn("Limit        anna-deposit-day", said)

    def test_can_keep_what_it_made(self):
        done = self.limits("demo", "--keep", "--json")
        self.assert_ends(done, 0, "kept: ")
        kept, = self.temporary.iterdir()
        result = json.loads(done.stdout)
        for name, digest in [("undisturbed", "undisturbed"), ("killed", "afterTheRestart")]:
            store = max(kept.glob(f"{name}*.db"), key=lambda path: len(path.name))
            self.assertEqual(self.limits("digest", "--store", f"sqlite:{store}").stdout.decode().strip(), result[digest])

    def test_says_what_is_wrong(self):
        self.assert_ends(self.limits("demo", TMPDIR=str(self.folder / "none")), 1, "TMPDIR")
        alone = self.folder / "limits"
        alone.write_bytes(command_line.LIMITS.read_bytes())
        alone.chmod(0o755)
        done = subprocess.run([alone, "demo"], capture_output=True, env=command_line.environment(**self.env))
        self.assert_ends(done, 1, f"{self.folder}/limits-processor: cannot be started")
        self.assertEqual(list(self.temporary.iterdir()), [])


if __name__ == "__main__":
    command_line.main()
