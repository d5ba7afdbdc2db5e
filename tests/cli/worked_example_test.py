"""The worked exchange of the LOOKUP_HANDLE RFC v3, imported from raw, as JSON."""
import json
import unittest

from command_line import SOURCE_DIR, CommandLineTest

RAW = SOURCE_DIR / "samples" / "lookup-handle-worked.raw"


class WorkedExample(CommandLineTest):
    def setUp(self):
        super().setUp()
        capture = self.folder / "worked.pcapng"
        self.succeed("import", "--from", "raw", RAW, "-w", capture)
        messages = self.messages(capture)
        requests = [m for m in messages if m["opcode"] == "COMPOUND" and m["direction"] == "request"]
        self.assertEqual(len(requests), 1)
        self.request = requests[0]
        self.reply = next(m for m in messages if m["frame"] == self.request["reply_frame"])

    def assert_holds(self, whole, **parts):
        self.assertEqual({key: whole.get(key) for key in parts}, parts)

    def test_nothing_is_found_but_what_the_missing_beginning_leaves_open(self):
        for message in (self.request, self.reply):
            self.assertLessEqual({found["severity"] for found in message["findings"]}, {"note"})

    def test_the_request_is_a_compound_of_two(self):
        self.assert_holds(self.request, direction="request", opcode="COMPOUND", opcode_number=54,
                          unique=16, nodeid=0, uid=1000, gid=1000, pid=4242, length=201,
                          captured=201, dialect="lookup-handle-v3")
        self.assertEqual(self.request["layers"], {
            "compound": {"count": 2, "flags": 0, "flags_names": [], "result_size": 458,
                         "reserved": 0}})
        self.assertEqual(len(self.request["sub"]), 2)

    def test_the_lookup_names_the_file_and_bears_the_parents_handle(self):
        lookup = self.request["sub"][0]
        self.assert_holds(lookup, opcode="LOOKUP_HANDLE", opcode_number=55, unique=0, nodeid=33,
                          length=73, offset=64)
        self.assertEqual(lookup["layers"], {
            "lookup_handle": {"name": "file.txt"},
            "ext": [{"size": 24, "type": 33, "type_names": "HANDLE",
                     "fhandle": {"size": 12, "handle": "112233445566778899aabbcc"}}]})

    def test_the_statx_asks_for_everything(self):
        statx = self.request["sub"][1]
        self.assert_holds(statx, opcode="STATX", opcode_number=52, unique=0, nodeid=1, length=64,
                          offset=137)
        self.assertEqual(statx["layers"]["statx"]["sx_mask"], 4095)
        self.assertIsInstance(statx["layers"]["statx"]["sx_mask_names"], list)

    def test_the_reply_gives_the_node_and_its_handle(self):
        self.assert_holds(self.reply, direction="reply", opcode="COMPOUND", unique=16, error=0,
                          length=406, request_frame=self.request["frame"])
        lookup = self.reply["sub"][0]
        self.assert_holds(lookup, opcode="LOOKUP_HANDLE", error=0)
        text = json.dumps(lookup["layers"])
        self.assertIn('"nodeid": 66', text)
        self.assertIn('"generation": 7', text)
        self.assertIn('"handle": "a1a2a3a4a5a6a7a8a9aaabac"', text)

    def test_the_reply_gives_the_attributes(self):
        statx = self.reply["sub"][1]
        self.assert_holds(statx, opcode="STATX", error=0)
        stat = statx["layers"]["statx"]["stat"]
        self.assert_holds(stat, mode=0o100644, size=5, ino=66)


if __name__ == "__main__":
    unittest.main()
