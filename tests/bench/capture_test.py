"""bench/capture in a moment's run. Needs root and a kernel that lets us probe; ends with 77 where that is
missing, or fails under FUSEWIRE_REQUIRE_LIVE=1."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE_DIR = pathlib.Path(os.environ["FUSEWIRE_SOURCE_DIR"])
BUILD_DIR = pathlib.Path(os.environ["FUSEWIRE_BUILD_DIR"])
SKIPPED = 77
# At least so many messages are captured of one operation.
MESSAGES = {"stat": 4, "read4k": 2, "read128k": 2, "write128k": 2}


def bench(*arguments):
    """One short round; the medians by name, and the runs."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "x.json")
        done = subprocess.run([SOURCE_DIR / "bench" / "capture", "--build", BUILD_DIR, "--rounds", "1",
                               "--seconds", "0.02", "--json", out, *arguments],
                              capture_output=True, text=True, check=False, timeout=240)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        result = json.loads(out.read_text())
        return {row["name"]: row for row in result["medians"]}, result["rounds"][0], done


class CaptureBench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows, cls.runs, cls.done = bench()

    def test_each_way_to_trace_is_measured_with_each_load(self):
        self.assertLessEqual({"untraced", "again"}, set(self.rows))
        self.assertTrue(tiers(self.rows), self.done.stderr)
        for load, runs in self.runs.items():
            self.assertEqual(set(runs), set(self.rows))
            for tier in tiers(self.rows):
                whole = runs[f"{tier}-whole"]
                self.assertGreaterEqual(whole["messages"] + whole["lost"], whole["operations"] * MESSAGES[load])
                self.assertEqual(runs[f"{tier}-other"]["messages"], 0)
                self.assertEqual(runs[f"{tier}-no-opcode"]["messages"], 0)
        self.assertEqual(set(self.runs), set(MESSAGES))

    def test_the_table_has_a_line_for_each(self):
        for row in self.rows.values():
            self.assertIn(f"| {row['label']} |", self.done.stdout)


def tiers(rows):
    return [name.removesuffix("-whole") for name in rows if name.endswith("-whole")]


def missing():
    """Why nothing can be measured here; empty if it can."""
    if os.geteuid() != 0:
        return "needs root"
    try:
        rows, _, done = bench("--load", "stat")
    except (RuntimeError, OSError) as error:
        return str(error)
    return "" if tiers(rows) else done.stderr


if __name__ == "__main__":
    reason = missing()
    if reason:
        required = os.environ.get("FUSEWIRE_REQUIRE_LIVE") == "1"
        print(f"skipped: {reason}")
        sys.exit(1 if required else SKIPPED)
    unittest.main()
