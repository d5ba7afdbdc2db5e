"""bench/open on a small capture: nothing is measured here, it only has to work."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

SOURCE_DIR = pathlib.Path(os.environ["FUSEWIRE_SOURCE_DIR"])
BUILD_DIR = pathlib.Path(os.environ["FUSEWIRE_BUILD_DIR"])
MESSAGES = 20000


class OpenBench(unittest.TestCase):
    def test_tells_times_and_memory_of_every_message(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder, "x.json")
            done = subprocess.run([SOURCE_DIR / "bench" / "open", "--build", BUILD_DIR, "--runs", "1",
                                   "--messages", str(MESSAGES), "--json", out],
                                  capture_output=True, text=True, check=False, timeout=240)
            self.assertEqual(done.returncode, 0, done.stderr)
            result = json.loads(out.read_text())
        self.assertGreaterEqual(result["messages"], MESSAGES)
        self.assertLess(result["first_screen_s"], result["index_s"])
        self.assertLessEqual(result["counted_bytes"], 64 * result["messages"])
        self.assertIn("| until the first 100 rows are decoded |", done.stdout)


if __name__ == "__main__":
    unittest.main()
