"""fusewire capture --outstanding on a server that does not answer. Needs root and a kernel that lets us
probe; ends with 77 where that is missing, or fails under FUSEWIRE_REQUIRE_LIVE=1."""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import jsonschema

from command_line import (FUSEWIRE, SOURCE_DIR, TIMEOUT_S, CommandLineTest, environment,
                          main_of_live_tests, run)

SCHEMA = json.loads((SOURCE_DIR / "docs" / "schema.json").read_text())
SERVER = pathlib.Path(__file__).with_name("silent_server.py")
TIER = os.environ.get("FUSEWIRE_TEST_TIER", "auto")
INTERVAL = ("--interval", "0.2")


def wait_until(condition, what):
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} within {TIMEOUT_S} s")
        time.sleep(0.02)


class LiveOutstanding(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o777)
        self.mount = self.folder / "mount"
        self.mount.mkdir()
        self.server = subprocess.Popen([sys.executable, SERVER, self.mount], stdout=subprocess.PIPE)
        self.addCleanup(self.end, self.server)
        self.assertEqual(self.server.stdout.readline(), b"mounted\n")
        control = self.folder / "control" # the one below /sys is not mounted everywhere
        control.mkdir()
        subprocess.run(["mount", "-t", "fusectl", "none", control], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", control], check=True)
        self.waiting = control / str(os.minor(self.device_of_mount())) / "waiting"
        self.addCleanup(subprocess.run, ["umount", "-l", self.mount], check=True)
        self.addCleanup(self.abort)

    def device_of_mount(self):
        for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
            fields = line.split()
            if fields[4] == str(self.mount):
                major, minor = map(int, fields[2].split(":"))
                return os.makedev(major, minor)
        raise AssertionError("not mounted")

    def abort(self):
        if self.waiting.exists():
            self.waiting.with_name("abort").write_text("1")

    @staticmethod
    def end(process):
        process.kill()
        process.communicate()

    def look_up(self, name):
        """Somebody who hangs; returns once the request is on its way."""
        before = int(self.waiting.read_text())
        process = subprocess.Popen(["stat", self.mount / name], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(self.abort) # nothing else frees it
        wait_until(lambda: int(self.waiting.read_text()) > before, "a request on its way")
        return process

    def capture(self, *arguments, **options):
        process = subprocess.Popen([FUSEWIRE, "capture", self.mount, "--tier", TIER, "--outstanding",
                                    *INTERVAL, *arguments], stderr=subprocess.PIPE,
                                   env=environment(), **options)
        self.addCleanup(self.end, process)
        return process

    def states(self, *arguments):
        """The states that are drawn, as they come."""
        process = self.capture("-T", "ndjson", *arguments, stdout=subprocess.PIPE)
        self.assertTrue(select.select([process.stdout], [], [], TIMEOUT_S)[0])
        check = jsonschema.Draft202012Validator({**SCHEMA["$defs"]["outstanding"],
                                                 "$defs": SCHEMA["$defs"]})
        for line in process.stdout:
            state = json.loads(line)
            check.validate(state)
            yield state

    def test_a_stuck_request_is_shown_with_a_growing_age(self):
        states = self.states()
        self.assertEqual(next(states)["outstanding"], [])
        caller = self.look_up("stuck")
        ages = []
        for state in states:
            if state["outstanding"]:
                one = state["outstanding"][0]
                self.assertEqual((one["opcode"], one["arguments"], one["pid"], one["began_unseen"]),
                                 ("LOOKUP", '"stuck"', caller.pid, False))
                ages.append(one["age_ns"])
            if len(ages) == 3:
                break
        self.assertEqual(ages, sorted(set(ages)))
        self.assertGreater(ages[2] - ages[0], 300_000_000)

    def test_what_waited_before_is_listed_with_who_has_read_it(self):
        callers = {name: self.look_up(name).pid for name in ("before", "asleep", "queued")}
        readers = {"before": "somebody", "asleep": "somebody", "queued": "nobody"}
        deadline = time.monotonic() + TIMEOUT_S / 2
        for state in self.states():
            if not state["outstanding"]:
                self.skipTest("this kernel does not let us list requests")
            found = {one["arguments"].strip('"'): one for one in state["outstanding"]}
            self.assertEqual({name: one["pid"] for name, one in found.items()}, callers)
            self.assertTrue(all(one["began_unseen"] for one in found.values()))
            self.assertEqual(state["connections"][0]["outstanding"], 3)
            read_by = {name: one["read_by"] for name, one in found.items()}
            if read_by == readers or time.monotonic() > deadline: # the server takes its time
                break
        self.assertEqual(read_by, readers)

    def test_what_was_answered_is_gone(self):
        caller = self.look_up("given up")
        seen = 0
        for state in self.states():
            seen = max(seen, len(state["outstanding"]))
            if seen == 0:
                self.skipTest("this kernel does not let us list requests")
            if not state["outstanding"]:
                break
            self.abort()
        self.assertEqual(seen, 1)
        caller.wait(TIMEOUT_S)

    def test_a_file_is_written_at_the_same_time(self):
        file = self.folder / "x.pcapng"
        caller = self.look_up("stuck")
        process = self.capture("-w", file, "-a", "duration:1.2", stdout=subprocess.PIPE)
        stdout, stderr = process.communicate(timeout=TIMEOUT_S)
        self.assertEqual(process.returncode, 0, stderr)
        blocks = stdout.decode().split("\n\n")
        self.assertGreater(len(blocks), 2)
        for block in blocks:
            self.assertRegex(block, r" unanswered, \d+ messages?, 0 lost\n")
        state = json.loads(self.succeed("read", file, "--outstanding", "-T", "json"))
        for one in state["outstanding"]:
            self.assertEqual((one["opcode"], one["pid"]), ("LOOKUP", caller.pid))
        listed = [m for m in self.messages(file) if m.get("in_flight")]
        self.assertLessEqual(len(listed), 1) # not once more at each interval

    def test_facts_of_the_connection_stand_for_its_init(self):
        file = self.folder / "x.pcapng"
        self.look_up("stuck")
        process = self.capture("-w", file, "-a", "duration:0.3", stdout=subprocess.PIPE)
        process.communicate(timeout=TIMEOUT_S)
        text = self.succeed("read", file, "-V").decode()
        if "# connection" not in text:
            self.skipTest("this kernel does not let us list requests")
        self.assertRegex(text, r"# connection .*, protocol 7\.31 with flags 0x\w+ \(from the kernel")

    def test_a_terminal_shows_the_last_state_to_the_end(self):
        self.look_up("a name that is longer than this terminal is wide")
        master, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 50, 0, 0))
        process = self.capture(stdout=terminal)
        os.close(terminal)
        shown = b""
        while shown.count(b"\x1b[J") < 3:
            self.assertTrue(select.select([master], [], [], TIMEOUT_S)[0], shown)
            shown += os.read(master, 65536)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=TIMEOUT_S)
        self.assertEqual(process.returncode, 0, stderr)
        while select.select([master], [], [], 0.2)[0]:
            try:
                shown += os.read(master, 65536)
            except OSError: # nobody has the other end open
                break
        os.close(master)
        screens = [part.decode() for part in shown.split(b"\x1b[J")[:-1]]
        self.assertEqual(shown.count(b"\x1b[2J"), 1)
        for screen in screens:
            lines = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", screen).splitlines()
            self.assertLessEqual(len(lines), 9)
            self.assertLessEqual(max(map(len, lines)), 50)
        self.assertIn("unanswered", screens[-1])

    def test_a_reader_that_goes_away_ends_it(self):
        process = self.capture(stdout=subprocess.PIPE)
        self.assertTrue(process.stdout.readline())
        process.stdout.close()
        self.assertEqual(process.wait(TIMEOUT_S), 0)


def missing():
    """Why captures are impossible here; empty if they are possible."""
    if os.geteuid() != 0:
        return "needs root"
    if not os.path.exists("/dev/fuse"):
        return "needs /dev/fuse"
    tried = run("capture", "--tier", TIER, "-a", "duration:0.1")
    return "" if tried.returncode == 0 else tried.stderr.decode().strip()


if __name__ == "__main__":
    main_of_live_tests(missing())
