"""Medians and ratios of the runs, as a table for people, as JSON, and as a part of a page."""
import statistics

from .variants import LOADS, UNTRACED

BEGIN, END = "<!-- {}: begin -->\n", "<!-- {}: end -->\n"


def share_of_untraced(rounds, load, name, value):
    """Median over the rounds of value(run) divided by that of the untraced run of the same round."""
    return statistics.median(value(one[load][name]) / value(one[load][UNTRACED]) for one in rounds)


def per_second(run):
    return run.operations * 1e9 / run.elapsed_ns


def per_cpu_second(run):
    return run.operations * 1e9 / run.traced_cpu_ns


def tracer_us(run):
    return run.tracer_cpu_ns / 1e3 / run.operations


def lost_of(rounds, load, name):
    """Share of the messages that were not captured, of all rounds; None if that is not known."""
    runs = [one[load][name] for one in rounds]
    if any(run.lost is None for run in runs):
        return None
    lost, messages = sum(run.lost for run in runs), sum(run.messages or 0 for run in runs)
    return lost / (lost + messages) if lost else 0


def summarize(rounds, variants, loads):
    """A row for each variant, with a value for each load."""
    return [{
        "name": variant.name,
        "label": variant.label,
        "tracer": variant.tracer,
        "throughput": {load: share_of_untraced(rounds, load, variant.name, per_second) for load in loads},
        "cpu": {load: share_of_untraced(rounds, load, variant.name, per_cpu_second) for load in loads},
        "per_second": {load: statistics.median(per_second(one[load][variant.name]) for one in rounds)
                       for load in loads},
        "tracer_us": {load: statistics.median(tracer_us(one[load][variant.name]) for one in rounds)
                      for load in loads},
        "lost": {load: lost_of(rounds, load, variant.name) for load in loads},
    } for variant in variants]


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def in_words(row):
    """What was lost, with the loads that it was lost in."""
    if row["tracer"] == "nothing":
        return ""
    lost = [f"{LOADS[load]}: {share:.1%}" for load, share in row["lost"].items() if share]
    return ", ".join(lost) or "none"


def throughput_table(rows, loads, untraced):
    lines = [["untraced", *untraced, ""]]
    lines += [[row["label"], *(f"{row['throughput'][load]:.2f}" for load in loads), in_words(row)]
              for row in rows[1:]]
    return table(["", *(LOADS[load] for load in loads), "messages lost"], lines)


def cpu_table(rows, loads):
    lines = [[row["label"], *(f"{row['cpu'][load]:.2f}, {row['tracer_us'][load]:.1f} µs" for load in loads)]
             for row in rows[1:]]
    return table(["", *(LOADS[load] for load in loads)], lines)


def here(facts, rows, loads):
    low, high = sorted(facts["load_average"])
    speeds = [f"{rows[0]['per_second'][load]:,.0f}/s" for load in loads]
    return f"""Operations for a second of CPU time of caller and server, untraced = 1, median of {facts['rounds']}
rounds of {facts['seconds']:g} s runs. Other work on the machine disturbs this little. Then the CPU time of
the tracing process for each operation, which it spends on another CPU if there is one:

{cpu_table(rows, loads)}
The same by the clock, which is what a user feels. It says nothing where "untraced, once more" is far
from 1:

{throughput_table(rows, loads, speeds)}
{facts['date']}, Linux {facts['kernel']}, {facts['cpus']} CPUs of {facts['processor']}; load average {low:g}
to {high:g}, of which the benchmark itself makes about 1.5. `{facts['command']}`
"""


def in_guest(facts, rows, loads):
    counts = [f"{1e9 / rows[0]['per_second'][load]:,.0f} instructions" for load in loads]
    return f"""Linux {facts['kernel']} in an emulated guest with one CPU: instructions of an
operation untraced, divided by those with a capture. What fusewire itself does is included, and copies
count as an instruction a byte, so that this overstates the cost of whole messages.

{throughput_table(rows, loads, counts)}
{facts['date']}. `{facts['command']}`
"""


def replace_section(page, name, text):
    """The page with what is between the markers of that name replaced."""
    before, begin, rest = page.partition(BEGIN.format(name))
    _, end, after = rest.partition(END.format(name))
    if not end:
        raise SystemExit(f"bench/capture: the page has no section {name}")
    return before + begin + text + end + after
