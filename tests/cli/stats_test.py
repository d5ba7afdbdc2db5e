"""fusewire stats: what it counts, compared with what `read` shows, and how it takes odd captures."""
import collections
import json
import math
import struct
import unittest

import jsonschema

from command_line import (CONVERSATION, ENOENT, SOURCE_DIR, CommandLineTest, entry, lookup, reply,
                          request, run)

SCHEMA = json.loads((SOURCE_DIR / "docs" / "schema.json").read_text())
SAMPLES = SOURCE_DIR / "samples"
LIVE = sorted((SAMPLES / "captures" / "live").glob("*.pcapng"))
SESSION = SAMPLES / "lookup-handle-session.pcapng"
GROUPS = ("opcode", "nodeid", "pid", "conn", "thread")
SECOND = 10**9
PRECISION = 1 / 128 # of percentiles
FORGET, NO_TIME = 2, 1 << 5


def of_statistics():
    return jsonschema.Draft202012Validator({**SCHEMA["$defs"]["statistics"], "$defs": SCHEMA["$defs"]})


class StatsTest(CommandLineTest):
    def stats(self, capture, *options):
        found = json.loads(self.succeed("stats", capture, "-T", "json", *options))
        of_statistics().validate(found)
        return found

    def rows(self, capture, *options):
        return {row["name"]: row for row in self.stats(capture, *options)["rows"]}


def percentile(values, share):
    """The value at the nearest rank."""
    return sorted(values)[max(1, math.ceil(share * len(values))) - 1]


def group_of(message, requests, by):
    """The row that a message belongs to, told from the messages alone."""
    asked = message if message["direction"] == "request" else requests.get(message["request_frame"])
    if by == "conn":
        return str(message["conn"])
    if asked is None:
        return None
    return asked["opcode"] if by == "opcode" else (message["conn"], asked[by])


class Counts(StatsTest):
    """Everything is counted once more here, from the messages as `read` shows them."""

    def expected(self, messages, by):
        requests = {m["frame"]: m for m in messages if m["direction"] == "request"}
        groups = collections.defaultdict(lambda: {
            "requests": 0, "replies": 0, "request_bytes": 0, "reply_bytes": 0,
            "errors": collections.Counter(), "latencies": []})
        for message in messages:
            if message["direction"] not in ("request", "reply"):
                continue
            row = groups[group_of(message, requests, by)]
            if message["direction"] == "request":
                row["requests"] += 1
                row["request_bytes"] += message["length"]
                continue
            row["replies"] += 1
            row["reply_bytes"] += message["length"]
            if message["error"] != 0:
                row["errors"][message["error"]] += 1
            if message["latency_ns"] is not None:
                row["latencies"].append(message["latency_ns"])
        return groups

    def compare(self, row, expected):
        for key in ("requests", "replies", "request_bytes", "reply_bytes"):
            self.assertEqual(row[key], expected[key], key)
        self.assertEqual({e["error"]: e["count"] for e in row["error_names"]}, expected["errors"])
        self.assertEqual(row["errors"], expected["errors"].total())
        latencies, latency = expected["latencies"], row["latency"]
        self.assertEqual(latency["count"], len(latencies))
        self.assertEqual(sum(bucket["count"] for bucket in latency["histogram"]), len(latencies))
        if not latencies:
            return
        self.assertEqual((latency["min_ns"], latency["max_ns"], latency["sum_ns"]),
                         (min(latencies), max(latencies), sum(latencies)))
        for key, share in (("p50_ns", 0.5), ("p90_ns", 0.9), ("p99_ns", 0.99)):
            exact = percentile(latencies, share)
            self.assertAlmostEqual(latency[key], exact, delta=exact * PRECISION)

    def test_they_are_those_of_the_messages(self):
        self.assertGreaterEqual(len(LIVE), 3)
        for path in LIVE:
            messages = self.messages(path)
            for by in ("opcode", "pid", "nodeid", "conn"):
                expected = self.expected(messages, by)
                rows = self.stats(path, "--by", by)["rows"]
                with self.subTest(capture=path.name, by=by):
                    self.assertEqual(len([row for row in rows if row["messages"]
                                          and row["messages"] > row["notifications"]]), len(expected))
                    for row in rows:
                        key = row["name"] if by in ("opcode", "conn") else (row["conn"], row[by])
                        self.compare(row, expected[key])

    def test_the_whole_is_the_same_however_it_is_grouped(self):
        totals = [self.stats(LIVE[0], "--by", by)["total"] for by in GROUPS]
        for total in totals:
            self.assertEqual(total, totals[0])

    def test_every_sample_keeps_to_the_schema_and_adds_up(self):
        samples = sorted(SAMPLES.rglob("*.pcapng"))
        self.assertGreater(len(samples), 50)
        for number, path in enumerate(samples):
            by = GROUPS[number % len(GROUPS)]
            with self.subTest(sample=path.name, by=by):
                found = self.stats(path, "--by", by, "--interval", "1ms")
                for key in ("messages", "requests", "errors", "request_bytes", "unanswered"):
                    rows = sum(row[key] for row in found["rows"]) + found["others"][key]
                    self.assertEqual(rows, found["total"][key], key)
                series = found["over_time"]
                timed = sum(row["messages"] for row in series["rows"])
                self.assertEqual(timed + series["untimed"], found["total"]["messages"])
                self.succeed("stats", path, "--by", by, "--histogram")


if __name__ == "__main__":
    unittest.main()
