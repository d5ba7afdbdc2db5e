"""The bash completion, as bash runs it."""
import os
import pathlib
import subprocess
import unittest

from command_line import FUSEWIRE, SOURCE_DIR, environment

SCRIPT = SOURCE_DIR / "packaging" / "completion" / "fusewire.bash"
COMPLETE = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
compopt() { :; }
_fusewire
printf '%s\\n' "${COMPREPLY[@]}"
"""


class BashCompletion(unittest.TestCase):
    def complete(self, *words):
        path = f"{pathlib.Path(FUSEWIRE).parent}:{os.environ['PATH']}"
        done = subprocess.run(["bash", "-c", COMPLETE, "bash", SCRIPT, *words], check=True,
                              env=environment(PATH=path), capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_the_first_word_is_a_command(self):
        self.assertEqual(self.complete("fusewire", "re"), ["read"])
        self.assertIn("capture", self.complete("fusewire", ""))
        self.assertNotIn("manual", self.complete("fusewire", ""))

    def test_options_belong_to_their_command(self):
        self.assertEqual(self.complete("fusewire", "read", "--pa"), ["--pairs"])
        self.assertEqual(self.complete("fusewire", "import", "--pa"), [])

    def test_values_follow_their_option(self):
        self.assertEqual(self.complete("fusewire", "read", "x", "-T", ""),
                         ["text", "json", "ndjson", "fields"])
        self.assertEqual(self.complete("fusewire", "read", "--dialect", "lookup-handle-v3"),
                         ["lookup-handle-v3"])
        self.assertIn("fuse.lookup.name", self.complete("fusewire", "read", "-e", "fuse.lookup."))

    def test_files_follow_read(self):
        self.assertIn(str(SCRIPT), self.complete("fusewire", "read", str(SCRIPT)[:-1]))

    def test_a_command_follows_two_dashes(self):
        self.assertIn("ls", self.complete("fusewire", "capture", "/mnt", "--", "ls"))


if __name__ == "__main__":
    unittest.main()
