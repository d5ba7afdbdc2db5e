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
PACKET_BLOCK = 6 # of pcapng


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


class Groups(StatsTest):
    def test_nodes_have_their_paths(self):
        rows = self.rows(self.import_raw([lookup(2, b"hello.txt"), entry(2),
                                          request(3, 4, 2, b"\0" * 16), reply(4, error=5)]),
                         "--by", "nodeid")
        self.assertEqual({name: row["path"] for name, row in rows.items()},
                         {"1": "/", "2": "/hello.txt"})
        self.assertEqual(rows["2"]["error_names"],
                         [{"error": -5, "error_name": "EIO", "count": 1}])

    def test_a_compound_is_one_request_and_its_operations_are_told(self):
        found = self.stats(SESSION)
        messages = self.messages(SESSION)
        asked = [m for m in messages if m["direction"] == "request"]
        carried = collections.Counter(sub["opcode"] for m in asked for sub in m["sub"])
        compounds = found["compounds"]
        self.assertEqual(compounds["requests"], len(asked))
        self.assertEqual(compounds["compounds"], sum(m["opcode"] == "COMPOUND" for m in asked))
        self.assertEqual({o["opcode"]: o["requests"] for o in compounds["operations"]}, carried)
        self.assertEqual(compounds["saved"], sum(len(m["sub"]) - 1 for m in messages
                                                 if m["direction"] == "reply" and m["sub"]))

    def test_threads_are_those_of_the_replies_where_the_tier_does_not_tell_readers(self):
        for path in LIVE:
            rows = self.rows(path, "--by", "thread")
            self.assertTrue(all(row["server_pid"] and row["server_tid"] for row in rows.values()))
            self.assertEqual(self.stats(path)["latency_from"]["read"], 0)
            text = self.succeed("stats", path).decode()
            self.assertIn("how much of it was the wait for a server thread is not in the capture", text)

    def test_the_order_is_that_of_sort(self):
        for order, key in (("count", lambda row: row["messages"]),
                           ("errors", lambda row: row["errors"]),
                           ("bytes", lambda row: row["request_bytes"] + row["reply_bytes"]),
                           ("latency", lambda row: row["latency"]["sum_ns"])):
            rows = self.stats(LIVE[0], "--sort", order)["rows"]
            weights = [key(row) for row in rows]
            self.assertEqual(weights, sorted(weights, reverse=True), order)
        numbers = [row["opcode_number"] for row in self.stats(LIVE[0], "--sort", "key")["rows"]]
        self.assertEqual(numbers, sorted(numbers))

    def test_names_cannot_steer_the_terminal(self):
        messages = []
        for unique in (2, 4):
            messages += [lookup(unique, b"\x1b[31m\xff\n"), entry(unique)]
        capture = self.import_raw(messages)
        for options in ((), ("--by", "nodeid")):
            self.assertNotIn(b"\x1b", self.succeed("stats", capture, *options))
        self.assertEqual(self.stats(capture)["lookups"]["names"][0]["name_hex"], "1b5b33316dff0a")

    def test_colours_can_be_asked_for_and_left_out(self):
        self.assertIn(b"\x1b[", self.succeed("stats", LIVE[0], "--color", "always"))
        self.assertNotIn(b"\x1b[", self.succeed("stats", LIVE[0]))


class Filters(StatsTest):
    def test_only_what_matches_is_counted(self):
        for text, test in (("fuse.opcode == LOOKUP", lambda m: m["opcode"] == "LOOKUP"),
                           ("fuse.error != 0", lambda m: m.get("error", 0) != 0),
                           ("fuse.finding", lambda m: m["findings"] != [])):
            with self.subTest(filter=text):
                messages = [m for m in self.messages(SESSION) if test(m)]
                found = self.stats(SESSION, "-Y", text)
                self.assertEqual(found["filter"], text)
                self.assertEqual(found["total"]["messages"], len(messages))
                self.assertEqual(found["total"]["unanswered"], 0)

    def test_nothing_that_matches_is_said(self):
        self.assertEqual(self.succeed("stats", LIVE[0], "-Y", "fuse.pid == 4294967295"),
                         b"no message matches the filter\n")

    def test_a_wrong_one_is_2(self):
        self.assertEqual(run("stats", LIVE[0], "-Y", "fuse.opcode ==").returncode, 2)

    def test_the_count_stops_after_so_many(self):
        self.assertEqual(self.stats(LIVE[0], "-c", "7")["total"]["messages"], 7)


