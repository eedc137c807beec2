import command_line


class Usage(command_line.CommandLineTest):
    def refuses(self, args, *said):
        done = self.limits(*args)
        self.assert_ends(done, 2, *said)
        self.assertEqual(done.stdout, b"")

    def test_without_a_command_is_help_on_stderr(self):
        self.refuses([], "Usage: limits", "put", "status")
        self.refuses(["dead"], "Usage: limits dead", "list", "show")

    def test_names_the_command_that_was_meant(self):
        self.refuses(["lits"], 'there is no command "lits"; did you mean "list"?', "limits --help")
        self.refuses(["dead", "shwo", "1"], 'there is no command "shwo"; did you mean "show"?', "limits dead --help")
        self.refuses(["zzzzzz"], 'there is no command "zzzzzz"')

    def test_names_the_option_that_was_meant(self):
        self.refuses(["list", "--usr", "x"], 'there is no option "--usr"; did you mean "--user"?', "limits list --help")
        self.refuses(["list", "--jsn"], 'did you mean "--json"?')
        self.refuses(["list", "--usr=x"], 'there is no option "--usr"; did you mean "--user"?')
        self.refuses(["get", "--jsn"], 'did you mean "--json"?')
        self.refuses(["-x", "list"], 'there is no option "-x"')

    def test_refuses_one_argument_too_many(self):
        self.refuses(["get", "a", "b"], '"b" is one argument too many')
        self.refuses(["get", "list", "list"], '"list" is one argument too many')

    def test_names_the_argument_that_is_missing(self):
        self.refuses(["get"], "ID is required")
        self.refuses(["list", "--user"], "--user")

    def test_refuses_a_log_level_that_is_none(self):
        self.refuses(["list", "--log-level", "inof"], '--log-level: expected one of off, ', 'found "inof"; did you mean "info"?')

    def test_refuses_what_is_no_number(self):
        for text in ("x", "1x", "-1", "99999999999999999999", "1.0"):
            self.refuses(["dead", "show", text], "limits dead show --help")
        self.refuses(["stream", "create", "s", "--shards", "0"], '--shards: expected a whole number from 1 to 10000, found "0"')

    def test_help_shows_examples_first(self):
        for args in (["--help"], ["get", "--help"], ["-h"], ["list", "-h"], ["dead", "show", "--help"]):
            done = self.limits(*args)
            self.assert_ends(done, 0)
            text = done.stdout.decode()
            self.assertIn("Examples:", text)
            self.assertLess(text.index("Examples:"), text.index("Usage:"))
            self.assertEqual(done.stderr, b"")

    def test_version_is_one_line(self):
        done = self.limits("--version")
        self.assert_ends(done, 0)
        self.assertRegex(done.stdout.decode(), r"^limits \d+\.\d+\.\d+\n$")

    def test_an_option_wins_over_its_variable_and_that_over_the_default(self):
        self.assert_ends(self.limits("list"), 4, "sqlite:var/limits.db")
        self.assert_ends(self.limits("list", LIMITS_STORE="sqlite:variable.db"), 4, "sqlite:variable.db")
        self.assert_ends(self.limits("list", "--store", "sqlite:option.db", LIMITS_STORE="sqlite:variable.db"), 4,
                         "sqlite:option.db")
        self.assertEqual(self.limits("list", LIMITS_LOG_LEVEL="off").stderr, b"")
        self.assert_ends(self.limits("list", "--log-level", "error", LIMITS_LOG_LEVEL="off"), 4, "sqlite:var/limits.db")
        self.assert_ends(self.limits("list", LIMITS_LOG_LEVEL="inof"), 2, "--log-level", 'did you mean "info"?')

    def test_refuses_a_variable_that_means_nothing(self):
        done = self.limits("list", LIMITS_STOER="sqlite:x.db")
        self.assert_ends(done, 2, 'there is no setting "LIMITS_STOER"', 'did you mean "LIMITS_STORE"?', "unset LIMITS_STOER")
        self.assert_ends(self.limits("list", LIMITS_COLOUR="red"), 2, '"LIMITS_COLOUR"', "unset LIMITS_COLOUR")
        self.assert_ends(self.limits("list", LIMITS_VAR="/tmp"), 4)
        self.assert_ends(self.limits("--help", LIMITS_STOER="sqlite:x.db"), 0)

    def test_refuses_a_part_of_the_stores_url_that_means_nothing(self):
        self.assert_ends(self.limits("list", "--store", "sqlite:x.db?histroy=off"), 4, 'did you mean "history"?')
        self.assert_ends(self.limits("list", "--store", "sqlite:x.db?history=onn"), 4, 'history is on or off, not "onn"')
        self.assert_ends(self.limits("list", "--store", "sqlit:x.db"), 4, 'did you mean "sqlite"?')

    def test_names_the_word_that_was_meant(self):
        self.refuses(["completion", "fihs"], 'expected one of bash, zsh, fish, found "fihs"; did you mean "fish"?')

    def test_every_help_begins_with_examples(self):
        top = self.limits("--help").stdout.decode().split("Commands:\n")[1]
        verbs = [line.split()[0] for line in top.splitlines() if line[:2] == "  " and line[2:3].strip()]
        self.assertGreater(len(verbs), 10)
        for verb in verbs:
            text = self.limits(verb, "--help").stdout.decode()
            below = [line.split()[0] for line in text.partition("Commands:\n")[2].splitlines() if line[2:3].strip()]
            for words in [[verb], *([verb, sub] for sub in below)]:
                text = self.limits(*words, "--help").stdout.decode()
                self.assertLess(text.index("Examples:"), text.index("Usage:"), words)

    def test_an_argument_may_look_like_a_command_or_an_option(self):
        for args in (["get", "list"], ["get", "--", "--list"]):
            self.assert_ends(self.limits(*args), 4, "var/limits.db")


if __name__ == "__main__":
    command_line.main()
