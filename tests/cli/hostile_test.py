"""Captures made to wear the checker out: time and memory stay bounded, and something is still said."""
import json
import os
import random
import struct
import subprocess
import unittest

from command_line import (FUSEWIRE, LOOKUP, REPLY, REQUEST, CommandLineTest, attr, environment, reply,
                          request)

INIT, OPENDIR, READDIR, READDIRPLUS, COMPOUND = 26, 27, 28, 44, 54
MILLION = 1000000
# Generous: what matters is that neither grows with the square of the input.
MOST_CPU_S = 60
MOST_MIB = 600 * int(os.environ.get("FUSEWIRE_MEMORY_FACTOR", "1"))
DUMP_HEADER = struct.Struct("<BxxxIQ")
REQUEST_HEADER = struct.Struct("<IIQQIIIHH")


def init():
    return [request(INIT, 2, 0, struct.pack("<IIIII44x", 7, 46, 131072, 1, 0)),
            reply(2, struct.pack("<IIIIHHIIHHII24x", 7, 46, 131072, 1, 12, 9, 131072, 1, 0, 0, 0, 0))]


def random_replies(count):
    chance = random.Random(1)
    for _ in range(count):
        body = chance.randbytes(chance.randrange(200))
        yield REPLY, struct.pack("<IiQ", chance.choice([16 + len(body), chance.randrange(1 << 32)]),
                                 chance.choice([0, -2, -22, 5, -600]),
                                 chance.choice([2, 4, chance.randrange(1 << 64)])) + body


def unanswered(count):
    for at in range(count):
        name = b"n%d\0" % at
        yield REQUEST, REQUEST_HEADER.pack(40 + len(name), LOOKUP, 2 * at + 4, 1, 0, 0, 0, 0, 0) + name


def tangled_compounds(count):
    """Sub-headers whose lengths are 0, 16, overlapping, or beyond everything."""
    chance = random.Random(2)
    lengths = [0, 1, 8, 15, 16, 17, 40, 41, 64, 200, 4096, (1 << 31) - 1, (1 << 32) - 1]
    for at in range(count):
        unique = 4 + 2 * at
        subs = b"".join(REQUEST_HEADER.pack(chance.choice(lengths), chance.choice([54, 55, 52, 3]),
                                            0, 1, 0, 0, 0, chance.randrange(1 << 16), 0)
                        for _ in range(60))
        yield request(COMPOUND, unique, 0,
                      struct.pack("<IIII", chance.randrange(1 << 32), 0, 4096, 0) + subs)
        answers = b"".join(struct.pack("<IiQ", chance.choice(lengths), 0, 0) for _ in range(200))
        yield reply(unique, struct.pack("<QQ", 0, 0) + answers)


def records(first, count, plus):
    """Directory records with names of ten bytes."""
    out = []
    for at in range(first, first + count):
        dirent = struct.pack("<QQII", at + 2, at + 1, 10, 8) + b"f%09d" % at + b"\0" * 6
        if plus:
            out.append(struct.pack("<QQQQII", at + 2, 0, 1, 1, 0, 0) + attr(at + 2))
        out.append(dirent)
    return b"".join(out)


def directory(entries, opcode):
    yield request(OPENDIR, 4, 1, struct.pack("<II", 0o200000, 0))
    yield reply(4, struct.pack("<QII", 3, 0, 0))
    each = 500
    for at in range(0, entries, each):
        unique = 6 + 2 * at
        yield request(opcode, unique, 1,
                      struct.pack("<QQIIQII", 3, at, 131072, 0, 0, 0o200000, 0))
        yield reply(unique, records(at, each, opcode == READDIRPLUS))


class Hostile(CommandLineTest):
    def capture_of(self, *parts):
        dump = self.folder / "hostile.raw"
        with open(dump, "wb") as out:
            time_ns = 1700000000 * 10**9
            for part in parts:
                for direction, data in part:
                    out.write(DUMP_HEADER.pack(direction, len(data), time_ns) + data)
                    time_ns += 1000
        capture = self.folder / "hostile.pcapng"
        self.succeed("import", "--from", "raw", dump, "-w", capture)
        dump.unlink()
        return capture

    def limited(self, *arguments):
        """Standard output of a run that must stay within the limits."""
        out = self.folder / "out"
        with open(out, "wb") as stdout:
            process = subprocess.Popen([FUSEWIRE, *map(str, arguments)], stdout=stdout,
                                       env=environment())
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertIn(process.returncode, (0, 1))
        self.assertLess(usage.ru_utime + usage.ru_stime, MOST_CPU_S)
        self.assertLess(usage.ru_maxrss / 1024, MOST_MIB)
        return out.read_bytes()

    def check(self, capture, *options):
        return json.loads(self.limited("check", capture, "-T", "json", "--severity", "note", *options))

    def test_random_replies(self):
        capture = self.capture_of(init(), random_replies(200000))
        report = self.check(capture)
        self.assertEqual(report["messages"], 200002)
        self.assertGreater(len(report["findings"]), 0)
        text = self.limited("check", capture, "--severity", "note")
        self.assertLess(len(text), 1 << 20)

    def test_a_million_requests_without_an_answer(self):
        capture = self.capture_of(init(), unanswered(MILLION))
        self.assertEqual(self.check(capture)["messages"], MILLION + 2)

    def test_tangled_compounds(self):
        capture = self.capture_of(init(), tangled_compounds(5000))
        report = self.check(capture, "--dialect", "lookup-handle-v3")
        self.assertIn("compound-chain-broken", [f["rule"] for f in report["findings"]])

    def test_a_directory_with_a_million_entries(self):
        capture = self.capture_of(init(), directory(MILLION, READDIR))
        self.assertEqual(self.check(capture)["counts"]["error"], 0)

    def test_a_directory_that_hands_out_many_nodes(self):
        entries = 200000
        capture = self.capture_of(init(), directory(entries, READDIRPLUS))
        self.check(capture)
        ledger = json.loads(self.limited("nodes", capture, "-T", "json"))
        self.assertGreaterEqual(len(ledger["nodes"]) + ledger["dropped"], entries)


if __name__ == "__main__":
    unittest.main()
