"""Runs one load under one tracer on this machine."""
import contextlib
import dataclasses
import json
import os
import re
import select
import shutil
import signal
import subprocess
import time

from . import variants

LOAD_CPU = 0 # of the load and of the server, which wait for each other; tracers run anywhere
TIMEOUT_S = 60
FILE_BYTES = 64 << 20
UNCACHED = "attr_timeout=0,entry_timeout=0,negative_timeout=0,direct_io"
SUMMARY = re.compile(r"captured (\d+) messages? \(.*\), lost (\d+); tier")
BPFTRACE_LOST = re.compile(r"Lost (\d+) events")


class Refused(Exception):
    """A variant cannot be measured on this machine; says why."""


@dataclasses.dataclass
class Run:
    operations: int
    elapsed_ns: int
    traced_cpu_ns: int # of the load and the server
    tracer_cpu_ns: int = 0
    messages: int | None = None # captured
    lost: int | None = None


def read_summary(errors):
    """Messages captured and lost, as fusewire says at its end."""
    found = SUMMARY.search(errors)
    if not found:
        raise Refused(errors.strip() or "fusewire ended without a summary")
    return int(found[1]), int(found[2])


def cpu_ns(process):
    """CPU time of a process with all its threads, the ended ones too: clock_getcpuclockid(3)."""
    return time.clock_gettime_ns(~process.pid << 3 | 2) if process else 0


def wait_until(condition, complaint):
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise Refused(complaint)
        time.sleep(0.01)


class Mount:
    """bindfs with nothing cached, on a folder in memory."""

    def __init__(self, folder):
        self.source, self.point = folder / "source", folder / "mount"
        self.file = self.point / "file"
        for path in (self.source, self.point):
            path.mkdir(parents=True)
        with open(self.source / "file", "wb") as file:
            file.truncate(FILE_BYTES)
        self.server = None

    def __enter__(self):
        self.server = subprocess.Popen(["taskset", "-c", str(LOAD_CPU), "bindfs", "-f", "-o", UNCACHED,
                                        self.source, self.point])
        try:
            wait_until(self.point.is_mount, "bindfs does not mount")
        except Refused:
            self.server.kill()
            raise
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.point], check=True)
        self.server.wait()


class Bench:
    """Programs, mounts, and a folder in memory for what tracers write."""

    def __init__(self, build, folder, mount, other):
        self.fusewire = build / "cli" / "fusewire"
        self.load = build / "bench" / "bench_load"
        self.out = folder / "out"
        self.errors = folder / "errors"
        self.mount = mount
        self.other = other

    def run(self, variant, load, seconds):
        command = [self.load, load, self.mount.file, "--seconds", seconds, "--cpu", LOAD_CPU]
        try:
            return getattr(self, f"_under_{variant.tracer}")(variant, command)
        finally:
            self.out.unlink(missing_ok=True)

    def _under_nothing(self, _, command):
        return self._run_load(command)[0]

    def _under_fusewire(self, variant, command):
        capture = variant.fusewire_command(self.fusewire, self.mount.point, self.other.point, self.out)
        run, errors = self._run_load(capture + command)
        run.messages, run.lost = read_summary(errors)
        return run

    def _under_bpftrace(self, _, command):
        tracer = ["bpftrace", "-o", self.out, "-e", variants.BPFTRACE_PROGRAM]
        with self._background(tracer, " > ") as process:
            run, _ = self._run_load(command, process)
        said = self.errors.read_text()
        run.lost = sum(int(lost) for lost in BPFTRACE_LOST.findall(said))
        return run

    def _under_strace(self, _, command):
        tracer = ["strace", "-f", "-s", "65536", "-o", self.out, "-p", self.mount.server.pid]
        with self._background(tracer, "read(") as process:
            run, _ = self._run_load(command, process)
        run.lost = 0 # it stops the server
        return run

    @contextlib.contextmanager
    def _background(self, command, mark):
        """A tracer that is not the load's parent, once it has written `mark` of a request."""
        if not shutil.which(command[0]):
            raise Refused(f"{command[0]} is not installed (scripts/install-deps bench)")
        with open(self.errors, "w", encoding="utf-8") as errors:
            process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=errors,
                                       stderr=errors)

        def is_tracing():
            if process.poll() is not None:
                raise Refused(self.errors.read_text().strip())
            os.stat(self.mount.point)
            return self.out.exists() and mark in self.out.read_text()

        try:
            wait_until(is_tracing, f"{command[0]} shows nothing")
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()

    def _run_load(self, command, tracer=None):
        """Runs the load, alone or as the command of a capture. Returns the run and what was written to
        standard error. CPU time counts while the load runs, not while a tracer starts and ends."""
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if command[0] != self.load:
            tracer = process
        try:
            read_line(process) # ready
            before = cpu_ns(self.mount.server), cpu_ns(tracer)
            process.stdin.write("go\n")
            process.stdin.flush()
            done = json.loads(read_line(process))
            after = cpu_ns(self.mount.server), cpu_ns(tracer)
        except Refused:
            process.kill()
            raise Refused(process.communicate()[1].strip()) from None
        _, errors = process.communicate()
        return Run(done["operations"], done["elapsed_ns"], done["cpu_ns"] + after[0] - before[0],
                   after[1] - before[1]), errors


def read_line(process):
    """A line that is there to come; Refused if the process ends or is silent instead."""
    if select.select([process.stdout], [], [], TIMEOUT_S)[0]:
        line = process.stdout.readline()
        if line:
            return line
    raise Refused