class Intervals(StatsTest):
    def test_each_message_is_in_the_interval_of_its_time(self):
        for path in LIVE:
            messages = [m for m in self.messages(path) if m["direction"] != "write_result"]
            origin = messages[0]["time_ns"]
            for text, interval in (("10ms", SECOND // 100), ("250us", SECOND // 4000),
                                   ("2", 2 * SECOND)):
                expected = collections.Counter((m["time_ns"] - origin) // interval for m in messages)
                series = self.stats(path, "--interval", text)["over_time"]
                self.assertEqual((series["begin_ns"], series["interval_ns"]), (origin, interval))
                self.assertEqual({r["interval"]: r["messages"] for r in series["rows"]}, expected)

    def capture_at(self, seconds):
        dump = b"".join(
            struct.pack("<BxxxIQ", direction, len(data), at * SECOND) + data
            for at, (direction, data) in zip(seconds, CONVERSATION))
        path = self.folder / "times.raw"
        path.write_bytes(dump)
        capture = self.folder / "times.pcapng"
        self.succeed("import", "--from", "raw", path, "-w", capture)
        return capture

    def test_a_clock_that_leaps_makes_no_rows_in_between(self):
        far = self.capture_at([0, 1, 200 * 365 * 86400, 3])
        done = self.succeed("stats", far, "--interval", "1ns")
        self.assertLess(len(done.splitlines()), 8)
        self.assertIn(b"intervals without a message", done)

    def test_a_clock_that_goes_back_is_told(self):
        capture = self.capture_at([9, 8, 9, 10])
        self.assertIn(b"1 reply is older than its request", self.succeed("stats", capture))
        series = self.stats(capture, "--interval", "1s")["over_time"]
        self.assertEqual([row["interval"] for row in series["rows"]], [-1, 0, 1])

    def test_what_is_no_duration_or_does_not_go_together_is_2(self):
        for options in (("--interval", "0"), ("--interval", "1 s"), ("--interval=-1s",),
                        ("--interval", "1y"), ("--interval", "99999999999h"), ("--interval", ""),
                        ("--interval", "1s", "--by", "pid"), ("--interval", "1s", "--histogram"),
                        ("--by", "inode"), ("--sort", "name"), ("--rows", "0")):
            done = run("stats", LIVE[0], *options)
            self.assertEqual(done.returncode, 2, options)
            self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)


class Hostile(StatsTest):
    def header_of(self, capture):
        """The capture without its packets, and with all that stands in front of them."""
        data = capture.read_bytes()
        at = 0
        while int.from_bytes(data[at:at + 4], "little") != PACKET_BLOCK:
            at += int.from_bytes(data[at + 4:at + 8], "little")
        empty = self.folder / "empty.pcapng"
        empty.write_bytes(data[:at])
        return empty

    def test_without_messages_it_says_so(self):
        capture = self.header_of(LIVE[0])
        self.assertEqual(self.succeed("stats", capture), b"no messages\n")
        for by in GROUPS:
            found = self.stats(capture, "--by", by, "--interval", "1s")
            self.assertEqual((found["rows"], found["messages"]), ([], 0))
            self.assertIsNone(found["over_time"]["begin_ns"])

    def test_without_init_it_counts_all_the_same(self):
        found = self.rows(self.import_raw(CONVERSATION))
        self.assertEqual({name: (row["requests"], row["unanswered"]) for name, row in found.items()},
                         {"LOOKUP": (2, 0), "READ": (1, 1)})

    def test_what_cannot_be_read_is_3(self):
        self.assertEqual(run("stats", "/dev/null").returncode, 3)

    def test_a_pipe_and_a_file_give_the_same(self):
        for by in GROUPS:
            piped = self.succeed("stats", "-", "-T", "json", "--by", by, stdin=LIVE[0].read_bytes())
            self.assertEqual(json.loads(piped), self.stats(LIVE[0], "--by", by))

    def test_many_nodes_are_told_together(self):
        messages = []
        for number in range(1, 30001):
            messages.append(request(3, 2 * number, number * 7919, b"\0" * 16))
            messages.append(reply(2 * number, error=ENOENT))
        capture = self.import_raw(messages)
        rows = json.loads(self.succeed("stats", capture, "-T", "json", "--by", "nodeid"))["rows"]
        self.assertEqual(len(rows), 30000)
        text = self.succeed("stats", capture, "--by", "nodeid", "--rows", "3").decode()
        self.assertIn("\n29997 others ", text)

    def test_cut_captures_are_counted_as_far_as_they_go(self):
        whole = LIVE[0].read_bytes()
        for size in range(200, len(whole), len(whole) // 23):
            done = run("stats", "-", "--by", "nodeid", stdin=whole[:size])
            self.assertIn(done.returncode, (0, 3), done.stderr)


if __name__ == "__main__":
    unittest.main()
