"""Captures that go on for long: ring files, full disks, mounts and servers that come and go, and
processes that are killed. Needs what live_capture_test needs."""
import os
import pathlib
import re
import resource
import signal
import subprocess
import time

from command_line import TIMEOUT_S, environment, run
from live_mount import FILES, STAT_ALL, LiveMountTest, main
from raw_mount import RawMount

FUSECTL = "/sys/fs/fuse/connections"
UNANSWERED = ("FORGET", "BATCH_FORGET", "INTERRUPT")


class LongCapture(LiveMountTest):
    def ring_files(self):
        return sorted(self.folder.glob("x_*.pcapng"))

    def stat_all(self):
        subprocess.run(["sh", "-c", STAT_ALL, self.mount], check=True)

    def load(self):
        """Requests without end, in the background."""
        load = subprocess.Popen(["sh", "-c", 'while :; do stat "$0/file1"; done', self.mount],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.end, load)
        return load

    def assert_opens(self, file):
        """The whole file is messages, for us and for others; returns their number."""
        messages = len(self.messages(file))
        tshark = subprocess.run(["tshark", "-r", file, "-T", "fields", "-e", "frame.number"],
                                capture_output=True, check=True)
        self.assertEqual(len(tshark.stdout.splitlines()), messages)
        capinfos = subprocess.run(["capinfos", "-Mc", file], capture_output=True, check=True)
        self.assertIn(f"Number of packets:   {messages}\n", capinfos.stdout.decode())
        return messages

    def ended(self, process):
        """Waits for a capture that ends by itself; what it said."""
        _, stderr = process.communicate(timeout=TIMEOUT_S)
        self.assertEqual(process.returncode, 0, stderr.decode())
        return stderr.decode()

    def wait_for(self, condition, what, within_s=10):
        deadline = time.monotonic() + within_s
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.02)

    # Ring files

    def test_ring_files_hold_every_message_once_and_each_opens_alone(self):
        done = self.capture("-w", self.file, "-b", "messages:100", "--", "sh", "-c", STAT_ALL,
                            self.mount)
        files = self.ring_files()
        self.assertGreater(len(files), 4)
        numbers = []
        for at, file in enumerate(files, 1):
            self.assertRegex(file.name, rf"^x_0000{at}_20\d{{12}}\.pcapng$" if at < 10 else r"^x_000")
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)
            self.assertIn("# connection", self.succeed("read", file, "-V").decode())
            numbers.append(self.assert_opens(file))
        self.assertEqual(set(numbers[:-1]), {100})
        self.assertIn(f"captured {sum(numbers)} messages", done.stderr.decode())
        self.assertIn(f"; {len(files)} files, kept {files[0]} to {files[-1]};", done.stderr.decode())

    def test_ring_files_read_together_pair_what_each_alone_cannot(self):
        self.capture("-w", self.file, "-b", "messages:1", "--", "stat", self.mount / "file1")
        together = self.folder / "together.pcapng"
        subprocess.run(["mergecap", "-a", "-w", together, *self.ring_files()], check=True)
        requests = [m for m in self.messages(together) if m["direction"] == "request"
                    and m["opcode"] not in UNANSWERED]
        replies = [m for m in self.messages(together) if m["direction"] == "reply"]
        self.assertTrue(requests)
        self.assertEqual({m["request_frame"] for m in replies}, {m["frame"] for m in requests})
        self.assertFalse([m for file in self.ring_files() for m in self.messages(file)
                          if m.get("request_frame")])

    def test_the_newest_ring_files_are_kept(self):
        stranger = self.folder / "x_00001_20200101000000.pcapng"
        stranger.write_bytes(b"of another run")
        self.capture("-w", self.file, "-b", "size:10K", "-b", "files:2", "--", "sh", "-c", STAT_ALL,
                     self.mount)
        kept = [file for file in self.ring_files() if file != stranger]
        self.assertEqual(len(kept), 2)
        self.assertTrue(stranger.exists())
        self.assertLess(kept[0].stat().st_size, 12000)
        text = b"".join(self.succeed("read", file) for file in kept).decode()
        self.assertIn(f"file{FILES}", text)
        self.assertNotIn('"file1"', text)

    def test_ring_files_change_with_the_time(self):
        process = self.start("-w", self.file, "-b", "duration:0.3")
        for _ in range(10):
            os.stat(self.mount / "file1")
            time.sleep(0.1)
        self.stop(process)
        self.assertIn(len(self.ring_files()), range(3, 7))

    def test_a_number_of_ring_files_ends_the_capture(self):
        began = time.monotonic()
        self.capture("-w", self.file, "-b", "messages:10", "-a", "files:3", "--", "sh", "-c",
                     STAT_ALL, self.mount)
        self.assertEqual([self.assert_opens(file) for file in self.ring_files()], [10, 10, 10])
        process = self.start("-w", self.folder / "y.pcapng", "-b", "duration:0.2", "-a", "files:1")
        os.stat(self.mount / "file1")
        self.ended(process) # nothing more happens on the mount
        self.assertLess(time.monotonic() - began, TIMEOUT_S)

    def test_the_number_of_messages_ends_ring_files_too(self):
        self.capture("-w", self.file, "-b", "messages:10", "-c", "25", "--", "sh", "-c", STAT_ALL,
                     self.mount)
        self.assertEqual([self.assert_opens(file) for file in self.ring_files()], [10, 10, 5])

    # What cannot be written

    def small_disk(self):
        small = self.folder / "small"
        small.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", small], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", small], check=True)
        return small

    def test_a_full_disk_ends_ring_files_and_leaves_them_valid(self):
        small = self.small_disk()
        done = run("capture", self.mount, "-w", small / "x.pcapng", "-b", "size:10K", "--", "sh",
                   "-c", STAT_ALL, self.mount)
        self.assertEqual(done.returncode, 3)
        self.assertIn("No space left on device", done.stderr.decode())
        files = sorted(small.glob("x_*"))
        self.assertGreater(len(files), 4)
        for file in files:
            self.messages(file)

    def test_a_file_size_limit_ends_it_like_a_full_disk(self):
        done = run("capture", self.mount, "-w", self.file, "--", "sh", "-c", STAT_ALL, self.mount,
                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)))
        self.assertEqual(done.returncode, 3, done.stderr.decode())
        self.assertIn("File too large", done.stderr.decode())
        self.assertGreater(self.assert_opens(self.file), 50)

    def test_ring_files_where_root_may_not_write_fail_at_once(self):
        foreign = self.folder / "foreign"
        foreign.mkdir(mode=0o755)
        os.chown(foreign, 1, 1)
        done = run("capture", self.mount, "-w", foreign / "x.pcapng", "-b", "messages:1", "--", "true")
        self.assertEqual(done.returncode, 3)
        self.assert_one_line(done.stderr, "Permission denied", "--user")

    # Mounts and servers that come and go

    def test_an_unmount_ends_it(self):
        process = self.start("-w", self.file)
        os.stat(self.mount / "file1")
        subprocess.run(["umount", self.mount], check=True)
        self.assertIn(f"{self.mount} is unmounted; nothing more", self.ended(process))
        self.assertGreater(self.assert_opens(self.file), 1)

    def test_a_lazy_unmount_ends_it_when_the_last_user_goes(self):
        if not os.path.ismount(FUSECTL):
            subprocess.run(["mount", "-t", "fusectl", "none", FUSECTL], check=True)
            self.addCleanup(subprocess.run, ["umount", FUSECTL], check=True)
        process = self.start("-w", self.file)
        with open(self.mount / "file5", encoding="ascii") as file:
            subprocess.run(["umount", "-l", self.mount], check=True)
            time.sleep(1.5)
            self.assertIsNone(process.poll(), "it is still in use")
            file.read()
        self.assertIn("is unmounted", self.ended(process))
        self.assertIn("READ", {m["opcode"] for m in self.messages(self.file)})

    def test_a_server_that_is_killed_ends_it(self):
        process = self.start("-w", self.file)
        os.stat(self.mount / "file1")
        self.kill_server()
        self.assertIn(f"the server of {self.mount} has ended", self.ended(process))
        self.assertGreater(self.assert_opens(self.file), 1)

    def kill_server(self):
        found = subprocess.run(["pgrep", "-f", f"bindfs .* {self.mount}$"], capture_output=True,
                               check=True)
        os.kill(int(found.stdout), signal.SIGKILL)

    def test_a_connection_that_is_aborted_ends_it(self):
        process = self.start("-w", self.file)
        os.stat(self.mount / "file1")
        subprocess.run(["umount", "-f", self.mount], check=True)
        self.assertRegex(self.ended(process), "is unmounted|has ended")
        self.assertGreater(self.assert_opens(self.file), 1)

    def test_a_capture_with_a_command_ends_with_the_command(self):
        done = self.capture("-w", self.file, "--", "sh", "-c",
                            'stat "$0/file1"; umount "$0"; sleep 0.5', self.mount)
        self.assertIn("is unmounted", done.stderr.decode())
        self.assertIn("command exited with status 0", done.stderr.decode())

    def test_a_capture_of_all_goes_on_and_names_what_comes(self):
        process = self.start_of("-w", self.file)
        os.stat(self.mount / "file1")
        subprocess.run(["umount", self.mount], check=True)
        time.sleep(1.2)
        again = self.mount_at("again") # likely with the number of the first one
        os.stat(again / "file2")
        self.assertNotIn("nothing more", self.stop(process))
        messages = self.messages(self.file)
        conns = {m["layers"]["lookup"].get("name"): m["conn"] for m in messages
                 if m["opcode"] == "LOOKUP" and m["direction"] == "request"}
        self.assertNotEqual(conns["file1"], conns["file2"])
        self.assertIn(f": {again} (fuse", self.succeed("read", self.file, "-V").decode())
        self.assertEqual({self.mount, again} - self.names_in_tshark(), set())

    def names_in_tshark(self):
        lines = subprocess.run(["tshark", "-r", self.file, "-T", "fields", "-e",
                                "frame.interface_name"], capture_output=True, check=True).stdout
        return {pathlib.Path(name) for name in lines.decode().splitlines()}

    def test_a_connection_is_named_once_it_is_mounted_somewhere(self):
        process = self.start_of("-w", self.file)
        late = RawMount("late source")
        self.addCleanup(late.close)
        late.answer_init()
        self.wait_for(lambda: self.file.stat().st_size > 500, "INIT is written")
        time.sleep(0.3)
        place = self.folder / "late"
        place.mkdir()
        late.attach(place)
        time.sleep(0.3)
        # The root is asked for its attributes, and nobody answers.
        asking = subprocess.Popen(["stat", place], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        self.wait_for(lambda: b"late source" in self.file.read_bytes(), "it is named")
        self.stop(process)
        late.close()
        asking.wait()
        self.assertIn(place, self.names_in_tshark())
        self.assertIn(f": {place} (fuse), source late source",
                      self.succeed("read", self.file, "-V").decode())

    def test_a_target_is_found_through_links_while_its_server_hangs(self):
        hung = RawMount("hung")
        place = self.folder / "hung"
        place.mkdir()
        hung.attach(place)
        self.addCleanup(hung.close)
        (self.folder / "links").mkdir()
        link = self.folder / "links" / "link"
        link.symlink_to("../hung")
        for target, cwd in ((link, "/"), ("link/below/it", link.parent), (place, "/"),
                            ("../hung", link.parent)):
            with self.subTest(target=target):
                done = run("capture", target, "-a", "duration:0.1", cwd=cwd)
                self.assertEqual(done.returncode, 0, done.stderr.decode())

    # Processes that are killed

    def test_a_killed_capture_leaves_a_file_that_opens_and_nothing_in_the_kernel(self):
        process = self.start("-w", self.file)
        self.load()
        self.wait_for(lambda: self.file.stat().st_size > 100000, "the file grows")
        ids = self.kernel_objects(process)
        self.assertTrue(ids["prog"] and ids["map"], ids)
        process.kill()
        process.wait()
        read = run("read", self.file, "-T", "ndjson")
        self.assertEqual(read.returncode, 0, read.stderr.decode())
        self.assertGreater(read.stdout.count(b"\n"), 500)
        for kind, numbers in ids.items():
            for number in numbers:
                self.wait_for(lambda k=kind, n=number: not self.is_in_kernel(k, n),
                              f"{kind} {number} remains")

    @staticmethod
    def kernel_objects(process):
        """The numbers of BPF programs, maps and links that a process holds."""
        ids = {"prog": set(), "map": set(), "link": set()}
        for path in pathlib.Path(f"/proc/{process.pid}/fdinfo").iterdir():
            for kind, number in re.findall(r"^(prog|map|link)_id:\s*(\d+)", path.read_text(), re.M):
                ids[kind].add(int(number))
        return ids

    @staticmethod
    def is_in_kernel(kind, number):
        path = os.environ["PATH"] + ":/usr/sbin:/sbin"
        return subprocess.run(["bpftool", kind, "show", "id", str(number)], capture_output=True,
                              check=False, env=environment(PATH=path)).returncode == 0

    def test_nothing_stays_in_the_kernel_after_a_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number):
                process = self.start("-w", self.file)
                ids = self.kernel_objects(process)
                self.load()
                self.wait_for(lambda: self.file.stat().st_size > 20000, "the file grows")
                self.stop(process, number)
                self.assertGreater(self.assert_opens(self.file), 50)
                for program in ids["prog"]:
                    self.wait_for(lambda p=program: not self.is_in_kernel("prog", p), "it remains")

    def test_a_killed_command_ends_it_and_is_named(self):
        done = self.capture("-w", self.file, "--", "sh", "-c",
                            'stat "$0/file1"; kill -9 $$', self.mount)
        self.assertIn("command killed by signal 9", done.stderr.decode())
        self.assertGreater(self.assert_opens(self.file), 1)

    # Slow traffic

    def test_slow_traffic_is_in_the_file_within_a_second(self):
        process = self.start("-w", self.file)
        for number in range(1, 5):
            os.stat(self.mount / f"file{number}")
            self.wait_for(lambda n=number: f"file{n}\0".encode() in self.file.read_bytes(),
                          "it is written", within_s=1)
            time.sleep(0.3)
        self.stop(process)

    def test_slow_traffic_is_in_ring_files_within_a_second(self):
        process = self.start("-w", self.file, "-b", "messages:2")
        for number in range(1, 5):
            os.stat(self.mount / f"file{number}")
            self.wait_for(lambda n=number: any(f"file{n}\0".encode() in file.read_bytes()
                                               for file in self.ring_files()),
                          "it is written", within_s=1)
        self.stop(process)


if __name__ == "__main__":
    main()
