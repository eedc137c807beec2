"""Every write, sync, truncate and lock call of a short life of a child fails, once or from there on: the work is done right,
or there is no checkpoint and the child ends with an error within ten seconds, and the next one makes it right.

    failing_calls_test.py PROCESSOR CLI SHORT_WRITING_PROCESSOR [--cases N] [--seed S] [--jobs N]

Without --cases all of them. SHORT_WRITING_PROCESSOR is the processor with short_writes.cc linked into it.
"""

import argparse
import collections
import multiprocessing.pool
import random
import sys
import time

from interrupted_run import EVENTS, Life, count_calls, rehearsal, strace

FAILURES = ["error=EIO", "error=ENOSPC", "error=EINTR"]
NOTHING_WRITTEN = "retval=0"
WRITES = ["write", "pwrite64"]
SHORT = "half"

Case = collections.namedtuple("Case", "call failure number for_good")


def all_cases(calls):
    for call, count in sorted(calls.items()):
        for failure in FAILURES + ([NOTHING_WRITTEN] if call in WRITES else []):
            # A pipe that takes nothing makes its writer wait: `write` never goes on saying that it wrote nothing, and the C
            # library, which writes the log, would ask for ever.
            ways = [False] if (call, failure) == ("write", NOTHING_WRITTEN) else [False, True]
            yield from (Case(call, failure, number, for_good) for number in range(1, count + 1) for for_good in ways)
    writes = sum(calls[call] for call in WRITES)
    yield from (Case("/".join(WRITES), SHORT, number, for_good) for number in range(1, writes + 1) for for_good in (False, True))


def run_case(options, life, case):
    """Returns (how it ended, what went wrong or None)."""
    when = f"{case.number}{'+' if case.for_good else ''}"
    processor = options.short_writing_processor if case.failure == SHORT else options.processor
    with rehearsal(processor, options.cli, life) as stage:
        try:
            if case.failure == SHORT:
                outcome = stage.run(environment={"SHORT_WRITE_AT": when})
                assert outcome.code == 0, f"half a write is no failure: {outcome}"
            else:
                outcome = stage.run(*strace(f"{case.call}:{case.failure}:when={when}"))
            if outcome.code == 0:
                assert stage.is_complete(outcome), f"not all was done, and no failure: {outcome}"
                stage.check()
                return "done right", None
            assert outcome.code == 1, f"neither done nor refused: {outcome}"
            assert case.call == "write" or "error: " in outcome.said, f"ended without a word: {outcome}"
            stage.recover(outcome)
            return "refused", None
        except Exception as failure:  # noqa: BLE001: whatever went wrong belongs to this case
            return "wrong", f"{case.call}:{case.failure}:when={when}: {type(failure).__name__}: {str(failure)[:1000]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("processor")
    parser.add_argument("cli")
    parser.add_argument("short_writing_processor")
    parser.add_argument("--cases", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=8, help="more than there are cores: many only wait")
    options = parser.parse_args()

    began, life = time.monotonic(), Life()
    cases = list(all_cases(count_calls(options.processor, options.cli, life)))
    every = len(cases)
    random.Random(options.seed).shuffle(cases)  # so that those that wait do not come together
    cases = cases[: options.cases]
    with multiprocessing.pool.ThreadPool(options.jobs) as pool:
        results = pool.starmap(run_case, [(options, life, case) for case in cases], chunksize=1)
    failures = [what for _, what in results if what]
    for what in failures[:20]:
        print(what)
    ends = collections.Counter(end for end, _ in results)
    print(f"seed {options.seed}: {len(cases)} of {every} failures in a life of {EVENTS} events: {ends['done right']} done right, "
          f"{ends['refused']} refused and done right by the next child, {len(failures)} wrong, {time.monotonic() - began:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
