"""fusewire doctor and capture -D: what they say of this machine, whatever it is, and of one without
privileges, without BTF and without FUSE where we may make it so."""
import json
import os
import pathlib
import shutil
import subprocess
import unittest

import jsonschema

from command_line import FUSEWIRE, SOURCE_DIR, TIMEOUT_S, CommandLineTest, environment, run

SCHEMA = json.loads((SOURCE_DIR / "docs" / "schema.json").read_text())
NOBODY = 65534


def keeps_to_schema(output, part):
    value = json.loads(output)
    jsonschema.Draft202012Validator({**SCHEMA["$defs"][part], "$defs": SCHEMA["$defs"]}).validate(value)
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    return value


class Doctor(CommandLineTest):
    def diagnosis(self, done):
        value = keeps_to_schema(done.stdout, "diagnosis")
        self.assertEqual(done.returncode, 0 if value["can_capture"] else 3, done.stderr)
        self.assertEqual(done.stderr, b"")
        return value

    def test_text_and_json_say_the_same_of_this_machine(self):
        value = self.diagnosis(run("doctor", "-T", "json"))
        done = run("doctor")
        lines = done.stdout.decode().splitlines()
        for row in value["requirements"]:
            line = f"{row['answer']:<7} {row['name']:<21} {row['detail']}"
            if row["answer"] == "no":
                line += f"; {row['remedy']}"
            self.assertIn(line, lines)
        for tier in value["tiers"]:
            self.assertTrue(any(line.split()[:3] == ["yes" if tier["works"] else "no", "tier", tier["name"]]
                                for line in lines), tier)
        if value["can_capture"]:
            self.assertTrue(lines[-1].startswith(f"best tier: {value['best_tier']}; it "), lines[-1])
        else:
            self.assertEqual(lines[-1], f"cannot capture here: {value['reason']}")

    def test_the_best_tier_is_the_first_that_works(self):
        value = self.diagnosis(run("doctor", "-T", "json"))
        working = [tier["name"] for tier in value["tiers"] if tier["works"]]
        self.assertEqual(value["best_tier"], working[0] if working else None)
        self.assertEqual(value["reason"] is None, bool(working))

    def test_colours_are_for_those_who_ask(self):
        self.assertNotIn(b"\033", run("doctor").stdout)
        self.assertIn(b"\033[", run("doctor", "--color", "always").stdout)

    def test_without_privileges_it_names_them_and_ends_with_3(self):
        value = self.diagnosis(self.as_nobody("doctor", "-T", "json"))
        if not value["tiers"]:
            self.skipTest("this build has no tiers")
        self.assertFalse(value["can_capture"])
        self.assertIn("CAP_SYS_ADMIN", value["reason"])
        self.assertEqual(answers(value)["privileges"], "no")

    def test_without_btf_it_says_so(self):
        value = self.diagnosis(self.within("mount -t tmpfs none /sys/kernel/btf", "doctor", "-T", "json"))
        if not value["tiers"]:
            self.skipTest("this build has no tiers")
        self.assertEqual((answers(value)["BTF"], value["can_capture"]), ("no", False))
        self.assertIn("CONFIG_DEBUG_INFO_BTF", value["reason"])
        self.assertIn("without BTF", value["tiers"][-1]["reason"])

    def test_without_fuse_it_says_to_load_the_module(self):
        names = self.folder / "filesystems"
        names.write_text("nodev\ttmpfs\n\text4\n")
        value = self.diagnosis(self.within(f"mount --bind {names} /proc/filesystems",
                                           "doctor", "-T", "json"))
        self.assertEqual(answers(value)["FUSE"], "no")

    def test_without_the_device_captures_work_all_the_same(self):
        value = self.diagnosis(self.within("mount -t tmpfs none /dev", "doctor", "-T", "json"))
        row = next(row for row in value["requirements"] if row["name"] == "FUSE device")
        self.assertEqual((row["answer"], row["need"]), ("no", "more"))

    def test_root_of_a_user_namespace_is_told_that_it_is_none(self):
        done = subprocess.run(["unshare", "--user", "--map-root-user", FUSEWIRE, "doctor", "-T", "json"],
                              capture_output=True, check=False, timeout=TIMEOUT_S, env=environment())
        if not done.stdout:
            self.skipTest(f"no user namespaces: {done.stderr.decode().strip()}")
        value = self.diagnosis(done)
        self.assertFalse(value["can_capture"])
        self.assertEqual(answers(value)["privileges"], "no")

    def as_nobody(self, *arguments):
        if os.geteuid() != 0:
            return run(*arguments)
        self.folder.chmod(0o755)
        binary = self.folder / "fusewire" # the build folder may be closed to others
        shutil.copy(FUSEWIRE, binary)
        return subprocess.run([binary, *arguments], capture_output=True, check=False, user=NOBODY,
                              group=NOBODY, extra_groups=[], env=environment(), cwd="/", timeout=TIMEOUT_S)

    def within(self, change, *arguments):
        """Runs fusewire in a mount namespace of its own after a change to it."""
        if os.geteuid() != 0:
            self.skipTest("needs root")
        return subprocess.run(["unshare", "--mount", "sh", "-c", f'{change} && exec "$0" "$@"', FUSEWIRE,
                               *arguments], capture_output=True, check=False, timeout=TIMEOUT_S,
                              env=environment())


def answers(diagnosis):
    return {row["name"]: row["answer"] for row in diagnosis["requirements"]}


class Connections(CommandLineTest):
    def test_the_list_keeps_to_the_schema_and_names_the_connections_of_mountinfo(self):
        listed = keeps_to_schema(self.succeed("capture", "-D", "-T", "json"), "connection_list")
        text = self.succeed("capture", "-D").decode()
        self.assertEqual(text.count("\n"), 1 + len(listed["connections"]))
        mountinfo = pathlib.Path("/proc/self/mountinfo").read_text()
        for connection in listed["connections"]:
            self.assertRegex(mountinfo, rf" - {connection['fs_type']} ")


if __name__ == "__main__":
    unittest.main()
