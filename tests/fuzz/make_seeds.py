#!/usr/bin/env python3
"""Makes seeds for the fuzz targets from samples: raw dumps and pcapng captures of ours.

usage: make_seeds.py TARGET OUTPUT_FOLDER FILE...

A seed holds one request and what answers it, so that libFuzzer can mix them; the formats are those
that the targets describe on top of their sources.
"""
import gzip
import hashlib
import struct
import subprocess
import sys
from pathlib import Path

RAW_HEADER = struct.Struct("<B3xIQ")
ENHANCED_PACKET, PSEUDO_HEADER = 6, 64
REQUEST, REPLY = 0, 1
FUSE_INIT = 26
DIALECTS = ("unknown", "upstream", "lookup-handle-v2", "lookup-handle-v3", "compound-rfc", "compound-v4",
            "compound-v5", "compound-v6", "compound-v7", "fusex-a", "fusex-b")  # DialectName
MAX_FILE = 4096  # bytes of a capture that is a seed as it is
MAX_CAPTURED = 600  # bytes of a message; data beyond it says nothing new


def messages_of(path):
    """Direction and bytes of each message."""
    data = path.read_bytes()
    return pcapng_messages(data) if path.suffix == ".pcapng" else raw_messages(data)


def pcapng_messages(data):
    """Of whole messages only; little-endian, as fusewire writes it."""
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if kind == ENHANCED_PACKET:
            captured = struct.unpack_from("<I", data, at + 20)[0]
            packet = data[at + 28:at + 28 + captured]
            if len(packet) > PSEUDO_HEADER and packet[2] in (REQUEST, REPLY):
                yield packet[2], packet[PSEUDO_HEADER:]
        at += length


def raw_messages(data):
    at = 0
    while at < len(data):
        direction, length, _ = RAW_HEADER.unpack_from(data, at)
        at += RAW_HEADER.size
        yield direction, data[at:at + length]
        at += length


def unique_of(message):
    return struct.unpack_from("<Q", message, 8)[0] if len(message) >= 16 else 0


def groups_of(path):
    """A request with its replies; each notification alone; in the order of the requests."""
    groups, waiting = [], {}
    for direction, message in messages_of(path):
        unique = unique_of(message)
        if direction == REPLY and unique in waiting:
            waiting[unique].append((direction, message))
            continue
        group = [(direction, message)]
        groups.append(group)
        if direction == REQUEST:
            waiting[unique] = group
    return groups


def negotiated(groups):
    """Minor and INIT flags of the reply to INIT, zeros if there is none."""
    for group in groups:
        if len(group) > 1 and is_init(group):
            reply = group[1][1]
            if len(reply) >= 32:
                return struct.unpack_from("<I", reply, 20)[0], struct.unpack_from("<I", reply, 28)[0]
    return 0, 0


def is_init(group):
    direction, message = group[0]
    return direction == REQUEST and len(message) >= 8 and struct.unpack_from("<I", message, 4)[0] == FUSE_INIT


def message_input(group):
    """The form of message_input.h."""
    seed = bytearray()
    for direction, message in group:
        captured = message[:MAX_CAPTURED]
        if len(captured) == len(message):
            seed += struct.pack("<BBH", direction, 0, len(message))
        else:
            seed += struct.pack("<BBHH", direction, 1 << 4, min(len(message), 0xFFFF), len(captured))
        seed += captured
    return bytes(seed)


def dialect_of(path):
    """Number of the dialect that the name of a sample says."""
    if path.stem.startswith("lookup-handle-on-v"):
        return DIALECTS.index("compound-" + path.stem[-2:])
    if path.stem in DIALECTS:
        return DIALECTS.index(path.stem)
    return DIALECTS.index("lookup-handle-v3" if "lookup-handle" in str(path) else "upstream")


def dissect_seeds(path):
    groups = groups_of(path)
    minor, flags = negotiated(groups)
    head = struct.pack("<BBBBB", dialect_of(path), 2 if minor else 0, minor & 0xFF, 3, flags >> 24 & 0xFF)
    for group in groups:
        yield head + message_input(group)


def session_seeds(path):
    groups = groups_of(path)
    init = b"".join(message_input(group) for group in groups if is_init(group))
    for group in groups:
        yield init + message_input(group)


def packets_of(group):
    """Pseudo-header (docs/capture-format.md) and bytes of each message, cut at MAX_CAPTURED."""
    for number, (direction, message) in enumerate(group, 1):
        captured = message[:MAX_CAPTURED]
        flags = 1 if len(captured) < len(message) else 0
        yield struct.pack("<BBBBIIIIIQIIiIQQ", 1, 64, direction, 1, flags, 41, 1234, 1235, 0, number,
                          len(message), 0, 0, 0, 0, 0) + captured


def pcap_seeds(path):
    for group in groups_of(path):
        yield struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 147) + b"".join(
            struct.pack("<IIII", 1, 2, len(packet), len(packet)) + packet for packet in packets_of(group))


def pcapng_block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng_option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def pcapng_seeds(path):
    if path.suffix == ".pcapng" and path.stat().st_size <= MAX_FILE:
        yield path.read_bytes()
    section = pcapng_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    interface = pcapng_block(1, struct.pack("<HHI", 147, 0, 262144) + pcapng_option(2, b"/mnt") +
                             pcapng_option(9, b"\x09") + pcapng_option(1, b"fusewire:conn=41") +
                             pcapng_option(0, b""))
    for group in groups_of(path):
        blocks = [section, interface]
        for packet in packets_of(group):
            body = struct.pack("<IIIII", 0, 0, 1000, len(packet), len(packet))
            body += packet + bytes(-len(packet) % 4)
            body += pcapng_option(4, bytes(8)) + pcapng_option(1, b"a comment") + pcapng_option(0, b"")
            blocks.append(pcapng_block(6, body))
        yield b"".join(blocks)


def raw_seeds(path):
    for group in groups_of(path):
        yield b"".join(RAW_HEADER.pack(direction, min(len(message), MAX_CAPTURED), 1) +
                       message[:MAX_CAPTURED] for direction, message in group)


def fusedump_seeds(path):
    for group in groups_of(path):
        small = [(b"RW"[direction:direction + 1], message) for direction, message in group
                 if len(message) <= MAX_CAPTURED]
        yield b"".join(direction + message for direction, message in small)
        yield b"".join(direction + struct.pack("<IIQI", 2, 16, 1, 2) + message
                       for direction, message in small)


def compressed_seeds(path):
    for seed in list(pcapng_seeds(path))[:20]:
        yield gzip.compress(seed, mtime=0)
        yield subprocess.run(["zstd", "-q", "-c"], input=seed, stdout=subprocess.PIPE, check=True).stdout
        yield seed


def filter_seeds(path):
    """Of a table in tests/filters: each filter stands at the start of a line."""
    for line in Path(path).read_text().splitlines():
        if line and not line.startswith(("#", " ", "capture ")):
            yield line.encode()


MAKERS = {
    "dissect": dissect_seeds,
    "session": session_seeds,
    "pcapng": pcapng_seeds,
    "pcap": pcap_seeds,
    "raw": raw_seeds,
    "fusedump": fusedump_seeds,
    "compressed": compressed_seeds,
    "filter": filter_seeds,
}


def main(arguments):
    if len(arguments) < 3 or arguments[0] not in MAKERS:
        print(__doc__, file=sys.stderr)
        return 2
    maker, folder, files = MAKERS[arguments[0]], Path(arguments[1]), arguments[2:]
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        for seed in maker(Path(file)):
            (folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
