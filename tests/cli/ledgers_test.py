"""fusewire nodes and fusewire fhandles: ledgers as text and as JSON."""
import json
import struct
import unittest

import jsonschema

from command_line import SOURCE_DIR, CommandLineTest, attr, entry, lookup, reply, request, run

SCHEMA = json.loads((SOURCE_DIR / "docs" / "schema.json").read_text())
SAMPLES = SOURCE_DIR / "samples"
SESSION = SAMPLES / "lookup-handle-session.pcapng"
FORGET = 2


def entry_of(unique, nodeid, generation, mode=0o100644):
    return reply(unique, struct.pack("<QQQQII", nodeid, generation, 1, 1, 0, 0) +
                 attr(nodeid, mode=mode))


def forget(nodeid, references):
    return request(FORGET, 0, nodeid, struct.pack("<Q", references))


class LedgerTest(CommandLineTest):
    def nodes(self, capture):
        rows = json.loads(self.succeed("nodes", capture, "-T", "json"))["nodes"]
        return {row["nodeid"]: row for row in rows}


class Schema(LedgerTest):
    def test_every_sample_keeps_to_it(self):
        counts = {"node": 0, "fhandle": 0}
        for path in sorted(SAMPLES.rglob("*.pcapng")):
            for kind in counts:
                with self.subTest(sample=path.name, kind=kind):
                    ledger = json.loads(self.succeed(f"{kind}s", path, "-T", "json"))
                    part = SCHEMA["$defs"][f"{kind}_ledger"]
                    jsonschema.Draft202012Validator({**part, "$defs": SCHEMA["$defs"]}).validate(ledger)
                    counts[kind] += len(ledger[f"{kind}s"])
        self.assertGreater(counts["node"], 50)
        self.assertGreater(counts["fhandle"], 3)


class Nodes(LedgerTest):
    def test_references_are_counted_until_the_last_is_given_back(self):
        capture = self.import_raw([lookup(2, b"a"), entry(2), lookup(4, b"a"), entry(4),
                                   forget(2, 1), forget(2, 1), lookup(6, b"b"), entry(6, 3)])
        rows = self.nodes(capture)
        self.assertEqual(rows[2]["references"], {"sent": 2, "accepted": 2, "forgotten": 2})
        self.assertEqual((rows[2]["live"], rows[2]["forgotten_frame"]), (False, 6))
        self.assertEqual((rows[3]["live"], rows[3]["path"], rows[3]["type"]), (True, "/b", "regular"))

    def test_an_entry_that_the_kernel_refuses_makes_no_node(self):
        refused = reply(2, struct.pack("<QQQQII", 2, 1, 1, 1, 0, 0) + attr(2), error=-1)
        self.assertNotIn(2, self.nodes(self.import_raw([lookup(2, b"a"), refused])))

    def test_changes_are_told_with_their_frames(self):
        capture = self.import_raw([lookup(2, b"a"), entry_of(2, 2, 7), lookup(4, b"b"),
                                   entry_of(4, 2, 8)])
        row = self.nodes(capture)[2]
        self.assertEqual(row["generations"], [{"generation": 7, "frame": 2},
                                              {"generation": 8, "frame": 4}])
        self.assertEqual([(p["path"], p["frame"]) for p in row["paths"]], [("/a", 2), ("/b", 4)])
        text = self.succeed("nodes", capture).decode()
        self.assertIn("frame 4: generation 8, was 7\n", text)
        self.assertIn("frame 4: was /a\n", text)

    def test_a_node_bears_what_check_finds(self):
        capture = SAMPLES / "rules" / "forget-underflow.pcapng"
        row = self.nodes(capture)[77]
        self.assertIn("forget-underflow", [found["rule"] for found in row["findings"]])
        self.assertRegex(self.succeed("nodes", capture).decode(), r"77 .*\[forget-underflow\]\n")

    def test_a_node_that_nobody_introduced_is_assumed(self):
        row = self.nodes(self.import_raw([request(3, 2, 9, b"\0" * 16)]))[9]
        self.assertTrue(row["assumed"] and row["live"])
        self.assertIsNone(row["generation"])

    def test_names_cannot_steer_the_terminal(self):
        capture = self.import_raw([lookup(2, b"\x1b[31m\n"), entry(2)])
        text = self.succeed("nodes", capture)
        self.assertNotIn(b"\x1b", text)
        self.assertIn(b"/\\x1b[31m\\n", text)

    def test_what_cannot_be_read_is_3(self):
        for command in ("nodes", "fhandles"):
            self.assertEqual(run(command, "/dev/null").returncode, 3)


class Fhandles(LedgerTest):
    def test_an_fhandle_knows_its_nodes_and_uses(self):
        ledger = json.loads(self.succeed("fhandles", SESSION, "-T", "json"))
        self.assertTrue(ledger["fhandles"])
        nodes = self.nodes(SESSION)
        for row in ledger["fhandles"]:
            self.assertEqual(len(row["fhandle"]), 2 * row["size"])
            self.assertGreater(row["returned"], 0)
            for bearer in row["nodes"]:
                borne = [f["fhandle"] for f in nodes[bearer["nodeid"]]["fhandles"]]
                self.assertIn(row["fhandle"], borne)
                self.assertEqual(bearer["last_frame"] is None,
                                 nodes[bearer["nodeid"]]["fhandle"] == row["fhandle"])
        self.assertTrue(any(row["sent"] for row in ledger["fhandles"]))
        self.assertTrue(any(not row["live"] for row in ledger["fhandles"]))

    def test_text_has_a_line_for_each_bearer(self):
        text = self.succeed("fhandles", SESSION).decode()
        self.assertRegex(text, r"(?m)^[0-9a-f]+ \(\d+ bytes\), connection 61: (live|gone), "
                               r"returned \d+ times, sent \d+ times\n  nodeid \d+ generation \d+: "
                               r"frames \d+-")


if __name__ == "__main__":
    unittest.main()
