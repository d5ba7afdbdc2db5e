"""Everyday traffic of a correct server, for the programs of this folder that measure.

INIT; names looked up, opened, read, written and listed; attributes; forgets; 1000 files live at a
time; 150 bytes a message on average.
"""
import pathlib
import struct
import subprocess

LIVE_FILES = 1000
REQUEST, REPLY = 0, 1
LOOKUP, FORGET, GETATTR, OPEN, READ, WRITE, RELEASE, FLUSH, INIT, OPENDIR, READDIR, RELEASEDIR = (
    1, 2, 3, 14, 15, 16, 18, 25, 26, 27, 28, 29)
DATA = bytes(range(256)) * 4


class Traffic:
    """Writes raw records (fusewire import --from raw) of a correct server."""

    def __init__(self, out):
        self.out = out
        self.messages = 0
        self.bytes = 0
        self.unique = 0
        self.time_ns = 1700000000 * 10**9

    def record(self, direction, data):
        self.out.write(struct.pack("<BxxxIQ", direction, len(data), self.time_ns) + data)
        self.messages += 1
        self.bytes += len(data)
        self.time_ns += 5000

    def ask(self, opcode, nodeid, body=b"", answered=True):
        if answered:
            self.unique += 2
        unique = self.unique if answered else 0
        self.record(REQUEST, struct.pack("<IIQQIIII", 40 + len(body), opcode, unique, nodeid,
                                         1000, 1000, 4242, 0) + body)

    def answer(self, body=b"", error=0):
        self.record(REPLY, struct.pack("<IiQ", 16 + len(body), -error, self.unique) + body)

    def exchange(self, opcode, nodeid, body, answer=b"", error=0):
        self.ask(opcode, nodeid, body)
        self.answer(answer, error)

    def init(self):
        self.exchange(INIT, 0, struct.pack("<IIIII44x", 7, 38, 131072, 1, 0),
                      struct.pack("<IIIIHHIIHHIQ20x", 7, 38, 131072, 1, 12, 9, 131072, 1, 0, 0, 0,
                                  0)[:64])

    def listing(self, number):
        names = [b"file-%06d" % (number + i) for i in range(4)]
        records = b"".join(struct.pack("<QQII", 1000 + i, i + 1, len(name), 8) +
                           name.ljust((len(name) + 7) // 8 * 8, b"\0")
                           for i, name in enumerate(names))
        self.exchange(OPENDIR, 1, struct.pack("<II", 0o200000, 0), struct.pack("<QII", 5, 0, 0))
        body = struct.pack("<QQIIQII", 5, 0, 4096, 0, 0, 0o200000, 0)
        self.exchange(READDIR, 1, body, records)
        self.exchange(READDIR, 1, struct.pack("<QQIIQII", 5, 4, 4096, 0, 0, 0o200000, 0))
        self.exchange(RELEASEDIR, 1, struct.pack("<QIIQ", 5, 0o200000, 0, 0))

    def file(self, number):
        node, fh = 2 + number, 100 + number
        attributes = attr(node)
        self.exchange(LOOKUP, 1, b"file-%06d\0" % number,
                      struct.pack("<QQQQII", node, 1, 1, 1, 0, 0) + attributes)
        self.exchange(GETATTR, node, struct.pack("<IIQ", 0, 0, 0),
                      struct.pack("<QII", 1, 0, 0) + attributes)
        self.exchange(OPEN, node, struct.pack("<II", 2, 0), struct.pack("<QII", fh, 0, 0))
        for at in range(2):
            self.exchange(READ, node, struct.pack("<QQIIQII", fh, at * 800, 800, 0, 0, 2, 0),
                          DATA[:800])
        self.exchange(WRITE, node, struct.pack("<QQIIQII", fh, 1600, 256, 0, 0, 2, 0) + DATA[:256],
                      struct.pack("<II", 256, 0))
        self.exchange(LOOKUP, 1, b"missing-%06d\0" % number, error=2)
        self.exchange(FLUSH, node, struct.pack("<QIIQ", fh, 0, 0, 7))
        self.exchange(RELEASE, node, struct.pack("<QIIQ", fh, 2, 0, 0))
        if number >= LIVE_FILES:
            self.ask(FORGET, node - LIVE_FILES, struct.pack("<Q", 1), answered=False)

    def make(self, messages):
        self.init()
        number = 0
        while self.messages < messages:
            self.file(number)
            if number % 8 == 0:
                self.listing(number)
            number += 1


def attr(nodeid):
    return struct.pack("<QQQQQQ10I", nodeid, 1856, 8, 1700000000, 1700000000, 1700000000,
                       0, 0, 0, 0o100644, 1, 1000, 1000, 0, 4096, 0)


def make_capture(fusewire, capture, messages):
    """Writes a capture of at least so many messages; gives back the Traffic that it holds."""
    raw = pathlib.Path(f"{capture}.raw")
    with open(raw, "wb", buffering=1 << 20) as out:
        traffic = Traffic(out)
        traffic.make(messages)
    subprocess.run([fusewire, "import", "--from", "raw", raw, "-w", capture], check=True)
    raw.unlink()
    return traffic


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return "unknown processor"
