import hashlib
import json

import command_line
import kinesis_server


def event(number, user="user-1", **more):
    return json.dumps({"aggregateId": user, "eventId": f"evt-{number}", **more})


class KinesisTest(command_line.CommandLineTest):
    def setUp(self):
        super().setUp()
        self.kinesis = kinesis_server.KinesisServer()
        self.addCleanup(self.kinesis.close)
        self.env = self.kinesis.environment()

    def tearDown(self):
        self.assertEqual(self.kinesis.problems, [])

    def put_bytes(self, stream="user-events"):
        return [data.decode() for _, data in self.kinesis.records[stream]]


class Put(KinesisTest):
    def test_puts_the_elements_of_an_array_as_they_stand(self):
        elements = ['{ "aggregateId" : "user-1",\n   "text": "a,]}\\"\\\\" , "n": [1,{"x":[]}] }', event(2, "user-2")]
        path = self.file("events.json", "\n [ " + elements[0] + "\n ,\t" + elements[1] + " ]\n\n")
        done = self.limits("put", path)
        self.assert_ends(done, 0, "put 2 records", "user-events")
        self.assertEqual(done.stdout, b"")
        self.assertEqual(self.put_bytes(), elements)
        self.assertEqual([key for key, _ in self.kinesis.records["user-events"]], ["user-1", "user-2"])

    def test_puts_json_lines_without_their_line_ends(self):
        lines = [event(1), "  " + event(2) + " ", event(3, "çé")]
        path = self.file("events.jsonl", "\ufeff" + lines[0] + "\r\n\n   \n" + lines[1] + "\n" + lines[2])
        self.assert_ends(self.limits("put", path), 0, "put 3 records")
        self.assertEqual(self.put_bytes(), lines)
        self.assertEqual(self.kinesis.records["user-events"][2][0], "çé")

    def test_reads_standard_input(self):
        for args in (["put"], ["put", "-"]):
            self.assert_ends(self.limits(*args, stdin=event(1) + "\n"), 0, "put 1 record")

    def test_puts_nothing_of_an_empty_input(self):
        for text in ("", " \n\n", "[]", "[ \n ]"):
            self.assert_ends(self.limits("put", stdin=text), 0, "put 0 records")
        self.assertEqual(self.kinesis.calls, [])

    def test_sends_at_most_500_records_in_a_call(self):
        self.assert_ends(self.limits("put", stdin="\n".join(event(n) for n in range(1201))), 0, "put 1,201 records")
        self.assertEqual(self.kinesis.calls, [("PutRecords", 500), ("PutRecords", 500), ("PutRecords", 201)])

    def test_sends_at_most_5_mebibytes_in_a_call(self):
        lines = [event(n, filler="x" * 900_000) for n in range(8)]
        self.assert_ends(self.limits("put", self.file("big.jsonl", "\n".join(lines))), 0, "put 8 records (7.2 MB)")
        self.assertEqual([records for _, records in self.kinesis.calls], [5, 3])
        self.assertEqual(self.put_bytes(), lines)

    def test_sends_refused_records_again_and_only_those(self):
        self.kinesis.refusals = 2
        lines = [event(n) for n in range(4)]
        done = self.limits("put", "--json", stdin="\n".join(lines))
        self.assert_ends(done, 0, "put 4 records", "3 sent again")
        self.assertEqual([records for _, records in self.kinesis.calls], [4, 2, 1])
        self.assertEqual(sorted(self.put_bytes()), lines)
        self.assertEqual(json.loads(done.stdout)["retried"], 3)

    def test_summarizes_as_json_on_stdout(self):
        done = self.limits("put", "--stream", "user-events", "--json", stdin=event(1) + "\n" + event(2, "user-2"))
        self.assert_ends(done, 0)
        summary = json.loads(done.stdout)
        self.assertEqual(list(summary), ["stream", "records", "bytes", "retried", "shards"])
        self.assertEqual((summary["stream"], summary["records"], summary["retried"]), ("user-events", 2, 0))
        self.assertEqual(sum(summary["shards"].values()), 2)

    def test_shortens_an_aggregate_id_that_is_too_long_for_a_key(self):
        user = "u" * 300
        self.assert_ends(self.limits("put", stdin=event(1, user)), 0)
        self.assertEqual(self.kinesis.records["user-events"][0][0], hashlib.sha256(user.encode()).hexdigest())

    def test_refuses_a_file_with_a_broken_event_before_anything_is_put(self):
        lines = [event(n) for n in range(600)]
        for broken, why in ((b"{", "not JSON"), (b"\xff", "not JSON"), (b"17", "not a JSON object"),
                            (b"{}", "has no aggregateId"), (b'{"aggregateId":7}', "aggregateId must be a text"),
                            (b'{"aggregateId":""}', "aggregateId must be a text"), (b"{} {}", "not JSON")):
            path = self.file("events.jsonl", "\n".join(lines).encode() + b"\n\n" + broken + b"\n" + event(1).encode())
            self.assert_ends(self.limits("put", path), 1, "events.jsonl, line 602: ", why, "--allow-broken",
                             "nothing was put")
        self.assertEqual(self.kinesis.calls, [])

    def test_names_the_place_of_a_broken_array(self):
        for text, line, why in ((f"[\n{event(1)}\n{event(2)}]", 2, "not JSON"), (f"[{event(1)},\n\n", 3, "the input ends"),
                                (f"\n[{event(1)}", 2, "the input ends inside of the array that starts in line 2"),
                                (f"[{event(1)},\n,{event(2)}]", 2, "expected an event"),
                                (f"[{event(1)},\n]", 2, "expected an event"), (f"[{event(1)}]\nx", 2, "something follows"),
                                ('["a\\', 1, "the input ends")):
            with self.subTest(text):
                self.assert_ends(self.limits("put", self.file("events.json", text)), 1, f"line {line}: ", why)
        self.assertEqual(self.kinesis.calls, [])

    def test_puts_of_a_pipe_what_comes_before_a_broken_event(self):
        done = self.limits("put", stdin=f"{event(1)}\n{event(2)}\nbroken\n{event(3)}\n")
        self.assert_ends(done, 1, "standard input, line 3: not JSON", "all before it was put", "put 2 records")
        self.assertEqual(self.put_bytes(), [event(1), event(2)])

    def test_puts_broken_events_as_they_stand_if_allowed(self):
        broken = b'{"aggregateId": \xff'
        path = self.file("events.jsonl", broken + b"\n" + event(1).encode())
        self.assert_ends(self.limits("put", "--allow-broken", path), 0, "put 2 records")
        self.assertEqual(self.kinesis.records["user-events"],
                         [(hashlib.sha256(broken).hexdigest(), broken), ("user-1", event(1).encode())])

    def test_refuses_an_event_that_no_record_can_hold(self):
        whole = 1024 * 1024
        filler = whole - len("user-1") - len(event(1, filler=""))
        fits = event(1, filler="x" * filler)
        self.assert_ends(self.limits("put", stdin=fits), 0)
        self.assert_ends(self.limits("put", self.file("f", event(1, filler="x" * (filler + 1)))), 1,
                         "f, line 1: with its partition key more than the 1,048,576 bytes")
        for text in ("\n" + "x" * 2 * whole, "[" + "7" * 2 * whole + "]"):
            self.assert_ends(self.limits("put", "--allow-broken", self.file("f", text)), 1, "an event of more than 1048576 bytes")

    def test_does_not_read_its_input_whole(self):
        def peak_of(lines):
            """Of the put of so many lines of 1,000 bytes."""
            path = self.folder / "events.jsonl"
            with path.open("w") as file:
                file.writelines(event(n, filler="x" * 1000) + "\n" for n in range(lines))
            return self.peak_kb("put", path)

        self.kinesis.keeps_records = False
        small, large = peak_of(10_000), peak_of(50_000)
        self.assertLess(large - small, 20_000)

    def test_names_what_cannot_be_read(self):
        self.assert_ends(self.limits("put", "nowhere.json"), 1, "nowhere.json: cannot be opened: No such file")
        self.assert_ends(self.limits("put", self.folder), 1, "is a directory")

    def test_says_how_to_make_a_stream_that_is_not_there(self):
        done = self.limits("put", "--stream", "other", stdin=event(1))
        self.assert_ends(done, 1, "ResourceNotFoundException", "limits stream create other")

    def test_says_which_credentials_are_missing(self):
        done = self.limits("put", stdin=event(1), AWS_ACCESS_KEY_ID="")
        self.assert_ends(done, 2, "no AWS credentials: set AWS_ACCESS_KEY_ID (and AWS_SESSION_TOKEN")

    def test_refuses_an_endpoint_that_is_no_address(self):
        self.assert_ends(self.limits("put", "--endpoint", "localhost:4567", stdin=event(1)), 2, '--endpoint: "localhost:4567"')
        self.assert_ends(self.limits("put", stdin=event(1), AWS_ENDPOINT_URL_KINESIS="x"), 2, "AWS_ENDPOINT_URL_KINESIS")

    def test_reports_an_endpoint_that_nobody_serves(self):
        done = self.limits("put", "--endpoint", "http://127.0.0.1:1", stdin=event(1))
        self.assert_ends(done, 1, "PutRecords at http://127.0.0.1:1: ")

    def test_takes_the_endpoint_of_all_services_and_the_option_before_it(self):
        self.env = {**self.env, "AWS_ENDPOINT_URL_KINESIS": ""}
        self.assert_ends(self.limits("put", stdin=event(1), AWS_ENDPOINT_URL=self.kinesis.url), 0)
        self.assert_ends(self.limits("put", "--endpoint", self.kinesis.url, "--region", "eu-west-2", stdin=event(1),
                                     AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_REGION="eu-north-1"), 0)

    def test_says_that_it_reads_the_terminal(self):
        code, seen = self.limits_on_terminal("put", typed="\n" + event(1) + "\n\x04")
        self.assertEqual(code, 0, seen)
        self.assertIn("reading events from the terminal; Ctrl-D ends them", seen)
        self.assertEqual(self.put_bytes(), [event(1)])

    def test_shows_a_bar_on_a_terminal_only(self):
        path = self.file("events.jsonl", "\n".join(event(n) for n in range(600)))
        code, seen = self.limits_on_terminal("put", path)
        self.assertEqual(code, 0, seen)
        self.assertRegex(seen, r"putting \[\.*\]   0% 0 records")
        self.assertIn("put 600 records", seen)
        self.assertNotIn(b"\x1b", self.limits("put", path).stderr)


class StreamCreate(KinesisTest):
    def test_creates_a_stream_and_waits_until_it_is_active(self):
        self.kinesis.describes_as_creating = 2
        done = self.limits("stream", "create", "other", "--shards", "3")
        self.assert_ends(done, 0, "stream other created, 3 open shards, ACTIVE")
        self.assertEqual([operation for operation, _ in self.kinesis.calls], ["CreateStream"] + 3 * ["DescribeStreamSummary"])

    def test_is_content_with_a_stream_that_is_there(self):
        done = self.limits("stream", "create", "user-events", "--shards", "3", "--json")
        self.assert_ends(done, 0, "stream user-events was there already", "--shards 3 was not looked at")
        self.assertEqual(json.loads(done.stdout),
                         {"stream": "user-events", "status": "ACTIVE", "openShards": 2, "created": False})

    def test_refuses_a_number_of_shards_that_cannot_be(self):
        for shards in ("0", "-1", "x", "1.5", "99999999999999999999"):
            self.assert_ends(self.limits("stream", "create", "other", "--shards", shards), 2, "--shards")


if __name__ == "__main__":
    command_line.main()
