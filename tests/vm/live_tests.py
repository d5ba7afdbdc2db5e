"""Runs the live tests (tests/live) in a guest with one tier, and says how each of them ended."""
import dataclasses
import json
import os
import pathlib
import shlex
import tempfile

import guest
import kernels

LIVE_TEST = os.environ.get("FUSEWIRE_LIVE_TEST", "")
RAW_SERVER = os.environ.get("FUSEWIRE_RAW_SERVER", "")
TIMEOUT_S = 300
LEAST = 20 # tests that must have passed
PERCENT = 20 # of the load that a machine that is not emulated gets
# The verdicts are about a kernel and not about its capture.
FILTER = "-*Verdicts*"


@dataclasses.dataclass
class Run:
    release: str
    passed: dict # name: the properties that the test recorded
    failed: dict # name: the first failure
    skipped: dict # name: the reason
    output: str


def run(kernel, tier):
    machine = guest.Guest(kernel)
    for program in (LIVE_TEST, RAW_SERVER):
        machine.add(program)
    command = [LIVE_TEST, f"--gtest_filter={FILTER}", "--gtest_output=json:/out/live.json"]
    if kernels.kernel_named(kernel).preemptible:
        # Tasks of one real-time priority do not preempt each other.
        machine.image.add_program("chrt")
        command = ["chrt", "-f", "1", *command]
    settings = f"FUSEWIRE_TEST_TIER={tier} FUSEWIRE_REQUIRE_LIVE=1 FUSEWIRE_TEST_PERCENT={PERCENT}"
    command = f"{settings} {shlex.join(command)}"
    with tempfile.TemporaryDirectory(prefix="fusewire-live-") as folder:
        result = machine.run(command, folder, TIMEOUT_S)
        report = pathlib.Path(folder) / "live.json"
        if not report.exists():
            raise guest.GuestError(f"the live tests ended with {result.status}\n{result.output}")
        return sort(json.loads(report.read_text()), result)


def sort(report, result):
    run_of = Run(result.release, {}, {}, {}, result.output)
    for suite in report["testsuites"]:
        for test in suite["testsuite"]:
            name = f"{suite['name']}.{test['name']}"
            if "failures" in test:
                run_of.failed[name] = test["failures"][0]["failure"]
            elif test["result"] == "SKIPPED":
                run_of.skipped[name] = skip_reason(name, result.output)
            else:
                run_of.passed[name] = properties(test)
    return run_of


def properties(test):
    usual = {"name", "file", "line", "status", "result", "timestamp", "time", "classname"}
    return {key: value for key, value in test.items() if key not in usual}


def skip_reason(name, output):
    """googletest prints it between the lines that begin and end the test."""
    _, _, text = output.partition(f"[ RUN      ] {name}\n")
    lines = text.partition("[  SKIPPED ]")[0].strip().splitlines()
    return lines[-1] if lines else "no reason given"
