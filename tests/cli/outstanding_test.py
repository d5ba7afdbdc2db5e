"""fusewire read --outstanding: what had no answer when the capture ended."""
import json
import unittest

import jsonschema

from command_line import (CONVERSATION, SOURCE_DIR, CommandLineTest, lookup, raw_dump, reply,
                          request, run)

SCHEMA = json.loads((SOURCE_DIR / "docs" / "schema.json").read_text())
SAMPLES = SOURCE_DIR / "samples"
INTERRUPT = 36


def of_state():
    return jsonschema.Draft202012Validator({**SCHEMA["$defs"]["outstanding"], "$defs": SCHEMA["$defs"]})


class Outstanding(CommandLineTest):
    def state(self, capture):
        state = json.loads(self.succeed("read", capture, "--outstanding", "-T", "json"))
        of_state().validate(state)
        return state

    def text(self, capture, *options):
        return self.succeed("read", capture, "--outstanding", *options).decode()

    def test_every_sample_keeps_to_the_schema(self):
        waiting = 0
        for path in sorted(SAMPLES.rglob("*.pcapng")):
            with self.subTest(sample=path.name):
                waiting += len(self.state(path)["outstanding"])
        self.assertGreater(waiting, 10)

    def test_the_schema_takes_one_state_and_many(self):
        check = jsonschema.Draft202012Validator(SCHEMA)
        state = self.state(self.import_raw(CONVERSATION))
        check.validate(state)
        check.validate([state, state])

    def test_only_what_has_no_answer_is_shown(self):
        waiting = self.state(self.import_raw(CONVERSATION))["outstanding"]
        self.assertEqual([(one["opcode"], one["unique"], one["nodeid"], one["path"], one["pid"])
                          for one in waiting], [("READ", 6, 2, "/hello.txt", 4242)])
        self.assertEqual(waiting[0]["arguments"], "fh=7 offset=0 size=4096")
        self.assertEqual(waiting[0]["read_by"], "unknown")

    def test_the_oldest_comes_first_with_its_age_at_the_end(self):
        capture = self.import_raw([lookup(2, b"first"), lookup(4, b"second"),
                                   request(INTERRUPT, 5, 0, (4).to_bytes(8, "little")),
                                   lookup(6, b"last"), reply(6)])
        state = self.state(capture)
        self.assertEqual([(one["unique"], one["age_ns"], one["interrupt_frame"])
                          for one in state["outstanding"]], [(2, 4000000, None), (4, 3000000, 3)])
        self.assertEqual((state["messages"], state["lost"]), (5, 0))
        lines = self.text(capture).splitlines()
        self.assertIn("2 unanswered, 5 messages, 0 lost", lines[0])
        self.assertRegex(lines[3], r'^ +4 ms +1 LOOKUP +2 +4242 +1000 \? +1 / "first"$')
        self.assertRegex(lines[4], r'^ +3 ms .*"second" \(interrupted\)$')

    def test_what_was_in_flight_at_the_start_is_older_than_its_age(self):
        capture = SAMPLES / "late-attach.pcapng"
        first = self.folder / "first.pcapng"
        self.succeed("read", capture, "-c", "12", "-w", first)
        waiting = {one["unique"]: one for one in self.state(first)["outstanding"]}
        self.assertEqual({unique: (one["began_unseen"], one["read_by"])
                          for unique, one in waiting.items()},
                         {2: (True, "somebody"), 4: (True, "nobody"), 6: (False, "thread")})
        self.assertRegex(self.text(first), r"\n +> 1\.5 s +45 READ +2 ")
        self.assertEqual([one["unique"] for one in self.state(capture)["outstanding"]], [6])

    def test_a_pipe_is_read_to_its_end(self):
        capture = self.import_raw(CONVERSATION)
        self.assertEqual(self.succeed("read", "-", "--outstanding", stdin=capture.read_bytes()),
                         self.text(capture).encode())

    def test_colours_are_asked_for(self):
        capture = self.import_raw(CONVERSATION)
        self.assertNotIn("\x1b", self.text(capture))
        self.assertIn("\x1b[", self.text(capture, "--color", "always"))

    def test_options_that_show_messages_do_not_fit(self):
        capture = self.import_raw(CONVERSATION)
        for options in (["-V"], ["-x"], ["--pairs"], ["-T", "fields", "-e", "fuse.opcode"]):
            for command in (["read", capture], ["capture"]):
                done = run(*command, "--outstanding", *options)
                self.assertEqual(done.returncode, 2, options)
                self.assert_one_line(done.stderr, "--outstanding")
        done = run("read", capture, "--outstanding", "-w", self.folder / "copy.pcapng")
        self.assertEqual(done.returncode, 2)
        done = run("capture", "--outstanding", "--interval", "0")
        self.assertEqual(done.returncode, 2)
        self.assert_one_line(done.stderr, "--interval")

    def test_what_is_no_capture_is_an_error(self):
        dump = self.folder / "dump"
        dump.write_bytes(raw_dump(CONVERSATION))
        done = run("read", dump, "--outstanding")
        self.assertEqual(done.returncode, 3)


if __name__ == "__main__":
    unittest.main()
