#!/usr/bin/env python3
"""properties/aws.properties on the emulators: only what cannot be the same off AWS is set otherwise."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from stack import ROOT, Emulators, Pipeline, end


class AwsProperties(unittest.TestCase):
    def test_a_stream_is_read_and_a_restart_reads_nothing_again(self):
        emulators = self.enterContext(Emulators())
        pipeline = Pipeline(emulators, "aws-properties", BINARIES)
        records = pipeline.put(str(ROOT / "daemon" / "samples" / "events.json"))["records"]
        off_aws = {"AwsCredentialsProvider": "EnvironmentVariableCredentialsProvider", "metricsLevel": "NONE"}
        daemon = pipeline.daemon(properties=["properties/aws.properties"], **off_aws)
        pipeline.wait_for_verdicts(records, daemon)
        digest = pipeline.digest()
        end(daemon)

        again = pipeline.daemon(properties=["properties/aws.properties"], **off_aws)
        pipeline.put(str(ROOT / "daemon" / "samples" / "events.json"))
        pipeline.wait_for_verdicts(2 * records, again)
        self.assertEqual((pipeline.judged(), pipeline.digest()), (2 * records, digest))
        end(again)


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main(verbosity=2)
