"""Pipes: reading from one, writing to one that closes, and what is shown before the end."""
import json
import os
import select
import signal
import subprocess
import time
import unittest

from command_line import (CONVERSATION, FUSEWIRE, TIMEOUT_S, CommandLineTest, environment, entry,
                          lookup, run)


class Pipes(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.capture = self.import_raw(CONVERSATION)

    def start(self, *arguments, **options):
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
                   "env": environment(), **options}
        process = subprocess.Popen([FUSEWIRE, *map(str, arguments)], **options)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        process.kill()
        process.communicate()

    def read_some(self, pipe, wait_s=10):
        ready, _, _ = select.select([pipe], [], [], wait_s)
        self.assertTrue(ready, "nothing came")
        return os.read(pipe.fileno(), 1 << 16)

    def test_standard_input_is_read_from_a_pipe(self):
        from_pipe = self.succeed("read", "-", stdin=self.capture.read_bytes())
        self.assertEqual(from_pipe, self.succeed("read", self.capture))

    def test_standard_input_that_is_a_file_is_read_twice(self):
        with open(self.capture, "rb") as file:
            done = subprocess.run([FUSEWIRE, "read", "-", "-T", "ndjson"], stdin=file,
                                  capture_output=True, env=environment(), check=True)
        self.assertEqual(json.loads(done.stdout.splitlines()[0])["reply_frame"], 2)

    def test_captures_flow_through_pipes(self):
        dump = self.folder / "capture.pcapng.raw"
        piped = self.succeed("import", "--from", "raw", "-", "-w", "-", stdin=dump.read_bytes())
        self.assertEqual(self.succeed("read", "-", stdin=piped), self.succeed("read", self.capture))
        copied = self.succeed("read", "-", "-w", "-", stdin=piped)
        self.assertEqual(self.succeed("read", "-", stdin=copied), self.succeed("read", self.capture))

    def test_messages_show_before_the_pipe_ends(self):
        process = self.start("read", "-")
        process.stdin.write(self.capture.read_bytes())
        process.stdin.flush()
        self.assertIn(b"hello.txt", self.read_some(process.stdout))
        self.assertIsNone(process.poll())

    def test_a_reader_that_goes_away_is_no_error(self):
        many = self.import_raw([message for n in range(20000)
                                for message in (lookup(2 * n + 2, b"name"), entry(2 * n + 2))])
        for options in ((), ("-T", "json"), ("--pairs",), ("-V",), ("-w", "-")):
            with self.subTest(options=options):
                process = self.start("read", many, *options)
                self.read_some(process.stdout)
                process.stdout.close()
                self.assertEqual(process.wait(TIMEOUT_S), 0)
                self.assertEqual(process.stderr.read(), b"")

    def test_json_ends_well_when_interrupted(self):
        process = self.start("read", "-", "-T", "json")
        process.stdin.write(self.capture.read_bytes())
        process.stdin.flush()
        first = self.read_some(process.stdout)
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        self.assertEqual(len(json.loads(first + rest)), len(CONVERSATION))
        self.assertEqual(process.wait(TIMEOUT_S), -signal.SIGINT)

    def test_json_ends_well_when_the_input_is_damaged(self):
        whole = self.capture.read_bytes()
        for length in range(200, len(whole), 37):
            done = run("read", "-", "-T", "json", stdin=whole[:length])
            self.assertIn(done.returncode, (0, 3))
            self.assertIsInstance(json.loads(done.stdout), list)

    def test_a_pipe_that_gives_nothing_can_be_interrupted(self):
        process = self.start("read", "-")
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        self.assertIn(process.wait(TIMEOUT_S), (3, -signal.SIGTERM))


if __name__ == "__main__":
    unittest.main()
