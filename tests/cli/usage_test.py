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

    def test_an_argument_may_look_like_a_command_or_an_option(self):
        for args in (["get", "list"], ["get", "--", "--list"]):
            self.assert_ends(self.limits(*args), 4, "var/limits.db")


if __name__ == "__main__":
    command_line.main()
