#!/usr/bin/env python3
"""What the rules take of a child's CPU, and what a thousand of them take instead of three.

    bench/rules.py [--runs 5] [--records 200000] [--batch 1000] [--json FILE]

In turns, on one session: the child with everything on and the shipped rules, and bench/parts, which routes the events of that
session's last batch and does nothing else. Then both on the same facts as another producer tells them, by
docs/examples/wallet.rules.json, which look into each event and build another from it. Medians, CPU microseconds per record.
Fails if the shipped rules take more than MOST_SHARE of the child, or a thousand rules MOST_GROWTH times what three take: a walk
over them would take 300 times as much.
"""

import argparse
import dataclasses
import json
import pathlib
import subprocess

import runs
import sessions

MOST_SHARE = 0.05
MOST_GROWTH = 5
WALLET_RULES = runs.ROOT / "docs" / "examples" / "wallet.rules.json"
ROUTES = {"route": "routed by the shipped rules", "exact_route/3": "routed by 3 rules of exact types",
          "exact_route/1000": "routed by 1,000 rules of exact types"}


def routing(session, rules):
    command = [runs.BENCH / "parts", session, rules, "--benchmark_filter=route", "--benchmark_format=json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return {part["name"]: 1e6 * part["per record"] for part in json.loads(done.stdout)["benchmarks"]}


def jobs(name, shape, rules):
    """A child at such a session by these rules, and their routing alone."""
    files = sessions.session_files(shape, 1, runs.BENCH / "sessions")
    expected = runs.Expected(shape, 1)
    child = runs.Program("everything on", runs.ours("", *runs.DURABLE, rules=rules), "store")
    return {name: lambda: runs.measure("ours", child, files, expected), f"{name} routing": lambda: routing(files[0], rules)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()

    shape = sessions.Shape(records=options.records, batch=options.batch, limits=options.records // 20)
    figures = runs.in_turns(jobs("shipped", shape, runs.SHIPPED_RULES)
                            | jobs("wallet", dataclasses.replace(shape, wallet=True), WALLET_RULES), options.runs)

    whole, took = figures["shipped"]["cpu_us_per_record"], figures["shipped routing"]
    wallet, transformed = figures["wallet"]["cpu_us_per_record"], figures["wallet routing"]["route"]
    print(f"CPU us per record, batches of {options.batch:,}, medians of {options.runs} runs")
    print(f"  {'all that the child does':44}{whole:8.3f}")
    for part, says in ROUTES.items():
        print(f"  {says:44}{took[part]:8.3f} {took[part] / whole:7.2%}")
    print(f"  {'all that it does, events of the wallet':44}{wallet:8.3f}")
    print(f"  {'routed and transformed by the wallet rules':44}{transformed:8.3f} {transformed / wallet:7.2%}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    if took["route"] > MOST_SHARE * whole:
        raise SystemExit(f"the shipped rules take more than {MOST_SHARE:.0%} of the child")
    if took["exact_route/1000"] > MOST_GROWTH * took["exact_route/3"]:
        raise SystemExit(f"1,000 rules take more than {MOST_GROWTH} times what 3 take")


if __name__ == "__main__":
    main()
