"""Boots a kernel of build/kernels in an emulated machine, runs one command in it and brings its exit
status and files back. No kernel feature of this machine is used, not even KVM."""
import dataclasses
import pathlib
import re
import select
import shlex
import subprocess
import sys
import tarfile
import tempfile
import time

import initramfs

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
KERNELS = PROJECT / "build" / "kernels"

QEMU = "qemu-system-x86_64"
# What tests and people call in a guest, beside busybox. bindfs cannot mount without fusermount3.
PROGRAMS = ("bindfs", "fusermount3", "stat")
DISK_BYTES = 1 << 30 # sparse
DISK_COMMANDS = 1024
CONSOLE_TAIL_LINES = 30

ACCOUNTS = {
    "/etc/passwd": b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n",
    "/etc/group": b"root:x:0:\nnogroup:x:65534:\n",
    "/etc/nsswitch.conf": b"passwd: files\ngroup: files\n",
}


class GuestError(Exception):
    """The guest did not get as far as the end of its command."""


class Unavailable(Exception):
    """This machine has no emulator, no busybox or no such kernel."""


@dataclasses.dataclass
class Result:
    status: int
    output: str # standard output and error of the command
    release: str
    seconds: float
    dmesg: str


def kernel_release(kernel):
    return (KERNELS / kernel / "release").read_text().strip()


def require(kernel):
    """Raises Unavailable if no guest with this kernel can run here."""
    for program in (QEMU, "busybox", "strip", "setpriv"):
        if not initramfs.find_program(program):
            raise Unavailable(f"{program} is not installed (scripts/install-deps vm)")
    if not (KERNELS / kernel / "release").exists():
        raise Unavailable(f"no kernel {kernel} in build/kernels (scripts/fetch-kernels {kernel})")


class Guest:
    """What is to be packed, and how the machine is to be."""

    def __init__(self, kernel, memory_mib=1024, counts_instructions=False):
        """`counts_instructions`: a nanosecond of the guest's clock is one instruction."""
        require(kernel)
        self.kernel = kernel
        self.memory_mib = memory_mib
        self.counts_instructions = counts_instructions
        self.image = initramfs.Initramfs()
        self._add_system()

    def add(self, source, path=None):
        self.image.add(source, path)

    def run(self, command, out=None, timeout_s=120, echo=False, console=None):
        """Runs a shell command. What it writes to /out is put into the folder `out`."""
        self.image.add_bytes("/guest/command", b"#!/bin/sh\n" + command.encode() + b"\n", 0o755)
        with tempfile.TemporaryDirectory(prefix="fusewire-guest-") as folder:
            folder = pathlib.Path(folder)
            self.image.write(folder / "initramfs")
            with open(folder / "disk", "wb") as disk:
                disk.truncate(DISK_BYTES)
            machine = Machine(self, folder, console or folder / "console")
            output, seconds = machine.run(timeout_s, echo)
            return machine.result(output, seconds, out)

    def _add_system(self):
        busybox = initramfs.find_program("busybox")
        self.image.add(busybox, "/bin/busybox")
        applets = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True)
        for applet in set(applets.stdout.split()) - {"busybox"}:
            self.image.add_link(f"/bin/{applet}", "/bin/busybox")
        for path in ("/proc", "/sys", "/dev", "/run", "/mnt"):
            self.image.add_directory(path)
        self.image.add_link("/etc/mtab", "/proc/self/mounts")
        for path, text in ACCOUNTS.items():
            self.image.add_bytes(path, text)
        for program in PROGRAMS:
            self.image.add_program(program)
        self.image.add(HERE / "init", "/init")
        module = KERNELS / self.kernel / "fuse.ko"
        if module.exists():
            self.image.add_bytes("/guest/fuse.ko", module.read_bytes())


class Machine:
    def __init__(self, guest, folder, console):
        self.guest = guest
        self.folder = folder
        self.console = pathlib.Path(console)
        self.release = kernel_release(guest.kernel)

    def command_line(self):
        kernel = KERNELS / self.guest.kernel
        # The machine ends with us, even if we are killed.
        return ["setpriv", "--pdeathsig", "KILL", QEMU, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                # One CPU: with more, emulation has crashed kernels. 6.12 hangs at boot with cx16.
                "-accel", "tcg,thread=single,tb-size=256", "-smp", "1", "-cpu", "max,-cx16",
                *(["-icount", "shift=0,sleep=off"] if self.guest.counts_instructions else []),
                "-m", str(self.guest.memory_mib),
                "-kernel", kernel / "vmlinuz", "-initrd", self.folder / "initramfs",
                "-append", "console=ttyS0 panic=-1 quiet loglevel=4 mitigations=off nokaslr",
                "-serial", f"file:{self.console}", "-serial", "stdio",
                # Every Debian kernel has the driver built in, unlike those of virtio.
                "-drive", f"file={self.folder / 'disk'},format=raw,if=none,id=disk,cache=unsafe",
                "-device", "nvme,drive=disk,serial=out"]

    def run(self, timeout_s, echo):
        """The output of the command, and how long it took with the boot."""
        began = time.monotonic()
        process = subprocess.Popen(list(map(str, self.command_line())), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            output = self._read(process, began + timeout_s, echo)
            _, errors = process.communicate(timeout=10)
        except subprocess.TimeoutExpired as late:
            raise self._error(f"did not end within {timeout_s} s", late.output or b"") from None
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            raise self._error(f"{QEMU} ended with {process.returncode}", errors)
        return output.decode(errors="replace"), time.monotonic() - began

    @staticmethod
    def _read(process, deadline, echo):
        output = b""
        while True:
            left = deadline - time.monotonic()
            ready = select.select([process.stdout], [], [], max(left, 0))[0]
            if not ready:
                raise subprocess.TimeoutExpired(QEMU, left, output)
            chunk = process.stdout.read1(65536)
            if not chunk:
                return output
            output += chunk
            if echo:
                sys.stdout.buffer.write(chunk)
                sys.stdout.flush()

    def result(self, output, seconds, out):
        files = {}
        try:
            with tarfile.open(self.folder / "disk", "r:") as archive:
                for entry in archive:
                    files[entry.name] = archive.extractfile(entry).read() if entry.isfile() else None
        except tarfile.TarError:
            pass
        if "./.status" not in files:
            raise self._error("ended before its command did", output.encode())
        status, dmesg = files.pop("./.status"), files.pop("./.dmesg")
        if out:
            write_files(pathlib.Path(out), files)
        return Result(int(status), output, self.release, seconds, dmesg.decode(errors="replace"))

    def _error(self, what, output):
        console = self.console.read_text(errors="replace") if self.console.exists() else ""
        lines = [f"guest with kernel {self.release} {what}"]
        for title, text in (("output", output.decode(errors="replace")), ("console", console)):
            lines.append(f"-- end of its {title}:")
            lines += [re.sub(r"\x1b\S*", "", line) for line in text.splitlines()[-CONSOLE_TAIL_LINES:]]
        return GuestError("\n".join(lines))


def write_files(folder, files):
    for name, data in files.items():
        path = folder / name
        if data is None:
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def shell_command(arguments):
    """One argument is a shell command, several are quoted."""
    return arguments[0] if len(arguments) == 1 else shlex.join(arguments)
