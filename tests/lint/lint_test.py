"""The rules of the house that no compiler checks. Run from anywhere: python3 tests/lint/lint_test.py"""

import collections
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Which folder may include which: an arrow never points up.
MAY_INCLUDE = {
    "kcl": set(),
    "limits": set(),
    "store": {"limits"},
    "aws": set(),
    "processor": {"kcl", "limits", "store"},
    "api": {"limits", "store"},
    "cli": {"kcl", "limits", "store", "aws", "processor"},
}

# Everything here is linked into limits-processor, whose stdout belongs to the daemon.
LINKED_INTO_PROCESSOR = ["kcl", "limits", "store", "processor"]
# The only places that may write to a stdout, and why.
MAY_WRITE_STDOUT = {
    "kcl/fd_channel.cc": "the line channel",
    "processor/main.cc": "--help and --version, before the channel is taken",
    "api/main.cc": "--help and --version, and where it listens",
    "cli/output.cc": "all that the command line prints",
    "cli/child_process.cc": "the stdout of a child that it starts",
}
WRITES_STDOUT = re.compile(
    r"\bstd::(cout|print|println|printf|puts|putchar)\b|(?<![\w:])(printf|puts|putchar)\s*\(|\bstdout\b|\bSTDOUT_FILENO\b"
)


def sources(folder):
    """The folder's C++ files, by path from the root."""
    return sorted(path for path in (ROOT / folder).rglob("*") if path.suffix in {".h", ".cc"})


