"""A FUSE server of one thread for tests: answers INIT and GETATTR of the root, and nothing else. From the
first name "asleep" that is looked up on it does not even read. silent_server.py MOUNT_POINT"""
import ctypes
import os
import struct
import sys
import time

GETATTR, INIT, LOOKUP = 3, 26, 1
PARALLEL_DIROPS = 1 << 18 # else lookups in one directory wait for each other in the kernel
BUFFER = 1 << 18


def mount(path):
    device = os.open("/dev/fuse", os.O_RDWR)
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
    if libc.mount(b"silent", path.encode(), b"fuse.silent", 0, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), "mount")
    return device


def init_reply():
    return struct.pack("<IIIIHHIIHHI28x", 7, 31, 131072, PARALLEL_DIROPS, 12, 9, 131072, 1, 32, 0, 0)


def root_attributes():
    return struct.pack("<QII", 3600, 0, 0) + struct.pack("<QQQQQQIIIIIIIIII", 1, 0, 0, 0, 0, 0, 0,
                                                         0, 0, 0o40755, 2, 0, 0, 0, 4096, 0)


def serve(device):
    while True:
        message = os.read(device, BUFFER)
        opcode, unique, nodeid = struct.unpack_from("<IQQ", message, 4)
        body = {INIT: init_reply(), GETATTR: root_attributes()}.get(opcode)
        if body is not None and nodeid in (0, 1):
            os.write(device, struct.pack("<IiQ", 16 + len(body), 0, unique) + body)
        if opcode == LOOKUP and message[40:] == b"asleep\0":
            time.sleep(3600)


DEVICE = mount(sys.argv[1])
print("mounted", flush=True)
try:
    serve(DEVICE)
except OSError: # unmounted
    sys.exit(0)
