"""Children at the same job, in turns: what bench/child.py and bench/growth.py have in common."""

import collections
import dataclasses
import json
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile

import sessions

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "release"
BENCH = BUILD / "bench"
LIMITS = BUILD / "bin" / "limits"


@dataclasses.dataclass(frozen=True)
class Program:
    says: str
    command: list  # DB stands for the database
    leaves: str  # "store": ours; "table": a plain user_limits; "nothing"
    environment: dict = dataclasses.field(default_factory=dict)
    peer: pathlib.Path | None = None  # is there if bench/peers/install could build it


SHIPPED_RULES = ROOT / "properties" / "rules.json"


def ours(settings="", *flags, rules=SHIPPED_RULES):
    return [str(BUILD / "bin" / "limits-processor"), "--store", f"sqlite:DB{settings}", "--rules", str(rules), "--log-dir", "",
            *flags]


DURABLE = ("--checkpoint-interval", "0")  # each batch is on the disk before its checkpoint


def programs(peers):
    """All there are, by name. `peers`: where bench/peers/install put them."""
    rust = [str(peers / "rust" / "release" / "rust_serde"), "DB"]
    return {
        "ours": Program("everything on", ours("", *DURABLE), "store"),
        "ours-history-off": Program("without history", ours("?history=off", *DURABLE), "store"),
        "ours-history-off-unsynced": Program("without history, never synced",
                                             [str(BENCH / "unsynced"), *ours("?history=off", *DURABLE)], "store"),
        "ours-default": Program("everything on, a checkpoint now and then", ours(), "store"),
        "rust": Program("serde_json and rusqlite", rust, "table", peer=peers / "rust"),
        "rust-unsynced": Program("the same, never synced", [str(BENCH / "unsynced"), *rust], "table", peer=peers / "rust"),
        "node": Program("aws-kcl and better-sqlite3", ["node", str(peers / "node" / "child.js"), "DB"], "table",
                        peer=peers / "node"),
        "python": Program("amazon_kclpy and sqlite3", [sys.executable, str(peers / "python" / "child.py"), "DB"], "table",
                          {"PYTHONPATH": str(peers / "python")}, peer=peers / "python"),
        "pipe-only": Program("takes the lines, looks at nothing", [str(BENCH / "pipe_only")], "nothing"),
        "parse-only": Program("simdjson over lines and events", [str(BENCH / "parse_only")], "nothing"),
        "decode-only": Program("our own reading of lines and events", [str(BENCH / "decode_only")], "nothing"),
    }


def installed(known):
    """Those that can run here; of the others it is said."""
    there = {name: program for name, program in known.items() if not program.peer or (program.peer / "installed").exists()}
    if missing := known.keys() - there.keys():
        print(f"left out, as bench/peers/install did not build them: {', '.join(sorted(missing))}", file=sys.stderr)
    return there


def state_in_table(path):
    with sqlite3.connect(path) as db:
        return dict(db.execute("SELECT userLimitId, progress FROM user_limits"))


class Expected:
    """What a session must leave behind."""

    def __init__(self, shape, children):
        model = sessions.reference(shape, children)
        lines = model.lines()
        self.digest = model.digest_of(lines)
        self.digest_without_history = model.digest_of(line for line in lines if not line.startswith('["history"'))
        self.table = {limit: model.progress_after(events[max(events)]) for (_, limit), events in model.events.items()}

    def check(self, name, program, path):
        if program.leaves == "store":
            store = f"sqlite:{path}"
            got = subprocess.run([LIMITS, "digest", "--store", store], check=True, capture_output=True, text=True).stdout.strip()
            expected = self.digest_without_history if "off" in name else self.digest
        elif program.leaves == "table":
            got, expected = state_in_table(path), self.table
        else:
            return
        if got != expected:
            raise SystemExit(f"{name} did not end in the state that the session makes; its figures mean nothing")


def run(program, files, path, every_ms=0):
    """One run of a child per session file, all at once on the database at `path`, a batch every `every_ms` at most.

    Returns what drive says of it, summed up over the children.
    """
    command = [word.replace("DB", str(path)) for word in program.command]
    done = subprocess.run([BENCH / "drive", "--every", str(every_ms), *files, "--", *command], capture_output=True,
                          text=True, env=os.environ | program.environment)
    if done.returncode != 0:
        raise SystemExit(f"{program.says}: {done.stderr.strip()}")
    children = json.loads(done.stdout)["children"]
    if bad := [child["exit"] for child in children if child["exit"] != 0]:
        raise SystemExit(f"{program.says}: a child ended with {bad[0]}: {done.stderr.strip()}")
    records = sum(child["records"] for child in children)
    slowest = max(child["seconds"] for child in children)
    return {
        "cpu_us_per_record": sum(child["cpu_us_per_record"] * child["records"] for child in children) / records,
        "records_per_second": records / slowest,
        "first_status_ms": statistics.median(child["first_status_ms"] for child in children),
        "idle_mb": max(child["idle_kb"] for child in children) / 1024,
        "peak_mb": max(child["peak_kb"] for child in children) / 1024,
        "batch_ms_p50": statistics.median(child["batch_ms_p50"] for child in children),
        "batch_ms_p99": max(child["batch_ms_p99"] for child in children),
        "slowest_to_fastest": slowest / min(child["seconds"] for child in children),
    }


def measure(name, program, files, expected):
    """A run on a database that is new, and ends in the expected state."""
    with tempfile.TemporaryDirectory(prefix="run-", dir=BENCH) as folder:
        path = pathlib.Path(folder) / "limits.db"
        figures = run(program, files, path)
        expected.check(name, program, path)
    return figures


def medians(runs):
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def in_turns(jobs, times):
    """Each job `times` times, one after the other in every round: what disturbs the machine disturbs all of them. Each round
    begins with the next, for what one leaves to the disk the one after it waits for.

    `jobs`: what makes one measurement, by name. Returns the medians by name.
    """
    results, order = {name: [] for name in jobs}, collections.deque(jobs)
    for _ in range(times):
        for name in order:
            results[name].append(jobs[name]())
        order.rotate(-1)
    return {name: medians(of_job) for name, of_job in results.items()}
