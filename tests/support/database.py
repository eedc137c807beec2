"""What tests ask a database after its programs: is it sound, and is its state the one that the events must end in?"""

import collections
import sqlite3
import subprocess


def compare(cli, store, reference):
    """Asserts that the store's state is the reference's; says what is lost and what is too much."""
    def run(*flags):
        return subprocess.run([cli, "digest", *flags, "--store", store], check=True, capture_output=True, text=True).stdout

    expected = reference.lines()
    if run().strip() == reference.digest_of(expected):
        return
    lines, expected = collections.Counter(run("--lines").splitlines()), collections.Counter(expected)
    missing, surplus = list((expected - lines).elements()), list((lines - expected).elements())
    raise AssertionError(f"{len(missing)} lines missing, the first {missing[:1]}; {len(surplus)} too many, the first {surplus[:1]}")


def integrity_of(database):
    """What SQLite's own check says; ["ok"] for a sound file."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return [row[0] for row in connection.execute("PRAGMA integrity_check")]
    finally:
        connection.close()
