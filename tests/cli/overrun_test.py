"""A capture whose ring is too small: every view says how many messages are missing, and where. The
server's own log tells what happened. Needs root and a kernel that lets us probe; ends with 77 where
that is missing, or fails under FUSEWIRE_REQUIRE_LIVE=1."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from command_line import (FUSEWIRE, TIMEOUT_S, CommandLineTest, environment, main_of_live_tests,
                          run)

RAW_SERVER = os.environ["FUSEWIRE_RAW_SERVER"]
TIER = os.environ.get("FUSEWIRE_TEST_TIER", "auto")
RING = 64 << 10
TOO_LONG = 128 << 10 # for the ring, so that the reply to a READ of this is lost for certain
STEPS = 6
# What the tp tier does not see. The load has no other messages of that kind.
ONE_WAY = {"FORGET", "BATCH_FORGET"}


class Overrun(CommandLineTest):
    @classmethod
    def setUpClass(cls):
        cls.shared = CommandLineTest("run")
        CommandLineTest.setUp(cls.shared)
        cls.addClassCleanup(cls.shared.doCleanups)
        cls.record(cls.shared.folder)

    @classmethod
    def record(cls, folder):
        """One capture with losses, which all tests look at, and the log of its server."""
        mount, cls.log, cls.file = folder / "mount", folder / "log", folder / "x.pcapng"
        mount.mkdir()
        server = subprocess.Popen([RAW_SERVER, mount, "--log", cls.log, "--threads", "1",
                                   "--file-bytes", "300000"], stdout=subprocess.PIPE)
        cls.addClassCleanup(server.wait)
        cls.addClassCleanup(subprocess.run, ["umount", "-l", mount], check=False)
        server.stdout.readline()
        server.stdout.close()
        os.stat(mount)
        before = len(cls.logged())
        process = subprocess.Popen([FUSEWIRE, "capture", mount, "-w", cls.file, "--ring-size",
                                    str(RING), "--tier", TIER], stderr=subprocess.PIPE)
        cls.addClassCleanup(cls.end, process)
        cls.wait_until(lambda: "NoNewPrivs:\t1" in
                       pathlib.Path(f"/proc/{process.pid}/status").read_text())
        cls.load(mount)
        cls.wait_until(lambda: not cls.unanswered())
        process.send_signal(signal.SIGINT)
        cls.summary = process.communicate(timeout=TIMEOUT_S)[1].decode()
        cls.sent = cls.logged()[before:]
        cls.found = [json.loads(line) for line in
                     run("read", cls.file, "-T", "ndjson").stdout.splitlines()]
        cls.tier = re.search(r"tier (\w+)", cls.summary)[1]
        if cls.tier == "tp":
            cls.sent = [one for one in cls.sent if one["opcode"] not in ONE_WAY]
        cls.delivered = [one for one in cls.found if one["direction"] in ("request", "reply")]
        cls.lost = len(cls.sent) - len(cls.delivered)

    @staticmethod
    def end(process):
        process.kill()
        process.communicate()

    @staticmethod
    def wait_until(condition):
        deadline = time.monotonic() + TIMEOUT_S
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.02)

    @staticmethod
    def load(mount):
        """In each step the reader has time to empty the ring before and after the loss."""
        for _ in range(STEPS):
            os.stat(mount / "file1")
            fd = os.open(mount / "file0", os.O_RDONLY)
            os.read(fd, TOO_LONG)
            os.close(fd)
            time.sleep(0.2)
        os.stat(mount / "file1")

    @classmethod
    def logged(cls):
        capture = cls.log.with_name("log.pcapng")
        capture.unlink(missing_ok=True)
        run("import", "--from", "raw", cls.log, "-w", capture)
        lines = run("read", capture, "-T", "ndjson").stdout.splitlines()
        return [json.loads(line) for line in lines]

    @classmethod
    def unanswered(cls):
        messages = cls.logged()
        replies = sum(one["direction"] == "reply" for one in messages)
        return len(messages) - replies - sum(one["opcode"] in ONE_WAY for one in messages) - replies

    def markers(self):
        return {one["frame"]: one["lost"] for one in self.found if "lost" in one}

    def test_delivered_and_lost_are_what_was_sent(self):
        self.assertGreaterEqual(self.lost, STEPS)
        self.assertGreater(len(self.delivered), STEPS)
        print(f"tier {self.tier}: sent {len(self.sent)} = delivered {len(self.delivered)} + "
              f"lost {self.lost}")
        self.assertIn(f"captured {len(self.delivered)} messages", self.summary)
        self.assertIn(f", lost {self.lost};", self.summary)

    def test_json_says_how_many_and_where(self):
        self.assertEqual(sum(self.markers().values()), self.lost)
        self.assertGreater(len(self.markers()), 1)

    def test_no_loss_is_told_before_it_happened(self):
        place = {(one["direction"], one["unique"]): at for at, one in enumerate(self.sent)}
        known = {(one["direction"], one["unique"]) for one in self.delivered}
        missing = [at for key, at in place.items() if key not in known]
        told = 0
        for one in self.delivered:
            told += one.get("lost", 0)
            at = place[(one["direction"], one["unique"])]
            self.assertLessEqual(told, sum(lost < at for lost in missing), one)

    def test_a_lost_reply_is_at_most_a_note(self):
        report = json.loads(run("check", self.file, "-T", "json", "--severity", "note").stdout)
        severities = {one["severity"] for one in report["findings"]
                      if one["rule"] == "reply-missing"}
        self.assertEqual(severities, {"note"})

    def assert_marked(self, text):
        """Each place with its number, as text shows it."""
        found = {}
        for line in text.splitlines():
            if mark := re.search(r"\[(\d+) messages? lost (before|here)\]", line):
                found[int(line.split()[0])] = int(mark[1])
        self.assertEqual(found, self.markers())

    def test_text_marks_the_places(self):
        self.assert_marked(self.succeed("read", self.file).decode())

    def test_the_tree_marks_the_places(self):
        self.assert_marked(self.succeed("read", self.file, "-V").decode())

    def test_pairs_mark_them(self):
        text = self.succeed("read", self.file, "--pairs").decode()
        marks = re.findall(r"\[(\d+) messages? lost (?:before|here)\]", text)
        self.assertEqual(sum(map(int, marks)), self.lost)

    def test_fields_have_them(self):
        rows = self.succeed("read", self.file, "-T", "fields", "-e", "frame.number", "-e",
                            "fuse.lost").decode().splitlines()
        cells = [row.split("\t") for row in rows]
        self.assertEqual({int(row[0]): int(row[1]) for row in cells if row[1]}, self.markers())

    def test_reading_ends_with_the_sum(self):
        done = run("read", self.file)
        self.assert_one_line(done.stderr, f"{self.lost} messages were lost during the capture")

    def test_check_says_it_and_counts_on_nothing(self):
        report = json.loads(run("check", self.file, "-T", "json").stdout)
        self.assertEqual(report["lost"], self.lost)
        self.assertIn(f"{self.lost} messages lost", run("check", self.file).stdout.decode())

    def test_ledgers_say_it(self):
        text = self.succeed("nodes", self.file).decode()
        self.assertIn(f"{self.lost} messages lost", text)

    def test_wireshark_has_the_drop_counts(self):
        if shutil.which("tshark") is None:
            self.skipTest("tshark is not installed")
        rows = subprocess.run(["tshark", "-r", self.file, "-T", "fields", "-e", "frame.number", "-e",
                               "frame.drop_count"], capture_output=True, check=True).stdout
        cells = [row.split("\t") for row in rows.decode().splitlines()]
        self.assertEqual({int(row[0]): int(row[1]) for row in cells if row[1]}, self.markers())


def missing():
    """Why captures are impossible here; empty if they are possible."""
    if os.geteuid() != 0:
        return "needs root"
    tried = run("capture", "-a", "duration:0.1", "--tier", TIER)
    return "" if tried.returncode == 0 else tried.stderr.decode().strip()


if __name__ == "__main__":
    main_of_live_tests(missing())
