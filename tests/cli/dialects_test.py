"""fusewire dialects, and what read -V says of the dialect of a connection."""
import json
import struct
import unittest

from command_line import CONVERSATION, CommandLineTest, request

NAMES = ["upstream", "lookup-handle-v2", "lookup-handle-v3", "compound-rfc", "compound-v4",
         "compound-v5", "compound-v6", "compound-v7", "fusex-a", "fusex-b", "unknown"]
INIT = 26


def init(minor, flags, flags2=0):
    return request(INIT, 2, 0, struct.pack("<5I44x", 7, minor, 131072, flags, flags2))


class Reference(CommandLineTest):
    def test_every_dialect_is_listed_with_what_it_is_recognised_by(self):
        listed = json.loads(self.succeed("dialects", "-T", "json"))
        self.assertEqual([entry["name"] for entry in listed], NAMES)
        for entry in listed:
            self.assertTrue(entry["description"])
            self.assertTrue(entry["recognised_by"], entry["name"])

    def test_ids_are_unique(self):
        listed = json.loads(self.succeed("dialects", "-T", "json"))
        ids = [row["id"] for entry in listed for row in entry["recognised_by"]]
        self.assertEqual(len(ids), len(set(ids)))

    def test_text_has_the_same_rows(self):
        text = self.succeed("dialects").decode()
        for entry in json.loads(self.succeed("dialects", "-T", "json")):
            self.assertRegex(text, rf"(?m)^{entry['name']} +\S")
            for row in entry["recognised_by"]:
                self.assertIn(row["observation"], text)

    def test_every_listed_name_can_be_forced(self):
        capture = self.import_raw(CONVERSATION)
        for name in NAMES:
            self.succeed("read", capture, "--dialect", name)


class Reason(CommandLineTest):
    def said(self, messages, *options):
        text = self.succeed("read", self.import_raw(messages), "-V", *options).decode()
        return [line for line in text.splitlines() if line.startswith("# dialect ")]

    def test_the_tree_says_which_dialect_and_why(self):
        self.assertEqual(self.said([init(46, 0x73ffffff, 0x5fd)]),
                         ["# dialect lookup-handle-v3 on connection 1: "
                          "INIT request has bit 2 (FILE_OPS) and minor 46"])

    def test_a_later_observation_is_known_at_once(self):
        lookup_root = request(54, 4, 0)
        said = self.said([init(45, 0x40010000, 0x200), lookup_root])
        self.assertEqual(len(said), 1)
        self.assertIn("fusex-a", said[0])

    def test_a_forced_dialect_is_named_as_such(self):
        said = self.said([init(46, 0x73ffffff, 0x5fd)], "--dialect", "compound-v6")
        self.assertEqual(said, ["# dialect compound-v6 on connection 1: --dialect says so"])

    def test_nothing_told_is_said_too(self):
        self.assertEqual(self.said(CONVERSATION), ["# dialect unknown on connection 1: "
                                                   "no INIT and no message that tells"])

    def test_lines_alone_do_not_say_it(self):
        text = self.succeed("read", self.import_raw(CONVERSATION)).decode()
        self.assertNotIn("# dialect", text)


if __name__ == "__main__":
    unittest.main()
