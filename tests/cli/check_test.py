"""fusewire check: what is printed in each format, and the exit code that goes with it."""
import json
import unittest
import xml.etree.ElementTree as ElementTree

import jsonschema

from command_line import (CONVERSATION, LOOKUP, SOURCE_DIR, CommandLineTest, entry, lookup, reply,
                          request, run)

SCHEMA = json.loads((SOURCE_DIR / "docs" / "schema.json").read_text())
SAMPLES = SOURCE_DIR / "samples"
BAD = SAMPLES / "rules" / "use-after-forget.pcapng"
GOOD = SAMPLES / "rules" / "use-after-forget.near.pcapng"
ESCAPE = b"\x1b["


def of_report():
    return jsonschema.Draft202012Validator({**SCHEMA["$defs"]["report"], "$defs": SCHEMA["$defs"]})


class CheckTest(CommandLineTest):
    def check(self, capture, *options, code=1, **keywords):
        done = run("check", capture, *options, **keywords)
        self.assertEqual(done.returncode, code, done)
        return done.stdout

    def report(self, capture, *options, **keywords):
        return json.loads(self.check(capture, "-T", "json", *options, **keywords))


class ExitCodes(CheckTest):
    def test_findings_are_1_and_none_are_0(self):
        self.check(BAD)
        self.check(GOOD, code=0)

    def test_only_the_asked_severity_counts(self):
        warned = SAMPLES / "rules" / "init-max-pages.pcapng"
        self.check(warned, "--severity", "error", code=0)
        self.check(warned, "--severity", "warn")
        self.check(BAD, "--severity", "error")

    def test_what_cannot_be_read_is_3(self):
        self.assertEqual(self.check("/dev/null", code=3), b"")
        cut = self.folder / "cut.pcapng"
        cut.write_bytes(BAD.read_bytes() + b"\x06\0\0\0\xff\xff\xff\xff" + b"\0" * 40)
        done = run("check", cut)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"use-after-forget", done.stdout)
        self.assert_one_line(done.stderr, "cut.pcapng")

    def test_wrong_arguments_are_2(self):
        done = run("check", BAD, "--severity", "bad")
        self.assertEqual(done.returncode, 2)
        self.assert_one_line(done.stderr, "error|warn|note")

    def test_a_pipe_gives_the_same(self):
        piped = self.check("-", stdin=BAD.read_bytes())
        self.assertEqual(piped, self.check(BAD))


class Text(CheckTest):
    def test_a_finding_says_what_why_and_where(self):
        lines = self.check(BAD).decode().splitlines()
        self.assertRegex(lines[0], "^error use-after-forget: request on a nodeid after ")
        self.assertTrue(lines[1].startswith("  effect: "))
        self.assertTrue(lines[2].startswith("  do:     "))
        self.assertRegex(lines[3], r"^    frame \d+, \w+, nodeid \d+, unique \d+: nodeid \d+ "
                                   r"forgotten in frame \d+, expected a live nodeid \(see frame")
        self.assertRegex(lines[-1], r"^1 error, 0 warnings.* in \d+ messages: connection 61 upstream$")

    def test_nothing_is_one_line(self):
        self.assertRegex(self.check(GOOD, code=0).decode(),
                         r"^nothing found at warn or above in \d+ messages: connection 61 upstream\n$")

    def test_errors_come_before_warnings(self):
        heads = [line.split()[0] for line in self.check(SAMPLES / "errors.pcapng").decode()
                 .splitlines() if line and line[0] != " "][:-1]
        self.assertEqual(heads, sorted(heads, key=["error", "warn"].index))
        self.assertIn("warn", heads)

    def test_the_first_places_stand_for_many(self):
        capture = self.import_raw([lookup(2, b"d"), entry(2)] +
                                  [request(LOOKUP, 4 + 2 * n, 1000 + n, b"x\0") for n in range(9)])
        short = self.check(capture, "--severity", "note").decode()
        self.assertIn("(9 times, 9 objects)", short)
        self.assertIn("    and 6 more (--all shows them)\n", short)
        whole = self.check(capture, "--severity", "note", "--all").decode()
        self.assertNotIn("more", whole)
        self.assertEqual(whole.count("    frame "), 9 + 1)  # the last is of init-missing

    def test_nodes_bear_their_paths(self):
        text = self.check(SAMPLES / "rules" / "forget-underflow.pcapng").decode()
        self.assertIn("nodeid 77 /a, ", text)

    def test_names_cannot_steer_the_terminal(self):
        capture = self.import_raw([lookup(2, b"\x1b[31m"), entry(2),
                                   request(2, 0, 2, (9).to_bytes(8, "little"))])
        self.assertNotIn(b"\x1b", self.check(capture, "--severity", "note"))

    def test_what_is_missing_is_said(self):
        text = self.check(SAMPLES / "losses.pcapng").decode()
        self.assertIn("22 messages lost", text)
        self.assertIn("INIT of connection 61 was not seen", text)

    def test_colours_are_for_terminals_or_on_request(self):
        self.assertNotIn(ESCAPE, self.check(BAD))
        self.assertIn(ESCAPE, self.check(BAD, "--color", "always"))


