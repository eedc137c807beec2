"""limits::Decimal against Python's decimal: texts, sums and comparisons of random pairs, overflow and bad text included."""
import argparse
import decimal
import random
import re
import subprocess
import sys
import time

DIGITS = 38
PAIRS_AT_ONCE = 100_000
decimal.getcontext().prec = 3 * DIGITS  # no sum of two is ever rounded
NOT_DECIMALS = ["", "-", ".", ".5", "5.", "+1", "1e3", "--1", "1.2.3", " 1", "1 ", "0x1", "NaN", "Infinity", "1,5", "١"]


def any_text(rng):
    if rng.random() < 0.02:
        return rng.choice(NOT_DECIMALS)
    digits = rng.choice([rng.randint(1, 6), rng.randint(1, DIGITS), rng.randint(DIGITS - 1, DIGITS + 1)])
    scale = rng.choice([0, min(2, digits - 1), rng.randint(0, digits - 1)])
    text = "".join(rng.choices(rng.choice(["0123456789", "09", "9", "0"]), k=digits))
    return rng.choice(["", "-"]) + text[:digits - scale] + ("." + text[digits - scale:] if scale else "")


def any_pair(rng):
    """Two texts; often near each other: the same value in another form, or its negative."""
    first = any_text(rng)
    kind = rng.random()
    if kind < 0.1:
        second = first + ("0" if "." in first else ".0")
    elif kind < 0.2:
        second = first[1:] if first.startswith("-") else "-" + first
    else:
        second = any_text(rng)
    return first, second


def read(text):
    """The number, or why it is none."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return "ill_typed"
    if sum(c.isdigit() for c in text) > DIGITS:
        return "out_of_range"
    return decimal.Decimal(text)


def write(number):
    if isinstance(number, str):
        return number
    return format(number if number else abs(number), "f")  # no "-0"


def add(a, b):
    total = a + b
    return "out_of_range" if len(total.as_tuple().digits) > DIGITS else total


def expected(pair):
    a, b = map(read, pair)
    answer = [write(a), write(b)]
    if not isinstance(a, str) and not isinstance(b, str):
        answer += [write(add(a, b)), str((a > b) - (a < b))]
    return "\t".join(answer)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("decimal_answers")
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng, began, differences, overflows = random.Random(options.seed), time.monotonic(), 0, 0
    for start in range(0, options.pairs, PAIRS_AT_ONCE):
        pairs = [any_pair(rng) for _ in range(min(PAIRS_AT_ONCE, options.pairs - start))]
        asked = "".join(f"{a}\t{b}\n" for a, b in pairs)
        answers = subprocess.run([options.decimal_answers], input=asked, capture_output=True, text=True, check=True).stdout.splitlines()
        assert len(answers) == len(pairs), f"{len(answers)} answers to {len(pairs)} questions"
        for pair, answer in zip(pairs, answers):
            wanted = expected(pair)
            overflows += wanted.split("\t")[2:3] == ["out_of_range"]
            if answer != wanted:
                differences += 1
                print(f"{pair}: expected {wanted!r}, found {answer!r}")
    print(f"seed {options.seed}: {options.pairs} pairs, {overflows} sums beyond {DIGITS} digits, {differences} differences, "
          f"{time.monotonic() - began:.0f} s")
    assert overflows > 0, "no sum was too large: the pairs try too little"
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
