"""fusewire capture on a bindfs mount without caching. Needs root and a kernel that lets us probe;
ends with 77 where that is missing, or fails under FUSEWIRE_REQUIRE_LIVE=1."""
import json
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import time

from command_line import FUSEWIRE, TIMEOUT_S, environment, run
from live_mount import FILES, NOBODY, STAT_ALL, LiveMountTest, main


def as_sudo():
    """The environment that sudo gives to a command of user nobody."""
    return environment(SUDO_UID=str(NOBODY), SUDO_GID=str(NOBODY))


class LiveCapture(LiveMountTest):
    def assert_all_looked_up(self, messages):
        lookups = [m for m in messages if m["opcode"] == "LOOKUP"]
        requests = {m["frame"]: m for m in lookups if m["direction"] == "request"}
        self.assertEqual({m["layers"]["lookup"]["name"] for m in requests.values()},
                         {f"file{n}" for n in range(1, FILES + 1)})
        self.assertEqual(len(requests), FILES)
        answered = [requests.pop(m["request_frame"]) for m in lookups if m["direction"] == "reply"]
        self.assertEqual((len(answered), requests), (FILES, {}))
        self.assertFalse([m for m in messages if "lost" in m])

    def test_a_file_holds_every_lookup_with_its_reply(self):
        done = self.capture("-w", self.file, "--", "sh", "-c", STAT_ALL, self.mount)
        self.assertRegex(done.stderr.decode(), r"captured \d+ messages \(\d+ bytes\), lost 0; tier "
                         r"\w+: cannot see .*; command exited with status 0\n")
        self.assert_all_looked_up(self.messages(self.file))

    def test_a_pipe_holds_every_lookup_with_its_reply(self):
        writer = subprocess.Popen([FUSEWIRE, "capture", self.mount, "-w", "-", "--", "sh", "-c",
                                   STAT_ALL + "; echo said", self.mount], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, env=environment())
        reader = subprocess.run([FUSEWIRE, "read", "-", "-T", "ndjson"], stdin=writer.stdout,
                                capture_output=True, check=True, timeout=TIMEOUT_S)
        _, stderr = writer.communicate(timeout=TIMEOUT_S)
        self.assertEqual(writer.returncode, 0, stderr)
        self.assertIn(b"said\n", stderr)
        self.assert_all_looked_up([json.loads(line) for line in reader.stdout.splitlines()])

    def test_a_display_filter_chooses_what_is_shown_and_not_what_is_written(self):
        done = self.capture("-w", self.file, "-P", "-Y", 'fuse.request.name == "file5"', "--", "sh",
                            "-c", STAT_ALL, self.mount)
        lines = done.stdout.decode().splitlines()
        self.assertEqual([line.split()[4] for line in lines], ["LOOKUP"] * len(lines))
        self.assertEqual({line.split()[3] for line in lines}, {">", "<"})
        self.assertTrue(all('"file5"' in line for line in lines), lines)
        self.assert_all_looked_up(self.messages(self.file))

    def test_it_ends_when_whoever_started_it_closes_its_standard_input(self):
        for ending in (os.close, lambda pipe: os.write(pipe, b"\n")):
            its_end, ours = os.pipe()
            capture = self.start("-w", self.file, "--until-stdin-closes", stdin=its_end)
            os.close(its_end)
            subprocess.run(["sh", "-c", STAT_ALL, self.mount], check=True)
            self.assertIsNone(capture.poll())
            ending(ours)
            self.assertEqual(capture.wait(timeout=TIMEOUT_S), 0)
            self.assert_all_looked_up(self.messages(self.file))

    def test_a_standard_input_that_cannot_end_is_a_usage_error(self):
        done = subprocess.run([FUSEWIRE, "capture", "--until-stdin-closes", "-w", self.file],
                              stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              env=environment(), timeout=TIMEOUT_S)
        self.assertEqual(done.returncode, 2)
        self.assert_one_line(done.stderr, "standard input", "pipe")

    def test_the_file_describes_the_connection(self):
        self.capture("-w", self.file, "--", "stat", self.mount / "file1")
        text = self.succeed("read", self.file, "-V").decode()
        self.assertRegex(text, rf"# connection \d+: {self.mount} \(fuse[.a-z]*\).* kernel "
                         rf"{re.escape(os.uname().release)}, tier \w+, cannot see ")

    def test_what_is_piped_shows_at_once(self):
        writer = self.start("-w", "-")
        reader = subprocess.Popen([FUSEWIRE, "read", "-"], stdin=writer.stdout,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end, reader)
        os.stat(self.mount / "file7")
        self.assertIn(b'"file7"', self.read_until(reader.stdout, b"file7"))
        self.stop(writer)

    def test_text_shows_at_once(self):
        process = self.start()
        os.stat(self.mount / "file9")
        self.assertIn(b'LOOKUP', self.read_until(process.stdout, b"file9"))
        self.stop(process)

    def read_until(self, pipe, wanted):
        text = b""
        while wanted not in text:
            ready, _, _ = select.select([pipe], [], [], 10)
            self.assertTrue(ready, f"no {wanted} within 10 seconds, only {text}")
            text += os.read(pipe.fileno(), 65536)
        return text

    def test_signals_close_a_valid_file(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number):
                process = self.start("-w", self.file)
                os.stat(self.mount / "file3")
                self.assertIn("lost 0", self.stop(process, number))
                names = [m["layers"]["lookup"].get("name") for m in self.messages(self.file)
                         if m["opcode"] == "LOOKUP" and m["direction"] == "request"]
                self.assertIn("file3", names)

    def test_json_is_whole_after_a_signal(self):
        process = self.start("-T", "json")
        os.stat(self.mount / "file4")
        process.send_signal(signal.SIGINT)
        stdout, _ = process.communicate(timeout=TIMEOUT_S)
        self.assertIn("file4", json.dumps(json.loads(stdout)))

    def test_no_capability_is_left_while_capturing(self):
        for env, uid in ((environment(), 0), (as_sudo(), NOBODY)):
            with self.subTest(uid=uid):
                process = self.start("-w", self.folder / f"{uid}.pcapng", env=env)
                status = self.status(process)
                for capabilities in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
                    self.assertEqual(int(status[capabilities], 16), 0, capabilities)
                self.assertEqual(set(status["Uid"].split()), {str(uid)})
                self.stop(process)

    def test_the_command_runs_as_whoever_called_sudo(self):
        done = self.capture("-w", self.file, "--", "id", "-u", env=as_sudo())
        self.assertEqual(done.stdout, f"{NOBODY}\n".encode())
        self.assertEqual((self.file.stat().st_uid, self.file.stat().st_mode & 0o777),
                         (NOBODY, 0o600))

    def test_the_command_runs_as_the_user_who_is_named(self):
        done = self.capture("--user", "nobody", "-w", self.file, "--", "id", "-un")
        self.assertEqual(done.stdout, b"nobody\n")

    def test_the_command_speaks_on_standard_error_beside_text(self):
        done = self.capture("--", "sh", "-c", "echo said; stat $0/file1 >/dev/null; exit 3", self.mount)
        self.assertNotIn(b"said", done.stdout)
        self.assertIn(b"said\n", done.stderr)
        self.assertIn(b"file1", done.stdout)
        self.assertIn(b"command exited with status 3\n", done.stderr)

    def test_a_command_that_does_not_exist_is_a_usage_error(self):
        done = run("capture", self.mount, "-w", self.file, "--", "no-such-command")
        self.assertEqual(done.returncode, 2)
        self.assert_one_line(done.stderr, "no-such-command")
        self.assertEqual(self.messages(self.file), [])

    def test_limits_end_it(self):
        self.assertEqual(len(self.limited("-c", "3")), 3)
        self.assertEqual(len(self.limited("-a", "messages:5")), 5)
        self.limited("-a", "size:20K")
        self.assertLess(self.file.stat().st_size, 25000)
        began = time.monotonic()
        self.capture("-w", self.file, "-a", "duration:0.3")
        self.assertLess(time.monotonic() - began, 10)

    def limited(self, *limit):
        self.capture("-w", self.file, *limit, "--", "sh", "-c", STAT_ALL, self.mount)
        return self.messages(self.file)

    def test_the_snap_length_cuts_messages_and_says_so(self):
        self.capture("-s", "64", "-w", self.file, "--", "stat", self.mount / "file1")
        replies = [m for m in self.messages(self.file) if m["opcode"] == "LOOKUP"
                   and m["direction"] == "reply"]
        self.assertTrue(replies)
        for message in replies:
            self.assertEqual((message["length"], message["captured"]), (144, 64))

    def test_a_full_disk_leaves_a_valid_file(self):
        small = self.folder / "small"
        small.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", small], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", small], check=True)
        file = small / "x.pcapng"
        done = run("capture", self.mount, "-w", file, "--", "sh", "-c", STAT_ALL, self.mount)
        self.assertEqual(done.returncode, 3)
        self.assertIn("No space left on device", done.stderr.decode())
        self.assertGreater(len(self.messages(file)), 50)

    def test_a_reader_that_goes_away_ends_it(self):
        for arguments in ((), ("-w", "-")):
            with self.subTest(arguments=arguments):
                process = self.start(*arguments)
                process.stdout.close()
                self.assertEqual(process.wait(TIMEOUT_S), 0)

    def test_connections_are_listed_without_privileges(self):
        done = self.as_nobody("capture", "-D")
        self.assertEqual(done.returncode, 0)
        self.assertIn(str(self.mount), done.stdout.decode())

    def test_the_list_names_the_server_and_asks_it_nothing(self):
        server = int(subprocess.check_output(["pgrep", "-f", f"^bindfs .*{self.mount}$"]))
        os.kill(server, signal.SIGSTOP) # a request would wait for ever
        self.addCleanup(os.kill, server, signal.SIGCONT)
        listed = json.loads(self.succeed("capture", "-D", "-T", "json"))["connections"]
        ours = next(row for row in listed if row["mount_point"] == str(self.mount))
        self.assertEqual(ours["fs_type"], "fuse")
        self.assertIn(ours["waiting"], (0, None))
        if fdinfo_names_connections(server):
            self.assertEqual(ours["servers"], [{"pid": server, "name": "bindfs"}])
            self.assertIn(f" {server} bindfs ", self.succeed("capture", "-D").decode())

    def test_capturing_without_privileges_says_what_is_missing(self):
        done = self.as_nobody("capture", self.mount, "-w", self.file)
        self.assertEqual(done.returncode, 3)
        self.assert_one_line(done.stderr, "root")

    def as_nobody(self, *arguments):
        binary = self.folder / "fusewire" # the build folder may be closed to others
        shutil.copy(FUSEWIRE, binary)
        return subprocess.run([binary, *arguments], capture_output=True, check=False, user=NOBODY,
                              group=NOBODY, extra_groups=[], env=environment(), cwd="/")

    def test_a_target_that_is_no_mount_is_a_usage_error(self):
        done = run("capture", "/")
        self.assertEqual(done.returncode, 2)
        self.assert_one_line(done.stderr, str(self.mount))


def fdinfo_names_connections(pid):
    """Whether the kernel is of Linux 6.16 or later."""
    return any("fuse_connection:" in info.read_text() for info in pathlib.Path(f"/proc/{pid}/fdinfo").iterdir())


if __name__ == "__main__":
    main()
