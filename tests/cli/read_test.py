"""fusewire read: text, trees, pairs, limits, copies, and what cannot be read."""
import os
import re
import subprocess
import unittest

from command_line import (CONVERSATION, FUSEWIRE, SOURCE_DIR, CommandLineTest, entry, environment,
                          lookup, raw_dump, reply, run)

ESCAPE = b"\x1b["


class Read(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.capture = self.import_raw(CONVERSATION)

    def lines(self, *options, **keywords):
        return self.succeed("read", self.capture, *options, **keywords).decode().splitlines()

    def test_a_message_is_a_line(self):
        lines = self.lines()
        self.assertEqual(len(lines), len(CONVERSATION))
        self.assertRegex(lines[0], r'^ +1 +0\.000000 +1 > LOOKUP +2 +1 "hello\.txt"$')
        self.assertRegex(lines[3], r'^ +4 +0\.003000 +1 < LOOKUP +4 +1 "missing" ENOENT 1\.00 ms$')

    def test_the_count_ends_it_early(self):
        self.assertEqual(self.lines("-c", "2"), self.lines()[:2])

    def test_the_tree_follows_its_line(self):
        text = "\n".join(self.lines("-V"))
        self.assertRegex(text, r'"hello\.txt"\n  Header\n    Length: 50\n')
        self.assertIn("# connection 1: tier import of raw\n", text)
        self.assertEqual(text.count("# connection"), 1)

    def test_hex_shows_every_byte(self):
        hex_bytes = re.findall(r"^  [0-9a-f]{4}  (.{48})", "\n".join(self.lines("-x")), re.M)
        shown = bytes.fromhex("".join(hex_bytes))
        self.assertEqual(shown, b"".join(data for _, data in CONVERSATION))

    def test_times_can_be_since_the_epoch_or_local(self):
        self.assertIn(" 1700000000.001000000 ", self.lines("-t", "e")[1])
        utc = environment(TZ="UTC")
        self.assertIn(" 2023-11-14 22:13:20.001000000 ", self.lines("-t", "a", env=utc)[1])

    def test_pairs_are_a_line_each(self):
        lines = self.lines("--pairs")
        self.assertEqual(len(lines), 3)
        self.assertRegex(lines[0], r'LOOKUP +2 +1 "hello\.txt" => ok 1\.00 ms nodeid=2')
        self.assertRegex(lines[1], r'LOOKUP +4 +1 "missing" => ENOENT 1\.00 ms$')
        self.assertRegex(lines[2], r"READ .* => no reply$")

    def test_pairs_show_what_has_no_pair(self):
        forget = (0, b"\x30\0\0\0\x02\0\0\0" + b"\0" * 40)
        self.capture = self.import_raw([forget, reply(99)], "alone.pcapng")
        lines = self.lines("--pairs")
        self.assertEqual(len(lines), 2)
        self.assertIn("> FORGET", lines[0])
        self.assertNotIn("no reply", lines[0])
        self.assertIn("<", lines[1])

    def test_colours_are_for_terminals_or_on_request(self):
        self.assertNotIn(ESCAPE, self.succeed("read", self.capture))
        self.assertIn(ESCAPE, self.succeed("read", self.capture, "--color", "always"))
        self.assertNotIn(ESCAPE, self.on_terminal(NO_COLOR="1"))
        self.assertNotIn(ESCAPE, self.on_terminal("--color", "never"))
        self.assertNotIn(ESCAPE, self.on_terminal(TERM="dumb"))
        self.assertIn(ESCAPE, self.on_terminal())

    def on_terminal(self, *options, **variables):
        """Standard output when that is a terminal."""
        ours, theirs = os.openpty()
        with subprocess.Popen([FUSEWIRE, "read", self.capture, *options], stdout=theirs,
                              stderr=subprocess.DEVNULL, env=environment(**variables)) as process:
            os.close(theirs)
            text = b""
            while True:
                try:
                    piece = os.read(ours, 65536)
                except OSError: # the terminal hangs up
                    break
                if not piece:
                    break
                text += piece
            self.assertEqual(process.wait(), 0)
        os.close(ours)
        return text

    def test_a_copy_reads_the_same(self):
        for name in ("copy.pcapng", "copy.pcap"):
            with self.subTest(name=name):
                copy = self.folder / name
                out = self.succeed("read", self.capture, "-w", copy, "--format", name.split(".")[1])
                self.assertEqual(out, b"")
                original = [self.without_server(m) for m in self.messages(self.capture)]
                self.assertEqual([self.without_server(m) for m in self.messages(copy)], original)
                self.assertEqual(copy.stat().st_mode & 0o777, 0o600)

    @staticmethod
    def without_server(message):
        return {key: value for key, value in message.items() if key != "server_pid"}

    def test_a_copy_holds_no_more_than_the_count(self):
        copy = self.folder / "copy.pcapng"
        printed = self.succeed("read", self.capture, "-c", "3", "-P", "-w", copy)
        self.assertEqual(len(printed.splitlines()), 3)
        self.assertEqual(len(self.messages(copy)), 3)

    def test_the_input_is_not_overwritten(self):
        before = self.capture.read_bytes()
        done = run("read", self.capture, "-w", self.capture)
        self.assertEqual(done.returncode, 2)
        self.assert_one_line(done.stderr, "is the file that is read")
        self.assertEqual(self.capture.read_bytes(), before)

    def test_a_forced_dialect_is_used(self):
        dialects = {m["dialect"] for m in self.messages(self.capture, "--dialect", "upstream")}
        self.assertEqual(dialects, {"upstream"})

    def test_replies_are_known_before_they_come(self):
        self.assertEqual([m["reply_frame"] for m in self.messages(self.capture)
                          if m["direction"] == "request"], [2, 4, None])

    def test_what_is_no_capture_is_refused(self):
        text = self.folder / "notes.txt"
        text.write_text("just some notes\n" * 100)
        empty = self.folder / "empty"
        empty.write_bytes(b"")
        for path in (text, empty, self.folder, self.folder / "absent", "/dev/null"):
            with self.subTest(path=path):
                done = run("read", path)
                self.assertEqual(done.returncode, 3)
                self.assertEqual(done.stdout, b"")
                self.assert_one_line(done.stderr, str(path))

    def test_a_dump_brings_the_command_that_imports_it(self):
        dump = self.folder / "dump.raw"
        dump.write_bytes(raw_dump(CONVERSATION * 4))
        done = run("read", dump)
        self.assertEqual(done.returncode, 3)
        self.assert_one_line(done.stderr, "fusewire import --from raw")

    def test_a_cut_capture_is_read_as_far_as_it_goes(self):
        whole = self.capture.read_bytes()
        cut = self.folder / "cut.pcapng"
        cut.write_bytes(whole[:-20])
        done = run("read", cut)
        self.assertIn(done.returncode, (0, 3))
        self.assertEqual(len(done.stdout.splitlines()), len(CONVERSATION) - 1)
        self.assert_one_line(done.stderr, "cut.pcapng")

    def test_losses_are_summed_up(self):
        done = run("read", SOURCE_DIR / "samples" / "losses.pcapng")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr.decode(), r"\d+ messages? (was|were) lost during the capture")
        self.assertIn(b"lost", done.stdout)

    def test_output_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([FUSEWIRE, "read", self.capture], stdout=full,
                                  stderr=subprocess.PIPE, env=environment(), check=False)
        self.assertEqual(done.returncode, 3)
        self.assert_one_line(done.stderr, "standard output", "No space left")

    def test_many_unanswered_requests_take_bounded_memory(self):
        count = 70000 # more than are kept
        self.capture = self.import_raw([lookup(2 * n + 2, b"f%d" % n) for n in range(count)] +
                                       [entry(2 * count)])
        lines = self.lines("--pairs")
        self.assertEqual(len(lines), count)
        self.assertIn('"f0" => no reply', lines[0])
        self.assertEqual(sum("=> ok" in line for line in lines), 1)


if __name__ == "__main__":
    unittest.main()