class Json(CheckTest):
    def test_every_sample_keeps_to_the_schema(self):
        check = of_report()
        fired = 0
        for path in sorted(SAMPLES.rglob("*.pcapng")):
            with self.subTest(sample=path.name):
                done = run("check", path, "-T", "json", "--severity", "note")
                report = json.loads(done.stdout)
                check.validate(report)
                self.assertEqual(done.returncode, 1 if report["findings"] else 0)
                self.assertEqual(len(report["findings"]), sum(report["counts"].values()))
                fired += len(report["findings"])
        self.assertGreater(fired, 20)

    def test_a_finding_names_its_place(self):
        report = self.report(BAD)
        found = report["findings"][0]
        self.assertEqual((found["rule"], found["severity"], found["count"], found["sub"]),
                         ("use-after-forget", "error", 1, None))
        self.assertEqual(len(found["related"]), 1)
        self.assertTrue(found["consequence"])
        self.assertTrue(found["message"].endswith("expected a live nodeid"))
        self.assertEqual(report["dialects"], {"61": "upstream"})
        self.assertEqual(report["lost"], 0)

    def test_milder_findings_are_counted(self):
        report = self.report(SAMPLES / "losses.pcapng", "--severity", "error")
        self.assertEqual([found["rule"] for found in report["findings"]], ["reply-size-wrong"])
        self.assertGreater(report["counts"]["note"], 0)
        self.assertEqual(report["init_seen"], {"61": False})

    def test_a_forced_dialect_is_used(self):
        report = self.report(BAD, "--dialect", "fusex-b", "--severity", "note")
        self.assertEqual(report["dialects"], {"61": "fusex-b"})


class Sarif(CheckTest):
    def sarif(self, capture, **keywords):
        return json.loads(self.check(capture, "-T", "sarif", **keywords))

    def test_results_refer_to_rules_and_frames(self):
        log = self.sarif(SAMPLES / "errors.pcapng")
        self.assertEqual(log["version"], "2.1.0")
        run_ = log["runs"][0]
        rules = run_["tool"]["driver"]["rules"]
        self.assertEqual(len(rules), len({rule["id"] for rule in rules}))
        for rule in rules:
            for key in ("shortDescription", "fullDescription", "help"):
                self.assertTrue(rule[key]["text"], rule["id"])
        for result in run_["results"]:
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            self.assertIn(result["level"], ("error", "warning", "note"))
            self.assertTrue(result["message"]["text"])
            place = result["locations"][0]
            self.assertEqual(place["logicalLocations"][0]["name"],
                             f"frame {result['properties']['frame']}")
            self.assertTrue(place["physicalLocation"]["artifactLocation"]["uri"]
                            .endswith("samples/errors.pcapng"))
        self.assertEqual({r["level"] for r in run_["results"]}, {"error", "warning"})

    def test_no_findings_are_a_run_without_results(self):
        run_ = self.sarif(GOOD, code=0)["runs"][0]
        self.assertEqual((run_["results"], run_["tool"]["driver"]["rules"]), ([], []))

    def test_the_uri_of_an_odd_name_is_escaped(self):
        odd = self.folder / "a b%#.pcapng"
        odd.write_bytes(BAD.read_bytes())
        place = self.sarif(odd)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        self.assertRegex(place["artifactLocation"]["uri"], r"^file:///.*/a%20b%25%23\.pcapng$")


class Junit(CheckTest):
    def suite(self, capture, **keywords):
        return ElementTree.fromstring(self.check(capture, "-T", "junit", **keywords))

    def test_each_rule_is_a_test_case(self):
        suites = self.suite(SAMPLES / "errors.pcapng")
        cases = suites.findall("./testsuite/testcase")
        names = self.succeed("rules", "-T", "names").decode().split()
        self.assertEqual([case.get("name") for case in cases], names)
        failed = [case.get("name") for case in cases if case.find("failure") is not None]
        self.assertIn("name-no-nul", failed)
        self.assertEqual(int(suites.get("failures")), len(failed))
        self.assertEqual(int(suites.get("tests")), len(cases))

    def test_no_findings_fail_nothing(self):
        self.assertEqual(self.suite(GOOD, code=0).get("failures"), "0")

    def test_the_name_of_the_file_is_escaped(self):
        odd = self.folder / "<&\"\x01.pcapng"
        odd.write_bytes(BAD.read_bytes())
        name = self.suite(odd).find("testsuite").get("name")
        self.assertTrue(name.endswith("<&\"\\x01.pcapng"), name)


class Limits(CheckTest):
    def test_a_conversation_without_fault_is_quiet(self):
        self.check(self.import_raw(CONVERSATION), code=0)

    def test_a_repeated_finding_is_counted_on_its_object(self):
        capture = self.import_raw([reply(2 * n) for n in range(1, 3)] +
                                  [request(4711, 100 + n) for n in range(50)])
        found = [f for f in self.report(capture)["findings"] if f["rule"] == "opcode-unknown"]
        self.assertEqual([(f["count"], f["last_frame"] - f["frame"]) for f in found], [(50, 49)])


if __name__ == "__main__":
    unittest.main()
