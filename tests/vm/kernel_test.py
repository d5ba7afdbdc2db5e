"""fusewire in a guest with one kernel, named in the arguments: each tier that the kernel must allow
captures, and what the live tests compare is equal byte for byte. Ends with 77 where no guest can run,
or fails under FUSEWIRE_REQUIRE_LIVE=1."""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import guest # pylint: disable=wrong-import-position
import kernels # pylint: disable=wrong-import-position
import live_tests # pylint: disable=wrong-import-position

FUSEWIRE = os.environ["FUSEWIRE"]
SKIPPED = 77
TIMEOUT_S = 300
GUESTS_AT_A_TIME = min(2, os.cpu_count() or 1) # each takes one CPU
FILES = 8


class KernelTest(unittest.TestCase):
    kernel = None # of the table; set below
    modes = ("auto", *kernels.ALL_TIERS)

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="fusewire-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.out = pathlib.Path(folder.name)
        machine = guest.Guest(cls.kernel.name)
        machine.add(FUSEWIRE)
        machine.add(guest.HERE / "capture_in_guest.sh", "/guest/capture")
        command = shlex.join(["sh", "/guest/capture", FUSEWIRE, *cls.modes])
        cls.result = machine.run(command, cls.out, TIMEOUT_S)

    def said(self, mode):
        return (self.out / f"{mode}.said").read_text()

    def status(self, mode):
        return int((self.out / f"{mode}.status").read_text())

    def read(self, mode, *options):
        return subprocess.run([FUSEWIRE, "read", self.out / f"{mode}.pcapng", *options], check=True,
                              capture_output=True, text=True).stdout

    def assert_captured(self, mode, tier):
        """The file was made by this tier, on the kernel that was meant, and holds all the work."""
        self.assertEqual(self.status(mode), 0, self.said(mode))
        self.assertIn("lost 0", self.said(mode))
        description = re.search(r"^# (connection \d+: .*)", self.read(mode, "-V"), re.MULTILINE)[1]
        found = re.search(r", kernel (\S+), tier (\w+)", description)
        self.assertTrue(found, description)
        self.assertEqual(found.groups(), (self.result.release, tier))
        messages = [json.loads(line) for line in self.read(mode, "-T", "ndjson").splitlines()]
        for opcode in ("LOOKUP", "OPEN", "READ"):
            for direction in ("request", "reply"):
                seen = [m for m in messages if (m["opcode"], m["direction"]) == (opcode, direction)]
                self.assertGreaterEqual(len(seen), FILES, f"{opcode} {direction}")

    def test_doctor_says_the_same(self):
        self.assertEqual(self.status("doctor"), 0, self.said("doctor"))
        self.assertRegex(self.said("doctor"), rf"(?m)^yes +FUSE +Linux {re.escape(self.result.release)}$")
        for tier in kernels.ALL_TIERS:
            answer = "yes" if tier in self.kernel.tiers else "no"
            self.assertRegex(self.said("doctor"), rf"(?m)^{answer} +tier {tier} ")
        self.assertRegex(self.said("doctor"), rf"(?m)^best tier: {self.kernel.tiers[0]};")

    def test_auto_takes_the_best_tier(self):
        self.assert_captured("auto", self.kernel.tiers[0])

    def test_expected_tiers_capture(self):
        for tier in self.kernel.tiers:
            with self.subTest(tier=tier):
                self.assert_captured(tier, tier)

    def test_other_tiers_are_refused_with_a_reason(self):
        for tier in set(kernels.ALL_TIERS) - set(self.kernel.tiers):
            with self.subTest(tier=tier):
                self.assertEqual(self.status(tier), 3, self.said(tier))
                self.assertRegex(self.said(tier), rf"^fusewire: tier {tier}: .*\n$")

    def test_the_live_tests_pass_with_every_tier(self):
        with concurrent.futures.ThreadPoolExecutor(GUESTS_AT_A_TIME) as pool:
            runs = {tier: pool.submit(live_tests.run, self.kernel.name, tier)
                    for tier in self.kernel.tiers}
        for tier, future in runs.items():
            with self.subTest(tier=tier):
                run = future.result()
                self.assertFalse(run.failed, run.output)
                self.assertGreaterEqual(len(run.passed), live_tests.LEAST, run.output)


def main():
    KernelTest.kernel = kernels.kernel_named(sys.argv.pop(1))
    try:
        guest.require(KernelTest.kernel.name)
    except guest.Unavailable as reason:
        print(f"skipped: {reason}")
        return 1 if os.environ.get("FUSEWIRE_REQUIRE_LIVE") == "1" else SKIPPED
    return not unittest.main(verbosity=2, exit=False).result.wasSuccessful()


if __name__ == "__main__":
    sys.exit(main())
