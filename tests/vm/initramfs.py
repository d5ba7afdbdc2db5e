"""Packs files of this machine into an initramfs, each under its own path, so that programs find their
parts there as they do here."""
import os
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile

ELF_MAGIC = b"\x7fELF"
ALIGNMENT = 4 # of everything in a "newc" archive


class Initramfs:
    def __init__(self):
        self._entries = {} # path without the leading slash: (mode, bytes)

    def add_bytes(self, path, data, mode=0o644):
        self._put(path, stat.S_IFREG | mode, data)

    def add_directory(self, path, mode=0o755):
        self._put(path, stat.S_IFDIR | mode, b"")

    def add_link(self, path, target):
        self._put(path, stat.S_IFLNK | 0o777, os.fsencode(target))

    def add(self, source, path=None):
        """A file with the shared libraries that it needs, or a directory with all that is in it."""
        source = pathlib.Path(source)
        path = str(path or source.absolute())
        if source.is_dir():
            self.add_directory(path)
            for entry in sorted(source.iterdir()):
                self.add(entry, f"{path}/{entry.name}")
            return
        data = source.read_bytes()
        if data.startswith(ELF_MAGIC):
            data = stripped(source)
            for library in shared_libraries(source):
                if library.lstrip("/") not in self._entries:
                    self.add_bytes(library, pathlib.Path(library).read_bytes(), 0o755)
        self.add_bytes(path, data, source.stat().st_mode & 0o7777)

    def add_program(self, name):
        """A program of this machine by its name; returns whether there is one."""
        found = find_program(name)
        if found:
            self.add(found)
        return bool(found)

    def write(self, path):
        with open(path, "wb") as archive:
            for number, (name, (mode, data)) in enumerate(sorted(self._entries.items()), 1):
                archive.write(member(number, name, mode, data))
            archive.write(member(0, "TRAILER!!!", 0, b""))

    def _put(self, path, mode, data):
        path = str(path).lstrip("/")
        self._entries[path] = (mode, data)
        parent = os.path.dirname(path)
        if parent and parent not in self._entries:
            self.add_directory(parent)


def find_program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def shared_libraries(program):
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    return re.findall(r"(/\S+) \(0x", listed)


def stripped(program):
    with tempfile.NamedTemporaryFile() as copy:
        subprocess.run(["strip", "--strip-unneeded", "-o", copy.name, program], check=True)
        return pathlib.Path(copy.name).read_bytes()


def member(number, name, mode, data):
    """One member of a "newc" archive, owned by root."""
    name = os.fsencode(name) + b"\0"
    links = 2 if stat.S_ISDIR(mode) else 1
    fields = (number, mode, 0, 0, links, 0, len(data), 0, 0, 0, 0, len(name), 0)
    header = b"070701" + b"".join(b"%08x" % field for field in fields)
    return padded(header + name) + padded(data)


def padded(data):
    return data + bytes(-len(data) % ALIGNMENT)
