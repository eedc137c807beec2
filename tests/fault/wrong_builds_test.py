"""The net is tried too: builds of the product that are wrong on purpose, each caught by the test that should catch it.

    wrong_builds_test.py [NAME ...]

Each is a patch in tests/fault/wrong_builds/, applied to a copy of the sources under build/wrong/. The test must fail with
the words that name the fault; on the same copy without a patch it must pass.
"""

import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAULT = ROOT / "tests" / "fault"
COPY = ROOT / "build" / "wrong" / "source"
BINARIES = COPY / "build" / "release" / "bin"
PROGRAMS = [BINARIES / "limits-processor", BINARIES / "limits"]

Check = collections.namedtuple("Check", "target command")
CHECKS = {
    "simulation": Check("limits-processor", [FAULT / "simulation_test.py", *PROGRAMS, "--schedules", "12"]),
    "foreign_writer": Check("limits-processor", [FAULT / "foreign_writer_test.py", *PROGRAMS]),
    "power_loss": Check("power_loss", [FAULT / "power" / "power_loss_test.py", BINARIES / "power_loss", "--images", "50"]),
}
# What is wrong: the check that must see it, and what the check must say.
WRONG = {
    "checkpoint_before_commit": ("simulation", r"[1-9]\d* lines missing"),
    "no_dedupe": ("simulation", r"\b0 lines missing.* [1-9]\d* too many, the first \['\[.history"),
    "dedupe_by_kinesis_number": ("simulation", r"\b0 lines missing.* [1-9]\d* too many, the first \['\[.history"),
    "stale_allowed": ("simulation", r"[1-9]\d* lines missing, the first \['\[.limit"),
    "explicit_number_at_shard_end": ("simulation", r"a shard does not end by a number"),
    "deferred_begin": ("foreign_writer", r"database is locked"),
    "synchronous_off": ("power_loss", r": lost: "),
}


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def must(*command, **options):
    done = run(*command, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: {done.stdout[-2000:]}")
    return done.stdout


def copy_sources():
    """What is there now, committed or not. Files that did not change keep their times, so that little is compiled again."""
    files = must("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT).splitlines()
    wanted = {name for name in files if (ROOT / name).is_file()}
    for there in (path for path in COPY.rglob("*") if path.is_file() and not path.is_relative_to(COPY / "build")):
        if str(there.relative_to(COPY)) not in wanted:
            there.unlink()
    for name in wanted:
        source, target = ROOT / name, COPY / name
        if not target.is_file() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            target.chmod(source.stat().st_mode)
    if not (COPY / ".cache").exists():
        (COPY / ".cache").symlink_to(ROOT / ".cache")  # what was fetched is not fetched again


def build(target):
    must("cmake", "--preset", "release", cwd=COPY)
    must("cmake", "--build", "--preset", "release", "--target", target, "limits_cli", cwd=COPY)


def check(name):
    """Whether the check passes, and what it says."""
    build(CHECKS[name].target)
    done = run(sys.executable, *map(str, CHECKS[name].command), env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    return done.returncode == 0, done.stdout


def caught(name):
    """What the check said of the wrong build, or why that is no catch."""
    check_name, words = WRONG[name]
    patch = FAULT / "wrong_builds" / f"{name}.patch"
    must("git", "apply", f"--directory={COPY.relative_to(ROOT)}", patch, cwd=ROOT)
    passed, said = check(check_name)
    if passed:
        return None, f"{check_name} did not see it: {said[-500:]}"
    found = next((line for line in said.splitlines() if re.search(words, line)), None)
    return found, None if found else f"{check_name} failed for another reason, without {words!r}: {said[-2000:]}"


def main():
    names = sys.argv[1:] or list(WRONG)
    began, failures = time.monotonic(), 0
    copy_sources()
    for name in sorted({WRONG[name][0] for name in names}):
        passed, said = check(name)
        if not passed:
            raise SystemExit(f"{name} fails on the sources as they are, so that it shows nothing: {said[-2000:]}")
    for name in names:
        found, why = caught(name)
        copy_sources()
        failures += found is None
        print(f"{name}: {f'caught by {WRONG[name][0]}: {found[:160]}' if found else f'NOT CAUGHT: {why}'}", flush=True)
    print(f"{len(names)} wrong builds, {len(names) - failures} caught, {time.monotonic() - began:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
