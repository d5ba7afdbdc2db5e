"""Counts instructions in an emulated guest, where a nanosecond of the clock is one instruction. It has
one CPU, so that what the tracer does is in the count, and one round is enough: it is always the same."""
import json
import pathlib
import shlex
import sys

from . import live, variants

SOURCE_DIR = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE_DIR / "tests" / "vm"))

import guest # pylint: disable=wrong-import-position

FOLDER = pathlib.Path("/tmp/bench")
COUNTS = {"stat": 2000, "read4k": 4000, "read128k": 400, "write128k": 400}
SETTLE_S = 10 # a booted kernel is busy for a while; where idle time is skipped, waiting is free
MARK = "== "
TIMEOUT_S = 1200


def mount_commands(name):
    source, point = FOLDER / name / "source", FOLDER / name / "mount"
    return [f"mkdir -p {source} {point}", f"truncate -s {live.FILE_BYTES} {source}/file",
            f"bindfs -o {live.UNCACHED} {source} {point}"]


def run_command(options, variant, load):
    """What the shell of the guest runs; the end of the input lets the load begin."""
    out = FOLDER / "out"
    one, other = FOLDER / "one" / "mount", FOLDER / "other" / "mount"
    command = [options.build / "bench" / "bench_load", load, one / "file", "--count", COUNTS[load]]
    if variant.tracer == "fusewire":
        fusewire = options.build / "cli" / "fusewire"
        command = variant.fusewire_command(fusewire, one, other, out) + command
    return [f"echo '{MARK}{load} {variant.name}'",
            shlex.join(map(str, command)) + " </dev/null 2>&1", f"rm -f {out}"]


def script(options, candidates):
    lines = [*mount_commands("one"), *mount_commands("other"), f"sleep {SETTLE_S}"]
    for load in options.loads:
        for variant in candidates:
            lines += run_command(options, variant, load)
    return "\n".join(lines)


def read_run(lines):
    """The run that the output of one command tells of; Refused if there was none."""
    results = [line for line in lines if line.startswith("{")]
    if not results:
        raise live.Refused("\n".join(lines))
    done = json.loads(results[0])
    run = live.Run(done["operations"], done["elapsed_ns"], done["elapsed_ns"])
    if len(lines) > 2:
        run.messages, run.lost = live.read_summary("\n".join(lines))
    return run


def read_output(output):
    """{load: {variant: run}}, without what was refused."""
    runs = {}
    for part in output.split(MARK)[1:]:
        title, *lines = part.strip().splitlines()
        load, name = title.split()
        try:
            runs.setdefault(load, {})[name] = read_run(lines)
        except live.Refused as refusal:
            print(f"left out: {name}: {refusal}", file=sys.stderr)
    return runs


def measure(options, chosen):
    """The kernel's release, one round, and the variants that were possible."""
    candidates = [variant for variant in chosen(options, variants.make_variants())
                  if variant.tracer in ("nothing", "fusewire") and variant.name != variants.AGAIN]
    try:
        machine = guest.Guest(options.guest, memory_mib=2048, counts_instructions=True)
        for program in (options.build / "bench" / "bench_load", options.build / "cli" / "fusewire"):
            machine.add(program)
        result = machine.run(script(options, candidates), timeout_s=TIMEOUT_S)
    except (guest.GuestError, guest.Unavailable) as error:
        raise live.Refused(str(error)) from None
    runs = read_output(result.output)
    kept = [variant for variant in candidates
            if all(variant.name in runs.get(load, {}) for load in options.loads)]
    if not kept or kept[0].name != variants.UNTRACED:
        raise live.Refused(result.output)
    return result.release, [runs], kept
