"""Completes command lines in real shells: what each offers, and what comes of a line typed with TABs on a terminal."""
import fcntl
import os
import pty
import select
import subprocess
import termios
import time

import command_line

# Offers of "limits …" up to the word under the cursor, one per line. zsh completes only on a terminal, so that here the
# functions that would talk to its line editor print what they are given.
OFFERS = {
    "bash": """source <(limits completion bash); compopt() { :; }
               COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _limits; printf '%%s\\n' "${COMPREPLY[@]}" """,
    "zsh": """compdef() { :; }; source <(limits completion zsh)
              compadd() { [[ $1 == -- ]] && shift; print -l -- "$@"; }; _files() { print -l -- ${words[CURRENT]}*(N); }
              _describe() { print -l -- ${(P)2%%%%:*}; }
              words=(%s); CURRENT=${#words}; _limits""",
    "fish": """limits completion fish | source; complete -C "%s" | string replace -r '\\t.*' '' """,
}
# A shell on a terminal that has our completion and shows when it waits for a line.
INTERACTIVE = {
    "bash": (["bash", "--rcfile", "rc"], "PS1='ready> '; source <(limits completion bash)"),
    "zsh": (["zsh", "-d", "-i"], "PS1='ready> '; autoload -U compinit; compinit -u -D; source <(limits completion zsh)"),
    "fish": (["fish", "--no-config", "-i", "-C", "source rc"],
             "function fish_prompt; echo 'ready> '; end; limits completion fish | source"),
}
# What a person types, and the arguments that the program gets.
TYPED = [
    (b"limits stat\t\n", "[status]"),
    (b"limits --store x dead sh\t1\n", "[--store] [x] [dead] [show] [1]"),
    (b"limits list --us\tanna\n", "[list] [--user] [anna]"),
    (b"limits check aws.pro\t\n", "[check] [aws.properties]"),
]
SAYS_ITS_ARGUMENTS = """#!/bin/sh
if [ "$1" = completion ]; then exec "%s" "$@"; fi
printf 'called'; printf ' [%%s]' "$@"; echo ' end'
"""


class Completion(command_line.CommandLineTest):
    def offers(self, shell, words):
        env = command_line.environment(PATH=f"{command_line.LIMITS.parent}:{os.environ['PATH']}")
        text = words if words[-1:] != " " or shell == "fish" else words + "''"
        done = subprocess.run([shell, *(["-f"] if shell == "zsh" else []), "-c", OFFERS[shell] % text],
                              capture_output=True, env=env, cwd=self.folder, timeout=60)
        self.assertEqual(done.stderr.decode(), "", f"{shell}: {words}")
        found = done.stdout.decode().split()
        current = words.split(" ")[-1]
        return sorted(word for word in found if word.startswith(current))

    def in_each_shell(self, words, *expected):
        """Exactly these are offered."""
        for shell in OFFERS:
            with self.subTest(f"{shell}: {words}"):
                self.assertEqual(self.offers(shell, words), sorted(expected))

    def test_offers_verbs(self):
        self.in_each_shell("limits pa", "parked")
        self.in_each_shell("limits dead sh", "show")
        self.in_each_shell("limits str", "stream")
        self.in_each_shell("limits stream cr", "create")

    def test_offers_the_options_of_the_place(self):
        self.in_each_shell("limits list --u", "--user")
        self.in_each_shell("limits dead list --j", "--json")
        self.in_each_shell("limits --ver", "--version")
        self.in_each_shell("limits get --u")

    def test_steps_over_options_and_their_values(self):
        self.in_each_shell("limits --store list dead sh", "show")
        self.in_each_shell("limits --json dead sh", "show")

    def test_offers_the_words_that_a_value_can_be(self):
        self.in_each_shell("limits --log-level d", "debug")
        self.in_each_shell("limits completion f", "fish")
        self.in_each_shell("limits list --status F", "FUTURE")
        self.in_each_shell("limits list --output c", "csv")
        self.in_each_shell("limits list -o c", "csv")
        self.in_each_shell("limits --store l")

    def test_offers_files_where_one_is_wanted(self):
        self.file("aws.properties", "")
        self.in_each_shell("limits check aws", "aws.properties")
        self.in_each_shell("limits get aws")

    def test_knows_every_command_of_the_help(self):
        offered = {shell: self.offers(shell, "limits ") for shell in OFFERS}
        listed = self.limits("--help").stdout.decode().split("Commands:\n")[1]
        verbs = [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2:3].strip()]
        self.assertGreater(len(verbs), 10)
        for shell, words in offered.items():
            self.assertEqual([verb for verb in verbs if verb not in words], [], shell)

    def test_completes_what_a_person_types(self):
        program = self.file("limits", SAYS_ITS_ARGUMENTS % command_line.LIMITS)
        program.chmod(0o755)
        self.file("aws.properties", "")
        for shell, (command, settings) in INTERACTIVE.items():
            with self.subTest(shell):
                self.file("rc", settings + "\n")
                self.file(".zshrc", settings + "\n")
                self.type_in(command)

    def type_in(self, command):
        ours, theirs = pty.openpty()
        self.unread = ""
        env = command_line.environment(PATH=f"{self.folder}:{os.environ['PATH']}", TERM="xterm", HOME=str(self.folder),
                                       ZDOTDIR=str(self.folder))
        shell = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, cwd=self.folder,
                                 start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(theirs)
        try:
            for line, called in TYPED:
                self.read_until(ours, "ready> ")
                os.write(ours, line.replace(b"\n", b"\r"))
                self.read_until(ours, f"called {called} end")
            os.write(ours, b"exit\r")
            self.read_to_end(ours)
            shell.wait(timeout=30)
        finally:
            shell.kill()
            shell.wait()
            os.close(ours)

    def read_until(self, terminal, words):
        """Keeps what came behind the words for the next call."""
        end = time.monotonic() + 30
        while words not in self.unread:
            ready, _, _ = select.select([terminal], [], [], max(0, end - time.monotonic()))
            self.assertTrue(ready, f"{words!r} did not come, but {self.unread!r}")
            self.unread += os.read(terminal, 65536).decode(errors="replace")
        self.unread = self.unread.partition(words)[2]

    @staticmethod
    def read_to_end(terminal):
        try:
            while os.read(terminal, 65536):
                pass
        except OSError:  # what Linux says when the other side is closed
            pass


if __name__ == "__main__":
    command_line.main()
