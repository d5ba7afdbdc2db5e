"""What bench/capture makes of its runs."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["FUSEWIRE_SOURCE_DIR"], "bench"))

from capture_bench import live, report, variants # pylint: disable=wrong-import-position

PAGE = "before\n<!-- x: begin -->\nold\n<!-- x: end -->\nafter\n"


def run(operations, lost=None):
    """One second long, of which half a second was CPU time of caller and server."""
    return live.Run(operations, 10**9, 5 * 10**8, tracer_cpu_ns=operations * 2000, lost=lost)


class Report(unittest.TestCase):
    def test_a_ratio_is_to_the_untraced_run_of_the_same_round(self):
        rounds = [{"stat": {"untraced": run(1000), "tp-whole": run(500)}},
                  {"stat": {"untraced": run(100), "tp-whole": run(80)}},
                  {"stat": {"untraced": run(10), "tp-whole": run(9)}}]
        chosen = [one for one in variants.make_variants() if one.name in rounds[0]["stat"]]
        untraced, whole = report.summarize(rounds, chosen, ["stat"])
        self.assertEqual(untraced["throughput"], {"stat": 1})
        self.assertEqual(whole["throughput"], {"stat": 0.8})
        self.assertEqual(whole["tracer_us"], {"stat": 2})

    def test_losses_are_a_share_of_all_messages_of_a_load(self):
        rounds = [{"stat": {"x": run(1, lost=5)}}, {"stat": {"x": run(1, lost=20)}}]
        rounds[0]["stat"]["x"].messages, rounds[1]["stat"]["x"].messages = 75, 0
        self.assertEqual(report.lost_of(rounds, "stat", "x"), 0.25)
        rounds[0]["stat"]["x"].lost = None
        self.assertIsNone(report.lost_of(rounds, "stat", "x"))

    def test_only_what_is_between_the_markers_is_replaced(self):
        self.assertEqual(report.replace_section(PAGE, "x", "new\n"), PAGE.replace("old", "new"))
        with self.assertRaises(SystemExit):
            report.replace_section(PAGE, "y", "new\n")

    def test_the_summary_of_a_capture_is_read(self):
        said = "fusewire: captured 1234 messages (99 bytes), lost 5; tier tp: cannot see FORGET\n"
        self.assertEqual(live.read_summary(said), (1234, 5))
        with self.assertRaises(live.Refused):
            live.read_summary("fusewire: no\n")


if __name__ == "__main__":
    unittest.main()
