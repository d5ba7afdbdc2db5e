"""What the tests of live capture share: a bindfs mount without caching, captures in the background,
and what is missing where they cannot run."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from command_line import (FUSEWIRE, TIMEOUT_S, CommandLineTest, environment, main_of_live_tests,
                          run)

NOBODY = 65534
FILES = 200
STAT_ALL = f'for i in $(seq {FILES}); do stat "$0/file$i" >/dev/null; done'
UNCACHED = "attr_timeout=0,entry_timeout=0,negative_timeout=0,allow_other"


class LiveMountTest(CommandLineTest):
    """Gives each test a mount with files, and ends the captures that it starts."""

    def setUp(self):
        super().setUp()
        self.folder.chmod(0o777) # nobody writes here
        self.source = self.folder / "source"
        self.source.mkdir(mode=0o755)
        for number in range(1, FILES + 1):
            (self.source / f"file{number}").write_text(f"content of {number}\n")
        self.mount = self.mount_at("mount")
        self.file = self.folder / "x.pcapng"

    def mount_at(self, name):
        """Mounts the source once more; the mount may be gone when the test ends."""
        mount = self.folder / name
        mount.mkdir(mode=0o755, exist_ok=True)
        subprocess.run(["bindfs", "-o", UNCACHED, self.source, mount], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", mount], check=False,
                        stderr=subprocess.DEVNULL)
        return mount

    def capture(self, *arguments, env=None):
        done = run("capture", self.mount, *arguments, env=env)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done

    def start(self, *arguments, env=None, stdout=subprocess.PIPE, **options):
        """A capture of the mount in the background, once its probe is attached."""
        return self.start_of(self.mount, *arguments, env=env, stdout=stdout, **options)

    def start_of(self, *arguments, env=None, stdout=subprocess.PIPE, **options):
        process = subprocess.Popen([FUSEWIRE, "capture", *map(str, arguments)], stdout=stdout,
                                   stderr=subprocess.PIPE, env=env or environment(), **options)
        self.addCleanup(self.end, process)
        deadline = time.monotonic() + TIMEOUT_S
        while self.status(process).get("NoNewPrivs") != "1":
            self.assertIsNone(process.poll(), "the capture ended at once")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        return process

    @staticmethod
    def end(process):
        process.kill()
        process.communicate()

    @staticmethod
    def status(process):
        lines = pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
        return dict(re.split(r":\s*", line, maxsplit=1) for line in lines)

    def stop(self, process, number=signal.SIGINT):
        process.send_signal(number)
        _, stderr = process.communicate(timeout=TIMEOUT_S)
        self.assertEqual(process.returncode, 0, stderr.decode())
        return stderr.decode()


def missing():
    """Why captures are impossible here; empty if they are possible."""
    if os.geteuid() != 0:
        return "needs root"
    if shutil.which("bindfs") is None:
        return "needs bindfs"
    tried = run("capture", "-a", "duration:0.1")
    return "" if tried.returncode == 0 else tried.stderr.decode().strip()


def main():
    main_of_live_tests(missing())
