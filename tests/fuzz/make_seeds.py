#!/usr/bin/env python3
"""Makes seeds for the fuzz targets from raw dumps of real traffic.

usage: make_seeds.py TARGET OUTPUT_FOLDER FILE.raw...

A seed holds one request and what answers it, so that libFuzzer can mix them; the formats are those
that the targets describe on top of their sources.
"""
import hashlib
import struct
import sys
from pathlib import Path

RAW_HEADER = struct.Struct("<B3xIQ")
REQUEST, REPLY = 0, 1
FUSE_INIT = 26
LOOKUP_HANDLE_V3, UPSTREAM = 3, 1  # DialectName
MAX_CAPTURED = 600  # bytes of a message; data beyond it says nothing new


def messages_of(path):
    data = path.read_bytes()
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
        if len(group) > 1 and struct.unpack_from("<I", group[0][1], 4)[0] == FUSE_INIT:
            reply = group[1][1]
            if len(reply) >= 32:
                return struct.unpack_from("<I", reply, 20)[0], struct.unpack_from("<I", reply, 28)[0]
    return 0, 0


def dissect_seeds(path):
    groups = groups_of(path)
    minor, flags = negotiated(groups)
    dialect = LOOKUP_HANDLE_V3 if "lookup-handle" in str(path) else UPSTREAM
    known = 2 if minor else 0
    head = struct.pack("<BBBBB", dialect, known, minor, 3, flags >> 24 & 0xFF)
    for group in groups:
        seed = bytearray(head)
        for direction, message in group:
            captured = message[:MAX_CAPTURED]
            if len(captured) == len(message):
                seed += struct.pack("<BBH", direction, 0, len(message))
            else:
                seed += struct.pack("<BBHH", direction, 1 << 4, min(len(message), 0xFFFF), len(captured))
            seed += captured
        yield bytes(seed)


def raw_seeds(path):
    for group in groups_of(path):
        yield b"".join(
            RAW_HEADER.pack(direction, min(len(message), MAX_CAPTURED), 1) + message[:MAX_CAPTURED]
            for direction, message in group
        )


MAKERS = {"dissect": dissect_seeds, "raw": raw_seeds}


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