def code_of(path):
    """The file's text without comments and the contents of strings."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    return re.sub(r"//[^\n]*", "", re.sub(r'"(\\.|[^"\\\n])*"', '""', text))


def name(path):
    return path.relative_to(ROOT).as_posix()


def include_faults(folder, text):
    """The project includes in `text` that a file in `folder` must not have."""
    included = re.findall(r'#include "([a-z_]+)/', text)
    return [other for other in included if other != folder and other not in MAY_INCLUDE[folder]]


class Arrows(unittest.TestCase):
    def test_every_folder_with_sources_has_a_rule(self):
        folders = {path.parent.name for path in ROOT.glob("*/CMakeLists.txt")} - {"tests", "bench"}
        self.assertEqual(folders - set(MAY_INCLUDE), set())

    def test_no_folder_includes_what_stands_above_it(self):
        faults = [
            f"{name(path)} includes {other}/"
            for folder in MAY_INCLUDE
            for path in sources(folder)
            for other in include_faults(folder, path.read_text())
        ]
        self.assertEqual(faults, [])

    def test_the_check_sees_an_arrow_that_points_up(self):
        self.assertEqual(include_faults("limits", '#include "store/store.h"\n#include "limits/ids.h"\n'), ["store"])

    def test_no_public_header_of_kcl_shows_its_parser(self):
        faults = [name(path) for path in sources("kcl") if path.suffix == ".h" and "simdjson.h" in path.read_text()]
        self.assertEqual([fault for fault in faults if "internal" not in fault], [])


def types_defined_twice(headers):
    """Types of one namespace that two headers define: each builds alone, and the linker picks one for both."""
    places = collections.defaultdict(set)
    for path, text in headers:
        namespace = re.search(r"^namespace ([\w:]+) \{", text, flags=re.M)
        for kind in re.findall(r"^(?:class|struct|enum class) (\w+)[^;{(]*\{", text, flags=re.M):
            places[f"{namespace[1] if namespace else ''}::{kind}"].add(path)
    return {kind: sorted(paths) for kind, paths in places.items() if len(paths) > 1}


class OneDefinition(unittest.TestCase):
    def test_no_two_headers_define_a_type_of_one_name(self):
        headers = [path for folder in MAY_INCLUDE for path in sources(folder) if path.suffix == ".h"]
        self.assertEqual(types_defined_twice((name(path), code_of(path)) for path in headers), {})

    def test_the_check_sees_a_type_that_is_defined_twice(self):
        text = "namespace cli {\nstruct Finding {\n  int line;\n};\n}"
        self.assertEqual(types_defined_twice([("a.h", text), ("b.h", text)]), {"cli::Finding": ["a.h", "b.h"]})
        self.assertEqual(types_defined_twice([("a.h", text), ("b.h", text.replace("cli", "aws"))]), {})
        self.assertEqual(types_defined_twice([("a.h", text), ("b.h", "namespace cli {\nstruct Finding;\n}")]), {})


class Stdout(unittest.TestCase):
    def test_only_the_line_channel_and_the_help_write_to_it(self):
        faults = [
            name(path)
            for folder in [*LINKED_INTO_PROCESSOR, "api", "cli", "aws"]
            for path in sources(folder)
            if WRITES_STDOUT.search(code_of(path)) and name(path) not in MAY_WRITE_STDOUT
        ]
        self.assertEqual(faults, [])

    def test_the_check_sees_each_way_to_write(self):
        for line in ["std::cout << 1;", 'printf("x");', 'puts("x");', "fwrite(p, 1, 1, stdout);", "write(STDOUT_FILENO, p, 1);"]:
            self.assertTrue(WRITES_STDOUT.search(line), line)
        for line in ["snprintf(p, 1, f);", "fprintf(stderr, f);", "fmt::format(f);"]:
            self.assertFalse(WRITES_STDOUT.search(line), line)


class Daemon(unittest.TestCase):
    """What the daemon needs and does not have unless told (docs/protocol.md)."""

    def properties(self, file):
        lines = (ROOT / "properties" / file).read_text().splitlines()
        return dict(re.split(r"\s*=\s*", line, maxsplit=1) for line in lines if line and not line.startswith("#"))

    def test_both_properties_files_set_what_the_child_relies_on(self):
        for file in ["local.properties", "aws.properties"]:
            with self.subTest(file):
                properties = self.properties(file)
                self.assertEqual(properties["callProcessRecordsEvenForEmptyRecordList"], "true")
                self.assertEqual(properties["maxRecords"], "1000")
                self.assertGreater(int(properties["shutdownGraceMillis"]), 0)
                self.assertIn("clientVersionConfig", properties)
                self.assertIn("retrievalMode", properties)
                self.assertIn("--stream", properties["executableName"])

    def test_the_childs_own_limit_ends_a_batch_before_the_daemons_does(self):
        own = int(re.search(r"batch_timeout\{(\d+)\}", (ROOT / "processor" / "options.h").read_text())[1])
        for file in ["local.properties", "aws.properties"]:
            self.assertLess(own, int(self.properties(file)["timeoutInSeconds"]), file)

    def test_java_reads_utf_8_always_and_is_small_only_on_ones_own_machine(self):
        launcher = (ROOT / "daemon" / "run-daemon").read_text()
        self.assertRegex(launcher, r'exec java "\$\{memory\[@\]\}" -Dfile\.encoding=UTF-8')
        default, local = re.findall(r"memory=\(([^)]*)\)", launcher)
        self.assertIn("-XX:MaxRAMPercentage=60", default)
        self.assertIn("-Xmx128m", local)


class Repository(unittest.TestCase):
    MAY_NAME_A_HOST = {
        "tests/lint/lint_test.py": "the list of hosts",
        "bench/peers/rust/Cargo.lock": "cargo writes it into each of its locks",
    }

    def files(self):
        listed = subprocess.run(["git", "-C", ROOT, "ls-files"], check=True, capture_output=True, text=True).stdout
        return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]

    def test_no_file_names_a_registry_host(self):
        hosts = re.compile(r"registry\.npmjs\.org|repo1?\.maven\.(apache\.)?org|pypi\.org|deb\.debian\.org|crates\.io")
        faults = [
            name(path)
            for path in self.files()
            if name(path) not in self.MAY_NAME_A_HOST and hosts.search(path.read_text(errors="ignore"))
        ]
        self.assertEqual(faults, [])

    def test_every_source_is_laid_out_as_clang_format_says(self):
        files = [path for path in self.files() if path.suffix in {".h", ".cc"}]
        checked = subprocess.run(["clang-format-19", "--dry-run", "--Werror", *files], capture_output=True, text=True)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""), "make format lays them out")

    def test_every_folder_has_a_readme(self):
        self.assertEqual([folder for folder in MAY_INCLUDE if not (ROOT / folder / "README.md").is_file()], [])

    def test_links_in_the_documents_lead_somewhere(self):
        faults = []
        for path in self.files():
            if path.suffix != ".md":
                continue
            for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text()):
                if "://" not in target and not (path.parent / target).exists():
                    faults.append(f"{name(path)} -> {target}")
        self.assertEqual(faults, [])


if __name__ == "__main__":
    unittest.main()
