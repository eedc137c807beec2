"""One of libFuzzer's targets, for a time or a number of runs: no crash, no leak, no input that takes a second.

    fuzz_test.py TARGET (--seconds N | --runs N) [--seed S] [--found FOLDER]

It begins with tests/fuzz/corpus/TARGET and with what the other tests feed to the same code. Inputs that reach new code
go to FOLDER; README.md says how they come into the corpus.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
BINARIES = ROOT / "build" / "asan-ubsan" / "bin"
FINDINGS = ROOT / "build" / "fuzz-findings"
# The targets themselves hold each input to a second of their own time; this ends what hangs.
LIMITS = ["-timeout=60", "-rss_limit_mb=1024"]
# What is freed is watched for a while: less of it than is usual, so that the targets fit beside other tests.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=64"}


FOREIGN_EVENT = '{"id":"e","seq":1,"who":"u","at":"2026-03-01T10:00:00.5+01:00","limit":"l","cents":-1205,"state":"active","x":null}'


def foreign_rules():
    """Rules that look into that event and build another: one per way that a value can change. Small, so that runs are fast."""
    for value in ('{"from":"/cents","as":"decimal","scale":2}', '{"from":["/x","/cents"],"as":"text"}',
                  '{"from":"/x","default":"5"}', '{"from":"/cents","as":"minor_units","scale":1}',
                  '{"from":"/state","map":{"active":"7"}}', '{"value":null}'):
        yield ('{"rules":[{"match":{"any":[{"at":"/who","prefix":"u"},{"not":{"at":"/cents","minimum":0}}]},"handler":"change_limit",'
               '"transform":{"aggregateId":"/who","createdAt":{"from":"/at","as":"time"},"eventId":"/id","sequenceNumber":"/seq",'
               '"type":{"value":"T"},"payload":{"userLimitId":"/limit","status":{"from":"/state","as":"upper"},"value":' + value +
               '}}}],"default":"ignore"}')


def shared_seeds(target):
    """What the other tests feed to the same code."""
    if target == "protocol_line":
        lines = set()
        for transcript in (ROOT / "tests" / "transcripts").glob("*.in.jsonl"):
            lines.update(transcript.read_bytes().splitlines())
        return sorted(lines)
    if target == "event":
        events = json.loads((ROOT / "daemon" / "samples" / "events.json").read_text())
        return [json.dumps(event).encode() for event in events]
    if target == "rules":
        shipped = (ROOT / "properties" / "rules.json").read_bytes()
        return [shipped, *(f"{rules}\0{FOREIGN_EVENT}".encode() for rules in foreign_rules())]
    return []


def fuzz(options, found, seeds):
    """One run of the target. Returns its exit code, what it said, and the input that it stopped at, if any."""
    FINDINGS.mkdir(parents=True, exist_ok=True)
    prefix = f"{FINDINGS}/{options.target}-"
    limit = f"-runs={options.runs}" if options.runs else f"-max_total_time={options.seconds}"
    done = subprocess.run(
        [BINARIES / f"fuzz_{options.target}", *LIMITS, limit, f"-seed={options.seed}", f"-artifact_prefix={prefix}",
         f"-dict={HERE / 'json.dict'}", "-verbosity=0", "-print_final_stats=1",
         found, HERE / "corpus" / options.target, seeds],
        stderr=subprocess.PIPE, env=ENVIRONMENT, text=True, errors="replace",
    )
    stopped_at = re.search(r"Test unit written to (\S+)", done.stderr)
    return done.returncode, done.stderr, stopped_at and stopped_at.group(1)


def stat(said, name):
    return int(re.search(rf"stat::{name}:\s+(\d+)", said).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=sorted(path.stem for path in HERE.glob("*.cc")))
    amount = parser.add_mutually_exclusive_group(required=True)
    amount.add_argument("--seconds", type=int)
    amount.add_argument("--runs", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--found", type=pathlib.Path)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        found = options.found or pathlib.Path(folder) / "found"
        seeds = pathlib.Path(folder) / "seeds"
        for made in (found, seeds):
            made.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(shared_seeds(options.target)):
            (seeds / str(number)).write_bytes(seed)

        start = time.monotonic()
        code, said, stopped_at = fuzz(options, found, seeds)
    if code != 0:
        print(said)
        print(f"{options.target}: seed {options.seed}: see it again: {BINARIES.relative_to(ROOT)}/fuzz_{options.target} {stopped_at}")
        return 1
    print(f"{options.target}: seed {options.seed}: {stat(said, 'number_of_executed_units')} runs in {time.monotonic() - start:.0f} s, "
          f"{stat(said, 'new_units_added')} inputs that reached new code, peak {stat(said, 'peak_rss_mb')} MB, 0 faults")
    return 0


if __name__ == "__main__":
    sys.exit(main())
