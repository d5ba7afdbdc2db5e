"""-T fields and the reference of fields."""
import json
import unittest

from command_line import CONVERSATION, CommandLineTest, run


class Columns(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.capture = self.import_raw(CONVERSATION)

    def rows(self, *fields):
        options = [word for field in fields for word in ("-e", field)]
        text = self.succeed("read", self.capture, "-T", "fields", *options).decode()
        return [line.split("\t") for line in text.splitlines()]

    def test_columns_of_the_message_are_raw(self):
        rows = self.rows("frame.number", "frame.time_epoch", "frame.len", "fuse.opcode",
                         "fuse.opcode_name", "fuse.unique", "fuse.error", "fuse.latency_ns")
        self.assertEqual(rows[0], ["1", "1700000000.000000000", "50", "1", "LOOKUP", "2", "", ""])
        self.assertEqual(rows[3], ["4", "1700000000.003000000", "16", "1", "LOOKUP", "4", "-2",
                                   "1000000"])

    def test_columns_of_the_body_are_raw(self):
        rows = self.rows("fuse.lookup.name", "fuse.lookup.attr.mode", "fuse.lookup.nodeid",
                         "fuse.read.size")
        self.assertEqual(rows, [["hello.txt", "", "", ""], ["", "33188", "2", ""],
                                ["missing", "", "", ""], ["", "", "", ""], ["", "", "", "4096"]])

    def test_repeats_are_joined_by_commas(self):
        self.assertEqual(self.rows("fuse.nodeid")[1], ["2"])
        self.assertEqual(self.rows("fuse.nodeid")[4], ["2"])

    def test_columns_can_be_separated_by_commas(self):
        self.assertEqual(self.rows("frame.number,fuse.opcode"),
                         self.rows("frame.number", "fuse.opcode"))

    def test_later_facts_are_known_at_once(self):
        self.assertEqual([row[0] for row in self.rows("fuse.reply_frame")], ["2", "", "4", "", ""])

    def test_bytes_are_lower_case_hex(self):
        capture = self.import_raw([(0, bytes.fromhex("2c00000063000000") + b"\x02" + b"\0" * 31 +
                                    b"\xAB\xCD\xEF\x01")], "bytes.pcapng")
        self.assertEqual(self.messages(capture)[0]["captured"], 44)


class Reference(CommandLineTest):
    def entries(self, *pattern):
        return json.loads(self.succeed("fields", *pattern, "-T", "json"))

    def test_every_name_is_listed_once(self):
        names = self.succeed("fields", "-T", "names").decode().split()
        self.assertGreater(len(names), 300)
        self.assertEqual(len(names), len(set(names)))

    def test_every_listed_name_is_a_column(self):
        names = self.succeed("fields", "-T", "names").decode().split()
        capture = self.import_raw(CONVERSATION)
        out = self.succeed("read", capture, "-T", "fields", "-e", ",".join(names))
        for line in out.splitlines():
            self.assertEqual(line.count(b"\t"), len(names) - 1)

    def test_an_entry_says_kind_opcode_and_values(self):
        mode = next(e for e in self.entries() if e["name"] == "fuse.getattr.attr.mode")
        self.assertEqual((mode["kind"], mode["opcode"], mode["in_reply"], mode["in_request"]),
                         ("mode", "GETATTR", True, False))
        named = [e for e in self.entries() if e["name"] == "fuse.read.read_flags"]
        self.assertIn("values", named[0])

    def test_a_pattern_chooses(self):
        self.assertTrue(all("lookup" in json.dumps(e).lower() for e in self.entries("lookup")))
        self.assertIn(b"fuse.lookup.name", self.succeed("fields", "LOOKUP"))

    def test_a_pattern_that_matches_nothing_is_a_usage_error(self):
        done = run("fields", "no-such-field")
        self.assertEqual(done.returncode, 2)
        self.assert_one_line(done.stderr, "no-such-field")


if __name__ == "__main__":
    unittest.main()
