"""-Y: which messages are shown, counted and written; wrong filters; filters made to wear it out."""
import json
import os
import pty
import struct
import subprocess
import time
import unittest

from command_line import (CONVERSATION, FUSEWIRE, SOURCE_DIR, CommandLineTest, environment, lookup, reply,
                          request, run)

SAMPLES = SOURCE_DIR / "samples"


class DisplayFilter(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.capture = self.import_raw(CONVERSATION)

    def lines(self, capture, *options):
        return self.succeed("read", capture, *options).decode().splitlines()

    def frames(self, capture, text):
        return [int(n) for n in
                self.lines(capture, "-Y", text, "-T", "fields", "-e", "frame.number")]

    def test_only_what_it_selects_is_shown(self):
        self.assertEqual(self.frames(self.capture, "fuse.error == ENOENT"), [4])
        self.assertEqual(self.lines(self.capture, "-Y", "fuse.error == ENOENT"),
                         [self.lines(self.capture)[3]])

    def test_a_terminal_is_told_what_was_meant_where_nothing_is_selected(self):
        command = [FUSEWIRE, "read", SAMPLES / "lookup-handle-session.pcapng", "-Y"]
        for text, told in (("fuse.error == ENOENT", True), ("fuse.nodeid == 77", False),
                           ("fuse.opcode == COMPOUND", False)):
            ours, terminal = pty.openpty()
            done = subprocess.run([*command, text], stdout=subprocess.PIPE, stderr=terminal,
                                  env=environment(), check=False)
            os.close(terminal)
            try:
                said = os.read(ours, 4096).decode()
            except OSError: # nothing was written, and nobody writes any more
                said = ""
            os.close(ours)
            self.assertEqual(done.returncode, 0)
            self.assertEqual("fuse.sub.error" in said, told, said)

    def test_every_format_is_filtered(self):
        text = "fuse.opcode == LOOKUP"
        objects = json.loads(self.succeed("read", self.capture, "-T", "json", "-Y", text))
        self.assertEqual([o["frame"] for o in objects], [1, 2, 3, 4])
        more = self.succeed("read", self.capture, "-T", "ndjson", "-Y", text)
        self.assertEqual([json.loads(line) for line in more.splitlines()], objects)
        self.assertIn("READ", "\n".join(self.lines(self.capture, "-V", "-Y", "!(%s)" % text)))

    def test_the_count_is_of_what_it_selects(self):
        self.assertEqual(len(self.lines(self.capture, "-Y", "fuse.latency", "-c", "1")), 1)
        self.assertEqual(len(self.lines(self.capture, "-Y", "fuse.latency", "-c", "9")), 2)

    def test_a_pair_is_shown_for_one_of_the_two(self):
        pairs = self.lines(self.capture, "--pairs")
        for text in ("fuse.error == ENOENT", 'fuse.name == "missing"'):
            self.assertEqual(self.lines(self.capture, "--pairs", "-Y", text), [pairs[1]])
        self.assertEqual(self.lines(self.capture, "--pairs", "-Y", "fuse.opcode == READ"),
                         [pairs[2]])
        self.assertEqual(self.lines(self.capture, "--pairs", "-Y", "fuse.opcode == OPEN"), [])

    def test_what_it_selects_can_be_written(self):
        out = self.folder / "some.pcapng"
        self.succeed("read", self.capture, "-Y", "fuse.error", "-w", out)
        self.assertEqual([line.split()[3] for line in self.lines(out)], ["<", "<"])

    def test_fields_that_need_later_messages_know_them(self):
        self.assertEqual(self.frames(self.capture, "fuse.reply_frame"), [1, 3])
        session = SAMPLES / "lookup-handle-session.pcapng"
        self.assertEqual(self.frames(session, 'fuse.finding == "handle-empty"'), [18])

    def test_a_pipe_is_filtered_too(self):
        out = self.succeed("read", "-", "-Y", "fuse.error == ENOENT", "-T", "fields", "-e",
                           "frame.number", stdin=self.capture.read_bytes())
        self.assertEqual(out, b"4\n")

    def test_json_and_filters_agree_about_real_traffic(self):
        """What each filter selects is what the objects say."""
        capture = SAMPLES / "captures/live/bindfs.pcapng"
        objects = [json.loads(line) for line in
                   self.succeed("read", capture, "-T", "ndjson").splitlines()]
        for text, holds in (
                ("fuse.error < 0", lambda o: (o.get("error") or 0) < 0),
                ("fuse.latency > 50 us", lambda o: (o.get("latency_ns") or 0) > 50000),
                ("fuse.opcode in {LOOKUP, GETATTR}", lambda o: o["opcode"] in ("LOOKUP", "GETATTR")),
                ("fuse.length >= 100", lambda o: o["length"] >= 100),
                ("fuse.unique % 4 == 2", lambda o: o["unique"] % 4 == 2),
                ("fuse.finding.severity >= warn",
                 lambda o: any(f["severity"] != "note" for f in o["findings"])),
                ("fuse.reply_frame - frame.number > 1",
                 lambda o: (o.get("reply_frame") or 0) - o["frame"] > 1),
        ):
            expected = [o["frame"] for o in objects if holds(o)]
            self.assertEqual(self.frames(capture, text), expected, text)

    def test_a_wrong_one_is_a_usage_error_of_one_line(self):
        done = run("read", self.capture, "-Y", "fuse.opcode == LOKUP")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, b"")
        self.assert_one_line(done.stderr, "-Y, column 16", "did you mean LOOKUP?")

    def test_a_wrong_one_is_told_before_the_file_is_looked_at(self):
        self.assertEqual(run("read", "no-such-file", "-Y", "(").returncode, 2)

    def test_a_filter_of_a_megabyte_is_refused(self):
        # As one argument of a command line it may not be longer than 128 KiB.
        for text in ("fuse.error || " * 9000 + "fuse.error", "(" * 100000, "!" * 100000,
                     '"' + "a" * 100000, "fuse.name == \"" + "\\" * 100000):
            done = run("read", self.capture, "-Y", text)
            self.assertEqual(done.returncode, 2)
            self.assert_one_line(done.stderr, "-Y, column", "65536 bytes")
            self.assertLess(len(done.stderr), 500)

    def test_brackets_and_repeats_end_with_a_message(self):
        for text in ("(" * 1000 + "fuse.error" + ")" * 1000, "!" * 60000 + "fuse.error",
                     "fuse.unique == " + "1 + " * 15000 + "1", "fuse.name" + "[0]" * 20000,
                     "fuse.unique in {" + "1," * 30000, "len(" * 15000, "any " * 15000,
                     "fuse.unique == " + "-" * 60000):
            began = time.monotonic()
            done = run("read", self.capture, "-Y", text)
            self.assertEqual(done.returncode, 2, text[:40])
            self.assert_one_line(done.stderr, "-Y, column")
            self.assertLess(time.monotonic() - began, 20, text[:40])

    def test_long_filters_that_are_right_work(self):
        every = " || ".join("fuse.unique == %d" % i for i in range(1, 2500))
        self.assertEqual(self.frames(self.capture, every), [1, 2, 3, 4, 5])
        numbers = ",".join(str(i) for i in range(9000, 0, -1))
        self.assertEqual(self.frames(self.capture, "fuse.unique in {%s}" % numbers),
                         [1, 2, 3, 4, 5])

    def test_a_regular_expression_that_never_ends_is_given_up(self):
        capture = self.import_raw([lookup(2 * i + 2, b"a" * 250 + b"!") for i in range(50)],
                                  "long.pcapng")
        began = time.monotonic()
        done = run("read", capture, "-Y", 'fuse.name matches "^(([a-z]+)*)*$"')
        self.assertLess(time.monotonic() - began, 60)
        self.assertEqual((done.returncode, done.stdout), (0, b""))
        self.assertIn(b"50 messages were left out, undecided: a regular expression took too long",
                      done.stderr)

    def test_a_long_directory_takes_a_time_that_grows_with_its_length(self):
        entries = b"".join(struct.pack("<QQII", at + 2, at + 1, 1, 8) + b"x" + b"\0" * 7
                           for at in range(32000))
        asked = request(28, 4, 1, struct.pack("<QQIIQII", 3, 0, len(entries), 0, 0, 0, 0))
        capture = self.import_raw([asked, reply(4, entries)], "long.pcapng")
        began = time.monotonic()
        self.assertEqual(self.frames(capture, 'fuse.readdir.dirents.name == "y"'), [])
        self.assertEqual(self.frames(capture, 'count(fuse.readdir.dirents.ino) == 32000'), [2])
        self.assertLess(time.monotonic() - began, 10)

    def test_times_are_read_as_they_are_shown(self):
        session = SAMPLES / "lookup-handle-session.pcapng"
        for zone in ("UTC", "America/New_York", "Asia/Kolkata"):
            env = environment(TZ=zone)
            shown = run("read", session, "-t", "a", "-c", "1", env=env).stdout.decode().split()[1:3]
            text = 'frame.time_epoch == "%s"' % " ".join(shown)
            out = run("read", session, "-Y", text, "-T", "fields", "-e", "frame.number", env=env)
            self.assertIn(b"1\n", out.stdout, zone)

    def test_captures_without_init_and_empty_ones_are_filtered(self):
        self.assertEqual(self.frames(SAMPLES / "late-attach.pcapng", "fuse.opcode == INIT"), [])
        empty = self.folder / "empty.pcapng"
        self.succeed("read", self.capture, "-Y", "fuse.opcode == OPEN", "-w", empty)
        self.assertEqual(self.frames(empty, "fuse.opcode == LOOKUP || !fuse.finding"), [])

    def test_capture_refuses_a_filter_of_nothing_shown(self):
        done = run("capture", "-w", self.folder / "x.pcapng", "-Y", "fuse.error")
        self.assertEqual(done.returncode, 2)
        self.assert_one_line(done.stderr, "-Y", "-P")

    def test_the_reference_is_printed_in_each_form(self):
        sections = json.loads(self.succeed("filters", "-T", "json"))
        self.assertIn("functions", sections)
        text = self.succeed("filters").decode()
        for row in sections["examples"]:
            self.assertIn(row["form"], text)


if __name__ == "__main__":
    unittest.main()
