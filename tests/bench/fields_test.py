"""bench/fields on a small capture: nothing is measured here, it only has to work."""
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
MESSAGES = 2000


class FieldsBench(unittest.TestCase):
    def test_compares_every_query_with_tshark(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder, "x.json")
            done = subprocess.run([SOURCE_DIR / "bench" / "fields", "--fusewire", BUILD_DIR / "cli" / "fusewire",
                                   "--rounds", "1", "--messages", str(MESSAGES), "--json", out],
                                  capture_output=True, text=True, check=False, timeout=240)
            self.assertEqual(done.returncode, 0, done.stderr)
            result = json.loads(out.read_text())
        self.assertGreaterEqual(result["messages"], MESSAGES)
        peer, *queries = result["commands"].items()
        self.assertTrue(peer[0].startswith("tshark -T fields"), peer)
        self.assertEqual(peer[1]["ratio"], 1)
        self.assertGreater(len(queries), 3)
        for name, one in queries:
            self.assertGreater(one["cpu_s"], 0, name)
            self.assertGreater(one["ratio"], 0, name)
            self.assertIn(f"| `{name}` |", done.stdout)


if __name__ == "__main__":
    if shutil.which("tshark") is None:
        print("there is no tshark")
        sys.exit(77)
    unittest.main()
