"""The commands in README.md and docs/ print what the pages say, as far as they need no mount."""
import os
import pathlib
import shutil
import subprocess
import unittest

from command_line import FUSEWIRE, SOURCE_DIR, TIMEOUT_S, CommandLineTest, environment

INDENT = "    "
PROMPT = INDENT + "$ "
PAGES = ("README.md", "docs/statistics.md")


def examples(page):
    """(command, output) of each block that begins with a prompt."""
    found = []
    output = None
    for line in page.splitlines():
        if line.startswith(PROMPT):
            output = []
            found.append((line[len(PROMPT):], output))
        elif output is not None and (line.startswith(INDENT) or not line):
            output.append(line[len(INDENT):])
        else:
            output = None
    return [(command, "\n".join(lines).rstrip("\n") + "\n") for command, lines in found]


class Readme(CommandLineTest):
    def test_examples_on_samples_print_what_is_shown(self):
        path = f"{pathlib.Path(FUSEWIRE).parent}{os.pathsep}{os.environ['PATH']}"
        for page in PAGES:
            shown = [(command, output) for command, output
                     in examples((SOURCE_DIR / page).read_text()) if "samples/" in command]
            self.assertGreaterEqual(len(shown), 2, page)
            self.compare(shown, path)

    def compare(self, shown, path):
        for command, output in shown:
            if "| jq" in command and shutil.which("jq") is None:
                continue
            with self.subTest(command=command):
                run = subprocess.run(["sh", "-c", command], cwd=SOURCE_DIR, capture_output=True,
                                     env=environment(PATH=path), timeout=TIMEOUT_S, check=False)
                # check says with 1 that it found something
                self.assertEqual(run.returncode, 1 if command.startswith("fusewire check") else 0)
                self.assertEqual(run.stdout.decode(), output)

    def test_every_page_it_names_is_there(self):
        page = (SOURCE_DIR / "README.md").read_text()
        targets = [part.split(")")[0] for part in page.split("](")[1:]]
        self.assertGreater(len(targets), 4)
        for target in targets:
            self.assertTrue((SOURCE_DIR / target).exists(), target)


if __name__ == "__main__":
    unittest.main()
