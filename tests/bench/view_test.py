"""bench/view on a small capture: nothing is measured here, it only has to work."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE_DIR = pathlib.Path(os.environ["FUSEWIRE_SOURCE_DIR"])
BUILD_DIR = pathlib.Path(os.environ["FUSEWIRE_BUILD_DIR"])
MESSAGES = 20000
SKIPPED = 77


class ViewBench(unittest.TestCase):
    def test_scrolls_through_every_message(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder, "x.json")
            done = subprocess.run([SOURCE_DIR / "bench" / "view", "--build", BUILD_DIR, "--runs", "1",
                                   "--messages", str(MESSAGES), "--json", out],
                                  capture_output=True, text=True, check=False, timeout=240)
            self.assertEqual(done.returncode, 0, done.stderr)
            result = json.loads(out.read_text())
        self.assertGreaterEqual(result["messages"], MESSAGES)
        self.assertLess(result["first_screen_ms"], result["judged_ms"])
        self.assertGreater(result["worst_frame_ms"], 0)
        self.assertIn("| from open to a painted screen of rows |", done.stdout)


if __name__ == "__main__":
    if shutil.which("Xvfb") is None:
        print("there is no Xvfb")
        sys.exit(SKIPPED)
    unittest.main()
