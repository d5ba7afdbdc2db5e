"""bench/check on a small capture: nothing is measured here, it only has to work."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

SOURCE_DIR = pathlib.Path(os.environ["FUSEWIRE_SOURCE_DIR"])
BUILD_DIR = pathlib.Path(os.environ["FUSEWIRE_BUILD_DIR"])
MESSAGES = 2000


class CheckBench(unittest.TestCase):
    def run_bench(self, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder, "x.json")
            done = subprocess.run([SOURCE_DIR / "bench" / "check", "--fusewire", BUILD_DIR / "cli" / "fusewire",
                                   "--runs", "1", "--messages", str(MESSAGES), "--json", out, *arguments],
                                  capture_output=True, text=True, check=False, timeout=240)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout, json.loads(out.read_text())

    def test_tells_speed_and_memory_of_every_way_to_read(self):
        text, result = self.run_bench()
        self.assertGreaterEqual(result["messages"], MESSAGES)
        self.assertEqual(set(result["inputs"]), {"file", "pipe", "file.gz"})
        for name, one in result["inputs"].items():
            self.assertGreater(one["cpu_s"], 0, name)
            self.assertGreater(one["seconds"], 0, name)
            self.assertGreater(one["peak_mib"], 1, name)
        self.assertIn("| from a file |", text)

    def test_another_command_may_be_measured(self):
        text, result = self.run_bench("--command", "read", "-T", "ndjson")
        self.assertIn("fusewire read -T ndjson", text)
        self.assertGreater(result["inputs"]["file"]["cpu_s"], 0)


if __name__ == "__main__":
    unittest.main()
