"""Wrong arguments end with 2 and one line that helps; help and version end with 0."""
import unittest

from command_line import CommandLineTest, run

COMMANDS = ("capture", "read", "check", "nodes", "fhandles", "import", "fields", "dialects", "rules",
            "verdicts", "doctor", "completion")


class Arguments(CommandLineTest):
    def assert_usage_error(self, arguments, *words):
        done = run(*arguments)
        self.assertEqual(done.returncode, 2, done)
        self.assertEqual(done.stdout, b"")
        self.assert_one_line(done.stderr, *words)

    def test_help_names_every_command(self):
        text = self.succeed("--help").decode()
        for command in COMMANDS:
            self.assertIn(f"\n  {command} ", text)

    def test_each_command_has_help_with_examples(self):
        for command in COMMANDS:
            with self.subTest(command=command):
                text = self.succeed(command, "--help").decode()
                self.assertIn(f"Usage: fusewire {command}", text)
                self.assertIn("Examples:\n  ", text)

    def test_the_version_is_one_line(self):
        self.assertRegex(self.succeed("--version").decode(), r"^fusewire \d+\.\d+\.\d+\n$")

    def test_no_command_is_a_usage_error(self):
        self.assert_usage_error((), "fusewire --help")

    def test_an_unknown_command_brings_the_nearest_one(self):
        self.assert_usage_error(("raed",), "raed", "did you mean read?")
        self.assert_usage_error(("frobnicate",), "fusewire --help")

    def test_an_unknown_option_brings_the_nearest_one(self):
        self.assert_usage_error(("read", "x", "--pair"), "--pair", "did you mean --pairs?")
        self.assert_usage_error(("read", "x", "-Q"), "-Q", "fusewire read --help")

    def test_a_missing_argument_is_named(self):
        self.assert_usage_error(("read",), "FILE")
        self.assert_usage_error(("import", "--from", "raw", "x"), "-w")
        self.assert_usage_error(("import", "x", "-w", "y"), "--from")

    def test_a_surplus_argument_is_named(self):
        self.assert_usage_error(("read", "one", "two"), "two")

    def test_a_wrong_word_brings_the_right_ones(self):
        self.assert_usage_error(("read", "x", "-T", "xml"), "xml", "text|json|ndjson|fields")
        self.assert_usage_error(("read", "x", "--dialect", "v9"), "v9", "lookup-handle-v3")
        self.assert_usage_error(("import", "--from", "pcap", "x", "-w", "y"), "fusedump|raw")

    def test_a_wrong_number_is_named(self):
        for number in ("0", "-1", "many", "1x"):
            self.assert_usage_error(("read", "x", "-c", number), number)
        self.assert_usage_error(("capture", "-s", "64Q"), "64Q")

    def test_options_that_do_not_go_together_are_refused(self):
        self.assert_usage_error(("read", "x", "-V", "-T", "json"), "-T text")
        self.assert_usage_error(("read", "x", "-T", "fields"), "-e FIELD")
        self.assert_usage_error(("read", "x", "-e", "frame.number"), "-T fields")
        self.assert_usage_error(("read", "x", "-V", "--pairs"), "--pairs")
        self.assert_usage_error(("read", "x", "-w", "-", "-P"), "-w -")

    def test_an_unknown_field_brings_the_nearest_one(self):
        self.assert_usage_error(("read", "x", "-T", "fields", "-e", "fuse.nodeids"),
                                "did you mean fuse.nodeid?")

    def test_capture_checks_its_rules_before_it_needs_privileges(self):
        self.assert_usage_error(("capture", "-a", "forever"), "duration:SECONDS")
        self.assert_usage_error(("capture", "-a", "size:1M"), "-w")
        self.assert_usage_error(("capture", "-a", "files:2", "-w", "x"), "-b")
        self.assert_usage_error(("capture", "-a", "messages:0"), "-a messages:0", "N at least 1")
        self.assert_usage_error(("capture", "--"), "--")
        self.assert_usage_error(("capture", "--opcode", "GETATR"), "--opcode GETATR",
                                "did you mean GETATTR?")
        self.assert_usage_error(("capture", "--opcode", "READ,!WRITE"), "--opcode")
        self.assert_usage_error(("capture", "--uid", "no such user"), "--uid no such user")
        self.assert_usage_error(("capture", "--pid", "me"), "me")
        self.assert_usage_error(("capture", "--server-pid", "-1"), "-1")

    def test_the_list_of_connections_is_text_or_json(self):
        self.assert_usage_error(("capture", "-D", "-T", "fields"), "-T json")

    def test_ring_files_need_a_file_and_a_rule_that_fills_it(self):
        self.assert_usage_error(("capture", "-b", "size:1M"), "-w FILE")
        self.assert_usage_error(("capture", "-b", "size:1M", "-w", "-"), "-w FILE")
        self.assert_usage_error(("capture", "-b", "files:3", "-w", "x"), "-b", "duration")

    def test_a_ring_rule_that_makes_no_sense_is_named_with_what_is_expected(self):
        for rule, expected in (("files:0", "files:N"), ("size:much", "size:BYTES"),
                               ("duration:-1", "duration:SECONDS"), ("interval:0", "SECONDS"),
                               ("filesize:1K", "filesize:KB"), ("packets:", "packets:N"),
                               ("bytes:3", "duration:SECONDS, interval:SECONDS, size:BYTES"),
                               ("size", "size:BYTES")):
            self.assert_usage_error(("capture", "-w", "x", "-b", rule), f"-b {rule}:", expected)


if __name__ == "__main__":
    unittest.main()
