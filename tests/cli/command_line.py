"""What the tests of the command line share: running fusewire, and captures made here from bytes."""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

FUSEWIRE = os.environ["FUSEWIRE"]
SOURCE_DIR = pathlib.Path(os.environ["FUSEWIRE_SOURCE_DIR"])
TIMEOUT_S = 60
SKIPPED = 77 # what ctest takes for a skipped test

REQUEST, REPLY = 0, 1
LOOKUP, GETATTR, READ = 1, 3, 15
ENOENT = 2


def environment(**changes):
    """Ours without what would change colours; None takes a variable away."""
    merged = {**os.environ, "NO_COLOR": None, "TERM": "xterm", **changes}
    return {name: value for name, value in merged.items() if value is not None}


def run(*arguments, stdin=None, env=None, **options):
    """Runs fusewire to its end; returns the completed process with bytes."""
    return subprocess.run([FUSEWIRE, *map(str, arguments)], input=stdin, capture_output=True,
                          env=env or environment(), timeout=TIMEOUT_S, check=False, **options)


def request(opcode, unique, nodeid=1, body=b""):
    header = struct.pack("<IIQQIIIHH", 40 + len(body), opcode, unique, nodeid, 1000, 100, 4242, 0, 0)
    return REQUEST, header + body


def reply(unique, body=b"", error=0):
    return REPLY, struct.pack("<IiQ", 16 + len(body), -error, unique) + body


def attr(ino=2, size=5, mode=0o100644):
    return struct.pack("<QQQQQQIIIIIIIIII", ino, size, 8, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def lookup(unique, name):
    return request(LOOKUP, unique, 1, name + b"\0")


def entry(unique, nodeid=2):
    return reply(unique, struct.pack("<QQQQII", nodeid, 1, 1, 1, 0, 0) + attr(nodeid))


def raw_dump(messages, step_ns=1000000):
    """The bytes of a raw dump: one message each millisecond."""
    start_ns = 1700000000 * 10**9
    return b"".join(
        struct.pack("<BxxxIQ", direction, len(data), start_ns + at * step_ns) + data
        for at, (direction, data) in enumerate(messages))


# Found, missing, and never answered.
CONVERSATION = [
    lookup(2, b"hello.txt"), entry(2),
    lookup(4, b"missing"), reply(4, error=ENOENT),
    request(READ, 6, 2, struct.pack("<QQIIQII", 7, 0, 4096, 0, 0, 0, 0)),
]


class CommandLineTest(unittest.TestCase):
    """Gives each test a folder, and captures in it."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fusewire-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def import_raw(self, messages, name="capture.pcapng", options=()):
        dump = self.folder / (name + ".raw")
        dump.write_bytes(raw_dump(messages))
        capture = self.folder / name
        self.succeed("import", "--from", "raw", dump, "-w", capture, *options)
        return capture

    def succeed(self, *arguments, **options):
        """Standard output of a run that must end with 0."""
        done = run(*arguments, **options)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout

    def messages(self, capture, *options):
        lines = self.succeed("read", capture, "-T", "ndjson", *options).splitlines()
        return [json.loads(line) for line in lines]

    def assert_one_line(self, stderr, *words):
        """One line for people, that begins with our name and holds the words."""
        text = stderr.decode()
        self.assertEqual(text.count("\n"), 1, text)
        self.assertTrue(text.startswith("fusewire: "), text)
        for word in words:
            self.assertIn(word, text)


def main_of_live_tests(reason):
    """Runs the tests of the calling program. With a reason why they cannot run it is skipped, or fails
    under FUSEWIRE_REQUIRE_LIVE=1."""
    if reason:
        print(f"skipped: {reason}")
        sys.exit(1 if os.environ.get("FUSEWIRE_REQUIRE_LIVE") == "1" else SKIPPED)
    unittest.main(module="__main__")
