"""docker/compose.yaml against the JSON schema of the Compose Specification, and against what it starts.
compose_file.py SCHEMA; compose_file_test.cmake fetches it."""

import json
import pathlib
import re
import sys
import unittest

import jsonschema

import compose
from compose import ROOT


class ComposeFile(unittest.TestCase):
    def setUp(self):
        self.file = compose.load(ROOT / "docker" / "compose.yaml")
        self.services = self.file["services"]

    def faults(self):
        found = jsonschema.Draft7Validator(SCHEMA).iter_errors(self.file)
        return [f"{'/'.join(map(str, fault.path))}: {fault.message}" for fault in found]

    def test_it_is_as_the_specification_says(self):
        self.assertEqual(self.faults(), [])

    def test_the_schema_sees_a_wrong_key_and_a_wrong_condition(self):
        self.services["app"]["stop_grace"] = "30s"
        self.services["app"]["depends_on"]["dynamodb"]["condition"] = "healthy"
        self.assertEqual(len(self.faults()), 2)

    def test_the_app_is_not_killed_before_its_own_grace_is_over(self):
        properties = next(argument for argument in self.services["app"]["command"] if argument.endswith(".properties"))
        grace = re.search(r"^shutdownGraceMillis *= *(\d+)", (ROOT / properties).read_text(), re.M)[1]
        self.assertGreater(compose.seconds(self.services["app"]["stop_grace_period"]), int(grace) / 1000)

    def test_whoever_needs_another_waits_until_it_is_ready(self):
        self.assertEqual(compose.needs(self.services, "app"), {
            "kinesis": "service_healthy", "create-user-stream": "service_completed_successfully",
            "dynamodb": "service_healthy"})
        self.assertEqual(compose.needs(self.services, "populate-data"), {"kinesis": "service_healthy"})

    def test_what_the_images_are_built_from_is_one_debian_and_is_there(self):
        bases = set()
        for service in self.services.values():
            file = ROOT / "docker" / service["build"]["context"] / service["build"]["dockerfile"]
            bases.add(re.search(r"^ARG BASE=(\S+)", file.read_text(), re.M)[1])
        self.assertEqual(len(bases), 1)
        self.assertRegex(bases.pop(), r"^debian:bookworm-\d{8}-slim$")


if __name__ == "__main__":
    SCHEMA = json.loads(pathlib.Path(sys.argv.pop(1)).read_text())
    unittest.main(verbosity=2)
