"""fusewire import: raw and fusedump in, captures out."""
import struct
import unittest

from command_line import CONVERSATION, REQUEST, CommandLineTest, raw_dump, run


def side(direction):
    return b"R" if direction == REQUEST else b"W"


def fusedump_v1(messages):
    """The side and the message, which says itself how long it is."""
    return b"".join(side(direction) + data for direction, data in messages)


def fusedump_v2(messages):
    """The side and two items: a time, 16 bytes with its length, and the message."""
    return b"".join(
        side(direction) + struct.pack("<IIQI", 2, 16, 1700000000, at * 1000000) + data
        for at, (direction, data) in enumerate(messages))


class Import(CommandLineTest):
    def test_raw_keeps_bytes_and_times(self):
        messages = self.messages(self.import_raw(CONVERSATION))
        self.assertEqual([m["time_ns"] for m in messages],
                         [1700000000 * 10**9 + n * 10**6 for n in range(len(CONVERSATION))])
        self.assertEqual([m["length"] for m in messages], [len(data) for _, data in CONVERSATION])
        self.assertEqual({m["conn"] for m in messages}, {1})

    def test_fusedump_is_read_in_both_versions(self):
        for build, times in ((fusedump_v1, [None] * len(CONVERSATION)),
                             (fusedump_v2, [1700000000 * 10**9 + n * 10**6
                                            for n in range(len(CONVERSATION))])):
            with self.subTest(build=build.__name__):
                dump = self.folder / "dump"
                dump.write_bytes(build(CONVERSATION))
                capture = self.folder / "dump.pcapng"
                self.succeed("import", "--from", "fusedump", dump, "-w", capture)
                messages = self.messages(capture)
                self.assertEqual([m["time_ns"] for m in messages], times)
                self.assertEqual([m["length"] for m in messages],
                                 [len(data) for _, data in CONVERSATION])

    def test_pcap_is_written_on_request(self):
        capture = self.import_raw(CONVERSATION, "x.pcap", ("--format", "pcap"))
        self.assertIn(capture.read_bytes()[:4], (b"\x4d\x3c\xb2\xa1", b"\xd4\xc3\xb2\xa1"))
        self.assertEqual(len(self.messages(capture)), len(CONVERSATION))

    def test_what_is_no_dump_is_refused(self):
        noise = self.folder / "noise"
        noise.write_bytes(bytes(range(256)) * 8)
        for format_name in ("raw", "fusedump"):
            out = self.folder / f"{format_name}.pcapng"
            done = run("import", "--from", format_name, noise, "-w", out)
            self.assertEqual(done.returncode, 3)
            self.assert_one_line(done.stderr, "noise")
            self.assertFalse(out.exists())

    def test_a_cut_dump_is_imported_as_far_as_it_goes(self):
        dump = self.folder / "cut.raw"
        dump.write_bytes(raw_dump(CONVERSATION)[:-3])
        capture = self.folder / "cut.pcapng"
        done = run("import", "--from", "raw", dump, "-w", capture)
        self.assertIn(done.returncode, (0, 3))
        self.assert_one_line(done.stderr, "cut.raw")
        self.assertGreaterEqual(len(self.messages(capture)), len(CONVERSATION) - 1)

    def test_an_output_that_cannot_be_created_is_named(self):
        dump = self.folder / "dump.raw"
        dump.write_bytes(raw_dump(CONVERSATION))
        done = run("import", "--from", "raw", dump, "-w", self.folder / "absent" / "x.pcapng")
        self.assertEqual(done.returncode, 3)
        self.assert_one_line(done.stderr, "absent/x.pcapng")


if __name__ == "__main__":
    unittest.main()
